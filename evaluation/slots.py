"""Figures and tables of the slots: by language, by slot, by slot and style."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from core.types import Lang
from evaluation.compare import same_value
from evaluation.reading import Read
from evaluation.report import Figure, Grid
from evaluation.scores import Tally

NOWHERE = "–"
"""A cell of what does not occur: a slot that a style neither holds nor was read into, a share of nothing."""
PLAIN = "(none)"
"""The name of the style that has no name."""


def slot_figures(lang: Lang, reads: Sequence[Read]) -> Iterator[Figure]:
    """F1, precision and recall of exact normal forms."""
    tally = slots_of(reads)
    yield Figure(f"slot F1 {lang}", tally.f1)
    yield Figure(f"slot precision {lang}", tally.precision, of=tally.tp + tally.fp)
    yield Figure(f"slot recall {lang}", tally.recall, of=tally.tp + tally.fn)


def slots_of(reads: Sequence[Read]) -> Tally:
    """Slot counts of all utterances together."""
    return sum((slot_tally(read.row.slots, read.found.values()) for read in reads), Tally())


def slot_tally(expected: Mapping[str, Any], got: Mapping[str, Any]) -> Tally:
    """Slot counts of one utterance: a wrong value is one found too many and one missed.

    An expected None (nothing in the catalogue fits) must be found as None.
    """
    right = sum(slot in got and same_value(slot, value, got[slot]) for slot, value in expected.items())
    return Tally(tp=right, fp=len(got) - right, fn=len(expected) - right)


def tallies(reads: Sequence[Read]) -> dict[str, Tally]:
    """Counts by slot, in alphabetical order."""
    counts: dict[str, Tally] = {}
    for read in reads:
        expected, got = read.row.slots, read.found.values()
        for slot in {*expected, *got}:
            counts[slot] = counts.get(slot, Tally()) + slot_tally(_only(slot, expected), _only(slot, got))
    return dict(sorted(counts.items()))


def by_slot(reads: Sequence[Read]) -> Grid:
    """Precision, recall and F1 of every slot that was expected or read."""
    return Grid(
        "by slot",
        ("slot", "expected", "precision", "recall", "F1"),
        tuple(
            (slot, tally.tp + tally.fn, tally.precision, tally.recall, tally.f1)
            for slot, tally in tallies(reads).items()
        ),
    )


def by_slot_and_style(reads: Sequence[Read]) -> Grid:
    """F1 of every slot in every style."""
    styles = styles_of(reads)
    columns = {style or PLAIN: tallies(mine) for style, mine in styles.items()}
    rows = [
        (slot, *(counts[slot].f1 if slot in counts else NOWHERE for counts in columns.values()))
        for slot in tallies(reads)
    ]
    return Grid("slot F1 by style", ("slot", *columns), tuple(rows))


def styles_of(reads: Sequence[Read]) -> dict[str, list[Read]]:
    """The reads by style, in alphabetical order."""
    styles: dict[str, list[Read]] = {}
    for read in reads:
        styles.setdefault(read.row.style, []).append(read)
    return dict(sorted(styles.items()))


def _only(slot: str, values: Mapping[str, Any]) -> dict[str, Any]:
    return {slot: values[slot]} if slot in values else {}
