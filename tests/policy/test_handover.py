"""The summary for the human colleague, as data and in words."""

from __future__ import annotations

from typing import Any

import pytest

from core.types import CustomerCard, Line, Quote, Stage
from policy.deal import Deal
from policy.handover import handover, in_words
from tests.fakes import a_deal, heard, held

QUOTE = Quote(
    product="QH-R20",
    quantity=12,
    list_price=138000,
    unit_price=128340,
    offer="P-STD-VOL10",
    total=1540080,
    currency="CNY",
)
LINES = [
    Line(turn=1, who="customer", text="你好", tags=("greet",)),
    Line(turn=2, who="customer", text="能防爆吗", tags=("ask_product",)),
    Line(turn=2, who="robot", text="资料里没有这一项。", tags=("decline", "ask_slot")),
    Line(turn=3, who="robot", text="您的预算大概多少?", tags=("ask_slot",)),
]


def deal(**more: Any) -> Deal:
    fields: dict[str, Any] = {
        "text": "转人工",
        "stage": Stage.PROPOSAL,
        "focus": "QH-R20",
        "quantity": 12,
        "profile": CustomerCard(company="恒达", contact_name="王", phone="13800001234"),
        "slots": held(
            product="QH-R20",
            quantity=12,
            budget={"min": None, "max": 2000000, "currency": "CNY"},
            timeline="2026-12",
            location="苏州",
        ),
        "quoted": (QUOTE,),
        "asked": {"budget": 1, "application": 2, "propose:demo": 1},
        "attempts": {"object_price": 2, "ask_price": 3},
        "lines": LINES,
    }
    return a_deal(heard("request_human"), **{**fields, **more})


def test_it_says_who_what_how_far_what_is_open_and_the_last_words() -> None:
    summary = handover(deal(), "request_human")
    assert summary.who == {
        "company": "恒达",
        "contact_name": "王",
        "location": "苏州",
        "phone": "13800001234",
    }
    assert [(item.product, item.quantity) for item in summary.items] == [("QH-R20", 12)]
    assert set(summary.needs) == {"budget", "timeline"} and summary.quotes == (QUOTE,)
    assert (summary.stage, summary.objections) == (Stage.PROPOSAL, {"object_price": 2})
    assert summary.declined == ("能防爆吗",) and summary.unanswered == ("application",)
    assert [line.text for line in summary.last_lines] == [
        "能防爆吗",
        "资料里没有这一项。",
        "您的预算大概多少?",
        "转人工",
    ]


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("zh", ["恒达", "13800001234", "12台", "2026年12月", "1,540,080元"]),
        ("zh", ["嫌贵2次", "没能回答:能防爆吗", "客户要求人工", "客户: 转人工"]),
        ("en", ["恒达", "13800001234", "December 2026", "1,540,080 yuan"]),
        ("en", ["finds it dear (2x)", "Not answered: 能防爆吗", "the customer wants a human"]),
    ],
)
def test_in_the_words_of_the_talk(lang: str, told: list[str]) -> None:
    of = deal(lang=lang)
    text = in_words(handover(of, "request_human"), of)
    for words in told:
        assert words in text
    assert "{" not in text and "None" not in text


def test_what_is_empty_is_left_out() -> None:
    of = a_deal(heard("request_human"), text="")
    text = in_words(handover(of, "request_human"), of)
    assert text.splitlines() == ["客户:还不知道是谁", "进展:开场", "转接原因:客户要求人工"]


def test_an_objection_in_the_line_that_asks_counts_too() -> None:
    of = a_deal(heard("request_human", "object_price"), attempts={"object_price": 1})
    assert handover(of, "complaint").objections == {"object_price": 2}
