from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from core.errors import InputError
from core.pack import DemoMode
from core.types import Action, CustomerCard, Quote, Situation, ToolCall
from crm.schema import DemoBooking, QuoteRow
from crm.store import Store
from tests.retrieval.packs import PACK as CAFE
from tools.registry import TOOLS, run_tool

NOW = datetime(2026, 4, 10, 9, 30)
PACK = CAFE.model_copy(
    update={
        "demo_modes": (
            DemoMode(
                id="showroom", name={"zh": "展厅"}, weekdays=(0, 1, 2, 3, 4), opens="09:00", closes="17:00"
            ),
        )
    }
)
QUOTE = Quote(
    product="CF-1",
    quantity=3,
    list_price=6800,
    unit_price=6120,
    offer="P-SPRING",
    total=18360,
    currency="CNY",
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path / 'business.db'}")
    yield opened
    opened.close()


def run(store: Store, name: str, turn_id: str = "u1", **args: Any) -> Action:
    call = ToolCall(name=name, args=args)
    return run_tool(call, store=store, pack=PACK, thread="t1", turn_id=turn_id, situation=Situation(now=NOW))


def test_there_is_a_tool_for_every_action_of_the_contract() -> None:
    assert set(TOOLS) == {
        "handoff", "end_call", "do_not_call", "book_demo", "send_material", "save_lead", "quote",
    }  # fmt: skip


def test_quote_has_exactly_the_fields_of_the_contract(store: Store) -> None:
    action = run(store, "quote", **QUOTE.model_dump())
    assert action.result == {
        "product": "CF-1",
        "quantity": 3,
        "unit_price": 6120,
        "offer": "P-SPRING",
        "total": 18360,
        "currency": "CNY",
    }
    assert run(store, "quote", **QUOTE.model_dump()) == action
    with store._database.read() as session:
        (row,) = session.query(QuoteRow).all()
        assert (row.total, row.at) == (18360, NOW)


def test_quote_works_out_nothing_itself(store: Store) -> None:
    with pytest.raises(InputError, match="worked-out"):
        run(store, "quote", product="CF-1", quantity=3)
    with pytest.raises(InputError, match="no product"):
        run(store, "quote", **QUOTE.model_copy(update={"product": "ZZ"}).model_dump())
    assert store.talk("t1") is None


def test_a_quoted_talk_shows_in_the_history(store: Store) -> None:
    run(store, "save_lead", customer_id="c1", product="CF-1", quantity=3)
    run(store, "quote", **QUOTE.model_dump())
    run(store, "end_call", reason="thanks_bye")
    assert store.history("c1") == ("2026-04-10 · CF-1×3 · 18360 CNY · thanks_bye",)


def test_book_demo_keeps_mode_time_and_contact(store: Store) -> None:
    run(store, "save_lead", contact_name="王", phone="13800001234")
    action = run(store, "book_demo", mode="showroom", time="2026-04-13T10:00", company="恒达")
    assert action.result["mode"] == "showroom"
    assert action.result["time"] == "2026-04-13T10:00"
    assert action.result["status"] == "booked"
    assert action.result["contact"] == {"company": "恒达", "contact_name": "王", "phone": "13800001234"}


def test_a_new_time_replaces_the_old_one(store: Store) -> None:
    run(store, "book_demo", "u1", time="2026-04-13")
    run(store, "book_demo", "u2", time="2026-04-14T15:00", mode="showroom")
    with store._database.read() as session:
        rows = [(row.time, row.status) for row in session.query(DemoBooking).order_by(DemoBooking.id)]
    assert rows == [("2026-04-13", "replaced"), ("2026-04-14T15:00", "booked")]


@pytest.mark.parametrize(
    ("name", "args", "said"),
    [
        ("book_demo", {}, "needs time"),
        ("book_demo", {"time": "tomorrow"}, "ISO"),
        ("book_demo", {"time": "2026-04-13", "mode": "moon"}, "no demo mode"),
        ("send_material", {"what": "brochure"}, "needs email"),
        ("send_material", {"email": "nobody"}, "e-mail address"),
        ("save_lead", {"customer_id": "c1", "phone": ""}, "at least one"),
        ("fly", {}, "no tool"),
    ],
)
def test_bad_arguments_are_named_and_write_nothing(
    store: Store, name: str, args: dict[str, Any], said: str
) -> None:
    with pytest.raises(InputError, match=said):
        run(store, name, **args)
    assert store.talks() == ()
    assert store.leads() == ()


def test_send_material_queues_and_sends_nothing(store: Store) -> None:
    action = run(store, "send_material", email="Li@X.cn", product="CF-1")
    (row,) = store.outbox()
    assert (row.email, row.what, row.product, row.status) == ("li@x.cn", "brochure", "CF-1", "queued")
    assert action.result == {
        "request": row.id,
        "email": "li@x.cn",
        "what": "brochure",
        "product": "CF-1",
        "status": "queued",
    }


def test_save_lead_upserts(store: Store) -> None:
    first = run(store, "save_lead", "u1", phone="13800001234")
    second = run(store, "save_lead", "u2", phone="13800001234", contact_name="王")
    assert first.result["customer_id"] == second.result["customer_id"]
    assert second.result["saved"] == ["contact_name", "phone"]
    assert store.customer(CustomerCard(phone="13800001234")).contact_name == "王"


def test_do_not_call_bars_what_the_talk_knows(store: Store) -> None:
    known = run(store, "save_lead", phone="13800001234").result["customer_id"]
    action = run(store, "do_not_call")
    assert action.result == {"barred": True, "phone": "13800001234", "customer_id": known}
    assert store.barred("13800001234", None)
    assert store.barred(None, known)


def test_do_not_call_bars_a_number_never_heard_of_and_a_nameless_thread(store: Store) -> None:
    assert run(store, "do_not_call", phone="139 0000 0000").result["phone"] == "13900000000"
    assert store.barred("13900000000", None)
    assert store.barred(None, None, "t1")
    assert not store.barred(None, None, "t2")


def test_end_call_closes_the_talk(store: Store) -> None:
    run(store, "end_call", reason="refuse")
    talk = store.talk("t1")
    assert talk is not None
    assert talk.outcome == "refuse"
    assert [action.name for action in talk.actions] == ["end_call"]


def test_handoff_keeps_reason_and_summary_and_its_place_in_the_queue(store: Store) -> None:
    run(store, "save_lead", product="CF-1", quantity=2)
    first = run(store, "handoff", "u1", reason="request_human")
    again = run(store, "handoff", "u2", reason="request_human")
    assert first.result == again.result
    assert first.result["summary"] == "2026-04-10 · CF-1×2 · opening"
    (row,) = store.handoffs()
    assert (row.thread, row.reason, row.status) == ("t1", "request_human", "waiting")
