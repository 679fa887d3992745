from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, event, func, select
from sqlalchemy.orm import Session

from core.errors import MissingEngineError, SettingsError, StoreError
from core.types import CustomerCard, Line, ToolCall, TurnAnswer, Violation
from crm.customers import clean_phone
from crm.database import Database
from crm.effects import digest_of
from crm.schema import Barred, Base, QuoteRow
from crm.scripts import ScriptChange
from crm.store import Store
from crm.views import CallView
from tests.retrieval.packs import PACK

NOW = datetime(2026, 4, 10, 9, 30)
LATER = datetime(2026, 4, 12, 15, 0)


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = Store(url, clock=lambda: NOW)
    yield opened
    opened.close()


def said(turn: int, text: str) -> list[Line]:
    return [
        Line(turn=turn, who="customer", text=text, tags=("inform",)),
        Line(turn=turn, who="robot", text="好的"),
    ]


# the pack


def test_pack_is_written_once_and_again_when_it_changes(store: Store) -> None:
    assert store.sync_pack(PACK)
    assert not store.sync_pack(PACK)
    assert store.sync_pack(PACK.model_copy(update={"digest": "1" * 64}))


# customers


def test_a_profile_is_found_by_id_phone_or_email(store: Store) -> None:
    known = store.save_profile("t1", None, {"phone": "138 0000 1234", "email": "Li@X.cn", "company": "恒达"})
    for card, asked in (
        (CustomerCard(), known),
        (CustomerCard(id=known), None),
        (CustomerCard(phone="+86-138-0000-1234"), None),
        (CustomerCard(email=" li@x.CN "), None),
    ):
        found = store.customer(card, asked)
        assert (found.id, found.company, found.phone, found.email) == (
            known,
            "恒达",
            "13800001234",
            "li@x.cn",
        )


def test_what_the_caller_says_wins_over_what_is_stored(store: Store) -> None:
    known = store.save_profile("t1", "c1", {"company": "旧名", "industry": "餐饮"})
    card = store.customer(CustomerCard(id=known, company="新名", history=("来过展会",)))
    assert (card.company, card.industry, card.history[0]) == ("新名", "餐饮", "来过展会")


def test_a_stranger_keeps_the_card_and_the_id_given(store: Store) -> None:
    assert store.customer(CustomerCard(company="x"), "c9") == CustomerCard(id="c9", company="x")
    assert store.customer(CustomerCard()) == CustomerCard()


def test_save_profile_upserts_by_thread_and_forgets_nothing(store: Store) -> None:
    first = store.save_profile("t1", None, {"company": "恒达", "quantity": 3})
    second = store.save_profile(
        "t1", None, {"contact_name": "王", "company": None, "budget": {"min": 1, "max": 2}}
    )
    assert first == second
    (lead,) = store.leads()
    assert lead.customer == CustomerCard(id=first, company="恒达", contact_name="王")
    assert lead.fields == {
        "company": "恒达",
        "quantity": 3,
        "contact_name": "王",
        "budget": {"min": 1, "max": 2},
    }


def test_a_nameless_talk_joins_the_customer_it_turns_out_to_be(store: Store) -> None:
    known = store.save_profile("old", None, {"phone": "13800001234", "company": "恒达"})
    nameless = store.save_profile("new", None, {"location": "余姚"})
    assert nameless != known
    assert store.save_profile("new", None, {"phone": "13800001234"}) == known
    card = store.customer(CustomerCard(id=known))
    assert (card.company, card.location) == ("恒达", "余姚")
    assert store.customer(CustomerCard(), nameless).company is None


def test_two_customers_are_not_mixed_up(store: Store) -> None:
    one = store.save_profile("t1", None, {"phone": "13800000001", "company": "一"})
    two = store.save_profile("t2", None, {"phone": "13800000002", "company": "二"})
    assert one != two
    assert store.customer(CustomerCard(phone="13800000002")).company == "二"


def test_several_products_leave_the_first_on_the_card(store: Store) -> None:
    known = store.save_profile("t1", None, {"product": ["CF-1", "CF-2"]})
    assert store.customer(CustomerCard(id=known)).product == "CF-1"


