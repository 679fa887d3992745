"""Labelled utterances as an engine read them, and how long it took."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from core.types import Lang, Understanding
from engines.understanding.base import Understander
from engines.understanding.cascade import Cascade
from evaluation.calibration import Judged
from evaluation.rows import Utterance


@dataclass(frozen=True)
class Read:
    """An utterance, what the engine read in it, and the milliseconds that took."""

    row: Utterance
    found: Understanding
    ms: float = 0.0

    @property
    def pair(self) -> tuple[str, str]:
        """The labelled main intent and the one that was read."""
        return self.row.intent, self.found.intent

    @property
    def right(self) -> bool:
        """Whether the main intent is the labelled main intent."""
        return self.found.intent == self.row.intent

    @property
    def accepted(self) -> bool:
        """Whether the main intent is either labelled intent."""
        return self.found.intent in (self.row.intent, self.row.second_intent)

    @property
    def judged(self) -> Judged:
        """The confidence in the main intent (0 where none was given), and whether it is right."""
        confidence = self.found.intents[0].confidence if self.found.intents else 0.0
        return Judged(confidence, self.right)


def read_utterances(rows: Iterable[Utterance], engine: Understander, *, now: datetime) -> list[Read]:
    """Read every utterance, timed around `engine.read` alone; the first is read once more, to warm up."""
    return list(_timed(rows, engine, now))


def _timed(rows: Iterable[Utterance], engine: Understander, now: datetime) -> Iterator[Read]:
    for number, row in enumerate(rows):
        if number == 0:
            (engine.first if isinstance(engine, Cascade) else engine).read(row.text, now=now)
        begun = time.perf_counter()
        found = engine.read(row.text, now=now)
        yield Read(row, found, (time.perf_counter() - begun) * 1000)


def languages(reads: Iterable[Read]) -> dict[Lang, list[Read]]:
    """The reads by language, in the order the languages come."""
    by_lang: dict[Lang, list[Read]] = {}
    for read in reads:
        by_lang.setdefault(read.row.lang, []).append(read)
    return by_lang
