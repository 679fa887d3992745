"""The playbook at work: conditions, stages, personas, qualification, advice, budgets, reading back."""

from __future__ import annotations

from typing import Any

import pytest

from core.pack import When
from core.types import Act, CustomerCard, LineItem, SlotValue, Stage, ToolCall, Word
from policy.answers import answer
from policy.course import stage_after
from policy.deal import Deal
from policy.doubt import dearest_doubt, doubt
from policy.persona import personas
from policy.qualify import aim_reached, qualified
from policy.when import holds
from tests.fakes import a_deal, heard, held, mention, say


@pytest.mark.parametrize(
    ("when", "truth"),
    [
        (When(), True),
        (When(stages=(Stage.OPENING,)), True),
        (When(stages=(Stage.CLOSING,)), False),
        (When(intents=("ask_price", "inform")), True),
        (When(intents=("refuse",)), False),
        (When(known=("product", "quantity")), True),
        (When(known=("product", "phone")), False),
        (When(unknown=("phone",)), True),
        (When(unknown=("phone", "product")), False),
        (When(at_least=2), True),
        (When(at_least=3), False),
        (When(heard={"inform": 1}), True),
        (When(heard={"inform": 2, "object_price": 2}), True),
        (When(heard={"inform": 2}), False),
        (When(categories=("robot",)), True),
        (When(categories=("vision",)), False),
        (When(titles=("厂长", "经理")), True),
        (When(titles=("工程师",)), False),
        (When(roles=("decision_maker",)), False),
        (When(channel="text"), True),
        (When(channel="voice"), False),
        (When(stages=(Stage.OPENING,), known=("phone",)), False),
    ],
)
def test_every_field_that_is_given_must_hold(when: When, truth: bool) -> None:
    deal = a_deal(
        heard("inform"),
        focus="QH-R20",
        quantity=2,
        slots=held(product="QH-R20", quantity=2),
        profile=CustomerCard(title="生产经理"),
        attempts={"object_price": 2},
    )
    assert holds(when, deal) is truth


def test_acts_tools_and_topics_are_those_of_the_turn() -> None:
    deal = a_deal(heard("inform"))
    acts = [Act(act="answer", values={"topic": "demo"})]
    tools = [ToolCall(name="quote")]
    assert holds(When(acts=("answer",), tools=("quote",), topics=("demo",)), deal, acts=acts, tools=tools)
    assert not holds(When(acts=("propose",)), deal, acts=acts) and not holds(When(tools=("quote",)), deal)


@pytest.mark.parametrize(
    ("before", "intent", "acts", "tools", "after"),
    [
        (Stage.OPENING, "inform", ["answer"], [], Stage.QUALIFICATION),
        (Stage.QUALIFICATION, "ask_price", ["answer"], [], Stage.PRESENTATION),
        (Stage.PRESENTATION, "inform", ["answer"], [], Stage.PRESENTATION),
        (Stage.PRESENTATION, "ask_price", ["answer"], ["quote"], Stage.PROPOSAL),
        (Stage.PROPOSAL, "ask_service", ["answer"], [], Stage.PROPOSAL),
        (Stage.PROPOSAL, "object_price", ["handle_objection"], [], Stage.OBJECTION),
        (Stage.OBJECTION, "ask_service", ["answer"], [], Stage.PRESENTATION),
        (Stage.OBJECTION, "inform", ["answer"], [], Stage.QUALIFICATION),
        (Stage.QUALIFICATION, "inform", ["answer", "propose"], [], Stage.PROPOSAL),
        (Stage.PRESENTATION, "request_demo", ["answer"], ["book_demo"], Stage.CLOSING),
        (Stage.PRESENTATION, "request_material", ["answer"], ["send_material"], Stage.PROPOSAL),
        (Stage.PROPOSAL, "request_material", ["answer"], ["send_material"], Stage.CLOSING),
        (Stage.CLOSING, "ask_price", ["answer"], [], Stage.CLOSING),
        (Stage.ENDED, "inform", ["answer"], [], Stage.QUALIFICATION),
    ],
)
def test_the_stage_follows_from_what_the_turn_did(
    before: Stage, intent: str, acts: list[str], tools: list[str], after: Stage
) -> None:
    done = [Act(act=name) for name in acts]
    assert (
        stage_after(a_deal(heard(intent), stage=before), done, [ToolCall(name=name) for name in tools])
        is after
    )


def test_the_qualification_is_over_once_the_product_and_one_more_answer_are_known() -> None:
    assert not aim_reached(a_deal(focus="QH-R20", slots=held(product="QH-R20")), Stage.QUALIFICATION)
    enough = a_deal(focus="QH-R20", slots=held(product="QH-R20", location="苏州"))
    assert aim_reached(enough, Stage.QUALIFICATION)
    assert not aim_reached(enough, Stage.PRESENTATION), "a stage without an exit has no aim to reach"


