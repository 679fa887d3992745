"""Closes the talk in the books."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypedDict

from sqlalchemy.orm import Session

from core.pack import Pack
from crm import desk
from crm.customers import open_talk

STILL_WANTED = frozenset({"hangup", "thanks_bye", "silence"})
"""Ways to leave that do not take back the wish for a human."""


class EndResult(TypedDict):
    """The outcome kept with the talk."""

    ended: bool
    reason: str


def end_call(
    args: Mapping[str, Any], *, session: Session, tenant: str, thread: str, now: datetime, pack: Pack
) -> EndResult:
    """Record `reason` (a farewell, a refusal, …; default `ended`) as the outcome of the talk.

    Putting the receiver down after that is no new outcome.

    Who leaves while waiting for a human is owed a call, unless the leave is a refusal.
    """
    reason = str(args.get("reason") or "ended")
    talk = open_talk(session, tenant, thread, now)
    if reason != "hangup" or talk.outcome is None:
        talk.outcome = reason
    desk.leave(session, tenant, thread, now, wanted=reason in STILL_WANTED)
    session.flush()
    return EndResult(ended=True, reason=reason)
