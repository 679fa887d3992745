"""Calls back that customers were promised: one a handoff, open until somebody has made it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, get_args

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from core.errors import InputError, NotFoundError
from crm.customers import talk_card
from crm.schema import CallbackRow, HandoffRow, Lead
from crm.views import CallbackStatus, CallbackView

LISTED = 200
"""Calls that were made which a list shows, the newest of them."""


def promise(
    session: Session, row: HandoffRow, reason: str, now: datetime, *, phone: str | None = None
) -> CallbackRow:
    """Owe the customer of this handoff one call; a number given later is added to it.

    A call that was made and is promised anew is owed anew.
    """
    place = {"tenant": row.tenant, "thread": row.thread, "handoff": row.id}
    owed = session.scalars(select(CallbackRow).filter_by(**place)).first()
    if owed is None:
        owed = CallbackRow(**place, at=now, phone=phone, reason=reason, status="open")
        session.add(owed)
    elif owed.status != "open":
        owed.status, owed.at, owed.reason, owed.done = "open", now, reason, None
    owed.phone = phone or owed.phone
    session.flush()
    return owed


def listed(session: Session, tenant: str, status: str) -> tuple[CallbackView, ...]:
    """Calls owed (`open`) or made (`done`: the newest LISTED of them), the oldest first.

    Raises InputError for a status that is none.
    """
    if status not in get_args(CallbackStatus):
        raise InputError(f"no status {status}; there are {', '.join(get_args(CallbackStatus))}")
    rows = _rows(tenant).filter_by(status=status)
    newest = rows.order_by(None).order_by(CallbackRow.id.desc()).limit(LISTED)
    found = session.scalars(rows) if status == "open" else reversed(list(session.scalars(newest)))
    return tuple(_view(session, row) for row in found)


def owed(session: Session, tenant: str, thread: str) -> tuple[CallbackView, ...]:
    """Calls of one talk that nobody has made yet."""
    rows = _rows(tenant).filter_by(thread=thread, status="open")
    return tuple(_view(session, row) for row in session.scalars(rows))


def done(session: Session, tenant: str, callback_id: int, now: datetime) -> CallbackView:
    """The call was made; saying so twice changes nothing. Raises NotFoundError."""
    row = session.scalars(_rows(tenant).filter_by(id=callback_id)).first()
    if row is None:
        raise NotFoundError(f"no call back {callback_id}")
    if row.status == "open":
        row.status, row.done = "done", now
        session.flush()
    return _view(session, row)


def _rows(tenant: str) -> Select[Any]:
    return select(CallbackRow).where(CallbackRow.tenant == tenant).order_by(CallbackRow.id)


def _view(session: Session, row: CallbackRow) -> CallbackView:
    """The call with the number known by now: the one given for it, else that of the deal or the customer."""
    customer = talk_card(session, row.tenant, row.thread)
    lead = session.get(Lead, (row.tenant, row.thread))
    told = (lead.fields if lead is not None else {}).get("phone")
    phone = row.phone or told or (customer.phone if customer else None)
    kept = {
        name: getattr(row, name) for name in ("id", "thread", "handoff", "reason", "status", "at", "done")
    }
    return CallbackView.model_validate({**kept, "phone": str(phone) if phone else None, "customer": customer})
