"""Views of a talk, for trackers to look at."""

from __future__ import annotations

from typing import Any

from core.pack import DialogueExample
from core.types import Correction, LineItem, SlotValue
from engines.tracking.base import TrackView
from engines.tracking.examples import EXAMPLE_NOW
from engines.understanding.text import language
from tests.fakes import NOW, held


def view(text: str, *, items: dict[str, Any] | None = None, slots: Any = None, **fields: Any) -> TrackView:
    """A line, with the items of the deal (the first in focus) and the slots known before it."""
    bought = tuple(LineItem(product=name, quantity=number) for name, number in (items or {}).items())
    fields.setdefault("focus", bought[0].product if bought else None)
    fields.setdefault("slots", held(**(slots or {})))
    return TrackView(now=NOW, lang=language(text), text=text, line_items=bought, **fields)


def view_of(turn: DialogueExample, currency: str) -> TrackView:
    """An example turn as the tracker would have met it."""
    slots = {
        slot: SlotValue(value=_paid(value, currency), turn=1, text="") for slot, value in turn.slots.items()
    }
    for slot, values in turn.earlier.items():
        earlier = tuple(Correction(value=_paid(value, currency), turn=1) for value in values)
        before = slots.get(slot, SlotValue(value=None, turn=2, text=""))
        slots[slot] = before.model_copy(update={"earlier": earlier})
    return TrackView(
        now=EXAMPLE_NOW,
        lang=turn.lang,
        text=turn.customer,
        slots=slots,
        line_items=turn.items,
        focus=turn.focus,
        expecting=turn.expecting,
        last_robot=turn.robot,
    )


def _paid(value: Any, currency: str) -> Any:
    return {**value, "currency": currency} if isinstance(value, dict) else value