def test_history_tells_earlier_talks_newest_first(store: Store) -> None:
    items = [{"product": "CF-1", "quantity": 3}, {"product": "GR-1", "quantity": {"min": 2, "max": 4}}]
    known = store.save_profile("t1", "c1", {"line_items": items})
    store.set_stage("t1", "proposal", "asked for a price", 3)
    store.save_profile("t2", "c1", {"product": "CF-2"}, now=LATER)
    assert store.history(known) == ("2026-04-12 · CF-2 · opening", "2026-04-10 · CF-1×3, GR-1×2-4 · proposal")
    assert store.history(known, except_thread="t2") == ("2026-04-10 · CF-1×3, GR-1×2-4 · proposal",)
    assert store.customer(CustomerCard(), "c1", thread="t1").history == ("2026-04-12 · CF-2 · opening",)
    assert store.history("nobody") == ()


@pytest.mark.parametrize(
    ("total", "shown"), [(1_104_000.0, "1104000"), (99.5, "99.5"), (12_345_678.25, "12345678.25")]
)
def test_a_quoted_total_is_in_plain_figures(store: Store, total: float, shown: str) -> None:
    known = store.save_profile("t1", "c1", {"product": "CF-1"})

    def quoted(session: Session) -> dict[str, object]:
        prices = {"list_price": total, "unit_price": total, "total": total, "currency": "CNY"}
        row = QuoteRow(
            tenant="default", thread="t1", at=NOW, product="CF-1", quantity=1, offer=None, **prices
        )
        session.add(row)
        return {}

    store.run_once("t1", "u1", ToolCall(name="quote"), quoted)
    assert store.history(known) == (f"2026-04-10 · CF-1 · {shown} CNY · opening",)


def test_a_ban_holds_for_number_customer_and_thread(store: Store) -> None:
    store.bar(phone="+86 138-0000-1234")
    store.bar(customer_id="c7")
    assert store.barred("13800001234", None)
    assert store.barred(None, "c7")
    assert not store.barred("13800001235", "c8", "t1")
    assert not store.barred(None, None)
    assert not store.barred("", "", "")


def test_bans_and_calls_are_looked_up_in_indexes_that_an_older_database_gets(tmp_path: Path) -> None:
    file = tmp_path / "old.db"
    Store(f"sqlite:///{file}").close()
    wanted = {"barred_phone", "barred_customer", "barred_thread", "call_phone", "call_customer"}
    with closing(sqlite3.connect(file)) as old:
        for name in wanted:
            old.execute(f"DROP INDEX {name}")
    store = Store(f"sqlite:///{file}")
    asked: list[str] = []
    event.listen(Engine, "before_cursor_execute", spy := lambda *given: asked.append(given[2]))
    try:
        store.barred("13800001234", "c1", "t1")
        store.standing("13800001234", "c1", now=NOW)
    finally:
        event.remove(Engine, "before_cursor_execute", spy)
        store.close()
    used: set[str] = set()
    with closing(sqlite3.connect(file)) as now:
        for statement in asked:
            if statement.startswith("SELECT"):
                plan = now.execute(f"EXPLAIN QUERY PLAN {statement}", ["1"] * statement.count("?"))
                used |= {name for *_, detail in plan for name in wanted if f" INDEX {name} " in detail}
    assert used == wanted


def test_an_unanswered_call_that_is_found_twice_counts_once(store: Store) -> None:
    call = CallView(thread="t", turn_id="1", phone="13800001234", customer_id="c1", at=NOW)
    store.begin_call(call, lambda _: None)
    assert store.standing("13800001234", "c1", now=NOW).today == 1
    store.begin_call(call.model_copy(update={"turn_id": "2"}), lambda _: None)
    assert store.standing("13800001234", "c1", now=NOW).this_month == 2


