"""Wishes that must not be missed are looked for clause by clause: 我姓王,…,转人工 wants a human."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from core.types import IntentScore

HEEDED = frozenset({"request_human", "do_not_call"})
"""Intents whose miss costs more than a false alarm."""
SURE = 0.8
MOST_CLAUSES = 8
_CLAUSE = re.compile(r"[^,，。.;；!！?？、\n]+")

Rank = Callable[[str], tuple[IntentScore, ...]]


def heeded(text: str, whole: tuple[IntentScore, ...], rank: Rank) -> tuple[IntentScore, ...]:
    """The intents of the whole utterance, a heeded one that a clause says plainly among them, ranked."""
    if any(score.id in HEEDED for score in whole):
        return whole
    for clause in _clauses(text):
        first = rank(clause)[0]
        if first.id in HEEDED and first.confidence >= SURE:
            return (first, whole[0]) if first.confidence > whole[0].confidence else (whole[0], first)
    return whole


def _clauses(text: str) -> Iterator[str]:
    clauses = [match.group().strip() for match in _CLAUSE.finditer(text)]
    clauses = [clause for clause in clauses if any(char.isalnum() for char in clause)]
    yield from clauses[-MOST_CLAUSES:] if len(clauses) > 1 else ()
