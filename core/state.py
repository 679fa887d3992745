"""The dialogue state: facts only, checkpointed once a thread."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from typing_extensions import TypedDict

from core.grounding import Grounding
from core.types import (
    Action,
    Channel,
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

KEEP_LINES = 24
"""Lines of the talk that the state carries; the business database keeps them all."""


Trouble = Literal["empty", "long", "unreadable", "bad_audio", "no_recogniser", "image"]
"""Why a turn could not be read."""


def merge_timings(old: dict[str, float] | None, new: dict[str, float]) -> dict[str, float]:
    """Nodes write their own time side by side; the mark `turn` starts a new table."""
    if "turn" in new:
        return {key: value for key, value in new.items() if key != "turn"}
    return {**(old or {}), **new}


def append_lines(old: list[Line] | None, new: list[Line]) -> list[Line]:
    """The talk so far, the oldest lines dropped beyond KEEP_LINES."""
    return [*(old or []), *new][-KEEP_LINES:]


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
    # this turn, as opened: where, when, and what was wrong with the input, if anything
    thread: str
    now: datetime
    channel: Channel
    trouble: Trouble | None
    repeated: bool
    barred: bool
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
    stage_reason: str
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
    """The slot the robot has just asked for, `confirm:SLOT`, or `propose:STEP`."""
    asked: dict[str, int]
    attempts: dict[str, int]
    used_lines: dict[str, int]
    lines: Annotated[list[Line], append_lines]
