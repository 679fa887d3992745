"""What is believed of the difference that a model tells: each change alone is taken or dropped."""

from __future__ import annotations

import re
from collections import Counter
from enum import StrEnum
from typing import Any, NamedTuple

from core.diff import ItemSet, Removal, SlotSet, StateDiff
from core.pack import Pack
from core.types import Changes, LineItem, SlotChange
from engines.tracking.base import TrackView
from engines.tracking.bears import Bearing, Words, place_of
from engines.tracking.forms import count, normal_form
from engines.tracking.said import LineReader, Said

FOLLOW_FOCUS = frozenset({"product", "quantity"})
"""Slots that line items hold."""
MOST = 12
"""Changes of a kind that are read of one answer; one line does not say more."""
SHARED = 2
"""Slots that may rest on the same words: the five kilos that also name the machine."""
_TAKES_BACK = re.compile(
    r"不(?:要|买|用|上|算|是|对|订|考虑|在|需要)|别|取消|去掉|删|算了|撤|作废|没(?:说|有|这)|换(?:成|掉)|改(?:成|为)|哪有|错"
    r"|\b(?:no|not|n't|don't|drop|remove|cancel|forget|scratch|without|skip|leave out|take out|never mind|wrong"
    r"|instead|withdraw|off)\b|n't\b",
    re.IGNORECASE,
)
"""Words without which nothing held is given up."""

_AGREES = re.compile(
    r"(?<!不)(?:对|是的|是啊|就是|没错|没毛病|没问题|正确|好的?|行|可以|嗯|成)"
    r"|\b(?:yes|yeah|yep|right|correct|exactly|sure|ok|okay|fine|that's it)\b",
    re.IGNORECASE,
)
"""Words without which nothing read back is confirmed."""


class Dropped(StrEnum):
    """Why a change that a model tells is not made."""

    UNKNOWN = "unknown slot or product"
    REPEATED = "second change to one slot"
    FORM = "not of the slot's form"
    NOT_SAID = "not said"
    THROWN_OUT = "said only to reject it"
    CROWDED = "too many for the words"
    NOT_HELD = "nothing held to change"


class Believed(NamedTuple):
    """The changes that the line bears, and how many others were dropped, by reason."""

    changes: Changes
    dropped: Counter[Dropped]


class Judge:
    """Weighs differences against the lines they are told of, for one pack."""

    def __init__(self, pack: Pack) -> None:
        self._pack, self._reader = pack, LineReader(pack)

    def believed(self, diff: StateDiff, view: TrackView) -> Believed:
        """What of `diff` the line, and the talk before it, bear out."""
        said = self._reader.said(view)
        return _Case(self._pack, view, said, Bearing(view, said, self._reader)).settled(diff)


