"""The tracker by rule: what the mentions of an utterance, and what it points back to, change."""

from __future__ import annotations

from typing import Any

from core.pack import Pack
from core.types import Changes, Mention, SlotChange
from engines.tracking.base import TrackView
from policy.tracking.amend import moved_hour, moved_time, phone_tail
from policy.tracking.items import Items
from policy.tracking.merge import FOLLOW_FOCUS
from policy.tracking.ranges import narrowed
from policy.tracking.refer import compared_with, count_meant, product_meant, slot_gone_back_to
from policy.tracking.years import product_in, years_meant


class RuleTracker:
    """Deterministic and immediate."""

    name = "rules"

    def __init__(self, pack: Pack) -> None:
        self._pack = pack

    async def changes(self, view: TrackView) -> Changes:
        """The changes of this utterance."""
        return self.read(view)

    def read(self, view: TrackView) -> Changes:
        """The changes of this utterance."""
        measure = compared_with(view)
        said = [
            mention
            for mention in view.understanding.mentions
            if mention.value is not None and mention is not measure
        ]
        years = years_meant(view, product_in(view, view.focus, self._pack))
        held = [mention for mention in (*said, *([years] if years else ())) if not mention.negated]
        thrown = [mention for mention in said if mention.negated]
        deal = self._deal_after(view, held, thrown)
        slots = [
            *confirmed(view),
            *gone_back(view, held),
            *(told(view, mention) for mention in held),
            *taken_back(view, held, thrown),
            *phone_tail(view),
            *moved_hour(view),
        ]
        return Changes(slots=tuple(slots), line_items=deal.items, focus=deal.focus)

    def _deal_after(self, view: TrackView, held: list[Mention], thrown: list[Mention]) -> Items:
        """The line items after what was named, then what was pointed to."""
        before = Items(view.line_items, view.focus)
        corrects = view.understanding.has("deny") or bool(thrown)
        named = any(mention.slot == "product" for mention in held)
        pointed = None if named else product_meant(view, before, self._pack)
        start = before.focused(pointed) if pointed else before
        deal = start.after(held, view.text, thrown, corrects=corrects and not pointed)
        count = count_meant(view, before, self._pack)
        if count is not None and deal.focus and not _says(held, "quantity"):
            deal = deal.with_item(deal.focus, count)
        loose = view.slots.get("quantity")
        if loose is not None and view.focus is None:
            deal = deal.given(loose.value)
        if slot_gone_back_to(view) == "quantity" and deal.focus and not _says(held, "quantity"):
            deal = deal.with_item(deal.focus, view.slots["quantity"].earlier[-1].value)
        return deal


def _says(held: list[Mention], slot: str) -> bool:
    return any(mention.slot == slot for mention in held)


def confirmed(view: TrackView) -> list[SlotChange]:
    """The slot that was read back: confirmed by a yes, emptied by a no that corrects nothing else."""
    awaited = view.expecting or ""
    slot = awaited.removeprefix("confirm:")
    held = view.slots.get(slot)
    if slot == awaited or held is None or held.value is None:
        return []
    if view.understanding.has("affirm"):
        return [SlotChange(slot=slot, value=held.value, confirms=True)]
    others = {mention.slot for mention in view.understanding.mentions} - {slot}
    if view.understanding.intent == "deny" and not others:
        return [SlotChange(slot=slot, value=None)]
    return []


def gone_back(view: TrackView, held: list[Mention]) -> list[SlotChange]:
    """The earlier value of a slot that the line goes back to, unless it says a value itself."""
    slot = slot_gone_back_to(view)
    if slot is None or slot in FOLLOW_FOCUS or _says(held, slot):
        return []
    return [SlotChange(slot=slot, value=view.slots[slot].earlier[-1].value, text=view.text)]


def told(view: TrackView, mention: Mention) -> SlotChange:
    """The change that a mention makes to its slot; product and quantity are settled by the line items."""
    return SlotChange(
        slot=mention.slot,
        value=value_told(view, mention),
        text=mention.text,
        start=mention.start,
        end=mention.end,
        confidence=mention.confidence,
    )


def value_told(view: TrackView, mention: Mention) -> Any:
    """The value of a mention in the light of the one held: a range narrowed, a time moved."""
    before = view.slots.get(mention.slot)
    if mention.slot == "demo_time":
        return moved_time(view, mention)
    if before is None or view.understanding.has("deny"):
        return mention.value
    return narrowed(mention.slot, before.value, mention.value)


def taken_back(view: TrackView, held: list[Mention], thrown: list[Mention]) -> list[SlotChange]:
    """Values held that the line throws out without saying another: 不在苏州."""
    return [
        SlotChange(slot=mention.slot, value=None, text=mention.text, start=mention.start, end=mention.end)
        for mention in thrown
        if mention.slot not in FOLLOW_FOCUS
        and not _says(held, mention.slot)
        and mention.slot in view.slots
        and view.slots[mention.slot].value == mention.value
    ]
