"""The rules while a human shall have, has, gave back, or never came to a talk."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core.types import Act, HandoffStatus, Stage, ToolCall
from policy.deal import Deal
from policy.ending import ending
from policy.events import on_event, on_trouble
from policy.human import hand_over, resumed, waiting
from policy.move import Move
from policy.stages import standing, with_humans
from tests.fakes import NOW, a_deal, heard, held

ASK = Act(act="ask_slot", slot="budget", script="ask.budget")
PRICE = Act(act="answer", script="answer.price", values={"topic": "price"})


def with_human(status: HandoffStatus | None, *intents: str, minutes: int = 0, **more: Any) -> Deal:
    asked = NOW - timedelta(minutes=minutes)
    understanding = more.pop("understanding", None) or heard(*intents)
    fields = {"stage": Stage.HANDOFF, "handoff": status, "handoff_asked": asked, **more}
    return a_deal(understanding, **fields)


def scripts(move: Move | None) -> list[str | None]:
    assert move is not None
    return [act.script for act in move.acts]


@pytest.mark.parametrize(
    ("status", "minutes", "now"),
    [("waiting", 9, "waiting"), ("waiting", 10, "missed"), ("held", 99, "held"), ("returned", 99, "returned"), (None, 99, None)],
)  # fmt: skip
def test_who_waits_too_long_is_missed(status: Any, minutes: int, now: Any) -> None:
    assert with_humans(status, NOW - timedelta(minutes=minutes), NOW, 10) == now
    assert with_human(status, minutes=minutes).handoff == now


@pytest.mark.parametrize("stage", Stage)
def test_only_a_talk_that_came_back_leaves_the_human(stage: Stage) -> None:
    assert standing(stage, "waiting", None) is standing(stage, "held", stage) is Stage.HANDOFF
    assert standing(Stage.HANDOFF, None, stage) is Stage.HANDOFF
    back = standing(Stage.HANDOFF, "returned", stage)
    assert back is standing(Stage.HANDOFF, "missed", stage)
    assert back is (Stage.QUALIFICATION if stage in (Stage.OPENING, Stage.HANDOFF, Stage.ENDED) else stage)
    assert standing(Stage.HANDOFF, "closed", stage) is Stage.ENDED
    if stage is not Stage.HANDOFF:
        assert standing(stage, "returned", Stage.CLOSING) is standing(stage, None, None) is stage


@pytest.mark.parametrize(("status", "script"), [("waiting", "handoff.waiting"), ("held", "handoff.held")])
def test_everything_gets_a_waiting_word(status: HandoffStatus, script: str) -> None:
    deal = with_human(status, "ask_price")
    for move in (ending(deal), on_event("silence", deal), on_event("start", deal), on_trouble("empty", deal)):
        assert scripts(move) == [script] and move is not None
        assert (move.stage, move.tools, move.leads) == (Stage.HANDOFF, (), False)


def test_a_hangup_while_waiting_ends_the_call() -> None:
    assert on_event("hangup", with_human("waiting")).stage is Stage.ENDED


@pytest.mark.parametrize("text", ["给我回个电话", "让他打给我", "please call me back", "give me a call"])
def test_a_call_back_is_asked_for_in_many_words(text: str) -> None:
    known = hand_over(
        a_deal(heard("request_human"), text=text, slots=held(phone="138"), channel="voice"), "request_human"
    )
    assert scripts(known) == ["handoff.callback"] and known.tools[-1].args["callback"] == "138"
    unknown = hand_over(a_deal(heard("request_human"), text=text), "request_human")
    assert scripts(unknown) == ["handoff", "handoff.phone"] and "callback" not in unknown.tools[-1].args


def test_a_number_given_for_the_call_is_taken_while_waiting() -> None:
    given = with_human(
        "waiting", understanding=heard("inform", phone="138"), slots=held(phone="138"), expecting="phone"
    )
    move = waiting(given)
    assert scripts(move) == ["handoff.callback"]
    assert [call.name for call in move.tools] == ["save_lead", "handoff"]


def business() -> Move:
    return Move(reason="x", stage=Stage.PROPOSAL, acts=(PRICE, ASK), tools=(ToolCall(name="quote"),))


def test_a_talk_given_back_says_first_who_speaks() -> None:
    move = resumed(with_human("returned", "ask_price"), business())
    assert scripts(move) == ["handoff.returned", "answer.price", "ask.budget"]
    assert move.acts[0].act == "disclose"


def test_where_nobody_came_a_call_is_promised_and_business_goes_on() -> None:
    known = resumed(with_human("missed", "ask_price", slots=held(phone="138")), business())
    assert scripts(known) == ["handoff.missed", "answer.price", "ask.budget"]
    assert known.tools[-1] == ToolCall(name="handoff", args={"reason": "missed", "callback": "138"})
    unknown = resumed(with_human("missed", "ask_price"), business())
    assert scripts(unknown) == ["handoff.missed_phone", "answer.price", "handoff.phone"], "one question"
    assert unknown.tools[-1].args == {"reason": "missed"}


@pytest.mark.parametrize("status", ["waiting", "held", "closed", None])
def test_a_talk_that_did_not_come_back_is_left_as_it_is(status: HandoffStatus | None) -> None:
    assert resumed(with_human(status, "ask_price"), business()) == business()


def test_a_farewell_needs_no_excuse() -> None:
    bye = Move(reason="x", stage=Stage.ENDED, acts=(Act(act="farewell", script="end.bye"),))
    assert resumed(with_human("missed", "thanks_bye"), bye) == bye


@pytest.mark.parametrize("text", ["人呢", "我要投诉"])
def test_who_asks_where_the_human_is_is_not_queued_again_at_once(text: str) -> None:
    move = ending(with_human("missed", "request_human", text=text))
    assert move is not None and move.tools == () and move.stage is not Stage.HANDOFF


def test_a_question_is_answered_from_facts_while_nobody_has_taken_the_talk() -> None:
    asked = {"understanding": heard("ask_price"), "focus": "QH-R20", "text": "多少钱"}
    scripts = [act.script for act in waiting(with_human("waiting", **asked)).acts]
    assert scripts == ["answer.price", "handoff.waiting"]
    assert [act.script for act in waiting(with_human("held", **asked)).acts] == ["handoff.held"]
