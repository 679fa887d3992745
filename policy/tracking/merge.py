"""How changes enter the dialogue state. Values are replaced, never lost without trace.

Laws: the same changes of the same turn twice change nothing more; the order of changes to different slots
does not matter; every value ever held stays on record.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.types import Changes, Correction, CustomerCard, LineItem, SlotChange, SlotValue

FOLLOW_FOCUS = frozenset({"product", "quantity"})
"""Slots that belong to the product in focus rather than to the talk."""

CHECKABLE = ("phone", "email", "company", "contact_name")
"""Slots that the customer's record can bear out."""


def merged(
    slots: Mapping[str, SlotValue],
    items: tuple[LineItem, ...],
    focus: str | None,
    changes: Changes,
    turn: int,
) -> dict[str, SlotValue]:
    """The slots after `changes`, of which the last one to a slot counts.

    `items` and `focus` are those after the changes: `product` and `quantity` are what they say.
    """
    after = {slot: held for slot, held in slots.items() if slot not in FOLLOW_FOCUS}
    for change in changes.slots:
        if change.slot not in FOLLOW_FOCUS and (new := changed(slots.get(change.slot), change, turn)):
            after[change.slot] = new
    return after | _in_focus(slots, items, focus, changes, turn)


def _in_focus(
    slots: Mapping[str, SlotValue],
    items: tuple[LineItem, ...],
    focus: str | None,
    changes: Changes,
    turn: int,
) -> dict[str, SlotValue]:
    """`product` and `quantity` as the focus has them, with the words they came from."""
    found = {}
    for slot, value in (("product", focus), ("quantity", _count(slots, items, focus, changes))):
        if value is None:
            continue
        said = [change for change in changes.slots if change.slot == slot and change.value == value]
        held = _held_in_focus(slot, slots, items, focus)
        if said:
            found[slot] = changed(held, said[-1], turn)
        else:
            same = held is not None and held.value == value
            found[slot] = held if same else changed(held, SlotChange(slot=slot, value=value), turn)
    return {slot: held for slot, held in found.items() if held is not None}


def _count(
    slots: Mapping[str, SlotValue], items: tuple[LineItem, ...], focus: str | None, changes: Changes
) -> Any:
    """The count of the product in focus; with none talked of yet the one said, now or before."""
    if focus is not None:
        return next((item.quantity for item in items if item.product == focus), None)
    if "product" in slots and slots["product"].value is not None:
        return None
    said = [change.value for change in changes.slots if change.slot == "quantity"]
    return said[-1] if said else slots["quantity"].value if "quantity" in slots else None


def _held_in_focus(
    slot: str, slots: Mapping[str, SlotValue], items: tuple[LineItem, ...], focus: str | None
) -> SlotValue | None:
    """What was held of a slot; the count of another product that is still in the deal is none of this one's."""
    before = slots.get("product")
    switched = before is not None and before.value != focus
    kept = switched and any(item.product == before.value for item in items if before is not None)
    return None if slot == "quantity" and kept else slots.get(slot)


def changed(old: SlotValue | None, change: SlotChange, turn: int) -> SlotValue | None:
    """One slot after a change; None where there is nothing to take back.

    Said again it is as sure as before, and confirmed once it comes in another turn; a new value is only
    heard, and the one it replaces stays on record.
    """
    if change.value is None and (old is None or old.value is None):
        return old
    new = SlotValue(
        value=change.value,
        turn=turn,
        text=change.text,
        start=change.start,
        end=change.end,
        confidence=change.confidence,
    )
    if old is None:
        return new
    if old.value is None:
        return new.model_copy(update={"earlier": old.earlier})
    if old.value == change.value:
        return _said_again(old, new, confirms=change.confirms)
    return new.model_copy(update={"earlier": (*old.earlier, Correction(value=old.value, turn=old.turn))})


def _said_again(old: SlotValue, new: SlotValue, *, confirms: bool) -> SlotValue:
    if confirms:
        return old.model_copy(update={"status": _at_least_confirmed(old)})
    twice = bool(old.text and new.text) and new.turn != old.turn
    status = _at_least_confirmed(old) if twice else old.status
    return new.model_copy(update={"status": status, "earlier": old.earlier})


def _at_least_confirmed(held: SlotValue) -> str:
    return "verified" if held.status == "verified" else "confirmed"


def verified(slots: Mapping[str, SlotValue], profile: CustomerCard) -> dict[str, SlotValue]:
    """The slots, those that the customer's record bears out marked so."""
    return {
        slot: held.model_copy(update={"status": "verified"})
        if slot in CHECKABLE and held.value is not None and _same(held.value, getattr(profile, slot))
        else held
        for slot, held in slots.items()
    }


def _same(value: Any, known: str | None) -> bool:
    return known is not None and str(value).strip().lower() == known.strip().lower()