def test_a_reader_sees_one_moment(url: str, store: Store) -> None:
    database = Database(url, Base.metadata, what="business database")
    with database.read() as session:
        before = session.scalar(select(func.count()).select_from(Barred))
        store.bar(phone="13800001234")
        assert session.scalar(select(func.count()).select_from(Barred)) == before
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Barred)) == (before or 0) + 1
    database.close()


@given(st.text(alphabet="0123456789 +-()", max_size=20))
def test_a_cleaned_phone_stays_as_it_is(text: str) -> None:
    cleaned = clean_phone(text)
    assert cleaned is None or clean_phone(cleaned) in (cleaned, clean_phone(clean_phone(cleaned)))
    assert cleaned is None or cleaned.isdigit()


# the talk


def test_lines_of_a_turn_are_kept_once(store: Store) -> None:
    assert store.append_lines("t1", "u1", None, said(1, "你好"))
    assert not store.append_lines("t1", "u1", None, said(1, "你好 again"))
    assert store.append_lines("t1", "u2", None, said(2, "要三台"))
    talk = store.talk("t1")
    assert talk is not None
    assert [line.text for line in talk.lines] == ["你好", "好的", "要三台", "好的"]
    assert talk.lines[0].tags == ("inform",)


def test_every_change_of_stage_keeps_its_reason(store: Store) -> None:
    store.set_stage("t1", "opening", "the call begins", 1)
    store.set_stage("t1", "opening", "nothing new", 2)
    store.set_stage("t1", "proposal", "asked for a price", 3)
    store.set_stage("t1", "proposal", "asked for a price", 3)
    talk = store.talk("t1")
    assert talk is not None
    assert talk.stage == "proposal"
    assert [(step.turn, step.stage, step.reason) for step in talk.stages] == [
        (1, "opening", "the call begins"),
        (3, "proposal", "asked for a price"),
    ]


def test_record_turn_does_it_all_in_one(store: Store) -> None:
    turn = {"turn": 1, "lines": said(1, "我是恒达的"), "stage": "qualification", "reason": "a need was told"}
    known = store.record_turn("t1", "u1", fields={"company": "恒达"}, **turn)
    assert store.record_turn("t1", "u1", fields={"company": "恒达"}, **turn) == known
    talk = store.talk("t1")
    assert talk is not None
    assert talk.customer == CustomerCard(id=known, company="恒达")
    assert (len(talk.lines), talk.stage, len(talk.stages)) == (2, "qualification", 1)
    assert store.record_turn("t2", "u1", **turn) is None


def test_a_talk_where_nothing_was_learned_still_counts_for_a_known_customer(store: Store) -> None:
    store.record_turn(
        "t1", "u1", turn=1, lines=said(1, "喂"), stage="ended", reason="refused", customer_id="c1"
    )
    assert store.history("c1") == ("2026-04-10 · ended",)


def test_the_answer_of_a_finished_turn_is_kept_as_it_was_first(store: Store) -> None:
    turn = {"turn": 1, "lines": said(1, "你好"), "stage": "opening", "reason": "begins"}
    first = TurnAnswer(
        thread="t1", turn=1, turn_id="u1", reply="您好", slots={"budget": {"min": 1, "max": None}}
    )
    store.record_turn("t1", "u1", answer=first, **turn)
    store.record_turn("t1", "u1", answer=first.model_copy(update={"reply": "另一句"}), **turn)
    assert store.answer("t1", "u1") == first
    assert store.answer("t1", "u2") is None
    assert store.for_tenant("other").answer("t1", "u1") is None


def test_unknown_thread_and_empty_books(store: Store) -> None:
    assert store.talk("never") is None
    assert (store.leads(), store.talks(), store.audits(), store.outbox(), store.handoffs()) == ((),) * 5


def test_the_guards_rulings_are_kept_once_a_turn(store: Store) -> None:
    found = [Violation(kind="discount", text="5折", reason="no offer")]
    for _ in range(2):
        store.audit_guard("t1", "u1", "给您5折", "replaced", found)
    store.audit_guard("t1", "u2", "给您5折", "replaced", found)
    assert [(row.turn_id, row.verdict, row.violations[0].kind) for row in store.audits()] == [
        ("u2", "replaced", "discount"),
        ("u1", "replaced", "discount"),
    ]


