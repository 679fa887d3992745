"""Puts the talk in the queue of the human colleagues."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypedDict

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.pack import Pack
from crm.history import summary_of
from crm.schema import HandoffRow


class HandoffResult(TypedDict):
    """`status` is `waiting` or, where a human holds the talk already, `held`."""

    handoff: int
    reason: str
    summary: str
    status: str


def handoff(
    args: Mapping[str, Any], *, session: Session, tenant: str, thread: str, now: datetime, pack: Pack
) -> HandoffResult:
    """Queue the talk for a human with `reason` and `summary` (default: what the books hold of the talk).

    A talk that waits or is held already keeps its place in the queue.
    """
    places = select(HandoffRow).where(HandoffRow.tenant == tenant, HandoffRow.thread == thread)
    row = session.scalars(places.where(HandoffRow.status != "closed")).first()
    if row is None:
        reason = str(args.get("reason") or "request_human")
        summary = str(args.get("summary") or summary_of(session, tenant, thread))
        row = HandoffRow(
            tenant=tenant, thread=thread, at=now, reason=reason, summary=summary, status="waiting"
        )
        session.add(row)
        session.flush()
    return HandoffResult(handoff=row.id, reason=row.reason, summary=row.summary, status=row.status)
