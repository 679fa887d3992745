"""Turns that are killed, repeated or resumed: the same state as if nothing had happened, every effect once."""

from __future__ import annotations

import itertools
import json
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from core.context import TalkContext
from core.errors import StoreError
from graph.talk import Talk, open_saver
from tests.fakes import fake_engines, pack_of, ruin
from tests.graph.nursery import AUDIO, PRICE, SCRIPT, WANTS

ROOT = Path(__file__).parents[2]
CONTEXT = TalkContext(now="2026-11-22T10:00")
NODES = (
    "receive",
    "transcribe",
    "understand",
    "recall",
    "track",
    "ground",
    "plan",
    "act",
    "respond",
    "record",
)
BEFORE: list[Any] = [{"text": PRICE, "turn_id": "one"}]
KILLED: dict[str, Any] = {"audio": AUDIO, "turn_id": "two"}
AFTER: dict[str, Any] = {"text": "再见", "turn_id": "three"}
WAIT_S = 60.0
RANDOM_ID = re.compile(r"\b[0-9a-f]{32}\b")

Unkilled = tuple[dict[str, Any], Any]
"""What came of a talk that was let live, and the books after it."""


class Nursery:
    """Starts turns in processes of their own, see `tests.graph.nursery`."""

    def __init__(self) -> None:
        self._numbers = itertools.count()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.graph.nursery"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._line() == "ready"

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def start(self, home: Path, *turns: Any, **job: Any) -> tuple[int, Path]:
        """The process that runs `turns` over `home`, and the file its result will be in."""
        home.mkdir(exist_ok=True)
        out = home / f"result-{next(self._numbers)}"
        whole = {"home": str(home), "out": str(out), "turns": turns, "thread": "t", **job}
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(whole) + "\n")
        self._process.stdin.flush()
        return int(self._line()), out

    def run(self, home: Path, *turns: Any) -> dict[str, Any]:
        """What came of `turns` in a process that was let live."""
        _, out = self.start(home, *turns)
        appear(out)
        result: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
        assert "error" not in result, result
        return result

    def kill_in(self, home: Path, node: str, when: str, *turns: Any) -> None:
        """Kills a process in the last of `turns`, while `node` sleeps before or after its work."""
        pid, out = self.start(home, *turns, node=node, when=when)
        appear(Path(f"{out}.asleep"))
        os.kill(pid, signal.SIGKILL)
        gone(pid)
        assert not out.exists()

    def close(self) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(timeout=10)
        self._process.stdout.close()


def appear(file: Path) -> None:
    end = time.monotonic() + WAIT_S
    while not file.exists():
        assert time.monotonic() < end, f"{file.name} never appeared"
        time.sleep(0.005)


def gone(pid: int) -> None:
    end = time.monotonic() + WAIT_S
    while Path(f"/proc/{pid}").exists() and time.monotonic() < end:
        time.sleep(0.002)


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    process = Nursery()
    yield process
    process.close()


def books(home: Path) -> Any:
    """Every row of the business database."""
    with closing(sqlite3.connect(home / "business.db")) as connection:
        tables = [row[0] for row in connection.execute("select name from sqlite_master where type = 'table'")]
        rows = {table: sorted(map(str, connection.execute(f"select * from {table}"))) for table in tables}
    return nameless(rows)


def state_of(result: dict[str, Any]) -> Any:
    """The thread's state; that the last run found its turn answered already is no part of the talk."""
    return nameless({name: value for name, value in result["state"].items() if name != "repeated"})


def nameless(value: Any) -> Any:
    """The JSON value with every random id replaced by its place among them."""
    places: dict[str, str] = {}
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return json.loads(RANDOM_ID.sub(lambda found: places.setdefault(found[0], f"id-{len(places)}"), text))


