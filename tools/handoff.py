"""Puts the talk in the queue of the human colleagues, and promises calls back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypedDict

from sqlalchemy.orm import Session

from core.pack import Pack
from crm import callbacks, desk
from crm.history import summary_of
from crm.schema import HandoffRow


class HandoffResult(TypedDict):
    """`status` as of core.types.HandoffStatus; `callback` is the id of the call back owed, if any."""

    handoff: int
    reason: str
    summary: str
    status: str
    callback: int | None


def handoff(
    args: Mapping[str, Any], *, session: Session, tenant: str, thread: str, now: datetime, pack: Pack
) -> HandoffResult:
    """Queue the talk for a human with `reason`, `summary` (default: what the books hold of the talk) and `details`.

    A talk that waits or is held already keeps its place in the queue. `callback` is a number that a human is
    promised to ring. The reason `missed` ends the wait of a talk that nobody took, and owes a call back.
    """
    reason, phone = str(args.get("reason") or "request_human"), args.get("callback")
    missed = reason == "missed"
    row = (desk.last(session, tenant, thread) if missed else None) or desk.ask(
        session,
        tenant,
        thread,
        now,
        reason=reason,
        summary=str(args.get("summary") or summary_of(session, tenant, thread)),
        details=args.get("details"),
    )
    owed = _owed(session, row, now, phone, missed=missed)
    return HandoffResult(
        handoff=row.id, reason=row.reason, summary=row.summary, status=row.status, callback=owed
    )


def _owed(session: Session, row: HandoffRow, now: datetime, phone: Any, *, missed: bool) -> int | None:
    """The id of the call back that the customer is owed after this, None where none is."""
    if missed:
        owed = desk.miss(session, row, now, phone=phone)
        return owed.id if owed else None
    return callbacks.promise(session, row, row.reason, now, phone=phone).id if phone else None
