"""Scores on counts worked out by hand, and against scikit-learn."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from evaluation.scores import Tally, macro_f1, micro_f1, percentile, tally_of, weighted_f1

PAIRS = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abcd")), min_size=1)


def test_macro_f1_by_hand() -> None:
    pairs = [("a", "a"), ("a", "b"), ("b", "b"), ("c", "d")]
    # a: p 1, r 1/2; b: p 1/2, r 1; c: 0
    assert macro_f1(pairs) == pytest.approx((2 / 3 + 2 / 3 + 0) / 3)


def test_micro_and_weighted_f1_by_hand() -> None:
    pairs = [("a", "a"), ("a", "b"), ("b", "b"), ("c", "d")]
    assert micro_f1(pairs) == pytest.approx(2 / 4)
    assert weighted_f1(pairs) == pytest.approx((2 * 2 / 3 + 1 * 2 / 3 + 1 * 0) / 4)
    assert micro_f1([]) == weighted_f1([]) == 0


@given(PAIRS)
def test_micro_and_weighted_f1_are_those_of_sklearn(pairs: list[tuple[str, str]]) -> None:
    expected, got = zip(*pairs, strict=True)
    assert micro_f1(pairs) == pytest.approx(f1_score(expected, got, average="micro", zero_division=0))
    labels = sorted(set(expected))
    theirs = f1_score(expected, got, labels=labels, average="weighted", zero_division=0)
    assert weighted_f1(pairs) == pytest.approx(theirs)


@given(PAIRS)
def test_macro_f1_is_that_of_sklearn_over_the_expected_labels(pairs: list[tuple[str, str]]) -> None:
    expected, got = zip(*pairs, strict=True)
    labels = sorted(set(expected))
    theirs = f1_score(expected, got, labels=labels, average="macro", zero_division=0)
    assert macro_f1(pairs) == pytest.approx(theirs)


def test_tally() -> None:
    counts = tally_of("a", [("a", "a"), ("b", "a"), ("a", "b"), ("b", "b")]) + Tally(tp=2)
    assert (counts.tp, counts.fp, counts.fn) == (3, 1, 1)
    assert (counts.precision, counts.recall, counts.f1) == (0.75, 0.75, 0.75)
    assert Tally().precision == Tally().recall == Tally().f1 == 0


@pytest.mark.parametrize(
    ("values", "percent", "value"),
    [([], 95, 0), ([3.0], 95, 3), (range(1, 101), 95, 95), ([5, 1, 3, 2, 4], 50, 3), (range(1, 11), 95, 10)],
)
def test_nearest_rank(values: list[float], percent: float, value: float) -> None:
    assert percentile(values, percent) == value
