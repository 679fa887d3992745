"""`ground` alone: which facts answer, which offers stand around the deal, which goods fit the need."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from core.grounding import Grounding
from core.types import LineItem, Passage, SlotValue
from nodes.ground import ground
from tests.fakes import book_of, done, heard, opened, pack_of, passage


def grounded(understanding: Any, recalled: dict[str, float] | None = None, **state: Any) -> Grounding:
    passages = tuple(passage(pack_of(), fact, score) for fact, score in (recalled or {}).items())
    fields = {"understanding": understanding, "recalled": passages, **state}
    update = done(ground(opened(**fields), book=book_of()))
    found: Grounding = update["grounding"]
    return found


def held(**slots: Any) -> dict[str, SlotValue]:
    return {slot: SlotValue(value=value, turn=1, text=str(value)) for slot, value in slots.items()}


def states(grounding: Grounding) -> dict[str, str]:
    return {view.offer: view.state for view in grounding.offers}


def test_a_recalled_fact_answers_a_question() -> None:
    found = grounded(heard("ask_delivery"), {"catalogue:QH-R6#lead_time": 0.9}, focus="QH-R6")
    assert found.facts == ("catalogue:QH-R6#lead_time",)
    assert found.focus == "QH-R6" and not found.unsaid


def test_the_fact_is_turned_to_the_product_in_focus() -> None:
    found = grounded(heard("ask_delivery"), {"catalogue:QH-R6#lead_time": 0.9}, focus="QH-R20")
    assert found.facts == ("catalogue:QH-R20#lead_time",)


def test_a_product_named_now_is_answered_for() -> None:
    heard_now = heard("ask_delivery", product=["QH-R20", "QH-R6"])
    found = grounded(heard_now, {"catalogue:QH-R6#lead_time": 0.9}, focus="QH-R20")
    assert "catalogue:QH-R6#lead_time" in found.facts


def test_a_column_that_the_product_lacks_is_not_known() -> None:
    found = grounded(heard("ask_product"), {"catalogue:QH-R6#reach": 0.95}, focus="QH-V2")
    assert found.facts == () and found.unsaid


def test_a_known_question_that_no_data_answers_is_not_known() -> None:
    question = Passage(source="attributes:noise", text="噪音", score=0.9, kind="question", topic="noise")
    state = opened(understanding=heard("ask_product"), recalled=(question,), focus="QH-R6")
    found = done(ground(state, book=book_of()))["grounding"]
    assert found.facts == () and found.unsaid


def test_weak_passages_do_not_answer() -> None:
    found = grounded(heard("ask_product"), {"catalogue:QH-R6#payload": 0.05}, focus="QH-R6")
    assert found.facts == ()


def test_what_is_not_asked_is_not_answered() -> None:
    found = grounded(heard("inform"), {"catalogue:QH-R6#payload": 0.95}, focus="QH-R6")
    assert found.facts == () and not found.unsaid


def test_prices_are_worked_out_and_never_quoted_from_passages() -> None:
    found = grounded(heard("ask_price"), {"catalogue:QH-R6#price": 0.99}, focus="QH-R6")
    assert "catalogue:QH-R6#price" not in found.facts


def test_a_claim_that_the_deal_refutes_is_not_said() -> None:
    key = next(fact.id for fact in book_of().facts if fact.id.endswith("installation-free"))
    free = {key: 0.9}
    near = grounded(heard("ask_service"), free, slots=held(location="苏州"))
    far = grounded(heard("ask_service"), free, slots=held(location="成都"))
    unknown = grounded(heard("ask_service"), free)
    assert key in near.facts and key in unknown.facts and key not in far.facts


@pytest.mark.parametrize(
    ("quantity", "state"), [(None, "needs"), (8, "needs"), (10, "applies"), (12, "applies")]
)
def test_a_volume_offer_stands_as_the_quantity_has_it(quantity: int | None, state: str) -> None:
    items = (LineItem(product="QH-R20", quantity=quantity),)
    found = grounded(heard("ask_discount"), focus="QH-R20", line_items=items)
    assert states(found)["P-STD-VOL10"] == state


def test_an_ended_offer_is_named_only_where_it_was_asked_for() -> None:
    key = next(fact.id for fact in book_of().facts if fact.source == "promotions:P-2026H1-TRADEIN")
    assert "P-2026H1-TRADEIN" not in states(grounded(heard("ask_discount"), focus="QH-R20"))
    found = grounded(heard("ask_discount"), {key: 0.9}, focus="QH-R20")
    assert states(found)["P-2026H1-TRADEIN"] == "ended"
    assert found.offers[0].offer == "P-2026H1-TRADEIN", "what was asked for comes first"


def test_the_clock_decides_which_offers_run() -> None:
    in_spring = grounded(
        heard("ask_discount"),
        focus="QH-C5",
        line_items=(LineItem(product="QH-C5", quantity=5),),
        now=datetime(2027, 3, 1, 10, 0),
    )
    assert "P-2026Q4-C5" not in states(in_spring)


def test_offers_are_no_business_of_a_delivery_question() -> None:
    assert grounded(heard("ask_delivery"), focus="QH-R20").offers == ()


def test_goods_that_reach_the_stated_need_are_found_the_closest_first() -> None:
    found = grounded(heard("inform", payload_kg=10))
    assert found.fits[0] == "QH-R20"
    assert "QH-R6" not in found.fits


def test_the_product_in_focus_may_not_reach_the_need() -> None:
    found = grounded(heard("ask_product", payload_kg=10), focus="QH-R6")
    assert found.unfit == ("QH-R6",) and "QH-R20" in found.fits


def test_a_product_that_has_no_such_measure_does_not_hide_those_that_fit() -> None:
    found = grounded(heard("ask_product", payload_kg=3), focus="QH-W12")
    assert "QH-R6" in found.fits and found.unfit == ()


def test_goods_that_the_catalogue_does_not_hold() -> None:
    assert grounded(heard("ask_price", product=None)).unsold
    assert not grounded(heard("ask_price", product=[None, "QH-R6"])).unsold
    assert not grounded(heard("ask_price")).unsold
