"""A handoff survives being killed: one place in the queue, one promise, no line of an operator lost or doubled."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from crm.store import Store
from tests.fakes import NOW
from tests.graph.nursery import HUMAN, PRICE
from tests.graph.test_durability import Nursery, books, state_of

ASKS: dict[str, Any] = {"text": HUMAN, "turn_id": "two"}
WAITS: dict[str, Any] = {"text": "我在苏州", "turn_id": "three"}


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    process = Nursery()
    yield process
    process.close()


@pytest.fixture(scope="module")
def begun(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("begun")
    nursery.run(home, {"text": PRICE, "turn_id": "one"})
    return home


@pytest.fixture
def home(begun: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(begun, tmp_path / "home"))


@pytest.fixture(scope="module")
def unkilled(nursery: Nursery, begun: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Any]:
    home = shutil.copytree(begun, tmp_path_factory.mktemp("unkilled") / "home")
    return nursery.run(home, ASKS), books(home)


def desk_of(home: Path) -> Store:
    return Store(f"sqlite:///{home / 'business.db'}", clock=lambda: NOW + timedelta(minutes=1))


@pytest.mark.parametrize("when", ["after", "written"])
@pytest.mark.parametrize("node", ["receive", "plan", "act", "respond", "record"])
def test_a_turn_killed_while_it_hands_over_hands_over_once(
    node: str, when: str, nursery: Nursery, unkilled: tuple[Any, Any], home: Path
) -> None:
    nursery.kill_in(home, node, when, ASKS)
    result = nursery.run(home, ASKS)
    assert state_of(result) == state_of(unkilled[0]) and books(home) == unkilled[1]
    store = desk_of(home)
    assert len(store.handoffs()) == 1 and [row.phone for row in store.callbacks()] == ["13800001234"]
    store.close()


@pytest.mark.parametrize("node", ["receive", "act", "record"])
def test_what_an_operator_said_is_read_once_however_the_next_turn_dies(
    node: str, nursery: Nursery, home: Path
) -> None:
    nursery.kill_in(home, "act", "after", ASKS)
    store = desk_of(home)
    store.take("t", "王芳")
    store.operator_says("t", "王芳", "您好,我是王芳。", line_id="1")
    nursery.kill_in(home, node, "after", WAITS)
    store.operator_says("t", "王芳", "您好,我是王芳。", line_id="1")
    result = nursery.run(home, WAITS)
    assert result["answers"][-1]["stage"] == "handoff"
    said = [line["text"] for line in result["state"]["lines"] if line["who"] == "operator"]
    assert said == ["您好,我是王芳。"] and result["state"]["operator_lines"] == 1
    kept = [line.text for line in store.lines_since("t") if line.who == "operator"]
    assert kept == said
    store.close()