def test_what_is_known_of_budget_authority_need_and_timing() -> None:
    deal = a_deal(slots=held(application="码垛", timeline="2026-12", decision_role="decision_maker"))
    assert qualified(deal) == {
        "budget": (),
        "authority": ("decision_role",),
        "need": ("application",),
        "timing": ("timeline",),
    }


@pytest.mark.parametrize(
    ("fields", "kinds"),
    [
        ({}, ()),
        ({"attempts": {"object_price": 1}}, ("price_sensitive",)),
        ({"attempts": {"ask_discount": 1}}, ()),
        ({"attempts": {"ask_discount": 2}}, ("price_sensitive",)),
        ({"profile": CustomerCard(title="设备工程师")}, ("technical",)),
        ({"profile": CustomerCard(title="王总")}, ("executive",)),
        ({"slots": held(decision_role="decision_maker")}, ("executive",)),
        (
            {"profile": CustomerCard(title="CEO"), "attempts": {"object_price": 3}},
            ("price_sensitive", "executive"),
        ),
    ],
)
def test_a_customer_shows_what_kind_they_are(fields: dict[str, Any], kinds: tuple[str, ...]) -> None:
    assert personas(a_deal(heard("inform"), **fields)) == kinds


def test_advice_goes_by_what_was_told_of_the_need() -> None:
    told = a_deal(heard("ask_product"), text="你给我推荐一个", slots=held(application="码垛"))
    (act,) = answer("ask_product", told)
    assert act.script == "answer.recommend" and act.values["recommends"] == "QH-C5"
    assert "码垛" in say(told, [act])[0]
    heavy = a_deal(heard("ask_product"), text="推荐一款", slots=held(payload_kg=15))
    assert answer("ask_product", heavy)[0].values["recommends"] == "QH-R20"
    nothing = a_deal(heard("ask_product"), text="推荐一款")
    assert answer("ask_product", nothing)[0].script == "answer.products"


@pytest.mark.parametrize(
    ("limit", "script"), [(400000, "answer.within_budget"), (200000, "answer.over_budget")]
)
def test_the_deal_is_held_against_the_budget(limit: int, script: str) -> None:
    budget = {"min": None, "max": limit, "currency": "CNY"}
    deal = a_deal(
        heard("ask_price"),
        text="超我预算没",
        focus="QH-C5",
        quantity=2,
        slots={**held(product="QH-C5", quantity=2), **held(budget=budget)},
    )
    (act,) = answer("ask_price", deal)
    assert act.script == script and "236,000" in say(deal, [act])[0]


def test_several_line_items_are_weighed_together() -> None:
    deal = a_deal(
        heard("ask_price"),
        text="在预算内吗",
        focus="QH-C5",
        line_items=(LineItem(product="QH-C5", quantity=2), LineItem(product="QH-R6", quantity=1)),
        slots=held(budget={"min": None, "max": 300000, "currency": "CNY"}),
    )
    assert answer("ask_price", deal)[0].script == "answer.over_budget"


def by_voice(slot: str, value: Any, *words: tuple[str, float], status: str = "heard") -> Deal:
    text = "".join(word for word, _ in words)
    said = mention(slot, value, 0, len(text))
    slots = {slot: SlotValue(value=value, turn=1, text=text, status=status)}
    spoken = [{"text": word, "start": 0.0, "end": 1.0, "confidence": sure} for word, sure in words]
    return a_deal(heard("inform", mentions=[said]), channel="voice", text=text, slots=slots, words=spoken)


def test_what_is_dear_is_read_back_however_sure_the_recogniser_was() -> None:
    assert dearest_doubt(by_voice("phone", "13800001234", ("13800001234", 1.0))) == "phone"
    assert dearest_doubt(by_voice("location", "苏州", ("苏州", 0.4))) is None


def test_a_number_is_read_back_only_where_it_was_heard_badly() -> None:
    assert dearest_doubt(by_voice("quantity", 12, ("十二", 0.95), ("台", 0.9))) is None
    assert dearest_doubt(by_voice("quantity", 12, ("十二", 0.6), ("台", 0.9))) == "quantity"


def test_the_doubt_is_that_of_the_words_of_the_value() -> None:
    deal = a_deal(
        heard("inform", mentions=[mention("quantity", 12, 2, 5)]),
        text="我要十二台好吗",
        words=[
            Word(text=word, start=0, end=1, confidence=sure).model_dump()
            for word, sure in (("我要", 0.1), ("十二", 0.7), ("台", 0.9), ("好吗", 0.1))
        ],
    )
    assert doubt(deal, deal.understanding.mentions[0]) == pytest.approx(0.3)


def test_what_was_confirmed_or_typed_is_not_read_back() -> None:
    assert dearest_doubt(by_voice("phone", "138", ("138", 0.2), status="confirmed")) is None
    typed = a_deal(heard("inform", phone="138"), slots=held(phone="138"))
    assert dearest_doubt(typed) is None
