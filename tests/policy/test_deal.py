from __future__ import annotations

from typing import Any

import pytest

from core.state import TalkState
from core.types import CustomerCard, LineItem, Stage
from policy.deal import Deal
from tests.fakes import NOW, a_deal, book_of, held


def test_a_first_turn_has_defaults_for_everything() -> None:
    state: TalkState = {"now": NOW}
    deal = Deal.of(state, book_of())
    assert (deal.stage, deal.lang, deal.channel, deal.focus) == (Stage.OPENING, "zh", "text", None)
    assert deal.product is None and deal.mentions == {}


def test_what_was_said_now_goes_before_the_profile() -> None:
    card = CustomerCard(location="宁波", contact_name="李", id="c1")
    deal = a_deal(profile=card, slots=held(location="苏州"))
    assert deal.value("location") == "苏州"
    assert deal.value("contact_name") == "李" and deal.known("contact_name")
    assert deal.value("quantity") is None and not deal.known("quantity")


def test_a_profile_s_product_is_no_wish_of_this_talk() -> None:
    assert not a_deal(profile=CustomerCard(product="QH-R6")).known("product")


@pytest.mark.parametrize(
    ("told", "counts"),
    [
        (12, 12),
        (None, None),
        ({"min": 20, "max": 30}, 20),
        ({"min": None, "max": 30}, 30),
        ({"min": 5, "max": None}, 5),
    ],
)
def test_of_a_range_the_lower_end_counts(told: Any, counts: int | None) -> None:
    assert a_deal(focus="QH-R20", quantity=told).quantity_of("QH-R20") == counts


def test_each_product_is_seen_with_its_own_quantity() -> None:
    items = (LineItem(product="QH-R6", quantity=2), LineItem(product="QH-V2"))
    deal = a_deal(focus="QH-R6", line_items=items, slots=held(location="苏州"))
    own, other = deal.situation(), deal.situation("QH-V2")
    assert (own.product, own.quantity, own.location) == ("QH-R6", 2, "苏州")
    assert (other.product, other.quantity) == ("QH-V2", None)
    assert own.products == other.products == ("QH-R6", "QH-V2")
