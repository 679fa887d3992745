"""Runs turns: one compiled graph, many threads, each turn durable and answered once."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, cast
from uuid import uuid4
from weakref import WeakValueDictionary

import aiosqlite
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.graph.state import CompiledStateGraph

from core.context import MAX_TEXT, TalkContext
from core.errors import StoreError
from core.settings import Settings
from core.state import TalkInput, TalkOutput, TalkState
from core.types import TurnAnswer
from engines.normalise.contact import find_emails, find_phones
from graph.build import build_graph
from graph.engines import Engines
from graph.masking import begin_turn, install, remember
from graph.serde import serializer
from nodes.receive import readable
from policy.minors import minor_after, speaks_as_minor
from policy.sensitive import fit_to_keep

log = logging.getLogger(__name__)

Compiled = CompiledStateGraph[TalkState, TalkContext, TalkInput, TalkOutput]


class Talk:
    """The way in for every front door: `turn` answers one customer turn of one thread."""

    def __init__(self, engines: Engines, saver: BaseCheckpointSaver[str]) -> None:
        install()
        self.engines = engines
        self.graph: Compiled = build_graph(engines).compile(checkpointer=saver, name="sales")
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def turn(self, given: TalkInput, *, thread: str, context: TalkContext | None = None) -> TurnAnswer:
        """The finished turn, as `stream` ends with it."""
        answer: TurnAnswer | None = None
        async for item in self.stream(given, thread=thread, context=context):
            answer = item if isinstance(item, TurnAnswer) else None
        assert answer is not None
        return answer

    async def stream(
        self, given: TalkInput, *, thread: str, context: TalkContext | None = None
    ) -> AsyncIterator[str | TurnAnswer]:
        """Guarded sentences as they are let through, then the finished turn.

        Turns of one thread follow one another. A turn that a killed process left unfinished is
        finished first; when it carries the given `turn_id`, its answer is the answer. Raises
        InputError or StoreError.
        """
        context = context or TalkContext()
        begun = time.perf_counter()
        begin_turn()
        remember(given)
        async with self._locks.setdefault(thread, asyncio.Lock()):
            config = config_of(thread)
            with store_errors():
                resumed = await self._finish(config, context)
                if resumed and resumed.turn_id == given.get("turn_id"):
                    yield with_total(resumed, begun)
                    return
                kept = await self._fit_to_keep({**NOTHING, **given}, thread)
                async for item in self._run(kept, config, context):
                    yield with_total(item, begun) if isinstance(item, TurnAnswer) else item

    async def _fit_to_keep(self, given: TalkInput, thread: str) -> TalkInput:
        """`given` with a turn id, and without what `receive` would take out of the words.

        The input is on disk before the first node runs; its turn id makes a rerun of that node the same turn.
        """
        cut = given["text"][: 4 * MAX_TEXT]
        said = readable(cut)[: MAX_TEXT + 1]
        child = speaks_as_minor(said)
        if not child and (find_phones(said) or find_emails(said)):
            child = minor_after(said, (await self.state(thread)).get("minor", False))
        told = fit_to_keep(said, [str(word.get("text", "")) for word in given["words"]], child=child)
        named: TalkInput = {**given, "turn_id": given["turn_id"] or uuid4().hex}
        words = [given["words"][place] for place in told.words]
        return {**named, "text": told.text if said else cut, "words": words}

    async def _finish(self, config: RunnableConfig, context: TalkContext) -> TurnAnswer | None:
        """The answer of the turn that a killed process left unfinished, None where there is none.

        `tasks`, not `next`: a node whose update is written and whose checkpoint is not is no longer next.
        A turn that cannot be finished, for a fault of its own, is given up: it must not bar the thread.
        """
        if not (await self.graph.aget_state(config)).tasks:
            return None
        try:
            last = [item async for item in self._run(None, config, context)][-1]
        except (StoreError, sqlite3.Error):
            raise
        except Exception as error:
            log.warning(
                "an unfinished turn of %s is given up: %r", config["configurable"]["thread_id"], error
            )
            return None
        return last if isinstance(last, TurnAnswer) else None

    async def _run(
        self, given: TalkInput | None, config: RunnableConfig, context: TalkContext
    ) -> AsyncIterator[str | TurnAnswer]:
        """One run of the graph, from its start or from where it was left."""
        values: dict[str, Any] = {}
        parts: AsyncIterator[Any] = self.graph.astream(
            given,
            config,
            context=context,
            durability="sync",
            stream_mode=["custom", "values"],
            output_keys=OUTPUT,
        )
        async for mode, part in parts:
            if mode == "custom":
                yield str(part["sentence"])
            else:
                values = part
        answer: TurnAnswer = values["answer"]
        yield answer.model_copy(update={"latency_ms": values.get("latency_ms", {})})

    async def state(self, thread: str) -> TalkState:
        """Everything the thread remembers; empty for a thread that never was."""
        snapshot = await self.graph.aget_state(config_of(thread))
        return cast("TalkState", snapshot.values)


OUTPUT = ["answer", "latency_ms"]
NOTHING: TalkInput = {
    "text": "",
    "turn_id": "",
    "event": "",
    "direction": None,
    "audio": {},
    "image": "",
    "words": [],
    "customer": {},
}
"""Every field of the input, so that nothing of an earlier turn stands in for what is not given."""


def with_total(answer: TurnAnswer, begun: float) -> TurnAnswer:
    """The answer with the milliseconds since `begun`, of `time.perf_counter`, as `total`."""
    total = round((time.perf_counter() - begun) * 1000, 2)
    return answer.model_copy(update={"latency_ms": {**answer.latency_ms, "total": total}})


@contextmanager
def store_errors() -> Iterator[None]:
    """Errors of the checkpoint store as StoreError."""
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(f"checkpoint store: {error}", transient=True) from error


def config_of(thread: str) -> RunnableConfig:
    """The run configuration of a thread."""
    return {"configurable": {"thread_id": thread}}


@asynccontextmanager
async def open_saver(path: Path) -> AsyncIterator[AsyncSqliteSaver]:
    """The SQLite checkpoint store at `path`, made where it is missing. Raises StoreError."""
    async with AsyncExitStack() as stack:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            connection = await stack.enter_async_context(aiosqlite.connect(path, timeout=30))
            saver = AsyncSqliteSaver(connection, serde=serializer())
            await saver.setup()
        except (OSError, aiosqlite.Error) as error:
            raise StoreError(f"checkpoint store {path}: {error}", transient=False) from error
        yield saver


@asynccontextmanager
async def open_talk(settings: Settings, engines: Engines) -> AsyncIterator[Talk]:
    """A `Talk` with its durable checkpoint store, closed on the way out."""
    async with open_saver(settings.checkpoints(engines.store.tenant)) as saver:
        yield Talk(engines, saver)
