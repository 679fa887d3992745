"""The operator's desk: the queue, who holds a talk, what is said, who is owed a call."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.errors import ConflictError, InputError, NotFoundError
from core.types import Action, CustomerCard, Line, Situation, ToolCall
from crm.callbacks import promise
from crm.schema import HandoffRow
from crm.store import Store
from tests.fakes import pack_of
from tools.registry import run_tool

NOW = datetime(2026, 11, 22, 10, 0)
LIMIT = timedelta(minutes=10)


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = Store(url, clock=lambda: NOW)
    yield opened
    opened.close()


def run(store: Store, name: str, turn_id: str, thread: str = "t", at: datetime = NOW, **args: Any) -> Action:
    call, moment = ToolCall(name=name, args=args), Situation(now=at)
    return run_tool(call, store=store, pack=pack_of(), thread=thread, turn_id=turn_id, situation=moment)


def asked(store: Store, thread: str = "t", at: datetime = NOW, **args: Any) -> Action:
    """A talk whose first turn asks for a human."""
    given: dict[str, Any] = {
        "reason": "request_human",
        "summary": "wants 12",
        "details": {"stage": "closing"},
    }
    done = run(store, "handoff", "1", thread, at, **{**given, **args})
    lines = [Line(turn=1, who="customer", text="转人工"), Line(turn=1, who="robot", text="好的。")]
    store.record_turn(thread, "1", turn=1, lines=lines, stage="handoff", reason="x", now=at)
    return done


def test_a_talk_waits_is_taken_spoken_in_and_given_back(store: Store) -> None:
    assert asked(store).result["status"] == "waiting"
    (waiting,) = store.handoffs()
    assert (waiting.summary, waiting.details, waiting.at) == ("wants 12", {"stage": "closing"}, NOW)
    taken = store.take("t", " 王芳 ", now=NOW + timedelta(minutes=1))
    assert (taken.status, taken.operator, taken.taken) == ("held", "王芳", NOW + timedelta(minutes=1))
    said = store.operator_says("t", "王芳", "您好,我是王芳。", line_id="a")
    assert (said.n, said.turn, said.who, said.text) == (3, 1, "operator", "您好,我是王芳。")
    back = store.give_back("t", "王芳", "报价已谈好", now=NOW + timedelta(minutes=5))
    assert (back.status, back.note, back.ended) == ("returned", "报价已谈好", NOW + timedelta(minutes=5))
    assert store.handoffs() == () and store.handoffs("returned") == (back,)
    assert store.callbacks() == ()


def test_lines_come_in_the_order_they_were_said_whatever_the_clocks_say(store: Store) -> None:
    asked(store)
    store.take("t", "a")
    store.operator_says("t", "a", "first", now=NOW - timedelta(days=1))
    store.operator_says("t", "a", "second", now=NOW - timedelta(days=2))
    store.record_turn(
        "t", "2", turn=2, lines=[Line(turn=2, who="customer", text="喂")], stage="handoff", reason="x"
    )
    store.operator_says("t", "a", "third")
    lines = [line.text for line in store.lines_since("t")]
    assert lines == ["转人工", "好的。", "first", "second", "喂", "third"]
    assert [(line.n, line.text) for line in store.lines_since("t", 4)] == [(5, "喂"), (6, "third")]
    talk = store.talk("t")
    assert talk is not None and [line.text for line in talk.lines] == lines
    assert store.lines_since("nobody") == ()


def test_a_repeated_line_adds_nothing(store: Store) -> None:
    asked(store)
    store.take("t", "a")
    first = store.operator_says("t", "a", "您好", line_id="x")
    store.operator_says("t", "a", "在吗", line_id="y")
    assert store.operator_says("t", "a", "您好", line_id="x") == first
    assert [line.text for line in store.lines_since("t", 2)] == ["您好", "在吗"]
    store.give_back("t", "a")
    assert store.operator_says("t", "a", "您好", line_id="x") == first, (
        "a repeat after the talk was given back"
    )


def test_of_many_operators_one_wins(store: Store, url: str) -> None:
    asked(store)
    names = [f"operator-{number}" for number in range(6)]
    stores = [Store(url, clock=lambda: NOW) for _ in names]

    def take(place: int) -> str:
        try:
            return stores[place].take("t", names[place]).operator or ""
        except ConflictError as error:
            return str(error)

    with ThreadPoolExecutor(len(names)) as pool:
        found = list(pool.map(take, range(len(names))))
    for opened in stores:
        opened.close()
    (held,) = store.handoffs("held")
    assert found.count(str(held.operator)) == 1
    assert {answer for answer in found if answer != held.operator} == {f"t is held by {held.operator}"}


def test_who_holds_a_talk_may_take_it_again(store: Store) -> None:
    asked(store)
    first = store.take("t", "a")
    assert store.take("t", "a", now=NOW + timedelta(minutes=3)) == first


@pytest.mark.parametrize("status", ["returned", "closed"])
def test_a_talk_that_waits_for_nobody_is_not_taken(store: Store, status: str) -> None:
    asked(store)
    store.take("t", "a")
    (store.give_back if status == "returned" else store.close_handoff)("t", "a")
    with pytest.raises(ConflictError, match=status):
        store.take("t", "b")


def test_only_the_holder_speaks_and_ends(store: Store) -> None:
    asked(store)
    with pytest.raises(ConflictError, match="take it first"):
        store.operator_says("t", "a", "您好")
    store.take("t", "a")
    for attempt in (
        lambda: store.operator_says("t", "b", "您好"),
        lambda: store.give_back("t", "b"),
        lambda: store.close_handoff("t", "b"),
    ):
        with pytest.raises(ConflictError, match="held by a"):
            attempt()


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "a\nb"])
def test_an_operator_has_a_name(store: Store, name: str) -> None:
    asked(store)
    with pytest.raises(InputError, match="name"):
        store.take("t", name)


@pytest.mark.parametrize("text", ["", "  \n", "长" * 4001])
def test_a_line_of_an_operator_has_words(store: Store, text: str) -> None:
    asked(store)
    store.take("t", "a")
    with pytest.raises(InputError, match="characters"):
        store.operator_says("t", "a", text)


def test_a_thread_that_never_asked_for_a_human_is_not_on_the_desk(store: Store) -> None:
    store.record_turn("quiet", "1", turn=1, lines=[], stage="opening", reason="x")
    for thread in ("quiet", "nobody"):
        for attempt in (
            store.on_desk,
            lambda name: store.take(name, "a"),
            lambda name: store.give_back(name, "a"),
        ):
            with pytest.raises(NotFoundError, match=thread):
                attempt(thread)
    assert store.desk_status("quiet") is None
    with pytest.raises(NotFoundError):
        store.desk_status("nobody")
    with pytest.raises(InputError, match="no status"):
        store.handoffs("lost")


def test_who_closes_settles_the_talk(store: Store) -> None:
    asked(store)
    closed = store.close_handoff("t", "a", "spam")
    assert (closed.status, closed.operator, closed.note) == ("closed", "a", "spam")
    talk = store.talk("t")
    assert talk is not None and talk.outcome == "operator"


def test_nobody_came_and_the_customer_is_owed_a_call(store: Store) -> None:
    asked(store)
    asked(store, "later", NOW + timedelta(minutes=5))
    asked(store, "held")
    store.take("held", "a")
    assert store.sweep(LIMIT, now=NOW + timedelta(minutes=9)) == ()
    (missed,) = store.sweep(LIMIT, now=NOW + timedelta(minutes=10))
    assert (missed.thread, missed.status, missed.ended) == ("t", "missed", NOW + timedelta(minutes=10))
    assert store.sweep(LIMIT, now=NOW + timedelta(minutes=11)) == ()
    (owed,) = store.callbacks()
    assert (owed.thread, owed.phone, owed.reason, owed.status) == ("t", None, "missed", "open")
    store.save_profile("t", None, {"phone": "13800001234", "contact_name": "王"})
    (owed,) = store.callbacks()
    assert owed.phone == "13800001234" and owed.customer is not None and owed.customer.contact_name == "王"
    assert store.on_desk("t").callbacks == (owed,)
    done = store.callback_done(owed.id, now=NOW + timedelta(hours=1))
    assert (done.status, done.done) == ("done", NOW + timedelta(hours=1))
    assert store.callback_done(owed.id) == done
    assert store.callbacks() == () and store.callbacks("done") == (done,)


def test_a_call_that_was_made_and_is_promised_anew_is_owed_anew(store: Store) -> None:
    asked(store)
    (missed,) = store.sweep(LIMIT, now=NOW + timedelta(minutes=10))
    (owed,) = store.callbacks()
    store.callback_done(owed.id, now=NOW + timedelta(hours=1))
    with store._database.write(store.tenant) as session:
        row = session.get(HandoffRow, missed.id)
        assert row is not None
        promise(session, row, "callback", NOW + timedelta(hours=2), phone="13800001234")
    (again,) = store.callbacks()
    assert (again.id, again.phone, again.done) == (owed.id, "13800001234", None)


def test_a_call_back_that_is_none_and_a_status_that_is_none(store: Store) -> None:
    with pytest.raises(NotFoundError, match="no call back 7"):
        store.callback_done(7)
    with pytest.raises(InputError, match="no status"):
        store.callbacks("lost")


def test_an_operator_may_come_late(store: Store) -> None:
    asked(store)
    store.sweep(LIMIT, now=NOW + LIMIT)
    held = store.take("t", "a", now=NOW + LIMIT)
    assert (held.status, held.ended) == ("held", None)
    assert len(store.callbacks()) == 1, "the promise stands until somebody ticks it off"


def test_the_turn_that_says_nobody_came_does_not_take_the_talk_from_who_came(store: Store) -> None:
    asked(store)
    store.take("t", "a")
    done = run(store, "handoff", "2", reason="missed", callback="138")
    assert (done.result["status"], done.result["callback"]) == ("held", None)
    assert store.callbacks() == ()


def test_a_call_back_is_promised_once_a_handoff(store: Store) -> None:
    first = asked(store, callback="13800001234")
    again = run(store, "handoff", "2", reason="callback", callback="13900005678")
    missed = run(store, "handoff", "3", reason="missed")
    assert first.result["callback"] == again.result["callback"] == missed.result["callback"]
    (owed,) = store.callbacks()
    assert owed.phone == "13900005678", "the number given last"


@pytest.mark.parametrize(
    ("reason", "status", "owed"),
    [("hangup", "missed", 1), ("thanks_bye", "missed", 1), ("silence", "missed", 1), ("refuse", "closed", 0)],
)
def test_who_leaves_the_queue_is_called_unless_he_refuses(
    store: Store, reason: str, status: str, owed: int
) -> None:
    asked(store)
    run(store, "end_call", "2", reason=reason)
    assert store.desk_status("t") == status and len(store.callbacks()) == owed


def test_who_leaves_an_operator_has_been_served(store: Store) -> None:
    asked(store)
    store.take("t", "a")
    run(store, "end_call", "2", reason="thanks_bye")
    assert store.desk_status("t") == "closed" and store.callbacks() == ()
    with pytest.raises(ConflictError, match="closed"):
        store.operator_says("t", "a", "还在吗")


def test_nobody_rings_a_number_that_was_barred(store: Store) -> None:
    asked(store, callback="13800001234")
    run(store, "do_not_call", "2", phone="13800001234")
    assert store.callbacks() == () and store.handoffs() == ()


def test_a_talk_may_ask_again_later(store: Store) -> None:
    asked(store)
    store.take("t", "a")
    store.give_back("t", "a")
    again = run(store, "handoff", "5", reason="request_human", summary="second")
    assert again.result["status"] == "waiting" and again.result["summary"] == "second"
    assert store.on_desk("t").handoff.id == again.result["handoff"]


def test_tenants_have_desks_of_their_own(store: Store) -> None:
    asked(store)
    other = store.for_tenant("other")
    assert other.handoffs() == () and other.sweep(LIMIT, now=NOW + LIMIT) == ()
    with pytest.raises(NotFoundError):
        other.take("t", "a")


def test_the_opening_of_a_turn_brings_what_operators_said_since(store: Store) -> None:
    card = CustomerCard()
    assert store.opening("t", "1", card).desk.status is None
    asked(store)
    store.take("t", "a")
    store.operator_says("t", "a", "您好")
    store.operator_says("t", "a", "在的")
    desk = store.opening("t", "2", card, heard=1).desk
    assert (desk.status, desk.asked) == ("held", NOW)
    assert [(line.who, line.text) for line in desk.lines] == [("operator", "在的")]


def test_a_database_of_an_earlier_version_gets_what_it_lacks(tmp_path: Path) -> None:
    file = tmp_path / "old.db"
    with closing(sqlite3.connect(file)) as old:
        old.executescript(
            "CREATE TABLE handoff (id INTEGER PRIMARY KEY, tenant VARCHAR NOT NULL, thread VARCHAR NOT NULL,"
            " at DATETIME NOT NULL, reason VARCHAR NOT NULL, summary VARCHAR NOT NULL, status VARCHAR NOT NULL);"
            "INSERT INTO handoff VALUES (1, 'default', 'old', '2026-11-22 09:00:00', 'x', 'y', 'waiting');"
        )
    for _ in range(2):
        store = Store(f"sqlite:///{file}", clock=lambda: NOW)
        assert store.handoffs("waiting", "held")[0].thread == "old"
        assert store.take("old", "a").operator == "a"
        store.close()
    with closing(sqlite3.connect(file)) as after:
        assert {"handoff_thread", "handoff_status"} <= indexes(after)


def indexes(database: sqlite3.Connection) -> set[str]:
    return {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'index'")}


def test_of_what_is_over_the_newest_are_listed(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crm.desk.LISTED", 2)
    monkeypatch.setattr("crm.callbacks.LISTED", 2)
    for thread in ("a", "b", "c"):
        asked(store, thread)
        store.close_handoff(thread, "li")
    for thread in ("d", "e", "f"):
        asked(store, thread)
    listed = [row.thread for row in store.handoffs("closed", "waiting")]
    assert listed == ["b", "c", "d", "e", "f"], "all who wait, and the newest of the others"
    owed = [row.id for row in (store.sweep(timedelta(0)), store.callbacks())[1]]
    assert len(owed) == 3, "all that are owed"
    for callback_id in owed:
        store.callback_done(callback_id)
    assert [row.thread for row in store.callbacks("done")] == ["e", "f"]
