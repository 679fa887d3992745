"""Numbers of a question against numbers of tables: the one of 9 元, those below 50 元, the lightest."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import pairwise

from engines.normalise.numbers import find_numbers
from engines.normalise.plain import fold
from engines.normalise.ranges import bound, joined, limits_around
from retrieval.cells_columns import Kind, kinds, kinds_of
from retrieval.cells_plain import plain

_NUMBER = re.compile(r"[±<>≤≥~约]?\s*(-?\d+(?:\.\d+)?)\s*([a-z%\u3400-\u9fff]*)")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3})")
_HEADED = re.compile(r"[(（/\[]\s*([a-z%\u3400-\u9fff]+)(?:/.*)?\s*[)）\]]?\s*$")
_RANGE = frozenset({"到", "至", "-", "--", "–", "—", "~", "～", "to"})
_SAME = 1e-6
_KEPT = 1 << 18
"""Values whose numbers are kept for the next question."""
_VERSION = frozenset("版期代")


@dataclass(frozen=True)
class Figure:
    """A number of the question: its limits (None is open), its unit in lower case or "", and where it stands."""

    low: float | None
    high: float | None
    unit: str
    start: int
    end: int

    @property
    def limited(self) -> bool:
        """Whether it is a range or a limit."""
        return self.low != self.high


def figures(question: str) -> list[Figure]:
    """The numbers of a question with units and limits (以下, at least, 30到50); none that counts a version.

    Their places are those of `plain(question)`.
    """
    text = fold(unicodedata.normalize("NFKC", question).lower())
    numbers = find_numbers(text)
    found: list[Figure] = []
    for number in numbers:
        gap = len(text[number.end :]) - len(text[number.end :].lstrip())
        unit = _unit_at(text, number.end + gap)
        end = number.end + (gap + len(unit) if unit else 0)
        around = limits_around(text, number.start, end)
        low, high = bound(number.low, number.high, around.kinds - {"about", "nearly", "over"}, widen=False)
        if unit or text[end : end + 1] not in _VERSION:
            found.append(Figure(low, high, unit, number.start, end))
    return [_placed(figure, text) for figure in _ranged(text, found)]


def _placed(figure: Figure, text: str) -> Figure:
    """The figure with its places in the plain text."""
    return replace(figure, start=len(plain(text[: figure.start])), end=len(plain(text[: figure.end])))


def _ranged(text: str, found: Sequence[Figure]) -> list[Figure]:
    """Two numbers joined as a range become one figure."""
    for first, second in pairwise(found):
        if first.high is not None and second.low is not None and first.high < second.low:
            between = joined(text, first.end, second.start)
            if between in _RANGE:
                whole = Figure(first.low, second.high, second.unit or first.unit, first.start, second.end)
                return [whole if one is first else one for one in found if one is not second]
    return list(found)


@cache
def _units() -> tuple[str, ...]:
    """Every unit, the longest first."""
    return tuple(sorted({unit for kind in kinds() for unit in kind.units}, key=lambda unit: -len(unit)))


def _unit_at(text: str, end: int) -> str:
    """The unit that begins at a place, whole words only; "" where none does."""
    for unit in _units():
        after = text[end + len(unit) : end + len(unit) + 1]
        if text.startswith(unit, end) and not (unit.isascii() and after.isascii() and after.isalpha()):
            return unit
    return ""


@lru_cache(_KEPT)
def number_of(value: str) -> tuple[float, str] | None:
    """The number that a value begins with and its unit; None where it begins with none."""
    if (match := _NUMBER.match(_THOUSANDS.sub("", value.lower()))) is None:
        return None
    return float(match[1]), match[2]


def is_measure(value: str) -> bool:
    """Whether a value is a number alone or with a unit, and no name such as 2018版."""
    return (told := number_of(value)) is not None and (not told[1] or told[1] in _units())


def measures(figure: Figure, heading: str, value: str) -> tuple[float, bool] | None:
    """A value of a table as a multiple of the figure's unit, and whether the two share a kind of unit for sure.

    None where it is no number or of another kind: 7 天 measures no price.
    """
    if (told := number_of(value)) is None:
        return None
    number, unit = told
    unit = unit or _unit_of(heading)
    if not figure.unit:
        return number, False
    if figure.unit == unit:
        return number, True
    for kind in _kinds_with(figure.unit):
        if unit in kind.units:
            return number * kind.units[unit] / kind.units[figure.unit], True
        if not unit and kind in kinds_of(heading):
            return number, True
    return None


@cache
def _unit_of(heading: str) -> str:
    """The unit that a heading gives: 价格(元), weight/kg."""
    match = _HEADED.search(heading.lower())
    return match[1] if match else ""


@cache
def _kinds_with(unit: str) -> tuple[Kind, ...]:
    return tuple(kind for kind in kinds() if unit in kind.units)


def fits(figure: Figure, heading: str, value: str) -> bool:
    """Whether a value lies within the figure; a value without a unit may be in the figure's or in the least one."""
    if (measured := measures(figure, heading, value)) is None:
        return False
    return any(_within(figure, number) for number in _readings(figure, measured[0], heading, value))


def _readings(figure: Figure, number: float, heading: str, value: str) -> Iterator[float]:
    """What a value may measure, as multiples of the figure's unit."""
    yield number
    told = number_of(value)
    if figure.unit and told and not told[1] and not _unit_of(heading) and not figure.limited:
        for kind in _kinds_with(figure.unit):
            if kind.units[figure.unit] > 1:
                yield number / kind.units[figure.unit]


def _within(figure: Figure, number: float) -> bool:
    low = figure.low is None or number >= figure.low - _SAME
    return low and (figure.high is None or number <= figure.high + _SAME)


def in_least(heading: str, value: str) -> float | None:
    """The number of a value in the least unit of its kind, for comparisons; None where it begins with none."""
    if (told := number_of(value)) is None:
        return None
    number, unit = told
    unit = unit or _unit_of(heading)
    for kind in kinds_of(heading) or kinds():
        if unit in kind.units:
            return number * kind.units[unit]
    return number
