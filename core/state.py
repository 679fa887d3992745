"""The dialogue state: facts only, checkpointed once a thread."""

from __future__ import annotations

from typing import Annotated, Any

from typing_extensions import TypedDict

from core.grounding import Grounding
from core.types import (
    Action,
    Citation,
    CustomerCard,
    GuardResult,
    Lang,
    Line,
    LineItem,
    Passage,
    Plan,
    SlotValue,
    Stage,
    Transcript,
    TurnAnswer,
    Understanding,
)

KEEP_ANSWERS = 64
"""Finished turns kept whole, so that a repeated turn id gets its stored answer."""
KEEP_LINES = 200


def merge_timings(old: dict[str, float] | None, new: dict[str, float]) -> dict[str, float]:
    """Nodes write their own time side by side; the mark `turn` starts a new table."""
    if "turn" in new:
        return {key: value for key, value in new.items() if key != "turn"}
    return {**(old or {}), **new}


def append_lines(old: list[Line] | None, new: list[Line]) -> list[Line]:
    """The talk so far, the oldest lines dropped beyond KEEP_LINES."""
    return [*(old or []), *new][-KEEP_LINES:]


def append_answers(old: list[TurnAnswer] | None, new: list[TurnAnswer]) -> list[TurnAnswer]:
    return [*(old or []), *new][-KEEP_ANSWERS:]


class TalkInput(TypedDict, total=False):
    """What a caller gives for one turn: one of text, audio, event."""

    text: str
    turn_id: str
    event: str
    audio: dict[str, str]
    image: str
    words: list[dict[str, Any]]
    customer: dict[str, Any]


class TalkOutput(TypedDict, total=False):
    """What a caller gets: the reply and, whole, the finished turn."""

    reply: str
    answer: TurnAnswer


class TalkState(TypedDict, total=False):
    """Everything a thread remembers."""

    # this turn, as given
    text: str
    turn_id: str
    event: str
    audio: dict[str, str]
    image: str
    words: list[dict[str, Any]]
    customer: dict[str, Any]
    # this turn, as worked out
    transcript: Transcript | None
    understanding: Understanding
    recalled: tuple[Passage, ...]
    grounding: Grounding
    plan: Plan
    actions: tuple[Action, ...]
    citations: tuple[Citation, ...]
    guard: GuardResult
    reply: str
    answer: TurnAnswer
    latency_ms: Annotated[dict[str, float], merge_timings]
    # the talk so far
    turn: int
    lang: Lang
    profile: CustomerCard
    slots: dict[str, SlotValue]
    line_items: tuple[LineItem, ...]
    focus: str | None
    stage: Stage
    expecting: str | None
    asked: dict[str, int]
    attempts: dict[str, int]
    used_lines: dict[str, int]
    lines: Annotated[list[Line], append_lines]
    answers: Annotated[list[TurnAnswer], append_answers]
