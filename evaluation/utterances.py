"""Intents and slots of single utterances."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.types import Understanding
from engines.understanding.base import Understander
from evaluation.compare import same_value
from evaluation.report import Figure, Grid, Miss, Report, ratio
from evaluation.rows import Utterance
from evaluation.scores import Tally, macro_f1, tally_of

OUTSIDE = "out_of_scope"


@dataclass(frozen=True)
class Read:
    """An utterance and what the engine read in it."""

    row: Utterance
    found: Understanding

    @property
    def right(self) -> bool:
        """Whether the main intent is the labelled main intent."""
        return self.found.intent == self.row.intent

    @property
    def accepted(self) -> bool:
        """Whether the main intent is either labelled intent."""
        return self.found.intent in (self.row.intent, self.row.second_intent)


def evaluate_utterances(rows: Iterable[Utterance], understander: Understander, *, now: datetime) -> Report:
    """Read every utterance and report intents and slots."""
    return summarise([Read(row, understander.read(row.text, now=now)) for row in rows], now)


def summarise(reads: Sequence[Read], now: datetime) -> Report:
    """Macro-F1 and accuracy of the main intent by language, slot F1, out-of-scope, every miss."""
    return Report(
        kind="utterances",
        now=now.isoformat(timespec="minutes"),
        rows=len(reads),
        figures=(*_by_language(reads), *_outside(reads), _second(reads)),
        grids=(_by_style(reads), _by_slot(reads), _confusions(reads)),
        misses=tuple(miss for read in reads for miss in _misses(read)),
    )


def _by_language(reads: Sequence[Read]) -> Iterable[Figure]:
    for lang in dict.fromkeys(read.row.lang for read in reads):
        mine = [read for read in reads if read.row.lang == lang]
        yield Figure(f"intent macro-F1 {lang}", macro_f1([_pair(read) for read in mine]), of=len(mine))
        forgiven = [(read.row.intent, read.row.intent) if read.accepted else _pair(read) for read in mine]
        yield Figure(f"intent macro-F1 {lang}, second accepted", macro_f1(forgiven), of=len(mine))
        yield ratio(f"intent accuracy {lang}", sum(read.right for read in mine), len(mine))
        slots = sum((slot_tally(read.row.slots, read.found.values()) for read in mine), Tally())
        wanted, found = slots.tp + slots.fn, slots.tp + slots.fp
        yield Figure(f"slot F1 {lang}", slots.f1)
        yield Figure(f"slot precision {lang}", slots.precision, of=found)
        yield Figure(f"slot recall {lang}", slots.recall, of=wanted)


def _pair(read: Read) -> tuple[str, str]:
    return read.row.intent, read.found.intent


def _outside(reads: Sequence[Read]) -> tuple[Figure, Figure]:
    counts = tally_of(OUTSIDE, [_pair(read) for read in reads])
    return (
        Figure("out-of-scope precision", counts.precision, of=counts.tp + counts.fp),
        Figure("out-of-scope recall", counts.recall, of=counts.tp + counts.fn),
    )


def _second(reads: Sequence[Read]) -> Figure:
    """How often both of two labelled intents were found, in whatever order."""
    double = [read for read in reads if read.row.second_intent]
    both = sum(
        {score.id for score in read.found.intents} >= {read.row.intent, read.row.second_intent}
        for read in double
    )
    return ratio("both of two intents found", both, len(double))


def slot_tally(expected: dict[str, Any], got: dict[str, Any]) -> Tally:
    """Slot counts of one utterance: a wrong value is one found too many and one missed.

    An expected None (nothing in the catalogue fits) must be found as None.
    """
    right = sum(slot in got and same_value(slot, value, got[slot]) for slot, value in expected.items())
    return Tally(tp=right, fp=len(got) - right, fn=len(expected) - right)


def _by_style(reads: Sequence[Read]) -> Grid:
    styles = Counter(read.row.style for read in reads)
    return Grid(
        "by style",
        ("style", "rows", "intent accuracy", "slot F1"),
        tuple(
            (
                style,
                rows,
                sum(read.right for read in reads if read.row.style == style) / rows,
                sum(
                    (
                        slot_tally(read.row.slots, read.found.values())
                        for read in reads
                        if read.row.style == style
                    ),
                    Tally(),
                ).f1,
            )
            for style, rows in sorted(styles.items())
        ),
    )


def _by_slot(reads: Sequence[Read]) -> Grid:
    counts: dict[str, Tally] = {}
    for read in reads:
        expected, got = read.row.slots, read.found.values()
        for slot in {*expected, *got}:
            one = slot_tally(
                {slot: expected[slot]} if slot in expected else {}, {slot: got[slot]} if slot in got else {}
            )
            counts[slot] = counts.get(slot, Tally()) + one
    return Grid(
        "by slot",
        ("slot", "expected", "precision", "recall", "F1"),
        tuple(
            (slot, tally.tp + tally.fn, tally.precision, tally.recall, tally.f1)
            for slot, tally in sorted(counts.items())
        ),
    )


def _confusions(reads: Sequence[Read]) -> Grid:
    """Wrong main intents, the most frequent first, with the ids of their utterances."""
    ids: dict[tuple[str, str], list[str]] = {}
    for read in reads:
        if not read.right:
            ids.setdefault(_pair(read), []).append(read.row.id)
    ranked = sorted(ids.items(), key=lambda item: (-len(item[1]), item[0]))
    return Grid(
        "confusions",
        ("expected", "got", "times", "ids"),
        tuple((expected, got, len(where), " ".join(where)) for (expected, got), where in ranked),
    )


def _misses(read: Read) -> Iterable[Miss]:
    row, found = read.row, read.found
    if not read.right:
        ranked = [f"{score.id} {score.confidence:.2f}" for score in found.intents]
        yield Miss(row.id, "intent", row.text, row.intent, ranked)
    expected, got = row.slots, found.values()
    for slot in dict.fromkeys([*expected, *got]):
        one = _said(expected, slot), _said(got, slot)
        if slot not in expected or slot not in got or not same_value(slot, expected[slot], got[slot]):
            yield Miss(row.id, f"slot {slot}", row.text, *one)


def _said(values: dict[str, Any], slot: str) -> Any:
    return values.get(slot, "(absent)")
