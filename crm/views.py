"""What the store hands out: frozen values, no live rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from core.types import Action, CustomerCard, Frozen, HandoffStatus, Line, TurnAnswer, Violation


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


class CallView(Frozen):
    """A call of ours that is about to begin."""

    thread: str
    turn_id: str
    phone: str | None
    customer_id: str | None
    at: datetime


class Standing(Frozen):
    """What the books say of a number or customer: a ban, and our calls that stayed unanswered."""

    barred: bool = False
    today: int = 0
    this_month: int = 0
    """Within the last 30 days, today included."""


class BarView(Frozen):
    """A number, customer or thread that is never to be called again."""

    id: int
    phone: str | None
    customer_id: str | None
    thread: str
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
    """A talk that waits for, is or was held by, a human; `at` is when one was asked for."""

    id: int
    thread: str
    reason: str
    summary: str
    details: dict[str, Any] | None = None
    status: HandoffStatus
    at: datetime
    operator: str | None = None
    note: str | None = None
    taken: datetime | None = None
    ended: datetime | None = None


CallbackStatus = Literal["open", "done"]


class CallbackView(Frozen):
    """A call back that a customer was promised; the phone is None while nobody knows one."""

    id: int
    thread: str
    handoff: int
    phone: str | None
    customer: CustomerCard | None
    reason: str
    status: CallbackStatus
    at: datetime
    done: datetime | None = None


class SpokenLine(Frozen):
    """A line of a talk as a screen shows it; `n` counts from 1 within the talk."""

    n: int
    turn: int
    who: Literal["customer", "robot", "operator"]
    text: str
    at: datetime


class DeskTalk(Frozen):
    """A talk on the operator's desk: its last handoff, every line, the calls back still owed."""

    handoff: HandoffView
    customer: CustomerCard | None
    lines: tuple[SpokenLine, ...]
    callbacks: tuple[CallbackView, ...] = ()


class DeskNews(Frozen):
    """How a talk stands with the human colleagues, and what they said that the robot has not read yet."""

    status: HandoffStatus | None = None
    asked: datetime | None = None
    lines: tuple[Line, ...] = ()


class Opening(Frozen):
    """Everything a turn opens with; of a turn that was answered before, its answer alone."""

    answer: TurnAnswer | None = None
    profile: CustomerCard = CustomerCard()
    barred: bool = False
    desk: DeskNews = DeskNews()
    scripts_revision: int = 0
