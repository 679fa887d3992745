"""No word of a lying model leaves the graph, whichever way one looks at it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from langchain_core.callbacks import BaseCallbackHandler

from api.app import build_app
from core.context import TalkContext
from core.settings import Settings
from engines.chat.openai import OpenAIRealiser
from graph.engines import Engines
from graph.talk import Talk, open_saver
from tests.graph.lies import LIES, Lie
from tests.openai_server import OpenAIServer, Reply, serving

CLOCK = "2026-11-22T10:00"
MODES = ["values", "updates", "messages", "custom", "debug", "tasks", "checkpoints"]
CASES = [pytest.param(lie, id=name) for name, lie in LIES.items()]


@pytest.fixture(scope="module")
def server() -> Iterator[OpenAIServer]:
    with serving() as running:
        yield running


@pytest.fixture
def lying(engines: Engines, server: OpenAIServer) -> Engines:
    """The engines with a chat model that says what the server is told to."""
    settings = Settings(chat="openai", chat_base_url=server.url, chat_model="scripted", chat_timeout_s=2)
    return replace(engines, realiser=OpenAIRealiser(settings, engines.pack, engines.script))


@pytest.fixture
async def talk(lying: Engines, home: Path) -> AsyncIterator[Talk]:
    async with open_saver(home / "threads.db") as saver:
        yield Talk(lying, saver)


class Spy(BaseCallbackHandler):
    """Writes down whatever any callback is shown."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def _note(self, *args: Any, **kwargs: Any) -> None:
        self.seen.append(repr((args, kwargs)))

    on_llm_start = on_chat_model_start = on_llm_new_token = on_llm_end = on_llm_error = _note
    on_chain_start = on_chain_end = on_chain_error = on_tool_start = on_tool_end = on_custom_event = _note


def given(lie: Lie) -> tuple[dict[str, Any], TalkContext]:
    return {"text": lie.asked}, TalkContext(now=CLOCK)


def stored(home: Path) -> bytes:
    """Every byte of the checkpoint store, its journal included."""
    return b"".join(file.read_bytes() for file in home.glob("threads.db*"))


def replaced(talk: Talk, thread: str, lie: Lie) -> None:
    """The audit row, and only it, holds what the model said."""
    found = [row.original for row in talk.engines.store.audits() if row.thread == thread]
    assert any(lie.untrue in original for original in found), f"no audit row: {found}"


@pytest.mark.parametrize("lie", CASES)
async def test_a_lie_is_seen_nowhere(talk: Talk, server: OpenAIServer, lie: Lie, home: Path) -> None:
    server.script(Reply(f"您好。{lie.said}"))
    spy = Spy()
    turn, context = given(lie)
    config: Any = {"configurable": {"thread_id": "t"}, "callbacks": [spy]}
    seen = [
        repr(part)
        async for part in talk.graph.astream(
            turn, config, context=context, stream_mode=MODES, durability="sync", subgraphs=True
        )
    ]
    events: Any = {"configurable": {"thread_id": "e"}}
    async for event in talk.graph.astream_events(turn, events, context=context, version="v2"):
        seen.append(repr(event))
    answer = await talk.turn(turn, thread="u", context=context)
    snapshots = [repr(state) async for state in talk.graph.aget_state_history(config)]

    assert server.requests and len(seen) > 30 and len(spy.seen) > 10
    assert answer.guard.verdict in ("repaired", "replaced")
    assert answer.reply
    for where in (*seen, *spy.seen, *snapshots, answer.model_dump_json()):
        assert lie.untrue not in where
    assert lie.untrue.encode() not in stored(home)
    for thread in "teu":
        replaced(talk, thread, lie)


@pytest.mark.parametrize("lie", CASES)
async def test_a_lie_goes_out_of_no_route(talk: Talk, server: OpenAIServer, lie: Lie) -> None:
    server.script(Reply(lie.said))
    body = {"text": lie.asked, "now": CLOCK}
    transport = httpx.ASGITransport(build_app(talk))
    async with httpx.AsyncClient(transport=transport, base_url="http://talk") as client:
        answers = [
            await client.post("/sales/invoke", json={"input": {**body, "thread": "i"}}),
            await client.post("/sales/batch", json={"inputs": [{**body, "thread": "b"}]}),
            await client.post("/sales/stream", json={"input": {**body, "thread": "s"}}),
        ]
    for answer in answers:
        assert answer.status_code == 200
        assert '"verdict"' in answer.text and lie.untrue not in answer.text
    replaced(talk, "s", lie)


