"""What several suites share: no network, one trained demo pack a session, a home of its own for each test."""

from __future__ import annotations

import fcntl
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.settings import Settings
from crm.store import Store

LOOPBACK = ("127.", "::1", "localhost")


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """Refuses every connection that leaves this machine."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def check(address: Any) -> None:
        if isinstance(address, tuple) and not str(address[0]).startswith(LOOPBACK):
            raise AssertionError(f"a test tried to reach {address[0]}")

    def guarded(self: socket.socket, address: Any) -> None:
        check(address)
        connect(self, address)

    def guarded_ex(self: socket.socket, address: Any) -> int:
        check(address)
        return connect_ex(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        patch.setattr(socket.socket, "connect_ex", guarded_ex)
        yield


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test's time limit leaves out its fixtures: the first one to need the trained pack waits for it."""
    for item in items:
        if "built" in getattr(item, "fixturenames", ()) and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(120, func_only=True))


@pytest.fixture(scope="session")
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the demo pack trained and indexed: once for all workers, and again when sources change."""
    from graph.engines import prepare

    cache = getattr(request.config, "cache", None)
    trained = Path(cache.mkdir("talktrack") if cache else tmp_path_factory.getbasetemp().parent)
    with (trained / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        prepare(Settings(home=trained))
    return trained / "built"


@pytest.fixture
def home(tmp_path: Path, built: Path) -> Path:
    """A TALKTRACK_HOME with empty databases and everything trained."""
    folder = tmp_path / "home"
    folder.mkdir()
    (folder / "built").symlink_to(built)
    return folder


@pytest.fixture
def settings(home: Path) -> Settings:
    return Settings(home=home)


@pytest.fixture(scope="session")
def loaded(built: Path) -> Any:
    """The demo pack's engines, loaded once; `engines` gives them a database of their own."""
    from graph.engines import assemble

    return assemble(Settings(home=built.parent))


@pytest.fixture
def engines(loaded: Any, settings: Settings) -> Iterator[Any]:
    store = Store(settings.business_url())
    store.sync_pack(loaded.pack)
    yield replace(loaded, store=store)
    store.close()
