from __future__ import annotations

from typing import Any

import pytest

from core.types import Correction, CustomerCard, Line, LineItem, SlotValue, Stage
from policy.business import business, with_lead
from policy.deal import Deal
from policy.move import Move
from tests.fakes import a_deal, heard, held, pack_of, say

ASKING = {"ask_slot", "confirm_slot", "propose", "clarify"}
WORN = dict.fromkeys([ask.slot for ask in pack_of().playbook.asks], 9)


def moved(deal: Deal) -> Move:
    return with_lead(deal, business(deal))


def scripts(move: Move) -> list[str | None]:
    return [act.script for act in move.acts]


def names(move: Move) -> list[str]:
    return [act.act for act in move.acts]


def test_the_first_greeting_says_who_speaks_the_next_is_short() -> None:
    assert scripts(moved(a_deal(heard("greet")))) == ["greet"]
    again = moved(a_deal(heard("greet"), attempts={"greet": 1}, stage=Stage.QUALIFICATION))
    assert scripts(again)[0] == "greet.again" and names(again)[-1] == "ask_slot"


def test_a_known_customer_is_called_by_name() -> None:
    card = CustomerCard(contact_name="Smith", title="Mr")
    deal = a_deal(heard("greet"), lang="en", profile=card)
    assert "Smith" in say(deal, moved(deal).acts)[0]


def test_a_question_in_a_greeting_is_answered() -> None:
    deal = a_deal(heard("greet", "ask_price"), focus="QH-R20", text="你好,R20多少钱")
    assert "answer.price" in scripts(moved(deal))


def test_waiting_is_respected() -> None:
    move = moved(a_deal(heard("hold_on"), stage=Stage.PROPOSAL))
    assert scripts(move) == ["hold_on"] and move.stage is Stage.PROPOSAL


def test_small_talk_comes_back_to_business() -> None:
    for intent, script in (("chitchat", "small_talk"), ("out_of_scope", "redirect")):
        move = moved(a_deal(heard(intent)))
        assert scripts(move)[0] == script and names(move)[-1] == "ask_slot"


def test_who_asks_for_the_robot_is_told_the_truth() -> None:
    assert names(moved(a_deal(heard("ask_identity"))))[0] == "disclose"


def test_the_last_line_is_said_again() -> None:
    lines = [Line(turn=1, who="robot", text="R20标价138,000元。"), Line(turn=2, who="customer", text="啊?")]
    deal = a_deal(heard("repeat"), lines=lines, stage=Stage.PRESENTATION)
    move = moved(deal)
    assert scripts(move) == ["repeat"] and move.stage is Stage.PRESENTATION
    assert "R20标价138,000元" in say(deal, move.acts)[0]


def test_nothing_to_repeat_is_a_greeting() -> None:
    assert scripts(moved(a_deal(heard("repeat")))) == ["greet"]


def test_what_was_told_is_taken_up() -> None:
    deal = a_deal(
        heard("inform", location="苏州", industry="汽配"), slots=held(location="苏州", industry="汽配")
    )
    move = moved(deal)
    assert scripts(move)[0] == "ack.inform" and names(move)[-1] == "ask_slot"
    assert "苏州" in say(deal, move.acts)[0] and "汽配" in say(deal, move.acts)[0]


def corrected(slot: str, value: Any, before: Any) -> dict[str, SlotValue]:
    held_now = SlotValue(value=value, turn=2, text="", earlier=(Correction(value=before, turn=1),))
    return {slot: held_now}


def test_a_correction_is_taken_and_repriced() -> None:
    deal = a_deal(
        heard("deny", quantity=8),
        focus="QH-R20",
        quantity=8,
        slots={**held(product="QH-R20"), **corrected("quantity", 8, 12)},
        attempts={"priced": 1},
        stage=Stage.PROPOSAL,
        text="不是十二台,是八台",
    )
    move = moved(deal)
    text = "".join(say(deal, move.acts))
    assert scripts(move)[:3] == ["ack.correction", "answer.offer_not_met", "answer.total"]
    assert "1,104,000" in text and "1,540,080" not in text and move.stage is Stage.PROPOSAL


def test_a_repriced_total_is_recorded_as_the_quote() -> None:
    deal = a_deal(
        heard("deny", quantity=8),
        focus="QH-R20",
        quantity=8,
        slots={**held(product="QH-R20"), **corrected("quantity", 8, 12)},
        attempts={"priced": 1},
        text="不是十二台,是八台",
    )
    assert [call.args["total"] for call in moved(deal).tools if call.name == "quote"] == [1104000.0]


