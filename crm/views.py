"""What the store hands out: frozen values, no live rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from core.types import Action, CustomerCard, Frozen, Line, Violation


class StageView(Frozen):
    """One step of the funnel and why it was taken."""

    turn: int
    stage: str
    reason: str
    at: datetime


class TalkView(Frozen):
    """One talk, whole."""

    thread: str
    customer: CustomerCard | None
    stage: str
    outcome: str | None
    started: datetime
    updated: datetime
    lines: tuple[Line, ...] = ()
    stages: tuple[StageView, ...] = ()
    actions: tuple[Action, ...] = ()


class LeadView(Frozen):
    """The deal of one talk as it stands."""

    thread: str
    customer: CustomerCard | None
    fields: dict[str, Any]
    stage: str
    outcome: str | None
    updated: datetime


class AuditView(Frozen):
    """A sentence that the guard changed or stopped."""

    thread: str
    turn_id: str
    original: str
    verdict: str
    violations: tuple[Violation, ...]
    at: datetime


class OutboxView(Frozen):
    """Documents that wait to be sent."""

    id: int
    thread: str
    email: str
    what: str
    product: str | None
    status: str
    at: datetime


class HandoffView(Frozen):
    """A talk that waits for a human."""

    id: int
    thread: str
    reason: str
    summary: str
    status: str
    at: datetime
