"""The one table of stages: where a talk may go from each, and which stage a turn's acts mean."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.types import HandoffStatus, Stage

TRANSITIONS: dict[Stage, frozenset[Stage]] = {
    Stage.OPENING: frozenset(Stage),
    Stage.QUALIFICATION: frozenset(Stage) - {Stage.OPENING},
    Stage.PRESENTATION: frozenset(Stage) - {Stage.OPENING},
    Stage.OBJECTION: frozenset(Stage) - {Stage.OPENING},
    Stage.PROPOSAL: frozenset(Stage) - {Stage.OPENING},
    Stage.CLOSING: frozenset(Stage) - {Stage.OPENING},
    Stage.HANDOFF: frozenset({Stage.HANDOFF, Stage.ENDED}),
    Stage.ENDED: frozenset({Stage.ENDED, Stage.QUALIFICATION, Stage.HANDOFF}),
}

NOT_TAKEN_UP = (Stage.OPENING, Stage.HANDOFF, Stage.ENDED)
"""Stages that no talk is taken up in: it is qualified instead."""


def move(current: Stage, wanted: Stage) -> Stage:
    """`wanted` where the table allows it; an ended talk that goes on is qualified anew."""
    if wanted in TRANSITIONS[current]:
        return wanted
    return Stage.QUALIFICATION if current is Stage.ENDED else current


def with_humans(
    status: HandoffStatus | None, asked: datetime | None, now: datetime, limit: int
) -> HandoffStatus | None:
    """How a talk stands with the human colleagues; `missed` where one waits `limit` minutes or longer."""
    if status == "waiting" and asked is not None and now - asked >= timedelta(minutes=limit):
        return "missed"
    return status


def standing(stage: Stage, handoff: HandoffStatus | None, before: Stage | None) -> Stage:
    """The stage a turn begins in.

    While a human is asked for or has the talk it is HANDOFF. A talk that was given back, or for which nobody
    came, is taken up where it was; one that a human has ended is over.
    """
    if handoff in ("waiting", "held"):
        return Stage.HANDOFF
    if stage is not Stage.HANDOFF:
        return stage
    if handoff in ("returned", "missed"):
        return Stage.QUALIFICATION if before in (None, *NOT_TAKEN_UP) else before
    return Stage.ENDED if handoff == "closed" else stage
