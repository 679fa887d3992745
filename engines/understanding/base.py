"""The ports of understanding: engines that always answer, and engines that may fail to."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from datetime import datetime
from typing import Protocol, runtime_checkable

from core.types import Understanding
from engines.failure import Failure


class Understander(Protocol):
    """Reads one utterance. Implementations are pure: same arguments, same answer."""

    name: str

    def read(self, text: str, *, now: datetime, expecting: str | None = None) -> Understanding:
        """At most two ranked intents and the slot mentions of `text`.

        `now` anchors relative dates. `expecting` is the slot the robot has just asked for, so that a
        bare 十二 or 苏州 is read as its value. Blank or unreadable text gives `out_of_scope` with no
        mentions; nothing is raised.
        """
        ...


@runtime_checkable
class Awaited(Protocol):
    """An understander that may wait for another machine: `aread` is its `read`, waiting without a thread."""

    async def aread(self, text: str, *, now: datetime, expecting: str | None = None) -> Understanding: ...


async def read_aside(
    engine: Understander, text: str, *, now: datetime, expecting: str | None = None
) -> Understanding:
    """What `engine` reads, the event loop left free: awaited where that can be, else in a thread."""
    if isinstance(engine, Awaited):
        return await engine.aread(text, now=now, expecting=expecting)
    return await asyncio.to_thread(engine.read, text, now=now, expecting=expecting)


class FallibleReader(Protocol):
    """Reads one utterance, or says why not."""

    name: str

    def ask(
        self, text: str, *, now: datetime, expecting: str | None = None
    ) -> Future[Understanding | Failure]:
        """The reading under way, as `Understander.read` gives it; cancelling it gives it up."""
        ...
