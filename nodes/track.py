"""Merges what was just said into the dialogue state. Values are replaced, never lost without trace."""

from __future__ import annotations

from typing import Any

from core.state import TalkState
from core.types import CustomerCard, LineItem
from engines.tracking.base import Tracker, TrackView
from policy.tracking.merge import merged, verified


async def track(state: TalkState, *, tracker: Tracker) -> dict[str, Any]:
    """Slots, line items and focus after this utterance."""
    changes = await tracker.changes(view_of(state))
    items = state.get("line_items", ()) if changes.line_items is None else changes.line_items
    focus = changes.focus or still_in(items, state.get("focus"))
    slots = merged(state.get("slots", {}), items, focus, changes, state["turn"])
    return {
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
    return TrackView(
        now=state["now"],
        lang=state.get("lang", "zh"),
        text=state.get("text", ""),
        understanding=state["understanding"],
        slots=state.get("slots", {}),
        line_items=state.get("line_items", ()),
        focus=state.get("focus"),
        recommended=state.get("recommended"),
        expecting=state.get("expecting"),
        last_robot=next((line.text for line in reversed(lines) if line.who != "customer"), ""),
        lines=lines,
    )
