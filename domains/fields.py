"""Typed fields out of spots and cells: each reader adds a fault and returns a harmless value."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from core.pack import Text, Texts
from core.types import Lang
from domains.labels import LANGS
from domains.read import Faults, Place, Spot

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FLAGS = {"true": True, "yes": True, "false": False, "no": False}


def hint(word: str, known: Iterable[str]) -> str:
    """` (did you mean X?)` for a near miss, ` (one of: ...)` for a short list, or nothing."""
    words = list(known)
    near = get_close_matches(word, words, 1)
    if near:
        return f" (did you mean {near[0]}?)"
    return f" (one of: {', '.join(words)})" if 0 < len(words) <= 8 else ""


def parse_number(text: str) -> float | None:
    """A finite decimal number, None for anything else."""
    value = float(text) if _NUMBER.fullmatch(text) else math.inf
    return value if math.isfinite(value) else None


def parse_day(text: str) -> date | None:
    """A day `YYYY-MM-DD`, None for anything else."""
    if not _DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@dataclass(frozen=True)
class Reader:
    """Reads fields; `langs` are the pack's languages, the main one first."""

    faults: Faults
    langs: tuple[Lang, ...] = LANGS

    def record(self, spot: Spot, known: Collection[str], required: Iterable[str] = ()) -> dict[str, Spot]:
        """The fields of a mapping; unknown and missing ones are faults."""
        if not isinstance(spot.value, dict):
            self.faults.add(spot.at, f"expected the fields {', '.join(known)}")
            return {}
        for key, value in spot.value.items():
            if key not in known:
                self.faults.add(value.key, f"unknown key {key!r}{hint(key, known)}")
        for key in required:
            if key not in spot.value or spot.value[key].value is None:
                self.faults.add(spot.at, f"missing key {key!r}")
        return {k: v for k, v in spot.value.items() if k in known and v.value is not None}

    def entries(self, spot: Spot | None) -> Iterator[tuple[str, Spot]]:
        """The pairs of a mapping whose keys are the author's own."""
        if spot is None or spot.value is None:
            return
        if not isinstance(spot.value, dict):
            self.faults.add(spot.at, "expected keys with values")
        yield from spot.mapping.items()

    def items(self, spot: Spot | None) -> Iterator[Spot]:
        """The items of a list."""
        if spot is None or spot.value is None:
            return
        if not isinstance(spot.value, tuple):
            self.faults.add(spot.at, "expected a list")
        yield from spot.items

    def word(self, spot: Spot | None) -> str:
        """One stripped text, empty where there is none."""
        if spot is None:
            return ""
        if not isinstance(spot.value, str) or not spot.value.strip():
            self.faults.add(spot.at, "expected a text")
            return ""
        return spot.value.strip()

    def words(self, spot: Spot | None) -> tuple[str, ...]:
        """A list of texts; a single text is a list of one."""
        return tuple(word for word, _ in self.placed_words(spot))

    def placed_words(self, spot: Spot | None) -> Iterator[tuple[str, Place]]:
        """Like `words`, each with its line."""
        single = spot is not None and isinstance(spot.value, str)
        for item in (spot,) if single else self.items(spot):
            word = self.word(item)
            if word and item is not None:
                yield word, item.at

    def one_of(self, spot: Spot | None, known: Collection[str], what: str, default: str = "") -> str:
        """A word out of `known`; `default` where it is missing or unknown."""
        word = self.word(spot)
        if not word or spot is None:
            return default
        return word if self.knows(word, spot.at, known, what) else default

    def many_of(self, spot: Spot | None, known: Collection[str] | None, what: str) -> tuple[str, ...]:
        """A list of words out of `known`; None takes any."""
        return tuple(
            word for word, at in self.placed_words(spot) if known is None or self.knows(word, at, known, what)
        )

    def knows(self, word: str, at: Place, known: Collection[str], what: str) -> bool:
        if word not in known:
            self.faults.add(at, f"unknown {what} {word!r}{hint(word, known)}")
        return word in known

    def text(self, spot: Spot | None) -> Text:
        """A text by language; a plain one is in the main language."""
        return {lang: self.word(part) for lang, part in self.by_lang(spot) if self.word(part)}

    def texts(self, spot: Spot | None) -> Texts:
        """Lists of texts by language; a plain list is in the main language."""
        return {lang: self.words(part) for lang, part in self.by_lang(spot)}

    def by_lang(self, spot: Spot | None, *, needed: bool = True) -> Iterator[tuple[Lang, Spot]]:
        """The parts of a value in the languages of the pack; a fault where it is `needed` and has none of them."""
        if spot is None or spot.value is None:
            return
        if not isinstance(spot.value, dict):
            yield self.langs[0], spot
            return
        for lang, part in spot.value.items():
            if lang not in LANGS:
                cause = " (quote a text that has a comma)" if part.value is None else hint(lang, LANGS)
                self.faults.add(part.key, f"unknown language {lang!r}{cause}")
        kept = [(lang, spot.value[lang]) for lang in self.langs if lang in spot.value]
        if needed and not kept:
            self.faults.add(spot.at, f"no text in {' or '.join(self.langs)}")
        yield from kept

    def number(self, spot: Spot | None) -> float | None:
        word = self.word(spot)
        value = parse_number(word)
        if word and value is None and spot is not None:
            self.faults.add(spot.at, f"not a number: {word!r}")
        return value

    def whole(self, spot: Spot | None) -> int | None:
        value = self.number(spot)
        if value is not None and spot is not None and value != int(value):
            self.faults.add(spot.at, f"not a whole number: {value}")
        return None if value is None else int(value)

    def flag(self, spot: Spot | None) -> bool:
        word = self.word(spot).lower()
        if word and word not in _FLAGS and spot is not None:
            self.faults.add(spot.at, f"expected true or false, not {word!r}")
        return _FLAGS.get(word, False)

    def day(self, text: str, at: Place) -> date | None:
        value = parse_day(text)
        if text and value is None:
            self.faults.add(at, f"not a date like 2026-12-31: {text!r}")
        return value

    def validity(self, fields: dict[str, Spot], at: Place) -> tuple[date | None, date | None]:
        """`valid_from` and `valid_until` of a record, in order."""
        days = [self.day(self.word(fields[k]), fields[k].at) if k in fields else None for k in VALIDITY]
        return self.span(days[0], days[1], at)

    def span(self, first: date | None, last: date | None, at: Place) -> tuple[date | None, date | None]:
        """Two days, with a fault where the first comes after the last."""
        if first and last and first > last:
            self.faults.add(at, f"valid_from {first} is after valid_until {last}")
        return first, last


VALIDITY = ("valid_from", "valid_until")
