"""What a line points back to: goods without a name, numbers without a figure, values given up and taken up again."""

from __future__ import annotations

from typing import Any

import pytest

from core.types import Correction, LineItem, SlotValue, Understanding
from engines.tracking.base import TrackView
from policy.tracking.merge import merged
from policy.tracking.rules import RuleTracker
from tests.fakes import NOW, heard, held, mention, pack_of

R6, R20, C5, AGV = "QH-R6", "QH-R20", "QH-C5", "QH-AGV300"
TRACKER = RuleTracker(pack_of())


def viewed(text: str, understanding: Understanding | None = None, **fields: Any) -> TrackView:
    return TrackView(now=NOW, text=text, understanding=understanding or heard("inform"), **fields)


def items(*deal: tuple[str, Any]) -> tuple[LineItem, ...]:
    return tuple(LineItem(product=product, quantity=quantity) for product, quantity in deal)


TWO: dict[str, Any] = {"line_items": items((R20, None), (R6, 4)), "focus": R6}


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("大的那个臂展多少", R20),
        ("那还是大的 四台", R20),
        ("小的", R6),
        ("reach of the bigger one?", R20),
        ("the smaller one then", R6),
        ("另一款呢", R20),
        ("and the other one?", R20),
        ("便宜的那款", R6),
        ("the cheaper one", R6),
        ("贵的那个也看看", R20),
        ("前面那个吧", R20),
        ("the latter please", R6),
        ("量大的话怎么算", R6),
        ("大的优惠有没有", R6),
        ("它质保多久", R6),
    ],
)
def test_one_of_the_products_talked_of_is_pointed_to(text: str, meant: str) -> None:
    assert TRACKER.read(viewed(text, **TWO)).focus == meant


def test_what_was_recommended_is_taken_where_nothing_else_is_in_focus() -> None:
    assert TRACKER.read(viewed("就它吧", recommended=C5)).focus == C5
    assert TRACKER.read(viewed("来两台", heard("inform", quantity=2), recommended=C5)).line_items == items(
        (C5, 2)
    )
    assert TRACKER.read(viewed("你们在哪", heard("ask_company"), recommended=C5)).focus is None


def test_the_goods_of_last_time_are_those_of_the_record() -> None:
    for written in (R6, "六轴工业机器人 R6"):
        assert TRACKER.read(viewed("同款再来四台", bought_before=written)).focus == R6
    assert TRACKER.read(viewed("再来四台", bought_before=R6)).focus is None


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("小六轴也一样的数", 12),
        ("the small six-axis, same number", 12),
        ("R6要一半就够", 6),
        ("R6 half of that", 6),
    ],
)
def test_a_count_told_by_the_other_one(text: str, count: int) -> None:
    view = viewed(
        text,
        heard("inform", product=R6),
        line_items=items((C5, 12)),
        focus=C5,
        slots=held(product=C5, quantity=12),
    )
    assert TRACKER.read(view).line_items == items((C5, 12), (R6, count))


def test_the_product_compared_with_does_not_take_the_focus() -> None:
    text = "定了 跟C5一样的数"
    named = heard("inform", mentions=[mention("product", C5, 4, 6)])
    view = viewed(text, named, line_items=items((C5, 24), (R6, None)), focus=R6)
    changes = TRACKER.read(view)
    assert changes.focus == R6 and changes.line_items == items((C5, 24), (R6, 24))


def test_another_line_item_named_by_its_number_is_left_alone() -> None:
    text = "跟前面那十二台全加一起呢"
    said = heard("ask_price", mentions=[mention("quantity", 12, 4, 7)])
    view = viewed(text, said, line_items=items((C5, 12), (R6, 2)), focus=R6)
    assert TRACKER.read(view).line_items == items((C5, 12), (R6, 2))


def test_a_product_is_taken_out_of_the_deal() -> None:
    text = "R20不要了"
    said = heard("inform", mentions=[mention("product", R20, 0, 3)])
    changes = TRACKER.read(viewed(text, said, line_items=items((R20, 2), (C5, 1)), focus=R20))
    assert changes.line_items == items((C5, 1)) and changes.focus == C5


def test_what_is_bought_along_keeps_the_focus_and_the_count() -> None:
    text = "这个要三十个,跟C5一块发"
    said = heard("inform", mentions=[mention("quantity", 30, 3, 6), mention("product", C5, 8, 10)])
    changes = TRACKER.read(viewed(text, said, line_items=items((R6, None)), focus=R6))
    assert changes.focus == R6 and items((R6, 30))[0] in (changes.line_items or ())


def corrected(value: Any, before: Any, turn: int = 2) -> SlotValue:
    return SlotValue(value=value, turn=turn, text="", earlier=(Correction(value=before, turn=1),))


def test_an_earlier_value_is_taken_up_again() -> None:
    slots = {"quantity": corrected(10, 4), "product": SlotValue(value=R20, turn=1, text="")}
    view = viewed("不凑了 还按刚才的", line_items=items((R20, 10)), focus=R20, slots=slots)
    assert TRACKER.read(view).line_items == items((R20, 4))
    timed = {"timeline": corrected("2027-01", "2026-12"), "location": corrected("苏州", "无锡", turn=3)}
    found = TRACKER.read(viewed("工期还是按原来的", slots=timed)).slots
    assert [(change.slot, change.value) for change in found] == [("timeline", "2026-12")]


