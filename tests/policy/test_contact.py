"""May the robot call now: the table of rules, and the books they rest on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from core.errors import InputError
from core.pack import Contact
from core.types import Barrier, Channel, Direction, Line
from crm.store import Store
from crm.views import CallView, Standing
from policy.contact import barrier, may_call
from tests.fakes import NOW

RULES = Contact(weekdays=(0, 1, 2, 3, 4), attempts_a_day=2, attempts_a_month=3)
MONDAY = datetime(2026, 11, 23, 10, 0)
PHONE = "13800001234"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path / 'business.db'}", clock=lambda: NOW)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("now", "reason"),
    [
        ("2026-11-23T07:59", "hours"),
        ("2026-11-23T08:00", None),
        ("2026-11-23T20:59", None),
        ("2026-11-23T21:00", "hours"),
        ("2026-11-22T10:00", "hours"),
    ],
)
def test_we_call_within_the_hours_alone(now: str, reason: Barrier | None) -> None:
    assert barrier(Standing(), RULES, datetime.fromisoformat(now), "outbound", "voice") == reason


@pytest.mark.parametrize(
    ("today", "month", "reason"), [(1, 1, None), (2, 2, "attempts"), (0, 3, "attempts"), (1, 2, None)]
)
def test_unanswered_calls_have_a_limit(today: int, month: int, reason: Barrier | None) -> None:
    standing = Standing(today=today, this_month=month)
    assert barrier(standing, RULES, MONDAY, "outbound", "voice") == reason


@pytest.mark.parametrize(
    ("given", "channel", "reason"),
    [
        (None, "voice", "hours"),
        (None, "text", None),
        ("outbound", "text", "hours"),
        ("inbound", "voice", None),
        ("inbound", "text", None),
    ],
)
def test_who_comes_to_us_is_never_refused_for_hours(
    given: Direction | None, channel: Channel, reason: Barrier | None
) -> None:
    assert barrier(Standing(today=9), RULES, datetime(2026, 11, 23, 23, 0), given, channel) == reason


@pytest.mark.parametrize("channel", ["voice", "text"])
def test_a_ban_comes_first_and_by_any_channel(channel: Channel) -> None:
    night = datetime(2026, 11, 23, 23, 0)
    assert barrier(Standing(barred=True), RULES, night, None, channel) == "do_not_call"
    assert barrier(Standing(barred=True), RULES, night, "inbound", channel) is None


def call(
    store: Store, turn_id: str, at: datetime, *, thread: str = "t", phone: str | None = PHONE
) -> str | None:
    made = CallView(thread=thread, turn_id=turn_id, phone=phone, customer_id=None, at=at)
    return store.begin_call(made, lambda standing: barrier(standing, RULES, at, None, "voice"))


def answered(store: Store, thread: str) -> None:
    line = Line(turn=2, who="customer", text="喂")
    store.record_turn(thread, "said", turn=2, lines=[line], stage="opening", reason="x")


def test_a_call_is_counted_once_a_turn(store: Store) -> None:
    assert [call(store, "a", MONDAY) for _ in range(3)] == [None, None, None]
    assert store.standing(PHONE, None, now=MONDAY).today == 1


def test_the_third_call_of_a_day_does_not_begin_and_is_not_counted(store: Store) -> None:
    said = [call(store, turn, MONDAY, thread=turn) for turn in ("a", "b", "c", "d")]
    assert said == [None, None, "attempts", "attempts"]
    assert store.standing(PHONE, None, now=MONDAY).today == 2
    assert call(store, "e", MONDAY + timedelta(days=1), thread="e") is None
    assert call(store, "f", MONDAY + timedelta(days=2), thread="f") == "attempts", "the month is full"
    assert call(store, "g", MONDAY + timedelta(days=30), thread="g") is None, "the first two are a month old"


def test_a_number_counts_however_it_is_written(store: Store) -> None:
    call(store, "a", MONDAY, thread="a", phone="+86 138-0000-1234")
    assert store.standing("13800001234", None, now=MONDAY).today == 1
    assert store.standing("13900001234", None, now=MONDAY).today == 0


def test_an_answered_call_does_not_count(store: Store) -> None:
    call(store, "a", MONDAY, thread="a")
    answered(store, "a")
    assert store.standing(PHONE, None, now=MONDAY) == Standing()
    call(store, "b", MONDAY, thread="a")
    assert store.standing(PHONE, None, now=MONDAY).today == 1, "a later call of the thread is its own"


def test_a_call_to_nobody_known_counts_for_its_thread(store: Store) -> None:
    said = [call(store, turn, MONDAY, phone=None) for turn in ("a", "b", "c")]
    assert said == [None, None, "attempts"]
    assert call(store, "d", MONDAY, thread="other", phone=None) is None


def test_a_dialler_is_told_beforehand(store: Store) -> None:
    found = may_call(store, RULES, phone=PHONE, customer_id=None, now=MONDAY)
    assert (found.allowed, found.reason, found.hours) == (True, None, "08:00-21:00")
    call(store, "a", MONDAY, thread="a")
    call(store, "b", MONDAY, thread="b")
    found = may_call(store, RULES, phone=PHONE, customer_id=None, now=MONDAY)
    assert (found.allowed, found.reason, found.today, found.this_month) == (False, "attempts", 2, 2)


def test_of_a_known_customer_id_and_number_go_together(store: Store) -> None:
    store.save_profile("t0", "c1", {"phone": PHONE})
    store.bar(phone=PHONE)
    assert may_call(store, RULES, phone=None, customer_id="c1", now=MONDAY).reason == "do_not_call"
    store.unbar(phone=PHONE)
    store.bar(customer_id="c1")
    assert (
        may_call(store, RULES, phone="+86 13800001234", customer_id=None, now=MONDAY).reason == "do_not_call"
    )


@pytest.mark.parametrize(("phone", "customer"), [(None, None), ("", ""), ("abc", None)])
def test_nobody_cannot_be_asked_about(store: Store, phone: str | None, customer: str | None) -> None:
    with pytest.raises(InputError):
        may_call(store, RULES, phone=phone, customer_id=customer, now=MONDAY)


def test_bans_are_listed_and_taken_back(store: Store) -> None:
    store.bar(phone="+86 13800001234")
    store.bar(customer_id="c1", thread="t9")
    assert [(row.phone, row.customer_id, row.thread) for row in store.bans()] == [
        (None, "c1", "t9"),
        (PHONE, None, ""),
    ]
    assert store.unbar(phone=PHONE) == 1 and store.unbar(phone=PHONE) == 0
    assert not store.barred(PHONE, None) and store.barred(None, "c1")
    assert store.unbar() == 0
    assert store.for_tenant("other").bans() == ()
