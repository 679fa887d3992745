"""Effects happen once: repeats, two processes at once, a process killed in the middle or right after."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from core.types import ToolCall
from crm.schema import MaterialRequest
from crm.store import Store

CALL = ToolCall(name="send_material", args={"email": "li@x.cn", "what": "brochure"})

WORKER = """
import os, sys, time
from datetime import datetime
from core.types import ToolCall
from crm.schema import MaterialRequest
from crm.store import Store

url, how = sys.argv[1:3]
NOW = datetime(2026, 4, 10, 9, 30)

def effect(session):
    row = MaterialRequest(
        tenant="default", thread="t1", at=NOW, email="li@x.cn", what="brochure", product=None, status="queued"
    )
    session.add(row)
    session.flush()
    if how == "race":
        time.sleep(0.2)
    if how == "die-inside":
        os._exit(9)
    return {"request": row.id, "by": os.getpid()}

if how == "race":
    print("ready", flush=True)
    sys.stdin.readline()
store = Store(url)
call = ToolCall(name="send_material", args={"what": "brochure", "email": "li@x.cn"})
action = store.run_once("t1", "u1", call, effect, now=NOW)
if how == "die-after":
    os._exit(9)
print(action.result["by"], flush=True)
"""


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = Store(url)
    yield opened
    opened.close()


def racer_on(url: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WORKER, url, "race"]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def killed(url: str, how: str) -> bool:
    return subprocess.run([sys.executable, "-c", WORKER, url, how], timeout=60, check=False).returncode == 9


def queue_one(session: Session) -> dict[str, object]:
    row = MaterialRequest(
        tenant="default",
        thread="t1",
        at=datetime(2026, 4, 10),
        email="li@x.cn",
        what="brochure",
        product=None,
        status="queued",
    )
    session.add(row)
    session.flush()
    return {"request": row.id}


def test_a_repeat_reads_the_first_result(store: Store) -> None:
    def never(session: Session) -> dict[str, object]:
        raise AssertionError("ran twice")

    first = store.run_once("t1", "u1", CALL, queue_one)
    assert store.run_once("t1", "u1", CALL, never) == first
    reordered = ToolCall(name=CALL.name, args=dict(reversed(CALL.args.items())))
    assert store.run_once("t1", "u1", reordered, never).result == first.result
    assert len(store.outbox()) == 1


def test_another_turn_thread_tool_or_argument_is_another_effect(store: Store) -> None:
    store.run_once("t1", "u1", CALL, queue_one)
    store.run_once("t1", "u2", CALL, queue_one)
    store.run_once("t2", "u1", CALL, queue_one)
    store.run_once("t1", "u1", ToolCall(name="other", args=CALL.args), queue_one)
    store.run_once("t1", "u1", ToolCall(name=CALL.name, args={**CALL.args, "what": "prices"}), queue_one)
    assert len(store.outbox()) == 5


def test_two_processes_at_once_have_one_effect(url: str) -> None:
    racers = [racer_on(url) for _ in range(3)]
    for racer in racers:
        assert racer.stdout is not None
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
        racer.stdin.flush()
    told = {racer.communicate(timeout=60)[0].strip() for racer in racers}
    assert [racer.returncode for racer in racers] == [0, 0, 0]
    assert len(told) == 1, "every process must be told the same result"
    store = Store(url)
    assert len(store.outbox()) == 1
    store.close()


def test_killed_inside_the_effect_leaves_nothing(url: str, store: Store) -> None:
    assert killed(url, "die-inside")
    assert store.outbox() == ()
    assert store.talk("t1") is None
    store.run_once("t1", "u1", CALL, queue_one)
    assert len(store.outbox()) == 1


def test_killed_before_the_result_was_told_does_not_repeat(url: str, store: Store) -> None:
    assert killed(url, "die-after")
    assert len(store.outbox()) == 1
    told = store.run_once("t1", "u1", CALL, queue_one)
    assert told.result["by"] > 0
    assert len(store.outbox()) == 1