def test_text_no_database_can_hold_is_cleaned(store: Store) -> None:
    store.append_lines("t1", "u1", None, [Line(turn=1, who="customer", text="a\0b\ud800c")])
    store.save_profile("t1", None, {"company": "x\0\udfff", "customization": "y\ud800"})
    talk = store.talk("t1")
    assert talk is not None
    assert talk.lines[0].text == "abc"
    assert talk.customer is not None
    assert talk.customer.company == "x"


def test_tenants_are_kept_apart(store: Store) -> None:
    other = store.for_tenant("other")
    store.sync_pack(PACK)
    known = store.save_profile("t1", None, {"phone": "13800001234"})
    store.append_lines("t1", "u1", known, said(1, "你好"))
    store.bar(phone="13800001234")
    store.audit_guard("t1", "u1", "x", "replaced", [])
    store.edit_scripts("cafe", [ScriptChange(id="greet.zh.1", line=None)], "li")
    call = ToolCall(name="x", args={})
    store.run_once("t1", "u1", call, lambda session: {"by": "default"})
    assert other.run_once("t1", "u1", call, lambda session: {"by": "other"}).result == {"by": "other"}
    assert other.customer(CustomerCard(phone="13800001234")) == CustomerCard(phone="13800001234")
    assert not other.barred("13800001234", known)
    assert (other.leads(), other.audits(), other.script_edits()) == ((), (), ())
    talk = other.talk("t1")
    assert talk is not None
    assert talk.lines == ()


# what goes wrong


def test_a_locked_database_is_a_transient_error(tmp_path: Path) -> None:
    file = tmp_path / "business.db"
    store = Store(f"sqlite:///{file}", timeout_s=0.1)
    blocker = sqlite3.connect(file, isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="locked") as caught:
        store.save_profile("t1", None, {"company": "x"})
    assert caught.value.transient
    assert "\n" not in str(caught.value)
    assert store.leads() == ()
    blocker.execute("ROLLBACK")
    blocker.close()
    assert store.save_profile("t1", None, {"company": "x"})
    store.close()


def test_a_dead_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "business.db").write_bytes(b"this is no database, it is a letter" * 40)
    with pytest.raises(StoreError, match="not a database"):
        Store(f"sqlite:///{tmp_path / 'business.db'}")
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="file"):
        Store(f"sqlite:///{tmp_path / 'file' / 'business.db'}")
    with pytest.raises(StoreError) as caught:
        Store("postgresql://talk:secret@127.0.0.1:1/none", timeout_s=1)
    assert "secret" not in str(caught.value)
    assert caught.value.transient


def test_a_wrong_url_or_a_missing_driver_is_named() -> None:
    with pytest.raises(SettingsError, match="database_url"):
        Store("no url")
    with pytest.raises(SettingsError):
        Store("nodialect://x")
    with pytest.raises(SettingsError, match="not mysql"):
        Store("mysql+asyncmy://x/y")
    with pytest.raises(MissingEngineError, match="driver"):
        Store("postgresql+asyncpg://x/y")


def test_an_effect_that_breaks_is_undone_whole(store: Store) -> None:
    call = ToolCall(name="x", args={})

    def breaks(session: object) -> dict[str, object]:
        raise RuntimeError("the effect breaks midway")

    with pytest.raises(RuntimeError):
        store.run_once("t1", "u1", call, breaks)
    assert store.talk("t1") is None
    assert store.run_once("t1", "u1", call, lambda session: {"ok": True}).result == {"ok": True}


def test_sqlite_is_durable(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'business.db'}")
    with store._database.read() as session:
        connection = session.connection()
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    store.close()
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000}


@given(st.dictionaries(st.text(max_size=4), st.integers() | st.text(max_size=4), max_size=4))
def test_the_order_of_arguments_does_not_matter(args: dict[str, object]) -> None:
    assert digest_of(args) == digest_of(dict(reversed(args.items())))
