"""Figures and tables of whole talks, and the interval of a share."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.bootstrap import Group, interval
from evaluation.dialogues import summarise
from evaluation.report import to_json
from tests.evaluation.talks import NOW, TAKEN

REPORT = summarise(TAKEN, NOW)


def test_joint_goal_has_an_interval_over_whole_talks() -> None:
    joint = next(figure for figure in REPORT.figures if figure.name == "joint goal accuracy")
    assert joint.value == pytest.approx(2 / 3)
    assert joint.of == 3
    assert joint.within == (0.5, 1.0)
    assert joint.shown == "0.667 (0.500–1.000)"


def test_expected_acts_are_counted_apart_from_actions() -> None:
    assert REPORT.figure("action accuracy") == 0.5
    assert REPORT.figure("act accuracy") == 0
    assert REPORT.grid("by expected action").rows == (("ask_slot", 1, 0), ("handoff", 1, 1))


def test_joint_goal_by_turn() -> None:
    assert REPORT.grid("joint goal by turn").rows == ((1, 2, 1.0), (2, 1, 0.0))


def test_slots_and_how_they_are_wrong() -> None:
    assert REPORT.grid("by slot").rows == (
        ("industry", 1, 1.0, 0, 0, 0),
        ("location", 1, 0.0, 1, 0, 0),
        ("quantity", 2, 0.5, 0, 0, 1),
        ("title", 1, 0.0, 0, 1, 0),
    )


def test_by_channel_and_language() -> None:
    assert REPORT.grid("by channel and language").rows == (
        ("text", "en", 1, 1.0, "–", 1.0, 1.0),
        ("voice", "zh", 1, 0.5, 0.4, 0.5, 0.5),
    )


def test_json_carries_every_turn_where_errors_are_asked_for() -> None:
    plain, full = (json.loads(to_json(REPORT, errors=errors)) for errors in (False, True))
    assert "turns" not in plain
    assert plain["figures"]["joint goal accuracy"]["within"] == [0.5, 1.0]
    assert "within" not in plain["figures"]["slot accuracy"]
    assert [(turn["id"], turn["right"]) for turn in full["turns"]] == [
        ("first talk.1", True),
        ("first talk.2", False),
        ("second.1", True),
    ]
    wrong = full["turns"][1]
    assert wrong["reply_any_missed"] == ["苏州"]
    assert wrong["reply_none_met"] == ["免费"]
    assert {"slot": "quantity", "expected": 3, "got": 30, "right": False} in wrong["slots"]


groups = st.lists(
    st.integers(0, 9).flatmap(lambda cases: st.builds(Group, st.integers(0, cases), st.just(cases))),
    max_size=8,
)


@given(groups)
def test_an_interval_lies_within_what_is_possible_and_is_the_same_each_time(found: list[Group]) -> None:
    low, high = interval(found, draws=50)
    assert 0 <= low <= high <= 1
    assert interval(found, draws=50) == (low, high)


def test_intervals_narrow_with_more_talks_and_hold_the_share() -> None:
    talks = [Group(3, 4), Group(1, 4)]
    few, many = interval(talks * 5), interval(talks * 50)
    assert few.low < many.low < 0.5 < many.high < few.high


@pytest.mark.parametrize("found", [[], [Group(3, 4)], [Group(0, 0), Group(1, 1)]])
def test_of_one_talk_nothing_is_known(found: list[Group]) -> None:
    assert interval(found) == (0, 1)


def test_equal_talks_do_not_differ_by_chance() -> None:
    assert interval([Group(4, 4)] * 3) == (1, 1)
