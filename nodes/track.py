"""Merges what was just said into the dialogue state. Values are replaced, never lost without trace."""

from __future__ import annotations

import re
from typing import Any

from core.state import TalkState
from core.types import Correction, LineItem, Mention, SlotValue
from policy.cues import COMPANION, EACH, MORE_OF_IT, TOGETHER, spoken

FOLLOW_FOCUS = frozenset({"product", "quantity"})
"""Slots that belong to the product in focus rather than to the talk."""
CLAUSE = re.compile(r"[,，;；。、]")


async def track(state: TalkState) -> dict[str, Any]:
    """Slots, line items and focus after this utterance."""
    understood = state["understanding"]
    held = [mention for mention in understood.mentions if not mention.negated and mention.value is not None]
    slots = {**state.get("slots", {}), **confirmed(state)}
    for mention in held:
        if mention.slot not in FOLLOW_FOCUS:
            slots[mention.slot] = merged(slots.get(mention.slot), mention, state["turn"])
    deal = Items(state.get("line_items", ()), state.get("focus"))
    corrects = understood.has("deny") or any(mention.negated for mention in understood.mentions)
    deal = deal.after(held, state["text"], corrects=corrects).given(slots.get("quantity"), state.get("focus"))
    return {
        "slots": with_focus(deal, slots, held, state["turn"]),
        "line_items": deal.items,
        "focus": deal.focus,
    }


def merged(old: SlotValue | None, mention: Mention, turn: int) -> SlotValue:
    """The slot after `mention`: said again it grows surer, changed it keeps the old value on record."""
    new = SlotValue(
        value=mention.value,
        turn=turn,
        text=mention.text,
        start=mention.start,
        end=mention.end,
        confidence=mention.confidence,
    )
    if old is None:
        return new
    if old.value is None:
        return new.model_copy(update={"earlier": old.earlier})
    if old.value == mention.value:
        return new.model_copy(update={"status": old.status, "earlier": old.earlier})
    return new.model_copy(update={"earlier": (*old.earlier, Correction(value=old.value, turn=old.turn))})


def confirmed(state: TalkState) -> dict[str, SlotValue]:
    """The slot that was read back: confirmed by a yes, emptied by a no, its old value on record."""
    awaited = state.get("expecting") or ""
    slot = awaited.removeprefix("confirm:")
    held = state.get("slots", {}).get(slot)
    if slot == awaited or held is None:
        return {}
    if state["understanding"].has("affirm"):
        return {slot: held.model_copy(update={"status": "confirmed"})}
    if state["understanding"].intent == "deny" and held.value is not None:
        rejected = (*held.earlier, Correction(value=held.value, turn=held.turn))
        return {slot: SlotValue(value=None, turn=state["turn"], text="", earlier=rejected)}
    return {}