def test_the_end_of_a_number_is_said_anew() -> None:
    view = viewed("不对 尾号不是四四二幺 是四四幺二", heard("deny"), slots=held(phone="13758064421"))
    assert [change.value for change in TRACKER.read(view).slots] == ["13758064412"]
    assert TRACKER.read(viewed("尾号四四幺二", heard("inform"))).slots == ()


@pytest.mark.parametrize(
    ("text", "words", "said", "value"),
    [
        ("两点我有会 改四点", "四点", "2026-11-22T16:00", "2026-11-24T16:00"),
        ("改下午四点", "下午四点", "2026-11-22T16:00", "2026-11-24T16:00"),
        ("make it thursday same time", "thursday", "2026-11-26", "2026-11-26T14:00"),
        ("换成周四", "周四", "2026-11-26", "2026-11-26T14:00"),
        ("周四上午十点", "周四上午十点", "2026-11-26T10:00", "2026-11-26T10:00"),
    ],
)
def test_a_time_agreed_on_is_moved_in_part(text: str, words: str, said: str, value: str) -> None:
    start = text.index(words)
    told = heard(
        "inform",
        mentions=[mention("demo_time", said, start, start + len(words)).model_copy(update={"text": words})],
    )
    view = viewed(text, told, slots=held(demo_time="2026-11-24T14:00"))
    assert [change.value for change in TRACKER.read(view).slots] == [value]


def money(low: int | None, high: int | None) -> dict[str, Any]:
    return {"min": low, "max": high, "currency": "CNY"}


@pytest.mark.parametrize(
    ("before", "said", "after"),
    [
        (money(30, 50), money(None, 40), money(30, 40)),
        (money(None, 50), money(30, None), money(30, 50)),
        (money(30, 50), money(35, 45), money(35, 45)),
        (money(30, 50), money(None, 20), money(None, 20)),
        (money(40, 40), money(None, 60), money(None, 60)),
    ],
)
def test_a_limit_narrows_the_range_it_reaches_into(before: Any, said: Any, after: Any) -> None:
    found = TRACKER.read(viewed("", heard("inform", budget=said), slots=held(budget=before))).slots
    assert [change.value for change in found] == [after]
    denied = TRACKER.read(viewed("", heard("deny", budget=said), slots=held(budget=before))).slots
    assert [change.value for change in denied] == [said]


def test_a_value_thrown_out_without_another_is_taken_back() -> None:
    thrown = heard("deny", mentions=[mention("location", "苏州", negated=True)])
    changes = TRACKER.read(viewed("不在苏州", thrown, slots=held(location="苏州")))
    after = merged(held(location="苏州"), (), None, changes, 2)["location"]
    assert after.value is None and [old.value for old in after.earlier] == ["苏州"]


def test_said_again_in_another_turn_a_value_is_confirmed() -> None:
    changes = TRACKER.read(viewed("", heard("inform", mentions=[mention("phone", "138")])))
    assert merged(held(phone="138"), (), None, changes, 1)["phone"].status == "heard"
    assert merged(held(phone="138"), (), None, changes, 2)["phone"].status == "confirmed"


def test_an_hour_alone_moves_what_is_booked_whatever_was_asked_last() -> None:
    booked = held(demo_time="2026-11-26T14:00")
    view = viewed("Actually, make it 10 am.", slots=booked, booked=True, expecting="contact_name")
    assert [change.value for change in TRACKER.read(view).slots] == ["2026-11-26T10:00"]
    assert TRACKER.read(view.model_copy(update={"booked": False})).slots == ()
    assert TRACKER.read(viewed("10 am is when we open", slots=booked, booked=True)).slots == ()


def test_the_day_of_what_is_booked_said_again_keeps_its_hour() -> None:
    text = "好的 谢谢 周三见"
    said = heard("thanks_bye", mentions=[mention("demo_time", "2026-11-25", 6, 8)])
    changes = TRACKER.read(viewed(text, said, slots=held(demo_time="2026-11-25T15:00")))
    assert [change.value for change in changes.slots] == ["2026-11-25T15:00"]


@pytest.mark.parametrize(
    ("text", "meant"), [("and the bigger one?", R20), ("有大一点的那款吗", R20), ("小的呢", R6)]
)
def test_the_next_bigger_of_the_family_where_only_one_was_talked_of(text: str, meant: str) -> None:
    assert TRACKER.read(viewed(text, line_items=items((R6, None)), focus=R6)).focus == meant


def test_years_are_a_number_of_goods_that_are_sold_by_the_year() -> None:
    mes: dict[str, Any] = {"line_items": items(("QH-MES", None)), "focus": "QH-MES"}
    asked = heard("ask_price")
    assert TRACKER.read(viewed("那现在签两年一共多少", asked, **mes)).line_items == items(("QH-MES", 2))
    assert TRACKER.read(viewed("明年签多少钱", asked, **mes)).line_items == items(("QH-MES", None))
    assert TRACKER.read(viewed("质保两年吗", heard("ask_service"), **mes)).line_items == items(
        ("QH-MES", None)
    )
    robot = viewed("用两年要换油吗", asked, line_items=items((R6, None)), focus=R6)
    assert TRACKER.read(robot).line_items == items((R6, None))
