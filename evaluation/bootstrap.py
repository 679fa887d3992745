"""How far a share may be off because the cases are few: percentile bootstrap over whole groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from evaluation.scores import share

DRAWS = 2000
"""Samples drawn, with replacement, of as many groups as there are."""
SEED = 7
INSIDE = 95
"""Percent of the samples that lie in the interval."""


class Group(NamedTuple):
    """Cases that hang together, such as the turns of one talk: how many there are, how many are right."""

    right: int
    cases: int


class Interval(NamedTuple):
    """The lowest and the highest share, 0..1, that chance alone would explain."""

    low: float
    high: float


def interval(groups: Sequence[Group], *, draws: int = DRAWS, seed: int = SEED) -> Interval:
    """The 95 % interval of the share of right cases (Efron 1979, percentile form).

    Groups are drawn whole, because the cases of one are no independent cases. The same groups give the
    same interval; fewer than two give 0..1, since nothing is known of how they differ.
    """
    counts = np.array([group for group in groups if group.cases])
    if len(counts) < 2:
        return Interval(0.0, 1.0)
    picked = np.random.default_rng(seed).integers(len(counts), size=(draws, len(counts)))
    sums = counts[picked].sum(axis=1)
    shares = [share(right, cases) for right, cases in sums]
    edge = (100 - INSIDE) / 2
    low, high = np.percentile(shares, [edge, 100 - edge])
    return Interval(float(low), float(high))
