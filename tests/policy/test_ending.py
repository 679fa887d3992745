from __future__ import annotations

from typing import Any

import pytest

from core.types import CustomerCard, IntentScore, Stage, Understanding
from policy.ending import ending
from policy.move import Move
from tests.fakes import a_deal, heard, held


def ended(*intents: str, **fields: Any) -> Move | None:
    understanding = fields.pop("understanding", None) or heard(*intents)
    return ending(a_deal(understanding, **fields))


def tools(move: Move | None) -> list[str]:
    assert move is not None
    return [call.name for call in move.tools]


def scripts(move: Move | None) -> list[str | None]:
    assert move is not None
    return [act.script for act in move.acts]


@pytest.mark.parametrize(("intent", "script"), [("refuse", "end.refuse"), ("thanks_bye", "end.bye")])
def test_a_refusal_and_a_goodbye_end_the_call(intent: str, script: str) -> None:
    move = ended(intent)
    assert move is not None and move.stage is Stage.ENDED and not move.leads
    assert scripts(move) == [script] and tools(move) == ["end_call"]
    assert move.tools[0].args == {"reason": intent}


def test_a_barred_number_is_written_down_before_the_call_ends() -> None:
    move = ended("do_not_call", slots=held(phone="13800001234"), profile=CustomerCard(id="c1"))
    assert tools(move) == ["do_not_call", "end_call"]
    assert move is not None and move.tools[0].args == {"phone": "13800001234", "customer_id": "c1"}
    assert scripts(move) == ["end.do_not_call"] and move.stage is Stage.ENDED


@pytest.mark.parametrize("main", ["refuse", "ask_price", "thanks_bye", "request_human"])
def test_never_again_is_heard_even_in_second_place(main: str) -> None:
    assert "do_not_call" in tools(ended(main, "do_not_call"))


def test_a_wish_for_a_human_hands_the_talk_over() -> None:
    move = ended("request_human")
    assert tools(move) == ["handoff"] and move is not None and move.stage is Stage.HANDOFF
    assert scripts(move) == ["handoff"]
    assert tools(ended("ask_price", "request_human")) == ["handoff"]


def test_a_human_calls_back_where_a_number_is_known() -> None:
    understanding = heard("request_human", phone="13800001234", contact_name="王")
    move = ended(understanding=understanding, slots=held(phone="13800001234", contact_name="王"))
    assert scripts(move) == ["handoff.callback"] and tools(move) == ["save_lead", "handoff"]
    assert move is not None and move.acts[0].values["phone"] == "13800001234"


def test_on_the_phone_nobody_needs_calling_back() -> None:
    assert scripts(ended("request_human", slots=held(phone="138"), channel="voice")) == ["handoff"]


@pytest.mark.parametrize(
    "intents", [("ask_price",), ("affirm",), ("request_human",), ("ask_price", "refuse")]
)
def test_while_a_human_holds_the_talk_the_customer_is_asked_to_wait(intents: tuple[str, ...]) -> None:
    move = ended(*intents, stage=Stage.HANDOFF)
    assert move is not None and scripts(move) == ["handoff.waiting"] and move.stage is Stage.HANDOFF
    assert "handoff" not in tools(move)


def test_contacts_given_while_waiting_are_kept() -> None:
    move = ended(understanding=heard("inform", phone="138"), stage=Stage.HANDOFF, slots=held(phone="138"))
    assert tools(move) == ["save_lead"]


@pytest.mark.parametrize("intent", ["refuse", "thanks_bye", "do_not_call"])
def test_a_waiting_customer_may_end_the_talk(intent: str) -> None:
    move = ended(intent, stage=Stage.HANDOFF)
    assert move is not None and move.stage is Stage.ENDED and tools(move)[-1] == "end_call"


def test_the_person_in_charge_is_asked_for_once() -> None:
    first = ended("wrong_person")
    assert scripts(first) == ["wrong_person.referral"] and tools(first) == []
    second = ended("wrong_person", attempts={"wrong_person": 1})
    assert scripts(second) == ["end.wrong_person"] and tools(second) == ["end_call"]


@pytest.mark.parametrize("intent", ["ask_price", "object_need", "inform", "hold_on", "greet", "chitchat"])
def test_everything_else_goes_on(intent: str) -> None:
    assert ended(intent) is None


def test_a_question_beside_a_thank_you_is_answered_first() -> None:
    assert ended("ask_price", "thanks_bye") is None


def test_a_complaint_goes_to_a_human_and_bars_nobody() -> None:
    move = ending(a_deal(heard("do_not_call"), text="我要投诉你们"))
    assert move is not None and move.stage is Stage.HANDOFF
    assert [call.name for call in move.tools] == ["handoff"]


def test_a_threat_of_complaint_over_calls_is_a_wish_not_to_be_called() -> None:
    move = ending(a_deal(heard("do_not_call"), text="再打电话我就投诉"))
    assert move is not None and [call.name for call in move.tools] == ["do_not_call", "end_call"]


def test_a_doubtful_wish_not_to_be_called_bars_nobody() -> None:
    doubtful = Understanding(
        intents=(IntentScore(id="inform", confidence=0.4), IntentScore(id="do_not_call", confidence=0.38))
    )
    assert ending(a_deal(doubtful, text="my number is 13612345678")) is None


@pytest.mark.parametrize("text", ["别再联系我,不然投诉", "Do not contact me or I get my lawyer"])
def test_a_complaint_about_being_contacted_bars(text: str) -> None:
    move = ending(a_deal(heard("do_not_call"), text=text))
    assert move is not None and [call.name for call in move.tools] == ["do_not_call", "end_call"]
