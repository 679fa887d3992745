"""`plan` alone: the strongest rule wins, the stage table holds, prices are policy's."""

from __future__ import annotations

from typing import Any

import pytest

from core.types import Line, LineItem, Plan, SlotValue, Stage
from nodes.plan import plan
from tests.fakes import book_of, done, heard, opened


def planned(understanding: Any = None, **state: Any) -> Plan:
    fields = {"understanding": understanding or heard(), **state}
    update = done(plan(opened(**fields), book=book_of()))
    found: Plan = update["plan"]
    return found


def names(told: Plan) -> list[str]:
    return [act.act for act in told.acts]


def tools(told: Plan) -> list[str]:
    return [call.name for call in told.tools]


def test_an_event_comes_before_anything_heard() -> None:
    told = planned(heard("ask_price"), event="hangup")
    assert (told.acts, tools(told), told.stage) == ((), ["end_call"], Stage.ENDED)


def test_trouble_comes_before_business() -> None:
    assert [act.script for act in planned(trouble="empty").acts] == ["greet.brief", "clarify.empty"]


def test_an_ending_comes_before_business() -> None:
    told = planned(heard("refuse", "ask_price"), focus="QH-R20")
    assert names(told) == ["farewell"] and tools(told) == ["end_call"]
    assert told.reason == "customer: refuse"


def test_business_is_answered_and_led_on() -> None:
    lines = [Line(turn=1, who="robot", text="您好")]
    told = planned(heard("ask_price", product="QH-R20"), focus="QH-R20", text="R20多少钱", lines=lines)
    assert names(told) == ["answer", "ask_slot"]
    assert told.acts[0].facts == ("catalogue:QH-R20#price",)


def test_who_asks_at_once_also_hears_who_speaks() -> None:
    told = planned(heard("ask_price", product="QH-R20"), focus="QH-R20", text="R20多少钱")
    assert names(told) == ["greet", "answer", "ask_slot"]
    assert told.acts[0].script == "greet.brief"
    assert told.stage is Stage.PRESENTATION


def test_the_plan_holds_every_price_that_may_be_named() -> None:
    items = (LineItem(product="QH-R20", quantity=12),)
    slots = {"quantity": SlotValue(value=12, turn=1, text="十二台")}
    told = planned(heard("ask_discount"), focus="QH-R20", line_items=items, slots=slots)
    assert {(quote.quantity, quote.unit_price, quote.offer) for quote in told.quotes} == {
        (1, 138000.0, None),
        (12, 128340.0, "P-STD-VOL10"),
    }


@pytest.mark.parametrize(
    ("stage", "understanding", "after"),
    [
        (Stage.ENDED, heard("ask_price"), Stage.QUALIFICATION),
        (Stage.HANDOFF, heard("ask_price"), Stage.HANDOFF),
        (Stage.HANDOFF, heard("refuse"), Stage.ENDED),
        (Stage.PROPOSAL, heard("object_price"), Stage.OBJECTION),
        (Stage.PRESENTATION, heard("request_human"), Stage.HANDOFF),
    ],
)
def test_the_stage_follows_the_table(stage: Stage, understanding: Any, after: Stage) -> None:
    assert planned(understanding, stage=stage, focus="QH-R20").stage is after


def test_the_same_state_gives_the_same_plan() -> None:
    state = {"focus": "QH-R20", "text": "太贵了", "attempts": {"object_price": 1}}
    assert planned(heard("object_price"), **state) == planned(heard("object_price"), **state)
