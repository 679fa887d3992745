"""Calendar arithmetic and the span type that the readers of dates share."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from re import Match, Pattern
from typing import Literal, NamedTuple

Kind = Literal["date", "datetime", "month", "quarter", "half", "year", "week", "time", "duration"]
Bound = Literal["", "by", "after"]
Point = tuple[Kind, str]
MIDDLE = 15
"""The day that is meant by the middle of a month."""


class TimeSpan(NamedTuple):
    """A time said, and where.

    `iso` by kind: date 2026-12-31, datetime 2026-11-25T10:00, month 2027-03, quarter 2027-Q1, half 2027-H1,
    year 2027, week 2026-W48, time T10:00 (no day was said), duration P2M or P10D.
    """

    kind: Kind
    iso: str
    text: str
    start: int
    end: int
    bound: Bound = ""
    """`by` for a limit (年底前, 两个月内, by June), `after` for 两个月后, empty for a plain time."""


class Piece(NamedTuple):
    """A time in folded text, before the spans are cut."""

    kind: Kind
    iso: str
    start: int
    end: int
    bound: Bound = ""


class Rule(NamedTuple):
    """A pattern and what a match of it means; None where it means nothing (a past or impossible time)."""

    pattern: Pattern[str]
    read: Callable[[Match[str], date], Point | None]
    bound: Callable[[Match[str]], Bound] | None = None


def apply_rules(rules: tuple[Rule, ...], text: str, today: date) -> Iterator[Piece]:
    """Every match of every rule; overlaps are the caller's."""
    for rule in rules:
        for found in rule.pattern.finditer(text):
            point = rule.read(found, today)
            kind, iso = point if point else ("time", "")
            yield Piece(kind, iso, found.start(), found.end(), rule.bound(found) if rule.bound else "")


def choose(pieces: list[Piece]) -> list[Piece]:
    """Settles overlaps: the earlier and longer piece wins; then those that mean nothing fall out."""
    kept: list[Piece] = []
    for piece in sorted(pieces, key=lambda piece: (piece.start, -piece.end)):
        if not kept or piece.start >= kept[-1].end:
            kept.append(piece)
    return [piece for piece in kept if piece.iso]


def day(year: int, month: int, number: int) -> Point | None:
    """The date, None where the calendar has no such day."""
    if not (1 <= month <= 12 and 1 <= year <= 9999 and 1 <= number <= monthrange(year, month)[1]):
        return None
    return "date", date(year, month, number).isoformat()


def month(year: int, number: int) -> Point | None:
    """The month, None where there is none of that number."""
    return ("month", f"{year:04d}-{number:02d}") if 1 <= number <= 12 and 1 <= year <= 9999 else None


def last_day(year: int, number: int) -> Point | None:
    """The last day of a month."""
    return day(year, number, monthrange(year, number)[1]) if 1 <= number <= 12 and 1 <= year <= 9999 else None


def shift_month(today: date, months: int) -> tuple[int, int]:
    """Year and month, `months` after the month of `today`."""
    index = today.year * 12 + today.month - 1 + months
    return index // 12, index % 12 + 1


def month_year(number: int, today: date, *, day_number: int = 31) -> int:
    """The year of the next month of that number, this month included unless its day has passed."""
    passed = number < today.month or (number == today.month and day_number < today.day)
    return today.year + passed


def quarter(number: int, today: date, year: int | None = None, *, last: bool = False) -> Point | None:
    """A quarter, or its `last` day; without a year the next to come, the present one included."""
    current = (today.month + 2) // 3
    year = year or today.year + (number < current)
    return last_day(year, 3 * number) if last else ("quarter", f"{year:04d}-Q{number}")


def half(number: int, today: date, year: int | None = None) -> Point | None:
    """A half year; without a year the next to come, the present one included."""
    current = 1 if today.month <= 6 else 2
    return "half", f"{year or today.year + (number < current):04d}-H{number}"


def weekday(number: int, today: date, weeks: int | None) -> Point | None:
    """Day `number` (Monday 0) of the week `weeks` after this one; None: the next one to come.

    A day of this week that has passed is taken to be the next one to come.
    """
    ahead = (number - today.weekday()) % 7 or 7
    if weeks:
        ahead = number - today.weekday() + 7 * weeks
    elif weeks == 0 and number == today.weekday():
        ahead = 0
    return offset(ahead, today)


def offset(days: int, today: date) -> Point | None:
    """The date `days` from today."""
    try:
        return "date", (today + timedelta(days=days)).isoformat()
    except OverflowError:
        return None


def week(weeks: int, today: date) -> Point:
    """The ISO week `weeks` after this one."""
    year, number, _ = (today + timedelta(weeks=weeks)).isocalendar()
    return "week", f"{year:04d}-W{number:02d}"
