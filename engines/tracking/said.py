"""What our own readers find in a line: the values that it can bear, whatever a model says of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from core.pack import Pack
from core.types import Mention
from engines.normalise.money import find_money
from engines.normalise.quantity import bare as bare_quantity
from engines.normalise.time import demo_time_of, find_times, timeline_of
from engines.tracking.base import TrackView
from engines.understanding.embedded import unit_words
from engines.understanding.lexicon import Lexicon
from engines.understanding.products import ProductLinker
from engines.understanding.sight import Sight, look

UNSURE = 0.6
"""Confidence of a value that only stands in the line; the understanding made nothing of it."""

EARLY = 8
"""Hours below this one may be of the afternoon where the talk was of the afternoon."""


class Reading(NamedTuple):
    """A value that the line says of a slot, and where."""

    value: Any
    start: int
    end: int
    confidence: float


class Said:
    """The readings of one line by slot, the values that it throws out, and its plain numbers."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.counts: list[Reading] = []
        """Numbers that are no part of a price, a weight, a time, a number to call or a name."""
        self._found: defaultdict[str, list[Reading]] = defaultdict(list)
        self._stated: defaultdict[str, list[Any]] = defaultdict(list)
        self._thrown: defaultdict[str, list[Any]] = defaultdict(list)

    def add(self, slot: str, value: Any, start: int, end: int, confidence: float) -> None:
        """A value that the line says of `slot`."""
        self._found[slot].append(Reading(value, start, end, confidence))

    def mentioned(self, mention: Mention) -> None:
        """What the understanding of the line has found; what a correction throws out is kept apart."""
        if mention.negated:
            self._thrown[mention.slot].append(mention.value)
        elif mention.value is not None:
            self._stated[mention.slot].append(mention.value)
            self.add(mention.slot, mention.value, mention.start, mention.end, mention.confidence)

    def readings(self, slot: str) -> list[Reading]:
        """All values of `slot`, the understanding's first."""
        return self._found[slot]

    def find(self, slot: str, value: Any) -> Reading | None:
        """The reading that gives just this value."""
        return next((reading for reading in self._found[slot] if reading.value == value), None)

    def throws_out(self, slot: str, value: Any) -> bool:
        """Whether the line names the value only to reject it: the twenty of `not twenty, twelve`."""
        return value in self._thrown[slot] and value not in self._stated[slot]

    @property
    def rejects(self) -> bool:
        """Whether the line throws any value out."""
        return any(self._thrown.values())


class LineReader:
    """Reads lines with the readers of the understanding engine, for one pack."""

    def __init__(self, pack: Pack) -> None:
        self._linker, self._lexicon = ProductLinker(pack), Lexicon(pack.lexicon)
        self._units = unit_words(pack)

    def said(self, view: TrackView) -> Said:
        """The readings of the customer's line."""
        said = Said(view.text)
        for mention in view.understanding.mentions:
            said.mentioned(mention)
        sight = look(view.text, view.now, self._linker, self._lexicon, self._units)
        for slot, value, start, end in (
            *self._named(sight),
            *_classed(sight),
            *_amounts(sight, view.expecting),
            *_times(view.text, view.now, _held(view, "demo_time")),
        ):
            said.add(slot, value, start, end, UNSURE)
        said.counts += [Reading(value, start, end, UNSURE) for value, start, end in _counts(sight)]
        return said

    def products(self, text: str) -> set[str]:
        """The products that a line names."""
        return {link.product for link in self._linker.link(text) if link.product}

    def canonical(self, slot: str, words: str) -> set[str]:
        """Values of the pack's lexicon that the words are a way to say, or sound like."""
        found = (self._lexicon.canonical(slot, words), self._lexicon.heard_as(slot, words))
        return {value for value in found if value}

    def _named(self, sight: Sight) -> Iterator[tuple[str, Any, int, int]]:
        """Products, also those that a family word may mean; places, people, values of the lexicon."""
        for link in sight.links:
            if link.product:
                yield "product", link.product, link.start, link.end
        for part in self._linker.parts(sight.text):
            for product in sorted(part.products):
                yield "product", product, part.start, part.end
        for place in sight.places:
            yield "location", place.name, place.start, place.end
        for person in sight.people:
            yield "contact_name", sight.text[slice(*person.name)], *person.name
        for hit in sight.known:
            slots = ("competitor", "current_supplier") if hit.kind == "competitor" else (hit.kind,)
            for slot in slots:
                yield slot, hit.value, hit.start, hit.end


def _held(view: TrackView, slot: str) -> str | None:
    held = view.slots.get(slot)
    return held.value if held and isinstance(held.value, str) else None


def _classed(sight: Sight) -> Iterator[tuple[str, Any, int, int]]:
    """The customer's part in the decision, and how they want to pay."""
    for slot, one in (("decision_role", sight.role), ("payment_term", sight.term)):
        if one:
            yield slot, one.value, one.start, one.end


def _amounts(sight: Sight, expecting: str | None) -> Iterator[tuple[str, Any, int, int]]:
    """Counts, money, weights, numbers to call."""
    for quantity in sight.quantities:
        yield "quantity", quantity.value, quantity.start, quantity.end
    if not sight.quantities and (count := bare_quantity(sight.text)):
        yield "quantity", count.value, count.start, count.end
    money = (*((sight.budget,) if sight.budget else ()), *sight.money)
    for amount in (*money, *find_money(sight.text, default_unit_wan=True)):
        yield "budget", amount.value, amount.start, amount.end
    for measure in sight.measures:
        if measure.dimension == "mass":
            yield "payload_kg", measure.value, measure.start, measure.end
    if expecting == "payload_kg":
        for number in sight.numbers:
            yield "payload_kg", number.value, number.start, number.end
    for slot, contacts in (("phone", sight.phones), ("email", sight.emails)):
        for contact in contacts:
            yield slot, contact.value, contact.start, contact.end


def _times(text: str, now: datetime, earlier: str | None) -> Iterator[tuple[str, Any, int, int]]:
    """When the goods are wanted, and when to meet; a day or an hour alone moves the meeting held."""
    spans = find_times(text, now)
    if wanted := timeline_of(text, now):
        yield "timeline", wanted.iso, wanted.start, wanted.end
    if meeting := demo_time_of(text, now, earlier):
        yield "demo_time", meeting.iso, meeting.start, meeting.end
        day, _, clock = meeting.iso.partition("T")
        if clock and int(clock[:2]) < EARLY:
            yield "demo_time", f"{day}T{int(clock[:2]) + 12}{clock[2:]}", meeting.start, meeting.end
    for span in spans:
        if span.kind not in ("time", "datetime"):
            yield "timeline", span.iso, span.start, span.end
        if span.kind in ("date", "datetime"):
            yield "demo_time", span.iso, span.start, span.end
        if span.kind == "date" and earlier and "T" in earlier:
            yield "demo_time", span.iso + earlier[10:], span.start, span.end


def _counts(sight: Sight) -> Iterator[tuple[Any, int, int]]:
    """Whole numbers that nothing else claims."""
    taken = [
        (each.start, each.end)
        for kind in (sight.measures, sight.money, sight.times, sight.phones, sight.emails, sight.links)
        for each in kind
    ]
    for number in sight.numbers:
        free = all(number.end <= start or end <= number.start for start, end in taken)
        for value in {number.low, number.high, number.value} if free else ():
            if float(value).is_integer():
                yield int(value), number.start, number.end
