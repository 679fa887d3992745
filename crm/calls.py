"""Our calls: who was rung when, whether anyone spoke, and who is never to be rung again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, or_, select, union
from sqlalchemy.orm import Session

from core.types import Barrier
from crm.customers import clean_phone, is_barred
from crm.schema import Barred, CallRow
from crm.views import BarView, CallView, Standing

MONTH = timedelta(days=30)
Ruling = Callable[[Standing], Barrier | None]
"""What stands in the way of a call, given how things stand; None where nothing does."""


def standing(
    session: Session,
    tenant: str,
    phone: str | None,
    customer_id: str | None,
    thread: str | None,
    now: datetime,
) -> Standing:
    """The ban on, and the unanswered calls to, this number, customer or thread up to `now`."""
    barred = is_barred(session, tenant, phone, customer_id, thread)
    missed = [
        select(CallRow.id, CallRow.at).where(
            CallRow.tenant == tenant, CallRow.answered.is_(False), CallRow.at <= now, same
        )
        for same in _same(phone, customer_id, thread)
    ]
    if not missed:
        return Standing(barred=barred)
    days = [at.date() for _, at in session.execute(union(*missed))]
    month = [day for day in days if day > now.date() - MONTH]
    return Standing(barred=barred, today=days.count(now.date()), this_month=len(month))


def begin(session: Session, tenant: str, call: CallView, ruling: Ruling) -> Barrier | None:
    """What `ruling` says to this call; where it is let through it is kept, unanswered so far.

    A call that is kept already, by its turn id, is let through again and counts once. The session must
    hold the tenant's write lock, so that of two calls at once only one is the last allowed.
    """
    key = {"tenant": tenant, "thread": call.thread, "turn_id": call.turn_id}
    if session.scalars(select(CallRow.id).filter_by(**key)).first() is not None:
        return None
    number = clean_phone(call.phone)
    found = ruling(standing(session, tenant, number, call.customer_id, call.thread, call.at))
    if found is None:
        session.add(CallRow(**key, phone=number, customer_id=call.customer_id, at=call.at, answered=False))
        session.flush()
    return found


def answer(session: Session, tenant: str, thread: str) -> None:
    """The customer spoke: the last call of the thread no longer counts as unanswered."""
    calls = select(CallRow).filter_by(tenant=tenant, thread=thread).order_by(CallRow.id.desc())
    last = session.scalars(calls.limit(1)).first()
    if last is not None:
        last.answered = True
        session.flush()


def bans(session: Session, tenant: str) -> tuple[BarView, ...]:
    """Everyone who is never to be called again, the last first."""
    rows = select(Barred).where(Barred.tenant == tenant).order_by(Barred.id.desc())
    return tuple(BarView.model_validate(row, from_attributes=True) for row in session.scalars(rows))


def unbar(session: Session, tenant: str, phone: str | None, customer_id: str | None) -> int:
    """Take back every ban that names this number or this customer; how many there were."""
    named = _named(phone, customer_id)
    rows = select(Barred.id).where(Barred.tenant == tenant, or_(*named)) if named else None
    ids = list(session.scalars(rows)) if rows is not None else []
    session.execute(delete(Barred).where(Barred.id.in_(ids)))
    return len(ids)


def _named(phone: str | None, customer_id: str | None) -> list[ColumnElement[bool]]:
    number = clean_phone(phone)
    return [
        *([Barred.phone == number] if number else []),
        *([Barred.customer_id == customer_id] if customer_id else []),
    ]


def _same(phone: str | None, customer_id: str | None, thread: str | None) -> list[ColumnElement[bool]]:
    number = clean_phone(phone)
    return [
        *([CallRow.phone == number] if number else []),
        *([CallRow.customer_id == customer_id] if customer_id else []),
        *([CallRow.thread == thread] if thread else []),
    ]
