"""`track` alone: merging, correcting, confirming, line items."""

from __future__ import annotations

from typing import Any

from core.types import LineItem, SlotValue
from nodes.track import track
from tests.fakes import done, heard, mention, opened, tracker_of


def tracked(understanding: Any, **state: Any) -> dict[str, Any]:
    return done(track(opened(understanding=understanding, **state), tracker=tracker_of()))


def values(update: dict[str, Any]) -> dict[str, Any]:
    return {slot: held.value for slot, held in update["slots"].items()}


def talk(*turns: Any) -> dict[str, Any]:
    """Several utterances one after another; each is an understanding or (understanding, text)."""
    state: dict[str, Any] = {}
    for number, told in enumerate(turns, start=1):
        understanding, text = told if isinstance(told, tuple) else (told, "")
        state |= done(
            track(
                opened(**{**state, "understanding": understanding, "text": text, "turn": number}),
                tracker=tracker_of(),
            )
        )
    return state


def test_a_mention_becomes_a_slot_with_its_evidence() -> None:
    said = mention("location", "苏州", 2, 4, confidence=0.8)
    held = tracked(heard("inform", mentions=[said]), turn=3)["slots"]["location"]
    assert held == SlotValue(
        value="苏州", turn=3, text="苏州", start=2, end=4, confidence=0.8, status="heard"
    )


def test_the_state_that_came_in_is_left_alone() -> None:
    slots = {"location": SlotValue(value="苏州", turn=1, text="苏州")}
    tracked(heard("inform", location="宁波"), slots=slots)
    assert slots["location"].value == "苏州"


def test_thrown_out_and_null_values_do_not_count() -> None:
    update = tracked(
        heard("deny", mentions=[mention("location", "苏州", negated=True), mention("product", None)])
    )
    assert (update["slots"], update["line_items"], update["focus"]) == ({}, (), None)


def test_a_correction_keeps_the_earlier_value_on_record() -> None:
    held = talk(heard("inform", phone="13800001234"), heard("deny", phone="13800009999"))["slots"]["phone"]
    assert held.value == "13800009999"
    assert [(one.value, one.turn) for one in held.earlier] == [("13800001234", 1)]


def test_a_yes_confirms_what_was_read_back() -> None:
    slots = {"phone": SlotValue(value="13800001234", turn=1, text="138")}
    update = tracked(heard("affirm"), slots=slots, expecting="confirm:phone")
    assert update["slots"]["phone"].status == "confirmed"


def test_a_yes_to_a_question_confirms_nothing() -> None:
    slots = {"phone": SlotValue(value="13800001234", turn=1, text="138")}
    assert tracked(heard("affirm"), slots=slots, expecting="phone")["slots"] == slots


def test_said_again_a_value_stays_confirmed() -> None:
    slots = {"phone": SlotValue(value="138", turn=1, text="138", status="confirmed")}
    assert tracked(heard("inform", phone="138"), slots=slots)["slots"]["phone"].status == "confirmed"


def test_a_changed_value_is_only_heard_again() -> None:
    slots = {"phone": SlotValue(value="138", turn=1, text="138", status="confirmed")}
    assert tracked(heard("deny", phone="139"), slots=slots)["slots"]["phone"].status == "heard"


def test_another_product_starts_a_line_item_without_a_quantity() -> None:
    state = talk(heard("inform", product="QH-R20", quantity=12), heard("ask_price", product="QH-C5"))
    assert state["focus"] == "QH-C5"
    assert values(state) == {"product": "QH-C5"}
    assert state["line_items"] == (
        LineItem(product="QH-R20", quantity=12),
        LineItem(product="QH-C5", quantity=None),
    )


def test_back_on_the_first_product_its_quantity_is_there_again() -> None:
    state = talk(
        heard("inform", product="QH-R20", quantity=12),
        heard("ask_price", product="QH-C5"),
        heard("ask_price", product="QH-R20"),
    )
    assert values(state) == {"product": "QH-R20", "quantity": 12}


def test_a_quantity_said_before_the_product_belongs_to_it() -> None:
    state = talk(heard("inform", quantity=10), heard("inform", product="QH-R20"))
    assert values(state) == {"product": "QH-R20", "quantity": 10}
    assert state["line_items"] == (LineItem(product="QH-R20", quantity=10),)


