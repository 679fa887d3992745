"""A cascade: the fast engine reads every utterance, a second one only those that leave the first unsure."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter, deque
from concurrent.futures import Future, wait
from datetime import datetime
from threading import Lock

import numpy as np

from core.types import Frozen, Understanding
from engines.failure import Failure, Trouble
from engines.understanding.base import FallibleReader, Understander, read_aside

log = logging.getLogger(__name__)
REMEMBERED = 1000
"""The last escalations whose times `latency` looks at."""


class Stats(Frozen):
    """Utterances since the start, those the second engine was asked about, and what came of it."""

    turns: int = 0
    escalated: int = 0
    failures: dict[str, int] = {}
    """By reason; the first engine's reading stood."""
    seconds: float = 0.0
    """Spent waiting for the second engine, in all."""

    @property
    def share(self) -> float:
        """The part of the utterances that was escalated, 0..1."""
        return self.escalated / self.turns if self.turns else 0.0

    def __str__(self) -> str:
        failed = ", ".join(f"{times} {reason}" for reason, times in sorted(self.failures.items())) or "none"
        return f"{self.escalated} of {self.turns} utterances escalated ({self.share:.1%}), failures: {failed}"


class Cascade:
    """Where the first engine's main intent is less sure than `below`, the second one's reading stands.

    Elsewhere, and where the second fails or is not done `within` seconds, the first one's stands unchanged.
    """

    name = "cascade"

    def __init__(self, first: Understander, second: FallibleReader, *, below: float, within: float) -> None:
        self.first = first
        self._second = second
        self._below = below
        self._within = within
        self._counting = Lock()
        self._turns = 0
        self._failures: Counter[str] = Counter()
        self._escalated = 0
        self._seconds = 0.0
        self._last: deque[float] = deque(maxlen=REMEMBERED)

    def read(self, text: str, *, now: datetime, expecting: str | None = None) -> Understanding:
        """As the port has it; blocks for at most `within` seconds beside the first engine's time."""
        heard = self.first.read(text, now=now, expecting=expecting)
        if self._sure(heard):
            return heard
        begun = time.perf_counter()
        asked = self._second.ask(text, now=now, expecting=expecting)
        wait([asked], timeout=self._within)
        return self._settled(heard, asked, begun)

    async def aread(self, text: str, *, now: datetime, expecting: str | None = None) -> Understanding:
        """`read`, holding neither the event loop nor a thread while the second engine is asked."""
        heard = await read_aside(self.first, text, now=now, expecting=expecting)
        if self._sure(heard):
            return heard
        begun = time.perf_counter()
        asked = self._second.ask(text, now=now, expecting=expecting)
        try:
            await asyncio.wait([_quiet(asyncio.wrap_future(asked))], timeout=self._within)
            return self._settled(heard, asked, begun)
        finally:
            asked.cancel()

    @property
    def stats(self) -> Stats:
        """What was counted since the start."""
        with self._counting:
            return Stats(
                turns=self._turns,
                escalated=self._escalated,
                failures=dict(self._failures),
                seconds=self._seconds,
            )

    @property
    def latency(self) -> dict[str, float]:
        """Milliseconds that the last escalations took: `p50` and `p95`; empty where there was none."""
        with self._counting:
            spent = list(self._last)
        return {f"p{part}": float(np.percentile(spent, part)) * 1000 for part in (50, 95)} if spent else {}

    def _sure(self, heard: Understanding) -> bool:
        sure = bool(heard.intents) and heard.intents[0].confidence >= self._below
        if sure:
            with self._counting:
                self._turns += 1
        return sure

    def _settled(
        self, heard: Understanding, asked: Future[Understanding | Failure], begun: float
    ) -> Understanding:
        """The second engine's reading where it has one, else `heard`; counted and logged."""
        answer = _outcome(asked)
        failure = answer if isinstance(answer, Failure) else None
        spent = time.perf_counter() - begun
        with self._counting:
            self._turns += 1
            self._escalated += 1
            self._seconds += spent
            self._last.append(spent)
            if failure:
                self._failures[failure.trouble] += 1
        if failure:
            log.warning("%s gave no reading: %s", self._second.name, failure)
        log.info("understanding: %s", self.stats)
        return heard if isinstance(answer, Failure) else answer


def _outcome(asked: Future[Understanding | Failure]) -> Understanding | Failure:
    """What came of the asking; an engine that broke its promise not to raise has failed, too."""
    if not asked.done():
        asked.cancel()
        return Failure(Trouble.TIMEOUT, "no answer in time")
    if asked.cancelled():
        return Failure(Trouble.BROKEN, "the asking was given up")
    if error := asked.exception():
        return Failure(Trouble.BROKEN, type(error).__name__)
    return asked.result()


def _quiet(waiting: asyncio.Future[Understanding | Failure]) -> asyncio.Future[Understanding | Failure]:
    """The future with its exception taken note of, so that asyncio does not report it as lost."""
    waiting.add_done_callback(lambda done: done.cancelled() or done.exception())
    return waiting
