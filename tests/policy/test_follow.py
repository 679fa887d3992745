"""What a line means in the talk it stands in."""

from __future__ import annotations

from typing import Any

import pytest

from core.types import Line, LineItem, Mention
from engines.tracking.base import TrackView
from policy.tracking.follow import in_context
from tests.fakes import NOW, heard, held, mention

R6, R20 = "QH-R6", "QH-R20"
IN_TALK: dict[str, Any] = {
    "focus": R20,
    "line_items": (LineItem(product=R20, quantity=2),),
    "last_question": "ask_delivery",
    "priced": True,
}


def said(slot: str, value: Any, words: str, text: str) -> Mention:
    start = text.index(words)
    return mention(slot, value, start, start + len(words)).model_copy(update={"text": words})


def meant(text: str, intent: str, *mentions: Mention, **fields: Any) -> tuple[str, bool]:
    view = TrackView(now=NOW, text=text, understanding=heard(intent, mentions=list(mentions)), **fields)
    found, follows = in_context(view)
    return found.intent, follows


@pytest.mark.parametrize(
    ("text", "words"), [("那R6呢", "R6"), ("R6的呢?", "R6"), ("what about the R6?", "R6"), ("那R6呢 ", "R6")]
)
def test_a_question_without_content_carries_the_last_one_on(text: str, words: str) -> None:
    assert meant(text, "greet", said("product", R6, words, text), **IN_TALK) == ("ask_delivery", True)


def test_a_question_with_content_of_its_own_is_left_alone() -> None:
    text = "R6质保多久呢"
    assert meant(text, "ask_service", said("product", R6, "R6", text), **IN_TALK) == ("ask_service", False)


def test_right_after_an_answer_a_name_alone_is_enough() -> None:
    assert meant("小的", "affirm", **{**IN_TALK, "just_asked": True}) == ("ask_delivery", True)
    assert meant("小的", "affirm", **IN_TALK) == ("affirm", False)
    named = said("product", R6, "R6", "R6")
    assert meant("R6", "inform", named, **{**IN_TALK, "just_asked": True, "expecting": "product"}) == (
        "inform",
        False,
    )


@pytest.mark.parametrize(
    ("text", "heard_as", "slot", "value", "words", "intent"),
    [
        ("那就十台 十台总该行了", "thanks_bye", "quantity", 10, "十台", "inform"),
        ("好了 十台 再见", "thanks_bye", "quantity", 10, "十台", "thanks_bye"),
        ("那再加两台", "ask_delivery", "quantity", 2, "两台", "inform"),
        ("打错了 是li@x.cn 中间没点", "wrong_person", "email", "li@x.cn", "li@x.cn", "deny"),
        (
            "发资料到公司邮箱 我转给他 li@x.cn",
            "request_human",
            "email",
            "li@x.cn",
            "li@x.cn",
            "request_material",
        ),
        ("我要是拿六台呢", "inform", "quantity", 6, "六台", "ask_price"),
        ("if I took ten, how would that look", "chitchat", "quantity", 10, "ten", "ask_price"),
        ("五万五一台能做不", "ask_customization", "payload_kg", 5, "五", "ask_discount"),
    ],
)
def test_the_talk_says_what_the_words_do_not(
    text: str, heard_as: str, slot: str, value: Any, words: str, intent: str
) -> None:
    assert meant(text, heard_as, said(slot, value, words, text), **IN_TALK)[0] == intent


def test_a_hold_on_with_a_new_time_moves_the_demo_that_is_booked() -> None:
    text = "等下 两点我有会 改四点"
    at_four = said("demo_time", "2026-11-24T16:00", "四点", text)
    assert meant(text, "hold_on", at_four, **IN_TALK, booked=True)[0] == "request_demo"
    assert meant(text, "hold_on", at_four, **IN_TALK)[0] == "inform"


