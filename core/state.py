"""The dialogue state: facts only, checkpointed once a thread."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from typing_extensions import TypedDict

from core.grounding import Grounding
from core.types import (
    Action,
    Barrier,
    Channel,
    Citation,
    CustomerCard,
    Direction,
    Excerpt,
    GuardResult,
    HandoffStatus,
    Lang,
    Line,
    LineItem,
    Passage,
    Plan,
    Quote,
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
    direction: Direction | None
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
    direction: Direction | None
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
    scripts_revision: int
    """The newest edit of the script library when the turn opened; 0 where there is none."""
    barrier: Barrier | None
    """Why a call of ours should not have begun; None for every other turn."""
    sensitive: tuple[str, ...]
    """Kinds of private numbers that were taken out of the words of this turn."""
    handoff: HandoffStatus | None
    """How the talk stands with the human colleagues; None where none is asked for, or the robot went on since."""
    handoff_asked: datetime | None
    """Since when a human is asked for."""
    # this turn, as worked out
    transcript: Transcript | None
    understanding: Understanding
    follows: bool
    """Whether the line carries the last question on: 那R6呢."""
    recalled: tuple[Passage, ...]
    excerpts: tuple[Excerpt, ...]
    """What the library says to the words of this turn, the best first, what is out of force included."""
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
    minor: bool
    """Whether a child is speaking, until a grown-up says to have taken over."""
    profile: CustomerCard
    slots: dict[str, SlotValue]
    line_items: tuple[LineItem, ...]
    focus: str | None
    recommended: str | None
    """The product that the robot named last as the one that fits."""
    topics: tuple[str, ...]
    """What the last answer was about: topics of facts, `price`, `offer`."""
    stage: Stage
    stage_before: Stage
    """The stage in which the talk was handed to a human: there the robot takes it up again."""
    operator_lines: int
    """Lines of operators that are among the lines of the talk."""
    quoted: tuple[Quote, ...]
    """The last price told of each product."""
    expecting: str | None
    """The slot the robot has just asked for, `confirm:SLOT`, or `propose:STEP`."""
    asked: dict[str, int]
    attempts: dict[str, int]
    used_lines: dict[str, int]
    plays: dict[str, int]
    """Intent of each play begun to the revision of the script library it was begun with."""
    lines: Annotated[list[Line], append_lines]
