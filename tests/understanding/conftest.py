from __future__ import annotations

from pathlib import Path

import pytest

from core.pack import Pack
from engines.understanding.embedded import EmbeddedUnderstander
from engines.understanding.fit import fit_understander
from tests.understanding.shop import shop


@pytest.fixture(scope="session")
def pack() -> Pack:
    return shop()


@pytest.fixture(scope="session")
def folder(pack: Pack, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("understanding")
    fit_understander(pack, made)
    return made


@pytest.fixture(scope="session")
def understander(pack: Pack, folder: Path) -> EmbeddedUnderstander:
    return EmbeddedUnderstander.load(pack, folder)
