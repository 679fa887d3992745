"""Loads beforehand what engines load on first use, so that no customer waits for it."""

from __future__ import annotations

from datetime import datetime

from core.types import Situation
from engines.understanding.cascade import Cascade
from graph.engines import Engines

NOON = datetime(2026, 1, 1, 12)
TRIED = "您好,这个多少钱 100 hello"


def warm(engines: Engines) -> None:
    """One reading, one search, one check; nothing is written, no other machine asked. Blocking, about two seconds."""
    understander = engines.understander
    first = understander.first if isinstance(understander, Cascade) else understander
    first.read(TRIED, now=NOON)
    engines.index.search(TRIED, now=NOON, k=1, include_ended=True)
    engines.guard.check(TRIED, Situation(now=NOON), quotes=())
