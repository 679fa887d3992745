from __future__ import annotations

from pathlib import Path

import pytest

from domains.new import create_pack


@pytest.fixture
def lamps(tmp_path: Path) -> Path:
    """A fresh copy of the skeleton pack."""
    return create_pack("lamps", tmp_path)
