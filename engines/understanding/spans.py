"""Slot spans: from the chance of every tag at every token to stretches of text."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engines.understanding.classify import Floats
from engines.understanding.text import Token

_SURELY_NONE = 0.97


class Span(NamedTuple):
    """A stretch of text tagged as a slot; the confidence is the mean chance of the slot at its tokens, 0..1."""

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
    spans = []
    for slot, first, last in _runs([tags[place] for place in _best_path(tags, chances)]):
        sure = chances[first : last + 1][:, columns[slot]].sum(axis=1).mean()
        spans.append(Span(slot, tokens[first].start, tokens[last].end, float(sure)))
    told = [
        {} if row[0] > _SURELY_NONE else {slot: float(row[own].sum()) for slot, own in columns.items()}
        for row in chances
    ]
    return Tagging(tuple(spans), tuple(zip(tokens, told, strict=True)))


def _best_path(tags: Sequence[str], chances: Floats) -> list[int]:
    """The likeliest tags in a row, where I-slot follows only B-slot or I-slot (Viterbi); columns of `chances`."""
    if not len(chances):
        return []
    scores = np.log(chances + 1e-9)
    follows = _follows(tuple(tags))
    total = scores[0] + np.where([tag[0] == "I" for tag in tags], -np.inf, 0.0)
    came: list[npt.NDArray[np.intp]] = []
    for row in scores[1:]:
        reached = total[:, None] + follows
        came.append(reached.argmax(axis=0))
        total = reached.max(axis=0) + row
    path = [int(total.argmax())]
    for step in reversed(came):
        path.append(int(step[path[-1]]))
    return path[::-1]


@cache
def _follows(tags: tuple[str, ...]) -> Floats:
    """0 where the tag of the column may follow that of the row, minus infinity elsewhere."""
    allowed = [[later[0] != "I" or earlier[2:] == later[2:] for later in tags] for earlier in tags]
    return np.where(allowed, 0.0, -np.inf)


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
