"""How far a confidence can be trusted: calibration error, reliability, risk over coverage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from evaluation.scores import share

BINS = 10
"""Bins of equal width over 0..1."""


class Judged(NamedTuple):
    """One answer: its confidence, 0..1, and whether it was right."""

    confidence: float
    right: bool


@dataclass(frozen=True)
class Bin:
    """The answers with a confidence in (low, high]; the first bin holds 0 too."""

    low: float
    high: float
    rows: int
    confidence: float
    """Their mean confidence."""
    accuracy: float
    """The share of them that is right."""


class Point(NamedTuple):
    """The share of answers kept, the surest first, and the share of wrong ones among those."""

    coverage: float
    risk: float


def reliability(answers: Sequence[Judged], bins: int = BINS) -> tuple[Bin, ...]:
    """Mean confidence beside accuracy in every bin that holds answers."""
    found = []
    for place in range(bins):
        low, high = place / bins, (place + 1) / bins
        inside = [one for one in answers if low < one.confidence <= high or one.confidence == low == 0]
        if inside:
            confidence = sum(one.confidence for one in inside) / len(inside)
            found.append(
                Bin(low, high, len(inside), confidence, share(sum(one.right for one in inside), len(inside)))
            )
    return tuple(found)


def calibration_error(answers: Sequence[Judged], bins: int = BINS) -> float:
    """Expected calibration error, 0..1: mean gap of confidence and accuracy (Guo et al. 2017, eq. 3)."""
    gaps = sum(one.rows * abs(one.accuracy - one.confidence) for one in reliability(answers, bins))
    return share(gaps, len(answers))


def risk_coverage(answers: Sequence[Judged]) -> tuple[Point, ...]:
    """The risk at every coverage k/n, the surest answers first (Geifman and El-Yaniv 2017).

    Answers of equal confidence have no order: each of them brings the mean risk of their group.
    """
    points: list[Point] = []
    wrong = 0.0
    ordered = sorted(answers, key=attrgetter("confidence"), reverse=True)
    for _, equal in groupby(ordered, key=attrgetter("confidence")):
        group = list(equal)
        each = sum(not one.right for one in group) / len(group)
        for _ in group:
            wrong += each
            kept = len(points) + 1
            points.append(Point(kept / len(answers), wrong / kept))
    return tuple(points)


def area_under_risk(answers: Sequence[Judged]) -> float:
    """AURC, 0..1: the mean risk over all coverages; less is better, 0 where no answer is wrong."""
    points = risk_coverage(answers)
    return share(sum(point.risk for point in points), len(points))
