"""Slot spans: from the chance of every tag at every token to stretches of text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engines.understanding.text import Token

Floats = npt.NDArray[np.float64]
EAGER = 0.7
"""A token is part of a value where the model is less sure than this that it is none."""
_SURELY_NONE = 0.97


class Span(NamedTuple):
    """A stretch of text tagged as a slot, with the model's confidence 0..1."""

    slot: str
    start: int
    end: int
    confidence: float


class Tagging(NamedTuple):
    """Spans found, and for every token the chance of each slot."""

    spans: tuple[Span, ...]
    tokens: tuple[tuple[Token, dict[str, float]], ...]

    def chance(self, slot: str, start: int, end: int) -> float:
        """How likely a stretch of text belongs to `slot`: the best of its tokens, 0..1."""
        inside = (chances for token, chances in self.tokens if token.start < end and start < token.end)
        return max((chances.get(slot, 0.0) for chances in inside), default=0.0)


def tagging_of(tokens: Sequence[Token], tags: Sequence[str], chances: Floats) -> Tagging:
    """The tagging of `tokens` from the chance of each of `tags` at each token (tokens x tags).

    The first tag is O; the others are B-slot and I-slot.
    """
    columns: dict[str, list[int]] = {}
    for place, tag in enumerate(tags[1:], start=1):
        columns.setdefault(tag[2:], []).append(place)
    best = [_choose(row) for row in chances]
    sure = [float(row[place]) for row, place in zip(chances, best, strict=True)]
    spans = tuple(
        Span(slot, tokens[first].start, tokens[last].end, min(sure[first : last + 1]))
        for slot, first, last in _runs([tags[place] for place in best])
    )
    told = [
        {} if row[0] > _SURELY_NONE else {slot: float(row[own].sum()) for slot, own in columns.items()}
        for row in chances
    ]
    return Tagging(spans, tuple(zip(tokens, told, strict=True)))


def _choose(row: Floats) -> int:
    """The column of the best tag, or of a likely value where the token is left out only just."""
    best = int(row.argmax())
    if best == 0 and row[0] < EAGER and len(row) > 1:
        return 1 + int(row[1:].argmax())
    return best


def _runs(tags: Sequence[str]) -> list[tuple[str, int, int]]:
    """Slot, first and last token of every tagged stretch."""
    runs: list[tuple[str, int, int]] = []
    for place, tag in enumerate(tags):
        if tag == "O":
            continue
        slot = tag[2:]
        if tag[0] == "I" and runs and runs[-1][0] == slot and runs[-1][2] == place - 1:
            runs[-1] = (slot, runs[-1][1], place)
        else:
            runs.append((slot, place, place))
    return runs