@pytest.fixture(scope="module")
def begun(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which the talk has begun; each test copies it."""
    home = tmp_path_factory.mktemp("begun")
    nursery.run(home, *BEFORE)
    return home


@pytest.fixture
def home(begun: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(begun, tmp_path / "home"))


@pytest.fixture(scope="module")
def unkilled(nursery: Nursery, begun: Path, tmp_path_factory: pytest.TempPathFactory) -> Unkilled:
    home = shutil.copytree(begun, tmp_path_factory.mktemp("unkilled") / "home")
    result = nursery.run(home, KILLED)
    return result, books(home)


def test_the_turn_to_be_killed_has_its_effects(unkilled: Unkilled) -> None:
    result, rows = unkilled
    actions = [action["name"] for action in result["answers"][-1]["actions"]]
    assert set(actions) == {"quote", "save_lead", "send_material"}
    assert "1,540,080" in result["answers"][-1]["reply"] and rows


@pytest.mark.parametrize("when", ["before", "after", "written"])
@pytest.mark.parametrize("node", NODES)
def test_a_turn_killed_in_any_node_is_finished_as_if_never_killed(
    node: str, when: str, nursery: Nursery, unkilled: Unkilled, home: Path
) -> None:
    expected, rows = unkilled
    nursery.kill_in(home, node, when, KILLED)
    result = nursery.run(home, KILLED)
    assert result["answers"][-1]["reply"] == expected["answers"][-1]["reply"]
    assert state_of(result) == state_of(expected)
    assert books(home) == rows


def test_a_killed_turn_is_finished_before_the_next_one(
    nursery: Nursery, unkilled: Unkilled, home: Path
) -> None:
    nursery.kill_in(home, "act", "after", KILLED)
    result = nursery.run(home, AFTER)
    assert result["answers"][-1]["turn"] == 3
    assert result["state"]["slots"]["quantity"]["value"] == 12
    again = nursery.run(home, KILLED)
    assert again["answers"][-1]["reply"] == unkilled[0]["answers"][-1]["reply"]


def test_killed_twice_in_one_turn(nursery: Nursery, unkilled: Unkilled, home: Path) -> None:
    expected, rows = unkilled
    nursery.kill_in(home, "act", "after", KILLED)
    nursery.kill_in(home, "record", "after", KILLED)
    result = nursery.run(home, KILLED)
    assert state_of(result) == state_of(expected) and books(home) == rows


def test_a_new_process_still_knows_the_talk(nursery: Nursery, home: Path) -> None:
    nursery.run(home, {"text": "我在苏州", "turn_id": "two"})
    result = nursery.run(home, {"text": WANTS, "turn_id": "three"})
    slots = {slot: held["value"] for slot, held in result["state"]["slots"].items()}
    assert slots == {
        "product": "QH-R20",
        "location": "苏州",
        "quantity": 12,
        "contact_name": "王",
        "phone": "13800001234",
        "email": "li@x.cn",
    }
    assert result["answers"][-1]["turn"] == 3


def test_a_repeated_turn_id_in_a_new_process_has_no_second_effect(
    nursery: Nursery, unkilled: Unkilled, home: Path
) -> None:
    _, rows = unkilled
    first = nursery.run(home, KILLED)
    again = nursery.run(home, KILLED)
    for answer in (again["answers"][-1], first["answers"][-1]):
        answer.pop("latency_ms", None)
    assert again["answers"][-1] == first["answers"][-1]
    assert books(home) == rows


async def test_an_unreadable_checkpoint_file_is_a_store_error(tmp_path: Path) -> None:
    ruin_file(tmp_path / "threads.db")
    with pytest.raises(StoreError, match=r"threads\.db"):
        async with open_saver(tmp_path / "threads.db"):
            pass


async def test_a_checkpoint_file_that_breaks_under_a_talk_is_a_store_error(tmp_path: Path) -> None:
    engines = fake_engines(pack_of(), tmp_path, script=SCRIPT)
    async with open_saver(tmp_path / "threads.db") as saver:
        talk = Talk(engines, saver)
        await talk.turn({"text": PRICE}, thread="t", context=CONTEXT)
        await saver.conn.execute("drop table checkpoints")
        await saver.conn.commit()
        with pytest.raises(StoreError):
            await talk.turn({"text": WANTS}, thread="t", context=CONTEXT)
    engines.store.close()


async def test_an_error_leaves_words_and_no_objects_in_the_checkpoints(tmp_path: Path) -> None:
    engines = fake_engines(pack_of(), tmp_path, script=SCRIPT)
    async with open_saver(tmp_path / "threads.db") as saver:
        talk = Talk(engines, saver)
        await talk.turn({"text": PRICE}, thread="t", context=CONTEXT)
        engines.store.close()
        ruin(tmp_path, "business.db")
        with pytest.raises(StoreError):
            await talk.turn({"text": WANTS, "turn_id": "two"}, thread="t", context=CONTEXT)
        assert "Traceback" not in str(await talk.state("t"))
        rows = await saver.conn.execute("select type, value from writes where channel = '__error__'")
        for kind, value in await rows.fetchall():
            assert kind != "pickle"
            assert isinstance(saver.serde.loads_typed((kind, value)), str)
    engines.store.close()


def ruin_file(file: Path) -> None:
    file.write_bytes(b"this is no database" * 400)


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_killed_at_random_over_and_over(nursery: Nursery, tmp_path: Path) -> None:
    seed = int(os.environ.get("TALKTRACK_SOAK_SEED", "20261122"))
    chance = random.Random(seed)
    lines = [PRICE, "我在苏州", WANTS, "我在苏州", PRICE]
    turns = [{"text": chance.choice(lines), "turn_id": f"turn-{number}"} for number in range(40)]
    calm, wild = tmp_path / "calm", tmp_path / "wild"
    expected = nursery.run(calm, *turns)
    for turn in turns:
        for _ in range(chance.randrange(4)):
            pid, _ = nursery.start(wild, turn)
            time.sleep(chance.uniform(0.0, 0.4))
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            gone(pid)
        result = nursery.run(wild, turn)
    assert state_of(result) == state_of(expected), f"seed {seed}"
    assert books(wild) == books(calm), f"seed {seed}"