def test_the_lies_are_many_and_in_both_languages() -> None:
    english = [lie for lie in LIES.values() if lie.asked.isascii()]
    assert len(LIES) >= 30 and 10 <= len(english) <= len(LIES) - 15
    assert all(lie.untrue in lie.said and lie.untrue not in lie.asked for lie in LIES.values())


async def test_a_true_wording_goes_out_as_the_model_said_it(talk: Talk, server: OpenAIServer) -> None:
    server.script(Reply("这台R20的标价是138,000元。"))
    answer = await talk.turn(
        {"text": "六轴机器人二十公斤的多少钱"}, thread="true", context=TalkContext(now=CLOCK)
    )
    assert answer.reply == "这台R20的标价是138,000元。"
    assert answer.guard.verdict == "pass"


FAILURES = {
    "slow": Reply("好的。", wait_s=20),
    "too many": Reply(status=429),
    "broken": Reply(status=500),
    "garbled": Reply("好的好的", body="{not json"),
    "cut in its first sentence": Reply("好的" * 9 + "。", cut=True),
    "silent": Reply(""),
}


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES.keys())
async def test_the_script_speaks_for_a_model_that_fails(
    talk: Talk, engines: Engines, home: Path, server: OpenAIServer, failure: Reply
) -> None:
    server.script(failure)
    turn, context = {"text": "六轴机器人二十公斤的多少钱"}, TalkContext(now=CLOCK)
    answer = await talk.turn(turn, thread="f", context=context)
    async with open_saver(home / "script.db") as saver:
        scripted = await Talk(engines, saver).turn(turn, thread="s", context=context)
    assert answer.reply == scripted.reply and "138,000" in answer.reply
    assert answer.guard.verdict == "pass" and answer.acts == scripted.acts
    assert (await talk.graph.aget_state({"configurable": {"thread_id": "f"}})).next == ()


async def test_after_a_model_that_is_cut_the_script_says_the_plan(talk: Talk, server: OpenAIServer) -> None:
    server.script(Reply("好的。" * 9, cut=True))
    turn, context = {"text": "六轴机器人二十公斤的多少钱"}, TalkContext(now=CLOCK)
    *sentences, answer = [part async for part in talk.stream(turn, thread="f", context=context)]
    assert answer.reply.startswith("好的。") and "138,000" in answer.reply
    assert sentences[0] == "好的。" and "".join(sentences) == answer.reply
    assert any(act["act"] == "ask_slot" for act in answer.acts)
    assert (await talk.graph.aget_state({"configurable": {"thread_id": "f"}})).next == ()


async def test_the_script_speaks_for_a_model_that_is_not_there(engines: Engines, home: Path) -> None:
    with serving() as gone:
        settings = Settings(chat="openai", chat_base_url=gone.url, chat_model="scripted")
    dead = replace(engines, realiser=OpenAIRealiser(settings, engines.pack, engines.script))
    async with open_saver(home / "threads.db") as saver:
        answer = await Talk(dead, saver).turn({"text": "你好"}, thread="d", context=TalkContext(now=CLOCK))
    assert answer.reply and answer.guard.verdict == "pass"


async def test_a_tracing_service_is_told_nothing_of_the_model(talk: Talk, server: OpenAIServer) -> None:
    from langsmith import tracing_context

    class Client:
        """A tracing client that keeps what it is sent."""

        def __init__(self) -> None:
            self.sent: list[str] = []

        def create_run(self, *args: Any, **kwargs: Any) -> None:
            self.sent.append(repr((args, kwargs)))

        def update_run(self, run_id: UUID, *args: Any, **kwargs: Any) -> None:
            self.sent.append(repr((args, kwargs)))

    client: Any = Client()
    server.script(Reply("R20现在只要99,800元。"))
    with tracing_context(enabled=True, client=client):
        await talk.turn({"text": "R20多少钱"}, thread="l", context=TalkContext(now=CLOCK))
    assert all("99,800" not in sent for sent in client.sent)
