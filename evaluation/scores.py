"""Scores over counts: precision, recall, F1 and its means, percentiles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Tally:
    """True positives, false positives, false negatives."""

    tp: int = 0
    fp: int = 0
    fn: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.tp + other.tp, self.fp + other.fp, self.fn + other.fn)

    @property
    def precision(self) -> float:
        """Share of the found that is right, 0..1; 0 where nothing was found."""
        return share(self.tp, self.tp + self.fp)

    @property
    def recall(self) -> float:
        """Share of the wanted that was found, 0..1; 0 where nothing was wanted."""
        return share(self.tp, self.tp + self.fn)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall, 0..1."""
        return share(2 * self.tp, 2 * self.tp + self.fp + self.fn)


def share(part: float, whole: float) -> float:
    """`part / whole`, 0 where there is no whole."""
    return part / whole if whole else 0.0


def tally_of(label: str, pairs: Iterable[tuple[str, str]]) -> Tally:
    """The counts of one label over (expected, got) pairs."""
    counts = Tally()
    for expected, got in pairs:
        counts += Tally(
            tp=int(expected == got == label),
            fp=int(got == label != expected),
            fn=int(expected == label != got),
        )
    return counts


def macro_f1(pairs: Sequence[tuple[str, str]]) -> float:
    """Mean F1 over the labels that are expected somewhere, 0..1.

    A label that is only ever got costs precision where it was got wrongly and is no class of its own.
    """
    labels = sorted({expected for expected, _ in pairs})
    return share(sum(tally_of(label, pairs).f1 for label in labels), len(labels))


def micro_f1(pairs: Sequence[tuple[str, str]]) -> float:
    """F1 of the summed counts of all labels, 0..1; with one label each way it is the accuracy."""
    labels = {label for pair in pairs for label in pair}
    return sum((tally_of(label, pairs) for label in labels), Tally()).f1


def weighted_f1(pairs: Sequence[tuple[str, str]]) -> float:
    """Mean F1 over the labels that are expected somewhere, each by how often it is expected, 0..1."""
    support = Counter(expected for expected, _ in pairs)
    total = sum(tally_of(label, pairs).f1 * rows for label, rows in support.items())
    return share(total, len(pairs))


def percentile(values: Iterable[float], percent: float) -> float:
    """The nearest-rank percentile (0 < percent <= 100); 0 where there are no values."""
    ordered = sorted(values)
    if not ordered:
        return 0.0
    rank = -(-len(ordered) * percent // 100)
    return ordered[max(int(rank), 1) - 1]