class Items:
    """The line items of the deal and the product in focus."""

    def __init__(self, items: tuple[LineItem, ...], focus: str | None) -> None:
        self.items = items
        self.focus = focus

    def quantity(self, product: str | None) -> Any:
        """The quantity held for `product`."""
        return next((item.quantity for item in self.items if item.product == product), None)

    def with_item(self, product: str, quantity: Any) -> Items:
        """`product` with `quantity`, in its place or at the end."""
        if any(item.product == product for item in self.items):
            items = tuple(
                LineItem(product=product, quantity=quantity) if item.product == product else item
                for item in self.items
            )
        else:
            items = (*self.items, LineItem(product=product, quantity=quantity))
        return Items(items, self.focus)

    def given(self, loose: SlotValue | None, before: str | None) -> Items:
        """A count said before any product was named belongs to the first one that is."""
        if loose is None or before or self.focus is None or self.quantity(self.focus) is not None:
            return self
        return self.with_item(self.focus, loose.value)

    def focused(self, product: str | None) -> Items:
        """The same items, seen from `product`."""
        return Items(self.items, product)

    def renamed(self, old: str, new: str) -> Items:
        """A corrected product: the number it was said with stays."""
        kept = tuple(item for item in self.items if item.product != new)
        items = tuple(
            LineItem(product=new, quantity=item.quantity) if item.product == old else item for item in kept
        )
        return Items(items, new)

    def after(self, mentions: list[Mention], text: str, *, corrects: bool) -> Items:
        """The deal after one utterance: which products it names, how many of each, which it is about."""
        named = [mention for mention in mentions if mention.slot == "product"]
        counted = [mention for mention in mentions if mention.slot == "quantity"]
        deal = self
        if named:
            deal = deal.turned_to(named, text, corrects=corrects)
        if len(named) > 1 and len(counted) == 1 and spoken(EACH, text):
            for product in dict.fromkeys(mention.value for mention in named):
                deal = deal.with_item(product, counted[0].value)
            return deal
        owners = _owners(counted, named, deal.focus, text)
        for mention, owner in zip(counted, owners, strict=True):
            if owner:
                deal = deal.with_item(owner, deal.total_after(owner, mention, text))
        return deal

    def total_after(self, product: str, mention: Mention, text: str) -> Any:
        """The count said, on top of the one held where it is said as an addition (再加两台)."""
        held = self.quantity(product)
        added = spoken(MORE_OF_IT, text[: mention.start]) and isinstance(held, int)
        return held + mention.value if added and isinstance(mention.value, int) else mention.value

    def turned_to(self, named: list[Mention], text: str, *, corrects: bool) -> Items:
        """The focus after products were named; what is only bought along does not take it."""
        products = list(dict.fromkeys(mention.value for mention in named))
        if corrects and self.focus and len(products) == 1 and products[0] != self.focus:
            return self.renamed(self.focus, products[0])
        deal = self
        for product in products:
            deal = deal.with_item(product, deal.quantity(product))
        first = named[0]
        along = spoken(COMPANION, text[: first.start]) and spoken(TOGETHER, text[first.end :])
        return deal if along and self.focus else deal.focused(products[0])


def _owners(counted: list[Mention], named: list[Mention], focus: str | None, text: str) -> list[str | None]:
    """The product that each count belongs to: the nearest one named of those still free, else the focus."""
    owners: list[str | None] = []
    free = list(named)
    for mention in counted:
        chosen = min(free, key=lambda product: _distance(mention, product, text), default=None)
        if chosen:
            free.remove(chosen)
        owners.append(chosen.value if chosen else focus)
    return owners


def _distance(count: Mention, product: Mention, text: str) -> tuple[bool, int]:
    """How far a count stands from a product, a comma between them being farther than any words.

    It stands right before its product (两台R6) or after it (R6要两台); of two as near it is the one before.
    """
    between = text[min(count.end, product.end) : max(count.start, product.start)]
    return CLAUSE.search(between) is not None, len(between)


def with_focus(
    deal: Items, slots: dict[str, SlotValue], mentions: list[Mention], turn: int
) -> dict[str, SlotValue]:
    """The slots with `product` and `quantity` as the focus has them, and the words they came from."""
    quantity = deal.quantity(deal.focus)
    if deal.focus is None:
        counts = [mention.value for mention in mentions if mention.slot == "quantity"]
        loose = slots["quantity"].value if "quantity" in slots else None
        quantity = counts[-1] if counts else loose
    found = {slot: held for slot, held in slots.items() if slot not in FOLLOW_FOCUS}
    for slot, value in (("product", deal.focus), ("quantity", quantity)):
        if value is not None:
            found[slot] = focus_slot(slot, value, slots.get(slot), mentions, turn)
    return found


def focus_slot(slot: str, value: Any, old: SlotValue | None, mentions: list[Mention], turn: int) -> SlotValue:
    """One slot that follows the focus: new words where there are some, else what was held."""
    said = [mention for mention in mentions if mention.slot == slot and mention.value == value]
    if said:
        return merged(old, said[-1], turn)
    if old is not None and old.value == value:
        return old
    return SlotValue(value=value, turn=turn, text="")
