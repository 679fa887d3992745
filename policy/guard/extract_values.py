"""Reads numbers with units: durations, sizes, weights, counts; and bare numbers, which others may claim."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from engines.normalise.numbers import Number, find_numbers
from policy.guard.lexicon import data, lexicon
from policy.guard.values import Value

Span = tuple[int, int]
_BETWEEN = re.compile(r"\s*(?:到|至|或者?|-|~|to|and|or)\s*", re.IGNORECASE)
_GAP = re.compile(r"[ -]?")
_SMALL_COUNT = re.compile(r"[个种点位句项步样款份次条]")
BARE = "bare"


@dataclass(frozen=True, slots=True)
class _Unit:
    pattern: re.Pattern[str]
    scale: tuple[str, float]


@cache
def _units() -> tuple[_Unit, ...]:
    table = data("units.yaml")
    rows = [
        (pattern, (family, factor)) for family, rows in table["families"].items() for pattern, factor in rows
    ]
    rows += [(pattern, (family, 1)) for family, patterns in table["counts"].items() for pattern in patterns]
    return tuple(_Unit(re.compile(pattern, re.IGNORECASE), scale) for pattern, scale in rows)


@cache
def unit_at(tail: str) -> tuple[tuple[tuple[str, float], ...], int]:
    """The unit that `tail` starts with, as scales, and its length; the longest reading wins, ties all count."""
    hits = [(unit.scale, match.end()) for unit in _units() if (match := unit.pattern.match(tail))]
    longest = max((end for _, end in hits), default=0)
    return tuple(scale for scale, end in hits if end == longest), longest


def read_values(text: str, taken: Sequence[Span]) -> list[Value]:
    """Values of a cleaned text, left to right; a number without a known unit has the family `bare`.

    Numbers that touch a span of `taken` (product names, dates, telephone numbers) are left aside.
    """
    numbers = [
        n for n in find_numbers(text) if not any(n.start < end and n.end > start for start, end in taken)
    ]
    numbers = [n for n in numbers if not (n.text == "半" and text[n.start - 1 : n.start] in "上下前后")]
    found, skip = [], -1
    for place, number in enumerate(numbers):
        if place == skip:
            continue
        following = numbers[place + 1] if place + 1 < len(numbers) else None
        joined = following is not None and _BETWEEN.fullmatch(text[number.end : following.start])
        if joined and following and following.low > number.low and _same_kind(text, number, following):
            found.append(_value(text, number, following))
            skip = place + 1
        else:
            found.append(_value(text, number, number))
    return found


def _same_kind(text: str, first: Number, second: Number) -> bool:
    """A range has a unit behind its upper end only, and `and` joins one only after `between`."""
    joint = text[first.end : second.start].strip().lower()
    return joint != "and" or "between" in text[max(0, first.start - 10) : first.start].lower()


def _value(text: str, first: Number, last: Number) -> Value:
    gap = _GAP.match(text, last.end)
    begin = gap.end() if gap else last.end
    scales, length = unit_at(text[begin : begin + 16])
    end = begin + length if length else last.end
    around = text[max(0, first.start - 3) : first.start]
    return Value(
        low=first.low,
        high=last.high,
        scales=scales or ((BARE, 1.0),),
        text=text[first.start : end],
        start=first.start,
        end=end,
        hedged=bool(lexicon().has("hedged", around + " " + text[end : end + 3]) or first.text[-1:] in "多来"),
    )


def is_trifle(value: Value, text: str) -> bool:
    """A small count of no particular thing (两个方案, 三点), which commits to nothing."""
    return value.families == {BARE} and value.high <= 10 and bool(_SMALL_COUNT.match(text, value.end))
