"""Prices, offers and claims of a deal: exact money, one offer a line, conditions of three values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InputError
from core.pack import Condition
from core.types import Situation
from policy.claims import holds, place_within
from policy.pricing import best_quote, offer_state, total
from tests.guard.conftest import NOW


def offer(pack, identifier):
    return next(row for row in pack.offers if row.id == identifier)


@pytest.mark.parametrize(
    ("identifier", "product", "quantity", "products", "state"),
    [
        ("P-2026Q4-C5", "QH-C5", 5, (), "applies"),
        ("P-2026Q4-C5", "QH-C5", 4, (), "needs"),
        ("P-2026Q4-VIS", "QH-V2", 1, ("QH-R6",), "applies"),
        ("P-2026Q4-VIS", "QH-V2", 1, ("QH-W12",), "needs"),
        ("P-2026H1-TRADEIN", "QH-R6", 1, (), "ended"),
        ("P-2027Q1-MES", "QH-MES", 2, (), "upcoming"),
        ("P-STD-VOL10", "QH-W12", 10, (), "needs"),
    ],
)
def test_offer_states(pack, identifier, product, quantity, products, state):
    deal = Situation(now=NOW, product=product, quantity=quantity, products=products)
    assert offer_state(offer(pack, identifier), product, deal) == state


def test_a_flag_is_never_applied(pack):
    deal = Situation(now=NOW.replace(month=5), product="QH-R6", quantity=1)
    assert offer_state(offer(pack, "P-2026H1-TRADEIN"), "QH-R6", deal) == "needs"


@pytest.mark.parametrize(
    ("product", "quantity", "products", "unit", "sum_", "used"),
    [
        ("QH-C5", 4, (), 118000, 472000, None),
        ("QH-C5", 5, (), 112100, 560500, "P-2026Q4-C5"),
        ("QH-C5", 10, (), 109740, 1097400, "P-STD-VOL10"),
        ("QH-V2", 2, ("QH-C5",), 68400, 136800, "P-2026Q4-VIS"),
        ("QH-MES", 2, (), 36000, 72000, None),
    ],
)
def test_the_best_single_offer(pack, product, quantity, products, unit, sum_, used):
    quote = best_quote(pack, product, quantity, Situation(now=NOW, products=products))
    assert (quote.unit_price, quote.total, quote.offer) == (unit, sum_, used)


def test_totals_add_up(pack):
    deal = Situation(now=NOW)
    quotes = [best_quote(pack, product, 1, deal) for product in ("QH-R6", "QH-S750")]
    assert total(quotes) == 90680
    assert total([]) == 0


@pytest.mark.parametrize(("product", "quantity"), [("QH-NONE", 1), ("QH-R6", 0)])
def test_no_quote_for_nonsense(pack, product, quantity):
    with pytest.raises(InputError):
        best_quote(pack, product, quantity, Situation(now=NOW))


@given(quantity=st.integers(1, 500))
def test_more_units_never_cost_more_each(pack, quantity):
    one, more = (best_quote(pack, "QH-C5", n, Situation(now=NOW)) for n in (quantity, quantity + 1))
    assert more.unit_price <= one.unit_price <= one.list_price
    assert one.total == pytest.approx(one.unit_price * one.quantity)


@pytest.mark.parametrize(
    ("place", "answer"),
    [
        ("苏州", True),
        ("江苏", True),
        ("Hangzhou", True),
        ("成都", False),
        ("江浙沪", True),
        ("华东", None),
        ("somewhere", None),
    ],
)
def test_places_within_regions(place, answer):
    assert place_within(place, ("江苏", "浙江", "上海")) is answer


@pytest.mark.parametrize(
    ("condition", "deal", "answer"),
    [
        (Condition(), {}, True),
        (Condition(regions=("江苏",)), {}, None),
        (Condition(regions=("江苏",)), {"location": "无锡"}, True),
        (Condition(regions=("江苏",)), {"location": "西安"}, False),
        (Condition(not_regions=("江苏",)), {"location": "西安"}, True),
        (Condition(not_regions=("江苏",)), {"location": "无锡"}, False),
        (Condition(products=("QH-W12",)), {"product": "QH-W12"}, True),
        (Condition(categories=("robot",)), {"product": "QH-V2"}, False),
        (Condition(quantity_at_least=5), {}, None),
        (Condition(quantity_at_least=5), {"quantity": 5}, True),
        (Condition(amount_at_least=500000), {"product": "QH-R20", "quantity": 2}, False),
        (Condition(amount_at_least=500000), {"product": "QH-R20", "quantity": 4}, True),
        (Condition(amount_at_least=500000, regions=("江苏",)), {"location": "西安"}, False),
    ],
)
def test_conditions_hold_fail_or_stay_open(pack, condition, deal, answer):
    assert holds(condition, Situation(now=NOW, **deal), pack) is answer
