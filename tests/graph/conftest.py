"""Talks over fake engines, each with a fresh saver and a database of its own."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest
from langgraph.checkpoint.memory import InMemorySaver

from core.context import TalkContext
from core.state import TalkInput
from core.types import TurnAnswer, Understanding
from crm.store import Store
from graph.serde import serializer
from graph.talk import Talk
from tests.fakes import fake_engines, pack_of

WHEN = TalkContext(now="2026-11-22T10:00")


@dataclass
class Desk:
    """One talk as a customer has it: say a line, get the finished turn."""

    talk: Talk
    thread: str = field(default_factory=lambda: uuid.uuid4().hex)
    context: TalkContext = WHEN

    async def say(self, text: str, **given: Any) -> TurnAnswer:
        fields = cast("TalkInput", {"text": text, **given})
        return await self.talk.turn(fields, thread=self.thread, context=self.context)

    async def event(self, name: str, **given: Any) -> TurnAnswer:
        fields = cast("TalkInput", {"event": name, **given})
        return await self.talk.turn(fields, thread=self.thread, context=self.context)

    def other(self, **changes: Any) -> Desk:
        """Another thread of the same talk."""
        return Desk(self.talk, **{"context": self.context, **changes})

    @property
    def store(self) -> Store:
        return self.talk.engines.store


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    """Builds a desk: what lines mean, what they recall, what sounds say."""
    stores: list[Store] = []

    def build(
        script: dict[str, Understanding] | None = None,
        *,
        name: str = "qiheng",
        context: TalkContext = WHEN,
        **engines: Any,
    ) -> Desk:
        made = fake_engines(pack_of(name), tmp_path, script=script, **engines)
        stores.append(made.store)
        return Desk(Talk(made, InMemorySaver(serde=serializer())), context=context)

    yield build
    for store in stores:
        store.close()
