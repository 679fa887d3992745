"""The port every tracker implements: the state and one utterance in, the changes out."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from core.types import Changes, Frozen, Lang, Line, LineItem, SlotValue, Understanding


class TrackView(Frozen):
    """What a tracker may look at: the utterance as it was understood, and the state before it."""

    now: datetime
    lang: Lang = "zh"
    text: str = ""
    understanding: Understanding = Understanding()
    slots: dict[str, SlotValue] = {}
    line_items: tuple[LineItem, ...] = ()
    focus: str | None = None
    recommended: str | None = None
    """The product that the robot named last as the one that fits."""
    bought_before: str | None = None
    """The product that the customer's record names."""
    last_question: str | None = None
    """The last intent heard that asks for something."""
    just_asked: bool = False
    """Whether it was heard in the last line of the customer."""
    priced: bool = False
    """Whether a price was told in this talk."""
    booked: bool = False
    """Whether a demonstration is booked."""
    expecting: str | None = None
    """The slot the robot has just asked for, `confirm:SLOT`, or `propose:STEP`."""
    last_robot: str = ""
    lines: tuple[Line, ...] = ()


class Tracker(Protocol):
    """Says what an utterance changes; the merge into the state is the same for every tracker."""

    name: str

    async def changes(self, view: TrackView) -> Changes:
        """The changes of this utterance. Raises EngineError when the engine fails or is late."""
        ...
