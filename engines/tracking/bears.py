"""Whether a line bears a value that a model tells: nothing enters the state that nobody said."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any, NamedTuple

from core.types import SlotValue, Understanding
from engines.normalise.digits import digit_runs
from engines.tracking.base import TrackView
from engines.tracking.forms import TERMS, bounds_of
from engines.tracking.said import UNSURE, LineReader, Reading, Said
from engines.understanding.surfaces import squeeze
from engines.understanding.text import fold, sounds

EXACT = frozenset({"email", "payload_kg", "timeline", "demo_time", "decision_role"})
"""Slots whose value one of our readers must find in the line itself."""
SHORT_NAMES = frozenset({"contact_name", "title"})
"""Slots that one character may fill: 王, 总."""
_HALVES = re.compile(r"半|翻倍|翻一番|\b(?:half|double|twice)\b", re.IGNORECASE)
_LISTED = re.compile(r"[,，、;；]\s*")


class Words(NamedTuple):
    """Where a value stands in the line, and how sure that is."""

    text: str
    start: int
    end: int
    confidence: float


def place_of(words: str, line: str) -> Words | None:
    """Where the words stand in the line, letter case and width aside; None where they do not."""
    sought = fold(words.strip())
    start = fold(line).find(sought) if sought else -1
    end = start + len(sought)
    return Words(line[start:end], start, end, UNSURE) if start >= 0 else None


def words_of(reading: Reading, said: Said) -> Words:
    """The words that a reading was made from."""
    return Words(said.text[reading.start : reading.end], reading.start, reading.end, reading.confidence)


def values_held(held: SlotValue | None) -> list[Any]:
    """The value of a slot and those it had before."""
    if held is None:
        return []
    return [value for value in (held.value, *(old.value for old in held.earlier)) if value is not None]


class Bearing:
    """One line, what was held before it, and what they bear."""

    def __init__(self, view: TrackView, said: Said, reader: LineReader) -> None:
        self.view, self.said, self._reader = view, said, reader

    def slot(self, slot: str, value: Any, words: str) -> Words | None:
        """The words for a value in normal form; None where neither the line nor the talk before it has it."""
        place = place_of(words, self.said.text)
        if reading := self.said.find(slot, value):
            return words_of(reading, self.said)
        if slot == "budget":
            return self._amount(slot, value, place)
        if place and value in values_held(self.view.slots.get(slot)):
            return place
        if slot == "phone":
            return self._tail(value)
        if place and slot == "decision_role":
            return self._role(place)
        if slot == "demo_time" and place and self._was_offered(value):
            return place
        if slot in EXACT or (slot == "payment_term" and value in TERMS):
            return None
        return self._worded(slot, value, place)

    def product(self, product: str, words: str) -> Words | None:
        """The words that name or point to a product: one named here or earlier in the talk."""
        if reading := self.said.find("product", product):
            return words_of(reading, self.said)
        return place_of(words, self.said.text) if product in self._talked_of else None

    def count(self, value: Any, words: str) -> Words | None:
        """The words for a number of goods: said, held before, or the one put to or taken from the other; half, twice."""
        reading = self.said.find("quantity", value)
        if reading:
            return words_of(reading, self.said)
        held = {figure for count in self._counts_held() for figure in bounds_of(count)}
        told = [*self.said.readings("quantity"), *self.said.counts]
        figures = {figure for one in told for figure in bounds_of(one.value)}
        reached = {figure + more for figure in held for more in figures}
        reached |= {figure - less for figure in held for less in figures}
        if _HALVES.search(self.said.text):
            reached |= {figure // 2 for figure in held} | {figure * 2 for figure in held}
        place = place_of(words, self.said.text)
        return place if bounds_of(value) <= held | figures | reached else None

    @cached_property
    def _talked_of(self) -> set[str]:
        """Products of the deal, those that were in focus, those that the robot named or the record knows."""
        view = self.view
        named = {item.product for item in view.line_items} | set(values_held(view.slots.get("product")))
        named |= {product for product in (view.focus, view.recommended, view.bought_before) if product}
        spoken = (view.last_robot, *(line.text for line in view.lines if line.who == "robot"))
        return named.union(*(self._reader.products(text) for text in spoken))

    def _counts_held(self) -> Iterator[Any]:
        yield from (item.quantity for item in self.view.line_items if item.quantity is not None)
        yield from values_held(self.view.slots.get("quantity"))

    def _amount(self, slot: str, value: dict[str, Any], place: Words | None) -> Words | None:
        """A range whose limits are said here or held; all of them held, the words point back to it."""
        told = self.said.readings(slot)
        plain = {figure for number in self.said.counts for figure in bounds_of(number.value)}
        figures = plain | {figure for reading in told for figure in bounds_of(reading.value)}
        held = {figure for one in values_held(self.view.slots.get(slot)) for figure in bounds_of(one)}
        wanted = bounds_of(value)
        if not wanted <= figures | held:
            return None
        here = (reading for reading in told if wanted & bounds_of(reading.value))
        reading = next(here, None)
        return words_of(reading, self.said) if reading else place

    def _tail(self, value: str) -> Words | None:
        """A number held whose last digits are said anew: 尾号是四四幺二."""
        for run in reversed(digit_runs(self.said.text)):
            head = value.removesuffix(run.digits)
            heads = {str(held)[: -len(run.digits)] for held in values_held(self.view.slots.get("phone"))}
            if head != value and head and head in heads:
                return Words(self.said.text[run.start : run.end], run.start, run.end, UNSURE)
        return None

    def _role(self, place: Words) -> Words | None:
        """A wording that no reader classes, in answer to the question who decides."""
        asked = self.view.expecting == "decision_role"
        return place if asked and not self.said.readings("decision_role") else None

    def _was_offered(self, value: str) -> bool:
        """Whether the robot's last line offered the time, and the customer agrees."""
        if not self.view.understanding.has("affirm"):
            return False
        before = {"text": self.view.last_robot, "understanding": Understanding()}
        return self._reader.said(self.view.model_copy(update=before)).find("demo_time", value) is not None

    def _worded(self, slot: str, value: str, place: Words | None) -> Words | None:
        """Free words: the value stands in the words, or they are a known way to say or to mishear it."""
        if place is None or (len(value) < 2 and slot not in SHORT_NAMES):
            return None
        if value in self._reader.canonical(slot, place.text):
            return place
        heard = squeeze(place.text)[0]
        parts = [squeeze(part)[0] for part in _LISTED.split(value)]
        return place if all(part and _sounds_in(part, heard) for part in parts) else None


def _sounds_in(part: str, words: str) -> bool:
    """Whether the part is in the words, perhaps as a recogniser misheard it."""
    sought, heard = sounds(part), sounds(words)
    return any(heard[at : at + len(sought)] == sought for at in range(len(heard) - len(sought) + 1))