def test_a_price_said_back_is_a_question() -> None:
    text = "R20一台13万,对吧"
    assert meant(text, "affirm", said("product", R20, "R20", text))[0] == "ask_price"
    assert meant("对吧", "affirm", **IN_TALK)[0] == "affirm"


@pytest.mark.parametrize(
    ("text", "heard_as", "intent"),
    [
        ("你给我推荐一个", "chitchat", "ask_product"),
        ("那给我推荐个股票呗", "out_of_scope", "out_of_scope"),
        ("which one would you go for", "chitchat", "ask_product"),
        ("就差一点嘛 通融通融", "inform", "ask_discount"),
        ("老板说今年不上了 别聊了", "object_need", "refuse"),
        ("今年不上了", "object_need", "object_need"),
    ],
)
def test_wishes_that_sound_like_something_else(text: str, heard_as: str, intent: str) -> None:
    assert meant(text, heard_as, **IN_TALK)[0] == intent


def test_whether_it_fits_the_budget_is_a_question_for_the_price() -> None:
    budget = held(budget={"min": None, "max": 400000, "currency": "CNY"})
    assert meant("超我预算没", "object_price", **IN_TALK, slots=budget)[0] == "ask_price"
    assert meant("超我预算没", "object_price", **IN_TALK)[0] == "object_price"


def test_goods_that_are_not_sold_are_asked_about() -> None:
    text = "那T9呢 听说便宜"
    assert meant(text, "object_price", said("product", None, "T9", text), **IN_TALK)[0] == "ask_product"


def test_what_was_heard_surely_beside_it_stays() -> None:
    text = "那R6呢"
    view = TrackView(
        now=NOW,
        text=text,
        understanding=heard("greet", "ask_service", mentions=[said("product", R6, "R6", text)]),
        **IN_TALK,
    )
    assert [score.id for score in in_context(view)[0].intents] == ["ask_delivery", "ask_service"]


def test_who_leaves_or_wants_a_human_is_not_drawn_back() -> None:
    for intent in ("refuse", "do_not_call", "request_human"):
        text = "R6呢"
        assert meant(text, intent, said("product", R6, "R6", text), **IN_TALK) == (intent, False)


def test_asked_which_product_was_meant_the_customer_still_wants_the_answer() -> None:
    named = said("product", R6, "R6", "R6")
    fields: dict[str, Any] = {"expecting": "product", "last_question": "ask_price", "just_asked": True}
    owed = [Line(turn=1, who="robot", text="哪款?", tags=("ask_slot",))]
    paid = [Line(turn=1, who="robot", text="2014年成立。哪款?", tags=("answer", "ask_slot"))]
    assert meant("R6", "inform", named, **fields, lines=owed)[0] == "ask_price"
    assert meant("R6", "inform", named, **fields, lines=paid)[0] == "inform"


@pytest.mark.parametrize(
    ("text", "heard_as", "intent"),
    [
        ("把R20去掉", "do_not_call", "deny"),
        ("R20不要了", "refuse", "deny"),
        ("R20不要了,再见", "refuse", "refuse"),
        ("别再打了", "do_not_call", "do_not_call"),
        ("报价删了重做", "do_not_call", "deny"),
        ("报价什么的别再打电话说了", "do_not_call", "do_not_call"),
    ],
)
def test_goods_let_go_are_no_end_of_the_talk(text: str, heard_as: str, intent: str) -> None:
    named = [said("product", R20, "R20", text)] if "R20" in text else []
    assert meant(text, heard_as, *named, **IN_TALK)[0] == intent


@pytest.mark.parametrize(
    "text", ["太忙了,三个月后再说吧", "Is delivery free above 5000 yuan?", "首付能不能先付5000元?"]
)
def test_a_put_off_and_a_question_with_an_amount_stay_what_they_are(text: str) -> None:
    for intent in ("object_timing", "ask_delivery", "ask_payment"):
        found = meant(text, intent, said("timeline", "P3M", text[:2], text), **IN_TALK)
        assert found[0] == intent
