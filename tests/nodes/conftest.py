"""A business store of its own for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from crm.store import Store
from tests.fakes import NOW


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path / 'business.db'}", clock=lambda: NOW)
    yield opened
    opened.close()
