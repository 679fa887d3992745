from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from core.types import Correction, CustomerCard, SlotValue
from policy.bookings import contact_tools, demo, is_open, material, wants_demo, wants_material
from policy.deal import Deal
from tests.fakes import a_deal, heard, held, pack_of


def with_time(value: str, text: str = "", **fields: Any) -> Deal:
    return a_deal(heard("inform", demo_time=value), slots=held(demo_time=value), text=text, **fields)


def booked(deal: Deal) -> tuple[list[str | None], list[dict[str, Any]]]:
    acts, calls = demo(deal)
    assert all(call.name == "book_demo" for call in calls)
    return [act.script for act in acts], [call.args for call in calls]


@pytest.mark.parametrize(
    "slots", [{"phone": "138"}, {"contact_name": "王"}, {"email": "a@b.cn"}, {"company": "恒达"}]
)
def test_a_way_to_reach_the_customer_is_a_lead(slots: dict[str, str]) -> None:
    deal = a_deal(heard("inform", **slots), slots=held(**slots, quantity=3), profile=CustomerCard(id="c1"))
    (call,) = contact_tools(deal)
    assert call.name == "save_lead"
    assert call.args == {"customer_id": "c1", **slots, "quantity": 3}


def test_old_contacts_are_no_new_lead() -> None:
    assert contact_tools(a_deal(heard("inform", quantity=3), slots=held(phone="138", quantity=3))) == ()


def test_documents_go_to_a_known_address() -> None:
    deal = a_deal(heard("request_material"), slots=held(email="a@b.cn"), text="发份资料", focus="QH-R6")
    acts, (call,) = material(deal)
    assert [act.script for act in acts] == ["material.sent"]
    assert (call.name, call.args) == (
        "send_material",
        {"email": "a@b.cn", "what": "发份资料", "product": "QH-R6"},
    )


def test_without_an_address_it_is_asked_for() -> None:
    acts, calls = material(a_deal(heard("request_material")))
    assert [(act.act, act.slot) for act in acts] == [("ask_slot", "email")] and calls == []


def test_an_address_that_is_none_is_asked_for() -> None:
    acts, calls = material(a_deal(heard("request_material"), profile=CustomerCard(email="none")))
    assert [(act.act, act.slot) for act in acts] == [("ask_slot", "email")] and calls == []


@pytest.mark.parametrize("expecting", ["email", "propose:quote"])
def test_an_address_given_for_documents_sends_them(expecting: str) -> None:
    assert wants_material(a_deal(heard("inform", email="a@b.cn"), expecting=expecting))
    assert not wants_material(a_deal(heard("inform", quantity=2), expecting=expecting))


def test_an_address_out_of_the_blue_sends_nothing() -> None:
    assert not wants_material(a_deal(heard("inform", email="a@b.cn")))


def test_a_yes_to_the_proposal_of_a_demo_asks_for_its_time() -> None:
    deal = a_deal(heard("affirm"), expecting="propose:demo")
    assert wants_demo(deal)
    acts, calls = demo(deal)
    assert [(act.act, act.slot) for act in acts] == [("ask_slot", "demo_time")] and calls == []


def test_a_yes_to_something_else_is_no_demo() -> None:
    assert not wants_demo(a_deal(heard("affirm"), expecting="propose:quote"))
    assert not wants_demo(a_deal(heard("deny"), expecting="propose:demo"))


def test_an_open_hour_is_booked() -> None:
    deal = with_time("2026-11-25T10:00", focus="QH-W12", quantity=None)
    scripts, (args,) = booked(deal)
    assert scripts == ["demo.booked"]
    assert (args["time"], args["mode"], args["product"]) == ("2026-11-25T10:00", "showroom", "QH-W12")


def test_the_way_to_see_the_goods_is_the_customer_s_choice() -> None:
    _, (args,) = booked(with_time("2026-11-25T17:30", text="线上看看"))
    assert args["mode"] == "online"


def test_contacts_known_go_along() -> None:
    when = "2026-11-25T10:00"
    slots = held(demo_time=when, phone="138")
    deal = a_deal(heard("request_demo", demo_time=when), slots=slots, profile=CustomerCard(contact_name="王"))
    _, (args,) = booked(deal)
    assert (args["contact_name"], args["phone"]) == ("王", "138")


@pytest.mark.parametrize(
    "value",
    [
        "2026-11-29T10:00",  # a Sunday
        "2026-11-25T17:00",  # the doors close
        "2026-11-25T08:59",
        "2026-11-20T10:00",  # gone by
    ],
)
def test_a_closed_or_past_hour_is_not_booked(value: str) -> None:
    scripts, calls = booked(with_time(value))
    assert scripts == ["demo.closed"] and calls == []


def test_a_bare_day_is_not_settled_yet() -> None:
    acts, calls = demo(with_time("2026-11-25"))
    assert [act.slot for act in acts] == ["demo_time"] and calls == []


def test_the_hours_of_every_mode() -> None:
    for mode in pack_of("qingshui").demo_modes:
        closes = datetime.fromisoformat(f"2026-11-25T{mode.closes}")
        assert not is_open(mode, closes)
        assert is_open(mode, datetime.fromisoformat(f"2026-11-25T{mode.opens}"))


def test_a_number_taken_back_is_no_lead() -> None:
    gone = SlotValue(value=None, turn=1, text="", earlier=(Correction(value="13800001234", turn=1),))
    assert contact_tools(a_deal(heard("deny"), slots={"phone": gone})) == ()