class _Case:
    """One difference under judgement."""

    def __init__(self, pack: Pack, view: TrackView, said: Said, bearing: Bearing) -> None:
        self.pack, self.view, self.said, self.bearing = pack, view, said, bearing
        self.dropped: Counter[Dropped] = Counter()
        self.slots: dict[str, SlotChange] = {}
        self.counted: list[SlotChange] = []
        """Products and numbers said, as evidence of the line items."""
        self.quantities: dict[str, Any] = {item.product: item.quantity for item in view.line_items}
        self.focus = view.focus
        self._borne: Counter[tuple[int, int]] = Counter()

    def settled(self, diff: StateDiff) -> Believed:
        """Everything of the difference that holds."""
        for told in diff.set[:MOST]:
            self._drop(self._set(told))
        for told_item in diff.items[:MOST]:
            self._drop(self._item(told_item))
        for removal in diff.remove[:MOST]:
            self._drop(self._removal(removal))
        for slot in diff.confirm[:MOST]:
            self._drop(self._confirm(slot))
        self._drop(self._focus(diff.focus))
        for told_of in (diff.set, diff.items, diff.remove, diff.confirm):
            self.dropped[Dropped.CROWDED] += max(0, len(told_of) - MOST)
        return Believed(self._changes(), +self.dropped)

    def _drop(self, reason: Dropped | None) -> None:
        if reason:
            self.dropped[reason] += 1

    def _set(self, told: SlotSet) -> Dropped | None:
        """A slot of the talk set to a value."""
        if told.slot not in self.pack.slots or told.slot in FOLLOW_FOCUS:
            return Dropped.UNKNOWN
        if told.slot in self.slots:
            return Dropped.REPEATED
        value = normal_form(told.slot, told.value)
        if value is None:
            return Dropped.FORM
        if told.slot == "budget":
            value["currency"] = self._currency()
        if self.said.throws_out(told.slot, value):
            return Dropped.THROWN_OUT
        words = self.bearing.slot(told.slot, value, told.words)
        if words is None:
            held = self.view.slots.get(told.slot)
            return None if held and held.value == value else Dropped.NOT_SAID
        if not self._bears_one_more(words):
            return Dropped.CROWDED
        self.slots[told.slot] = _change(told.slot, value, words)
        return None

    def _currency(self) -> Any:
        """The currency of the amounts said, else of the one held, else of the pack."""
        amounts = [reading.value for reading in self.said.readings("budget")]
        held = self.view.slots.get("budget")
        amounts += [held.value] if held and isinstance(held.value, dict) else []
        return next((amount["currency"] for amount in amounts if amount.get("currency")), self.pack.currency)

    def _bears_one_more(self, words: Words) -> bool:
        """Whether words may carry another slot."""
        self._borne[words.start, words.end] += 1
        return self._borne[words.start, words.end] <= SHARED

    def _item(self, told: ItemSet) -> Dropped | None:
        """A product of the deal, and how many of it."""
        product = told.product or self.view.focus
        if product is None:
            return self._loose(told)
        if self.pack.product(product) is None:
            return Dropped.UNKNOWN
        held, before = product in self.quantities, self.quantities.get(product)
        quantity = before if told.quantity is None else count(told.quantity)
        if told.quantity is not None and quantity is None:
            return Dropped.FORM
        if self.said.throws_out("product", product):
            return Dropped.THROWN_OUT
        named = self.bearing.product(product, told.words)
        counted = self._count(told) if told.quantity is not None else None
        if held and quantity == before:
            self._note(("product", product, named if told.product else None), ("quantity", quantity, counted))
            return None
        if named is None or (told.quantity is not None and counted is None):
            return Dropped.NOT_SAID
        self.quantities[product] = quantity
        self._note(("product", product, named if told.product else None), ("quantity", quantity, counted))
        return None

    def _count(self, told: ItemSet) -> Words | None:
        """The words for the number of an item."""
        quantity = count(told.quantity)
        if quantity is None or self.said.throws_out("quantity", quantity):
            return None
        return self.bearing.count(quantity, told.words)

    def _loose(self, told: ItemSet) -> Dropped | None:
        """A number before any product is known."""
        quantity, words = count(told.quantity), self._count(told)
        if quantity is None:
            return Dropped.FORM
        if words is None:
            return Dropped.NOT_SAID
        self._note(("quantity", quantity, words))
        return None

    def _note(self, *said: tuple[str, Any, Words | None]) -> None:
        for slot, value, words in said:
            if words is not None and place_of(words.text, self.view.text):
                self.counted.append(_change(slot, value, words))

    def _removal(self, told: Removal) -> Dropped | None:
        """A value, a product or a number of one, given up."""
        words = place_of(told.words, self.view.text)
        if told.slot not in self.pack.slots:
            return Dropped.UNKNOWN
        if words is None or not self._takes_back():
            return Dropped.NOT_SAID
        if told.slot in FOLLOW_FOCUS:
            return self._item_removal(told, words)
        held = self.view.slots.get(told.slot)
        if held is None or held.value is None:
            return Dropped.NOT_HELD
        self.slots.setdefault(told.slot, _change(told.slot, None, words))
        return None

    def _takes_back(self) -> bool:
        denied = self.view.understanding.has("deny") or self.said.rejects
        return denied or _TAKES_BACK.search(self.view.text) is not None

    def _item_removal(self, told: Removal, words: Words) -> Dropped | None:
        product = told.product or self.view.focus
        if product is None and told.slot == "quantity" and "quantity" in self.view.slots:
            self.counted.append(_change("quantity", None, words))
            return None
        if product not in self.quantities:
            return Dropped.NOT_HELD
        if told.slot == "product":
            del self.quantities[product]
        else:
            self.quantities[product] = None
        return None

    def _confirm(self, slot: str) -> Dropped | None:
        """A value that was read back and agreed to."""
        held = self.view.slots.get(slot)
        asked = self.view.expecting == f"confirm:{slot}"
        if not asked or held is None or held.value is None:
            return Dropped.NOT_HELD
        if slot in self.slots or not self._agrees():
            return Dropped.NOT_SAID
        self.slots[slot] = SlotChange(slot=slot, value=held.value, confirms=True)
        return None

    def _agrees(self) -> bool:
        heard = self.view.understanding
        return heard.intent != "deny" and (heard.has("affirm") or _AGREES.search(self.view.text) is not None)

    def _focus(self, told: str | None) -> Dropped | None:
        """The product talked of from now on: the one told; without one the first that is new."""
        if told is not None and told not in self.quantities:
            return Dropped.UNKNOWN
        before = {item.product for item in self.view.line_items}
        fresh = [product for product in self.quantities if product not in before]
        if told:
            self.focus = told
        elif fresh and self.focus not in self.quantities:
            self.focus = fresh[0]
        if self.view.focus is None and self.focus and self.quantities[self.focus] is None:
            loose = self.view.slots.get("quantity")
            self.quantities[self.focus] = loose.value if loose else None
        return None

    def _changes(self) -> Changes:
        items = tuple(LineItem(product=name, quantity=number) for name, number in self.quantities.items())
        focus = self.focus if self.focus in self.quantities else None
        return Changes(
            slots=(*self.slots.values(), *self.counted),
            line_items=None if items == self.view.line_items else items,
            focus=None if focus == self.view.focus else focus,
        )


def _change(slot: str, value: Any, words: Words) -> SlotChange:
    return SlotChange(
        slot=slot,
        value=value,
        text=words.text,
        start=words.start,
        end=words.end,
        confidence=words.confidence,
    )
