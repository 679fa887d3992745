"""Raises processes that run turns and may be killed: `python -m tests.graph.nursery`.

One process imports everything once; for each job, a JSON object a line, it forks a child that opens its own
databases, runs the job's turns and writes what came of them. The fork has nothing of an earlier child but code.

Job: `home` (a folder), `turns` (a list of {"text" | "audio", "turn_id"}), `thread`, `out` (a file for the result),
`node` and `when` to sleep in the last turn: `before` or `after` its body, or when its update is `written` and the
checkpoint that takes it in is not. The file `out + ".asleep"` appears then.
Answer: the child's process id.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from functools import wraps
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pydantic_core import to_jsonable_python

import graph.build
from core.context import TalkContext
from core.types import Understanding
from graph.talk import Talk, open_saver
from tests.fakes import fake_engines, heard, pack_of

CONTEXT = TalkContext(now="2026-11-22T10:00")
PRICE = "R20多少钱"
WANTS = "要十二台,我姓王,13800001234,报价发到 li@x.cn"
"""Quotes, keeps a lead and sends documents: three effects in one turn."""
NEVER = "别再打电话了"
HUMAN = "转人工,打13800001234给我回电"
"""Hands over, keeps a lead and promises a call back."""
SCRIPT: dict[str, Understanding] = {
    PRICE: heard("ask_price", product="QH-R20"),
    WANTS: heard(
        "ask_price", "request_material", quantity=12, contact_name="王", phone="13800001234", email="li@x.cn"
    ),
    "我在苏州": heard("inform", location="苏州"),
    "再见": heard("thanks_bye"),
    NEVER: heard("do_not_call"),
    HUMAN: heard("request_human", phone="13800001234"),
}
AUDIO = {"path": "/sounds/wants.wav", "sha256": "0"}

Node = Callable[..., Awaitable[dict[str, Any]]]


def sleepy(node: Node, when: str, asleep: Callable[[], None], armed: list[bool]) -> Node:
    """`node`, asleep before or after its work once it is armed; it tells so."""

    @wraps(node)
    async def nodding(*args: Any, **kwargs: Any) -> dict[str, Any]:
        update = await node(*args, **kwargs) if when == "after" else None
        if armed:
            asleep()
            await asyncio.sleep(600)
        return update if update is not None else await node(*args, **kwargs)

    return nodding


def forgetful(put: Node, asleep: Callable[[], None], reached: list[bool]) -> Node:
    """A saver's `aput` that sleeps instead, once the node is through and its update written."""

    async def nodding(*args: Any, **kwargs: Any) -> Any:
        if reached:
            await asyncio.sleep(0.1)  # the update is written beside this call
            asleep()
            await asyncio.sleep(600)
        return await put(*args, **kwargs)

    return nodding


def watched(node: Node, armed: list[bool], reached: list[bool]) -> Node:
    """`node`, which tells when it is through once it is armed."""

    @wraps(node)
    async def telling(*args: Any, **kwargs: Any) -> dict[str, Any]:
        update = await node(*args, **kwargs)
        reached.extend(armed)
        return update

    return telling


async def run(job: dict[str, Any]) -> dict[str, Any]:
    """The answers of the job's turns and the thread's state after them."""
    home, thread = Path(job["home"]), job["thread"]
    armed: list[bool] = []
    reached: list[bool] = []
    when = job.get("when")
    asleep = Path(job["out"] + ".asleep").touch
    if when in {"before", "after"}:
        setattr(graph.build, job["node"], sleepy(getattr(graph.build, job["node"]), when, asleep, armed))
    if when == "written":
        setattr(graph.build, job["node"], watched(getattr(graph.build, job["node"]), armed, reached))
    engines = fake_engines(pack_of(), home, script=SCRIPT, sounds={"wants.wav": WANTS})
    answers = []
    async with open_saver(home / "threads.db") as saver:
        if when == "written":
            saver.aput = forgetful(saver.aput, asleep, reached)  # type: ignore[method-assign]
        talk = Talk(engines, saver)
        for number, turn in enumerate(job["turns"], start=1):
            if number == len(job["turns"]):
                armed.append(True)
            answers.append((await talk.turn(turn, thread=thread, context=CONTEXT)).model_dump(mode="json"))
        state = await talk.state(thread)
    engines.store.close()
    return {"answers": answers, "state": plain(state)}


def plain(state: Any) -> Any:
    """The state as JSON, without what differs from run to run by its nature."""
    whole = to_jsonable_python(state)
    for timed in (whole, whole.get("answer", {})):
        timed.pop("latency_ms", None)
    return whole


def child(job: dict[str, Any]) -> None:
    """Runs the job and leaves the process, whatever happens."""
    try:
        result = asyncio.run(run(job))
    except BaseException as error:
        result = {"error": f"{type(error).__name__}: {error}"}
    part = Path(job["out"] + ".part")
    part.write_text(json.dumps(result), encoding="utf-8")
    part.rename(job["out"])
    os._exit(0)


def main() -> None:
    """Answers jobs until the input ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with TemporaryDirectory() as folder:  # what a first turn loads, the children share
        turns = [{"text": PRICE}, {"audio": AUDIO}]
        asyncio.run(run({"home": folder, "thread": "t", "turns": turns, "out": f"{folder}/out"}))
    print("ready", flush=True)
    for line in sys.stdin:
        job = json.loads(line)
        pid = os.fork()
        if pid == 0:
            child(job)
        print(pid, flush=True)


if __name__ == "__main__":
    main()
