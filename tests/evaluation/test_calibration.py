"""Calibration error and risk over coverage, worked out by hand."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.calibration import (
    Bin,
    Judged,
    Point,
    area_under_risk,
    calibration_error,
    reliability,
    risk_coverage,
)

ANSWERS = st.lists(st.builds(Judged, st.floats(0, 1), st.booleans()), min_size=1, max_size=30)


def test_bins_hold_their_upper_end_and_the_first_holds_zero() -> None:
    answers = [Judged(0.0, False), Judged(0.5, True), Judged(0.51, False), Judged(1.0, True)]
    assert reliability(answers, bins=2) == (
        Bin(0.0, 0.5, 2, 0.25, 0.5),
        Bin(0.5, 1.0, 2, pytest.approx(0.755), 0.5),
    )


def test_calibration_error_by_hand() -> None:
    answers = [Judged(0.9, True), Judged(0.9, False), Judged(0.3, False), Judged(0.3, False)]
    # the upper bin: |1/2 - 0.9| of two answers; the lower: |0 - 0.3| of two
    assert calibration_error(answers) == pytest.approx((2 * 0.4 + 2 * 0.3) / 4)
    assert calibration_error([]) == 0
    assert calibration_error([Judged(1.0, True)] * 3) == 0


def test_risk_over_coverage_by_hand() -> None:
    answers = [Judged(0.2, False), Judged(0.9, True), Judged(0.6, False), Judged(0.4, True)]
    # kept, the surest first: right, wrong, right, wrong
    assert risk_coverage(answers) == (Point(0.25, 0), Point(0.5, 1 / 2), Point(0.75, 1 / 3), Point(1, 2 / 4))
    assert area_under_risk(answers) == pytest.approx((0 + 1 / 2 + 1 / 3 + 1 / 2) / 4)
    assert risk_coverage([]) == ()
    assert area_under_risk([]) == 0


def test_equal_confidences_share_their_risk() -> None:
    answers = [Judged(0.5, True), Judged(0.5, False)]
    assert [point.risk for point in risk_coverage(answers)] == [0.5, 0.5]


@given(ANSWERS, st.randoms(use_true_random=False))
def test_the_order_of_answers_changes_nothing(answers: list[Judged], shuffled: random.Random) -> None:
    other = answers.copy()
    shuffled.shuffle(other)
    assert area_under_risk(answers) == pytest.approx(area_under_risk(other))
    assert calibration_error(answers) == pytest.approx(calibration_error(other))


@given(ANSWERS)
def test_bounds_and_the_last_risk(answers: list[Judged]) -> None:
    assert sum(one.rows for one in reliability(answers)) == len(answers)
    assert 0 <= calibration_error(answers) <= 1
    last = risk_coverage(answers)[-1]
    assert last.coverage == 1
    assert last.risk == pytest.approx(sum(not one.right for one in answers) / len(answers))
