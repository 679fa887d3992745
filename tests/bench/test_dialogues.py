"""How far our state and a corpus's agree, with a reader and trackers that answer from a table."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from bench.corpora import Talk, Turn, money
from bench.dialogues import Score, Scripted, changed, follow, gold_answer, if_asked, project, same_state
from core.settings import Settings
from core.types import Changes, Mention, SlotChange, SlotValue, Understanding
from engines.tracking.base import TrackView
from evaluation.scores import Tally
from tests.fakes import pack_of
from tests.openai_server import serving


class TableReader:
    """An understander that looks its mentions up, and reads what it was asked for besides."""

    name = "table"

    def __init__(self, table: dict[str, dict[str, Any]]) -> None:
        self.table = table

    def read(self, text: str, *, now: datetime, expecting: str | None = None) -> Understanding:
        found = dict(self.table.get(text, {}))
        found |= {expecting: text} if expecting == "location" else {}
        return Understanding(
            mentions=tuple(
                Mention(slot=slot, value=value, text=text, start=0, end=len(text))
                for slot, value in found.items()
            )
        )


class EveryMention:
    """A tracker that takes each mention for a change."""

    name = "every"

    def __init__(self) -> None:
        self.views: list[TrackView] = []

    async def changes(self, view: TrackView) -> Changes:
        self.views.append(view)
        return Changes(
            slots=tuple(SlotChange(slot=one.slot, value=one.value) for one in view.understanding.mentions)
        )


def turn(user: str, robot: str = "", **state: Any) -> Turn:
    return Turn(user, robot, state, {slot: f"corpus.{slot}" for slot in state})


TALK = Talk(
    "t",
    (
        turn("a", location="长沙"),
        turn("b", "哪天", location="长沙", date="2026-11-24"),
        turn("武汉", location="武汉", date="2026-11-24"),
    ),
    frozenset({"location", "date"}),
    {},
)
READER = TableReader(
    {
        "a": {"location": "长沙市", "budget": money(1, 2)},
        "b": {"demo_time": "2026-11-24T15:00", "title": "经理"},
    }
)


async def test_states_are_those_of_the_slots_compared() -> None:
    tracker = EveryMention()
    states = await follow(TALK, READER, tracker)
    assert states == [
        {"location": "长沙市"},
        {"location": "长沙市", "date": "2026-11-24"},
        {"location": "长沙市", "date": "2026-11-24"},
    ]
    assert [view.last_robot for view in tracker.views] == ["", "哪天", "哪天"]


async def test_figures_stand_beside_the_baselines_of_the_same_turns() -> None:
    score = Score()
    score.add(TALK, await follow(TALK, READER, EveryMention()), READER)
    assert (score.turns, score.moved) == (3, 3)
    assert score.joint == {"ours": 2, "moved": 2, "nothing": 0, "carry over": 0}
    assert score.slots == {"location": Tally(1, 0, 1), "date": Tally(1, 0, 0)}
    assert score.sources == {
        "corpus.location": [(True, False), (False, True)],
        "corpus.date": [(True, True)],
    }


async def test_a_talk_cut_from_another_begins_with_its_state() -> None:
    cut = Talk("c", (turn("x", location="长沙", date="2026-11-24"),), TALK.scored, {"date": "2026-11-24"})
    states = await follow(cut, READER, EveryMention())
    assert states == [{"date": "2026-11-24"}]
    score = Score()
    score.add(cut, states, READER)
    assert score.slots == {"location": Tally(0, 0, 1)}


def test_the_date_is_the_one_set_last() -> None:
    slots = {
        "timeline": SlotValue(value="2026-12", turn=1, text=""),
        "demo_time": SlotValue(value="2026-11-24T15:00", turn=2, text=""),
        "location": SlotValue(value=None, turn=2, text=""),
    }
    assert project(slots, frozenset({"date", "location"})) == {"date": "2026-11-24"}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"location": "长沙"}, {"location": "长沙市"}, True),
        ({"location": "长沙"}, {}, False),
        ({"budget": money(1, 2)}, {"budget": money(1, 3)}, False),
        ({}, {}, True),
    ],
)
def test_same_state(one: dict[str, Any], other: dict[str, Any], same: bool) -> None:
    assert same_state(one, other) is same


def test_what_a_model_is_scripted_to_tell_is_what_the_turn_changes() -> None:
    before = {"location": "长沙"}
    given = turn("两百以内,明天去", location="长沙", budget=money(None, 200), date="2026-11-24")
    assert changed(before, given.state).keys() == {"budget", "date"}
    told = json.loads(gold_answer(given, before))
    assert told["set"] == [
        {"slot": "budget", "value": {"min": None, "max": 200}, "words": given.user},
        {"slot": "timeline", "value": "2026-11-24", "words": given.user},
    ]
    assert if_asked(given, {"location": "长沙"}, READER) == {"location": given.user}


async def test_a_scripted_model_is_asked_about_every_line_and_believed_where_the_line_bears_it() -> None:
    talk = Talk(
        "s",
        (
            turn("我在长沙", location="长沙"),
            turn("预算两百万以内", "预算多少", location="长沙", budget=money(None, 2_000_000)),
            turn("再便宜些", location="长沙", budget=money(None, 1_000_000)),
        ),
        frozenset({"location", "budget"}),
        {},
    )
    with serving() as server:
        scripted = Scripted(server, Settings(), pack_of())
        states = await follow(talk, TableReader({}), scripted.tracker, scripted.script)
    assert states == [talk.turns[0].state, talk.turns[1].state, talk.turns[1].state]
    assert scripted.report().splitlines()[2:] == [
        "| turns | 3 |",
        "| requests | 3 |",
        "| requests that show the line | 3 |",
        "| changes not believed: not said | 1 |",
    ]