def test_a_correction_before_any_price_names_none() -> None:
    deal = a_deal(
        heard("deny", quantity=8),
        focus="QH-R20",
        quantity=8,
        slots={**held(product="QH-R20"), **corrected("quantity", 8, 12)},
    )
    assert "ack.correction" in scripts(moved(deal)) and "answer.total" not in scripts(moved(deal))


@pytest.mark.parametrize(
    ("slot", "value"), [("phone", "13800001234"), ("budget", {"min": 1, "max": 2, "currency": "CNY"})]
)
def test_by_voice_what_is_dear_is_read_back(slot: str, value: Any) -> None:
    fields: dict[str, Any] = {"slots": held(**{slot: value})}
    by_voice = moved(a_deal(heard("inform", **{slot: value}), channel="voice", **fields))
    assert scripts(by_voice) == [f"confirm.{slot}"]
    by_text = moved(a_deal(heard("inform", **{slot: value}), **fields))
    assert "confirm_slot" not in names(by_text)


def test_an_objection_is_met_and_not_pressed() -> None:
    move = moved(a_deal(heard("object_price"), focus="QH-R20", stage=Stage.PROPOSAL))
    assert names(move) == ["handle_objection", "answer"] and move.stage is Stage.OBJECTION
    by_voice = moved(a_deal(heard("object_price"), focus="QH-R20", channel="voice"))
    assert names(by_voice) == ["handle_objection"] and by_voice.stage is Stage.OBJECTION


def test_a_settled_demo_closes() -> None:
    when = "2026-11-25T10:00"
    move = moved(a_deal(heard("request_demo", demo_time=when), slots=held(demo_time=when)))
    assert "demo.booked" in scripts(move) and move.stage is Stage.CLOSING
    assert [call.name for call in move.tools] == ["book_demo"]


def test_documents_asked_for_in_a_proposal_close() -> None:
    move = moved(a_deal(heard("request_material"), slots=held(email="a@b.cn"), stage=Stage.PROPOSAL))
    assert move.stage is Stage.CLOSING and [call.name for call in move.tools] == ["send_material"]


def test_a_named_total_is_recorded_as_a_quote() -> None:
    move = moved(a_deal(heard("ask_price"), focus="QH-R20", quantity=12))
    (call,) = [call for call in move.tools if call.name == "quote"]
    assert (call.args["total"], call.args["offer"]) == (1540080.0, "P-STD-VOL10")
    assert move.stage is Stage.PROPOSAL


@pytest.mark.parametrize(
    "intents",
    [
        ("request_demo", "request_material"),
        ("object_timing", "request_material"),
        ("ask_price", "request_demo"),
        ("ask_price", "request_material"),
        ("inform", "request_material"),
    ],
)
def test_one_question_a_turn(intents: tuple[str, ...]) -> None:
    deal = a_deal(heard(*intents))
    move = moved(deal)
    assert len([name for name in names(move) if name in ASKING]) <= 1
    assert "".join(say(deal, move.acts)).count("?") <= 1


def test_where_all_is_known_nothing_known_is_asked() -> None:
    slots = held(product="QH-R20", quantity=2, application="码垛")
    deal = a_deal(
        heard("inform"),
        focus="QH-R20",
        quantity=2,
        slots=slots,
        asked={**WORN, "propose:quote": 1, "propose:demo": 1},
    )
    move = moved(deal)
    assert move.acts, "something is said"
    assert all(act.slot != "product" for act in move.acts)


def test_two_questions_are_both_answered() -> None:
    recall = {"catalogue:QH-R20#lead_time": 0.9}
    deal = a_deal(
        heard("ask_price", "ask_delivery"), recall=recall, focus="QH-R20", text="R20多少钱,多久到货"
    )
    text = "".join(say(deal, moved(deal).acts))
    assert "138,000" in text and "20" in text.replace("R20", "").replace("138,000", "")


def test_another_product_added_is_no_correction() -> None:
    items = (LineItem(product="QH-R20", quantity=12), LineItem(product="QH-R6"))
    slots = {
        "product": SlotValue(value="QH-R6", turn=2, text="R6", earlier=(Correction(value="QH-R20", turn=1),))
    }
    deal = a_deal(heard("inform", product="QH-R6"), focus="QH-R6", line_items=items, slots=slots)
    assert "ack.correction" not in scripts(moved(deal))


def test_the_quote_recorded_is_of_the_product_whose_total_was_named() -> None:
    items = (LineItem(product="QH-R20", quantity=10), LineItem(product="QH-C5"))
    deal = a_deal(heard("ask_price"), focus="QH-C5", line_items=items, text="总价多少")
    (call,) = [call for call in business(deal).tools if call.name == "quote"]
    assert (call.args["product"], call.args["quantity"]) == ("QH-R20", 10)
