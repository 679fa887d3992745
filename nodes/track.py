"""Merges what was just said into the dialogue state. Values are replaced, never lost without trace."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from core.state import TalkState
from core.types import CustomerCard, Line, LineItem
from engines.tracking.base import Tracker, TrackView
from policy.tracking.follow import FOLLOWED, in_context
from policy.tracking.merge import merged, verified

REMEMBERED = 3
"""Lines of the customer within which a question is carried on."""


async def track(state: TalkState, *, tracker: Tracker) -> dict[str, Any]:
    """The utterance as it is meant in this talk; slots, line items and focus after it.

    What a child says changes nothing.
    """
    if state.get("minor"):
        return {"follows": False}
    view = view_of(state)
    meant, follows = in_context(view)
    changes = await tracker.changes(view.model_copy(update={"understanding": meant}))
    items = state.get("line_items", ()) if changes.line_items is None else changes.line_items
    focus = changes.focus or still_in(items, state.get("focus"))
    slots = merged(state.get("slots", {}), items, focus, changes, state["turn"])
    return {
        "understanding": meant,
        "follows": follows,
        "slots": verified(slots, state.get("profile", CustomerCard())),
        "line_items": items,
        "focus": focus,
    }


def still_in(items: tuple[LineItem, ...], focus: str | None) -> str | None:
    """The focus, or the last product of the deal where that one was taken out of it."""
    products = [item.product for item in items]
    return focus if focus in products else products[-1] if products else None


def view_of(state: TalkState) -> TrackView:
    """What a tracker may look at."""
    lines = tuple(state.get("lines", []))
    counts = state.get("attempts", {})
    return TrackView(
        now=state["now"],
        lang=state.get("lang", "zh"),
        text=state.get("text", ""),
        understanding=state["understanding"],
        slots=state.get("slots", {}),
        line_items=state.get("line_items", ()),
        focus=state.get("focus"),
        recommended=state.get("recommended"),
        bought_before=state.get("profile", CustomerCard()).product,
        expecting=state.get("expecting"),
        last_robot=next((line.text for line in reversed(lines) if line.who != "customer"), ""),
        last_question=last_question(lines, REMEMBERED),
        just_asked=last_question(lines, 1) is not None,
        priced=bool(counts.get("priced")),
        booked=bool(counts.get("booked")),
        lines=lines,
    )


def last_question(lines: Iterable[Line], within: int) -> str | None:
    """The last intent of the customer that asks for something, within so many of their lines."""
    said = [line for line in lines if line.who == "customer"][-within:]
    return next((tag for line in reversed(said) for tag in line.tags if tag.startswith(FOLLOWED)), None)
