"""Closes the talk in the books."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypedDict

from sqlalchemy.orm import Session

from core.pack import Pack
from crm.customers import open_talk


class EndResult(TypedDict):
    """The outcome kept with the talk."""

    ended: bool
    reason: str


def end_call(
    args: Mapping[str, Any], *, session: Session, tenant: str, thread: str, now: datetime, pack: Pack
) -> EndResult:
    """Record `reason` (a farewell, a refusal, …; default `ended`) as the outcome of the talk."""
    reason = str(args.get("reason") or "ended")
    open_talk(session, tenant, thread, now).outcome = reason
    session.flush()
    return EndResult(ended=True, reason=reason)
