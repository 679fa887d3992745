"""The ports of understanding: engines that always answer, and engines that may fail to."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from core.types import Understanding


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


class Trouble(StrEnum):
    """Why an engine has no answer."""

    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"
    REJECTED = "rejected"
    BROKEN_OFF = "broken_off"
    EMPTY = "empty"
    MALFORMED = "malformed"
    WRONG_LABEL = "wrong_label"
    BROKEN = "broken"


@dataclass(frozen=True)
class Failure:
    """No answer: why, and one line for a person that holds no word of customer or model."""

    trouble: Trouble
    says: str

    def __str__(self) -> str:
        return f"{self.trouble}: {self.says}"


class FallibleReader(Protocol):
    """Reads one utterance, or says why not."""

    name: str

    def ask(
        self, text: str, *, now: datetime, expecting: str | None = None
    ) -> Future[Understanding | Failure]:
        """The reading under way, as `Understander.read` gives it; cancelling it gives it up."""
        ...
