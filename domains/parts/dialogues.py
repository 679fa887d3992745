"""dialogues.yaml: turns that show a chat model how a line changes the state of a talk."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core.diff import ItemSet, Range, Removal, SlotSet, StateDiff
from core.pack import DialogueExample, Product
from core.types import Lang, LineItem
from domains.fields import Reader
from domains.fill import product_words
from domains.labels import LANGS, SLOTS
from domains.read import Place, Spot, read_yaml

LETTERS = ("A", "B", "C")
"""Stand for products of whichever pack reads the file."""
FIELDS = (*LANGS, "robot", "expecting", "state", "diff")
STATE = ("slots", "earlier", "items", "focus")
DIFF = ("set", "remove", "confirm", "items", "focus")
_NAMED = re.compile(r"<([A-Z])>")
_OF_ITEMS = frozenset({"product", "quantity"})
"""Slots that line items hold."""


def read_dialogues(
    file: Path, products: tuple[Product, ...], slots: tuple[str, ...], reader: Reader
) -> tuple[DialogueExample, ...]:
    """The turns of a file in the languages of the pack.

    Turns about slots that the pack does not use, or about more products than it has, are left out.
    """
    placed = [
        (kind, item)
        for kind, listed in reader.entries(read_yaml(file, reader.faults))
        for item in reader.items(listed)
    ]
    found = []
    for number, (kind, item) in enumerate(placed):
        turn = _Turn(item, _cast(products, number), tuple(row.id for row in products), reader).read(kind)
        if turn and turn.lang in reader.langs and _serves(turn, slots, len(products)):
            found.append(turn)
    return tuple(found)


def _cast(products: tuple[Product, ...], number: int) -> dict[str, Product]:
    """Which product each letter stands for: another one from turn to turn."""
    turned = [products[(number + place) % len(products)] for place in range(len(products))]
    return dict(zip(LETTERS, turned, strict=False))


def _serves(turn: DialogueExample, slots: tuple[str, ...], products: int) -> bool:
    used = {*turn.slots, *turn.earlier, *turn.diff.confirm, *(one.slot for one in turn.diff.set)}
    used |= {one.slot for one in turn.diff.remove}
    if turn.items or turn.diff.items:
        used |= _OF_ITEMS
    letters = set(_NAMED.findall(f"{turn.customer} {turn.robot}")) | (_products(turn) & set(LETTERS))
    return used <= set(slots) and letters <= set(LETTERS[:products])


def _products(turn: DialogueExample) -> set[str | None]:
    """Every product that the turn names by id; a letter that no product stands for is still one."""
    named = {turn.focus, turn.diff.focus, *(item.product for item in turn.items)}
    changed = {item.product for item in turn.diff.items}
    return named | changed | {removal.product for removal in turn.diff.remove}


class _Turn:
    """One turn under way; letters become products of the pack as they are read."""

    def __init__(self, spot: Spot, cast: dict[str, Product], ids: tuple[str, ...], reader: Reader) -> None:
        self.spot, self.cast, self.ids, self.reader = spot, cast, ids, reader
        self.lang: Lang = "zh"
        self.customer = ""

    def read(self, kind: str) -> DialogueExample | None:
        """The turn; None, with a fault, where there is no line of the customer's in one language."""
        fields = self.reader.record(self.spot, FIELDS, ("diff",))
        said = [lang for lang in LANGS if lang in fields]
        if len(said) != 1:
            self.reader.faults.add(self.spot.at, "expected the customer's line once, under zh or en")
            return None
        self.lang = said[0]
        self.customer = self._text(fields[self.lang])
        state = self.reader.record(fields["state"], STATE) if "state" in fields else {}
        diff = self._diff(fields["diff"]) if "diff" in fields else StateDiff(set=[])
        return DialogueExample(
            kind=kind,
            lang=self.lang,
            customer=self.customer,
            robot=self._text(fields.get("robot")),
            expecting=self._expecting(fields.get("expecting")),
            slots=dict(self._values(state.get("slots"))),
            earlier={
                slot: tuple(self._value(slot, item) for item in self.reader.items(spot))
                for slot, spot in self.reader.entries(state.get("earlier"))
                if self.reader.knows(slot, spot.key, SLOTS, "slot")
            },
            items=tuple(self._items(state.get("items"))),
            focus=self._product(state.get("focus")),
            diff=diff,
        )

    def _text(self, spot: Spot | None) -> str:
        """A line with its letters replaced by names of products."""
        return _NAMED.sub(self._name, self.reader.word(spot))

    def _name(self, letter: re.Match[str]) -> str:
        product = self.cast.get(letter[1])
        if product is None:
            return letter.group()
        return min(product_words([product], [self.lang])[self.lang], key=len)

    def _expecting(self, spot: Spot | None) -> str | None:
        """A slot, or `confirm:SLOT`."""
        word = self.reader.word(spot)
        if word and spot:
            self.reader.knows(word.removeprefix("confirm:"), spot.at, SLOTS, "slot")
        return word or None

    def _product(self, spot: Spot | None) -> str | None:
        word = self.reader.word(spot)
        if not word or spot is None:
            return None
        self.reader.knows(word, spot.at, (*self.ids, *LETTERS), "product")
        return self.cast[word].id if word in self.cast else word

    def _values(self, spot: Spot | None) -> Iterator[tuple[str, Any]]:
        for slot, value in self.reader.entries(spot):
            if self.reader.knows(slot, value.key, SLOTS, "slot"):
                yield slot, self._value(slot, value)

    def _value(self, slot: str, spot: Spot | None) -> Any:
        """A value in the form of its slot; ranges as `{min, max}`."""
        if slot in ("budget", "quantity"):
            amount = self._amount(spot)
            return amount.model_dump() if isinstance(amount, Range) else amount
        if slot == "payload_kg":
            number = self.reader.number(spot)
            return int(number) if number is not None and number.is_integer() else number
        return self.reader.word(spot)

    def _amount(self, spot: Spot | None) -> int | Range | None:
        if spot is None or isinstance(spot.value, str):
            return self.reader.whole(spot)
        sides = self.reader.record(spot, ("min", "max"))
        return Range(min=self.reader.whole(sides.get("min")), max=self.reader.whole(sides.get("max")))

    def _items(self, spot: Spot | None) -> Iterator[LineItem]:
        for item in self.reader.items(spot):
            fields = self.reader.record(item, ("product", "quantity"), ("product",))
            if product := self._product(fields.get("product")):
                yield LineItem(product=product, quantity=self._value("quantity", fields.get("quantity")))

    def _diff(self, spot: Spot) -> StateDiff:
        fields = self.reader.record(spot, DIFF)
        return StateDiff(
            set=list(self._sets(fields.get("set"))),
            remove=list(self._removals(fields.get("remove"))),
            confirm=list(self.reader.many_of(fields.get("confirm"), SLOTS, "slot")),
            items=list(self._changed_items(fields.get("items"))),
            focus=self._product(fields.get("focus")),
        )

    def _sets(self, spot: Spot | None) -> Iterator[SlotSet]:
        free = tuple(slot for slot in SLOTS if slot not in _OF_ITEMS)
        for item in self.reader.items(spot):
            fields = self.reader.record(item, ("slot", "value", "words"), ("slot", "value", "words"))
            slot = self.reader.one_of(fields.get("slot"), free, "slot")
            value = self._value(slot, fields.get("value")) if slot else None
            if value is not None:
                wanted = Range(**value) if isinstance(value, dict) else value
                yield SlotSet(slot=slot, value=wanted, words=self._words(fields.get("words"), item.at))

    def _removals(self, spot: Spot | None) -> Iterator[Removal]:
        for item in self.reader.items(spot):
            fields = self.reader.record(item, ("slot", "product", "words"), ("slot", "words"))
            yield Removal(
                slot=self.reader.one_of(fields.get("slot"), SLOTS, "slot"),
                product=self._product(fields.get("product")),
                words=self._words(fields.get("words"), item.at),
            )

    def _changed_items(self, spot: Spot | None) -> Iterator[ItemSet]:
        for item in self.reader.items(spot):
            fields = self.reader.record(item, ("product", "quantity", "words"), ("words",))
            yield ItemSet(
                product=self._product(fields.get("product")),
                quantity=self._amount(fields.get("quantity")),
                words=self._words(fields.get("words"), item.at),
            )

    def _words(self, spot: Spot | None, at: Place) -> str:
        """Words that the difference rests on; a fault where the customer does not say them."""
        words = self._text(spot)
        if words and words not in self.customer:
            self.reader.faults.add(at, f"the words {words!r} are not in the customer's line")
        return words
