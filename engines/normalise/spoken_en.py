"""Reads English number words: one hundred and thirty eight thousand, a dozen, one point five million."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_SMALL = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
ONES = {word: value for value, word in enumerate(_SMALL)}
_TY = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_TENS = {word: 10 * value for value, word in enumerate(_TY, start=2)} | {"fourty": 40}
SCALES = {"thousand": 10**3, "grand": 10**3, "k": 10**3, "million": 10**6, "mn": 10**6, "billion": 10**9}
GROUPS = {"dozen": 12, "couple": 2, "pair": 2}

_WORD = "|".join(sorted([*ONES, *_TENS, *SCALES, *GROUPS, "hundred", "half", "point"], key=len, reverse=True))
_A = r"an?(?=[ -]+(?:hundred|thousand|million|billion|dozen|couple|pair|grand|half)\b)"
_BEGIN = "|".join(sorted([*ONES, *_TENS, "dozen", "half", "couple"], key=len, reverse=True))
RUN = (
    rf"(?<![A-Za-z])(?:{_A}|(?:{_BEGIN})(?![A-Za-z]))"
    rf"(?:(?:[ -]|\s+and\s+)(?:{_A}|(?:{_WORD})(?![A-Za-z0-9])))*"
)
_PIECE = re.compile(rf"{_A}|(?:{_WORD}|and)(?![A-Za-z])", re.IGNORECASE)
_LETTER = re.compile(r"(?:^|[^A-Za-z'’])[b-hj-zB-HJ-Z][ -]$")
_NOT_A_ONE = re.compile(
    r"\b(?:this|that|the|which|no|any|every|another|each|big|bigger|small|smaller|new|old|other|"
    r"right|wrong|only|"
    r"cheaper|better|same|some|first|last|next|good)[ -]$",
    re.IGNORECASE,
)


class Words(NamedTuple):
    """A number in words and the span of the words."""

    value: float
    start: int
    end: int


def read_words(text: str, start: int, end: int) -> list[Words]:
    """The numbers that a run of number words (see RUN) holds; a run may hold several."""
    pieces = [
        (found.group().lower(), found.start(), found.end()) for found in _PIECE.finditer(text, start, end)
    ]
    found = _digit_string(pieces) or list(_split(pieces))
    if found and _LETTER.search(text[max(0, start - 3) : start]):
        found = found[1:]
    if (
        found
        and text[found[0].start : found[0].end].lower() == "one"
        and _NOT_A_ONE.search(text[max(0, start - 12) : start])
    ):
        found = found[1:]
    return found


def _digit_string(pieces: list[tuple[str, int, int]]) -> list[Words]:
    """Three and more single digits in a row are one number read out digit by digit."""
    if len(pieces) < 3 or not all(ONES.get(word, 10) < 10 for word, _, _ in pieces):
        return []
    value = float("".join(str(ONES[word]) for word, _, _ in pieces[:18]))
    return [Words(value, pieces[0][1], pieces[-1][2])]


def _split(pieces: list[tuple[str, int, int]]) -> Iterator[Words]:
    at = 0
    while at < len(pieces):
        reader = _Reader()
        first = at
        while at < len(pieces) and reader.take(
            pieces[at][0], [word for word, _, _ in pieces[at + 1 : at + 3]]
        ):
            at += 1
        last = at - 1
        while last >= first and pieces[last][0] in ("and", "a", "an", "point"):
            last -= 1
        if last >= first:
            yield Words(round(reader.value, 6), pieces[first][1], pieces[last][2])
        at = max(at, first + 1)


class _Reader:
    """Adds words up; `last` is the kind of the word before."""

    def __init__(self) -> None:
        self.total = self.current = 0.0
        self.scale = 10.0**12
        self.last = ""
        self.place = 1.0

    @property
    def value(self) -> float:
        return self.total + self.current

    def take(self, word: str, ahead: list[str]) -> bool:
        """Adds `word`; False where it cannot continue the number."""
        if word in ONES:
            return self._ones(ONES[word])
        if word in _TENS:
            return self.last in ("", "hundred", "scale", "and") and self._add(_TENS[word], "tens")
        if word == "hundred":
            return (
                self.last in ("a", "ones", "tens") and 0 < self.current < 100 and self._times(100, "hundred")
            )
        if word in SCALES:
            return self._scale(SCALES[word])
        if word in GROUPS:
            return self.last in ("", "a", "ones", "tens", "half") and self._group(GROUPS[word])
        return self._glue(word, ahead)

    def _glue(self, word: str, ahead: list[str]) -> bool:
        following = ahead[0] if ahead else ""
        if word in ("a", "an"):
            if self.last == "and" or (self.last == "half" and following not in ("", "half")):
                self.last = "a" if self.last == "and" else "half"
                return True
            return self.last == "" and self._add(0 if following in ("half", *GROUPS) else 1, "a")
        if word == "half":
            whole = self.scale if self.total and not self.current else 1
            return self.last in ("", "a") and self._add(0.5 * whole, "half")
        if word == "point":
            self.last, usable = "point", self.last in ("ones", "tens") and ONES.get(following, 10) < 10
            return usable
        half = ahead[:2] == ["a", "half"]
        usable = self.last in (("ones", "tens", "hundred", "scale") if half else ("hundred", "scale"))
        usable = usable and bool(following)
        self.last = "and" if usable else self.last
        return usable

    def _ones(self, value: int) -> bool:
        if self.last in ("point", "fraction"):
            self.place /= 10
            return value < 10 and self._add(value * self.place, "fraction")
        if self.last == "tens":
            return 0 < value < 10 and self._add(value, "ones")
        return self.last in ("", "hundred", "scale", "and") and self._add(value, "ones")

    def _add(self, value: float, kind: str) -> bool:
        self.current += value
        self.last = kind
        return True

    def _times(self, factor: float, kind: str) -> bool:
        self.current *= factor
        self.last = kind
        return True

    def _scale(self, scale: float) -> bool:
        if scale >= self.scale or self.current == 0 or self.last in ("and", "point", "scale"):
            return False
        self.total += self.current * scale
        self.current, self.scale, self.last = 0.0, scale, "scale"
        return True

    def _group(self, size: int) -> bool:
        self.current = (self.current or 1) * size
        self.last = "group"
        return True