def test_a_corrected_product_keeps_the_number() -> None:
    state = talk(heard("inform", product="QH-R20", quantity=12), heard("deny", product="QH-R6"))
    assert values(state) == {"product": "QH-R6", "quantity": 12}
    assert state["line_items"] == (LineItem(product="QH-R6", quantity=12),)
    assert [one.value for one in state["slots"]["product"].earlier] == ["QH-R20"]


def test_each_count_goes_to_its_own_product() -> None:
    text = "两台R6和三台C5"
    said = [
        mention("quantity", 2, 0, 2),
        mention("product", "QH-R6", 2, 4),
        mention("quantity", 3, 5, 7),
        mention("product", "QH-C5", 7, 9),
    ]
    state = talk((heard("inform", mentions=said), text))
    assert state["line_items"] == (
        LineItem(product="QH-R6", quantity=2),
        LineItem(product="QH-C5", quantity=3),
    )
    assert values(state) == {"product": "QH-R6", "quantity": 2}, "of several the first has the focus"


def test_a_count_behind_its_product_goes_to_it() -> None:
    said = [
        mention("product", "QH-R6", 0, 2),
        mention("quantity", 2, 3, 5),
        mention("product", "QH-C5", 6, 8),
        mention("quantity", 3, 9, 11),
    ]
    state = talk((heard("inform", mentions=said), "R6要两台,C5要三台"))
    assert [item.quantity for item in state["line_items"]] == [2, 3]


def test_what_is_only_bought_along_does_not_take_the_focus() -> None:
    text = "那跟C5一块儿买呢"
    state = talk(
        heard("ask_price", product="QH-V2"),
        (heard("ask_discount", mentions=[mention("product", "QH-C5", 2, 4)]), text),
    )
    assert state["focus"] == "QH-V2"
    assert [item.product for item in state["line_items"]] == ["QH-V2", "QH-C5"]


def test_each_gives_the_count_to_every_product_named() -> None:
    said = [
        mention("product", "QH-R6", 0, 2),
        mention("product", "QH-R20", 3, 6),
        mention("quantity", 2, 8, 10),
    ]
    update = tracked(heard("ask_price", mentions=said), text="R6和R20各要两台,总价多少")
    assert update["line_items"] == (
        LineItem(product="QH-R6", quantity=2),
        LineItem(product="QH-R20", quantity=2),
    )


def test_more_of_it_is_added_to_what_was_ordered() -> None:
    first = heard("inform", mentions=[mention("product", "QH-R20", 0, 3), mention("quantity", 10, 4, 7)])
    more = heard("inform", mentions=[mention("quantity", 2, 2, 4)])
    state = talk((first, "R20 要十台"), (more, "再加两台"))
    assert values(state)["quantity"] == 12


def test_a_product_only_asked_about_has_no_count_of_another() -> None:
    first = heard("inform", mentions=[mention("product", "QH-R20", 0, 3), mention("quantity", 10, 4, 7)])
    asked = heard("ask_price", mentions=[mention("product", "QH-C5", 0, 2)])
    state = talk((first, "R20 要十台"), (asked, "C5多少钱"))
    assert "quantity" not in values(state)
    assert LineItem(product="QH-R20", quantity=10) in state["line_items"]


def test_a_read_back_that_is_denied_empties_the_slot_and_keeps_the_trace() -> None:
    slots = {"phone": SlotValue(value="13800001234", turn=1, text="幺三八")}
    emptied = tracked(heard("deny"), slots=slots, expecting="confirm:phone", turn=2)["slots"]["phone"]
    assert emptied.value is None and [old.value for old in emptied.earlier] == ["13800001234"]


def test_a_denied_read_back_with_the_right_value_is_corrected() -> None:
    slots = {"budget": SlotValue(value=1, turn=1, text="一")}
    update = tracked(heard("deny", budget=3), slots=slots, expecting="confirm:budget", turn=2)
    assert update["slots"]["budget"].value == 3
    assert [old.value for old in update["slots"]["budget"].earlier] == [1]


def test_a_no_that_corrects_something_else_leaves_the_read_back_alone() -> None:
    budget = {"min": 1, "max": 3, "currency": "CNY"}
    slots = {"budget": SlotValue(value=budget, turn=1, text="")}
    update = tracked(heard("deny", quantity=25), slots=slots, expecting="confirm:budget", turn=2)
    assert update["slots"]["budget"].value == budget
