"""Dates and durations as they are said in English."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from re import Match

from engines.normalise.dates import (
    MIDDLE,
    Bound,
    Piece,
    Point,
    Rule,
    apply_rules,
    day,
    half,
    last_day,
    month,
    month_year,
    offset,
    quarter,
    shift_month,
    week,
    weekday,
)  # fmt: skip
from engines.normalise.festivals import EN as FESTIVALS
from engines.normalise.festivals import festival
from engines.normalise.numbers import find_numbers
from engines.normalise.plain import whole_words
from engines.normalise.spoken_en import ONES

_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november", "december",
)  # fmt: skip
_MONTH = (
    r"(?:january|february|march|april|(?<=in )may|(?<=by )may|(?<=of )may|(?<=next )may|"
    r"(?<=early )may|(?<=late )may|"
    r"(?<=before )may|(?<=until )may|(?<=mid )may|(?-i:May)(?![ ](?:I|we|you|be)\b)|june|july|"
    r"august|september|october|november|december|"
    r"(?:jan|feb|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?)"
)
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY = r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|tues?|weds?|thu|thurs?|fri)\b\.?)"
_SPOKEN_YEAR = (
    r"(?:twenty|two thousand and|two thousand)[ -]twenty(?:[ -](?:five|six|seven|eight|nine))?|"
    r"(?:twenty|two thousand and|two thousand)[ -]thirty"
)
_YEAR = rf"(?:20[0-9]{{2}}|next year|this year|{_SPOKEN_YEAR})"
_BY = (
    r"(?:(?P<by>(?<!swing )(?<!drop )(?<!come )(?<!stop )(?<!pop )by"
    r"|before|until|till|no later than|within|prior to|not later than)[ ]+)?"
)
_COUNT = "|".join(
    sorted((*ONES, "twenty", "thirty", "a couple of", "couple of", "an", "a"), key=len, reverse=True)
)


def pieces_en(text: str, today: date) -> Iterator[Piece]:
    """Days, months, quarters, halves, weeks and durations in `text`."""
    return apply_rules(_RULES, text, today)


def _year(words: str | None, today: date) -> int | None:
    if not words:
        return None
    lower = words.lower()
    if lower.endswith("year"):
        return today.year + lower.startswith("next")
    if lower[:2] == "20":
        return int(lower)
    last = re.split("[ -]", lower)[-1]
    return 2030 if last == "thirty" else 2020 + ONES.get(last, 0)


def _month_number(words: str) -> int:
    start = words.lower()[:3]
    return next(index for index, name in enumerate(_MONTHS, start=1) if name.startswith(start))


def _by(found: Match[str]) -> Bound:
    return "by" if found["by"] else ""


def _in_month(found: Match[str], today: date) -> Point | None:
    said, year = _month_number(found["month"]), _year(found["year"], today)
    return month(year or month_year(said, today), said)


def _month_day(found: Match[str], today: date) -> Point | None:
    said, year, numbered = _month_number(found["month"]), _year(found["year"], today), int(found["d"])
    return day(year or month_year(said, today, day_number=numbered), said, numbered)


def _edge(found: Match[str], today: date) -> Point | None:
    """End, start or middle of a month or of a year."""
    edge, what, year = found["edge"].lower(), found["what"].lower(), _year(found["year"], today)
    if "year" in what or what[:2] in ("20", "tw"):
        year = _year(what, today) if what not in ("the year", "year") else year
        numbers = {"end": 12, "lat": 12, "clo": 12, "mid": 6}
        number = numbers.get(edge[:3], 1)
        year = year or month_year(number, today)
        return last_day(year, 12) if number == 12 else month(year, number)
    if "quarter" in what or what[0] == "q":
        later, said = shift_month(today, 3 * what.startswith("next"))
        named = int(what[1]) if what[0] == "q" else (said + 2) // 3
        return quarter(named, today, year if what[0] == "q" else later, last=edge[:3] in ("end", "clo"))
    if "month" in what:
        year, number = shift_month(today, 1 if what.startswith("next") else 0)
    else:
        number = _month_number(what)
        passed = MIDDLE if edge[:3] == "mid" else 31
        year = year or month_year(number, today, day_number=passed)
    if edge[:3] == "mid":
        return day(year, number, MIDDLE)
    return last_day(year, number) if edge[:3] in ("end", "clo") else month(year, number)


def _year_end(found: Match[str], today: date) -> Point | None:
    return last_day(today.year, 12)


def _quarter(found: Match[str], today: date) -> Point | None:
    words = found["q"].lower()
    ordinals = ("first", "second", "third", "fourth")
    number = 4 if words == "last" else int(words[-1]) if words[-1].isdigit() else ordinals.index(words) + 1
    return quarter(number, today, _year(found["year"], today))


def _half(found: Match[str], today: date) -> Point | None:
    number = 1 if found["h"].lower() in ("first", "h1") else 2
    return half(number, today, _year(found["year"], today))


def _relative(found: Match[str], today: date) -> Point | None:
    ahead, unit = found["rel"].lower() not in ("this", "the current"), found["unit"].lower()
    if unit == "week":
        return week(int(ahead), today)
    if unit == "year":
        return ("year", f"{today.year + 1:04d}") if ahead else last_day(today.year, 12)
    year, said = shift_month(today, (3 if unit == "quarter" else 1) if ahead else 0)
    return quarter((said + 2) // 3, today, year) if unit == "quarter" else month(year, said)


def _relative_day(found: Match[str], today: date) -> Point | None:
    words = found["day"].lower()
    return offset(2 if "after" in words else 1 if words.startswith("tomorrow") else 0, today)


def _weekday(found: Match[str], today: date) -> Point | None:
    rel = (found["rel"] or "").lower()
    number = _WEEKDAYS.index(found["day"][:3].lower())
    if rel == "last":
        return None
    return weekday(number, today, 1 if rel == "next" else None)


def _day_number(found: Match[str], today: date) -> Point | None:
    said = int(found["d"])
    year, in_month = shift_month(today, 1 if said < today.day else 0)
    return day(year, in_month, said)


def _festival(found: Match[str], today: date) -> Point | None:
    return festival(found["name"], today)


def _count(words: str) -> int:
    if words.lower() in ("a", "an"):
        return 1
    numbers = find_numbers(words)
    return int(numbers[0].low) if numbers else 2


def _duration(found: Match[str], today: date) -> Point | None:
    unit = found["u"].lower()
    if found["halfyear"]:
        return "duration", "P6M"
    count = _count(found["n2"] or found["n"])
    if unit.startswith(("day", "working", "business")):
        if found["in"] and found["in"].lower() == "in" and not found["rest"]:
            return offset(count, today)
        return "duration", f"P{count}D"
    return "duration", f"P{count}{unit[0].upper()}"


def _duration_bound(found: Match[str]) -> Bound:
    words = (found["in"] or ("after" if found["now"] else "")).lower()
    return "" if not words else "after" if words == "after" else "by"


_RULES = (
    Rule(
        whole_words(
            rf"{_BY}(?:the )?(?P<edge>end|close|beginning|start|middle|early|mid|late)(?:[ -]of)?[ -]"
            rf"(?P<what>{_MONTH}|(?:the|this|next) (?:month|quarter)|q[1-4]|(?:the |this |next )?year|"
            rf"{_YEAR})(?:,?[ ](?:of )?(?P<year>{_YEAR}))?"
        ),
        _edge,
        _by,
    ),
    Rule(whole_words(rf"{_BY}(?:the )?year[ -]end"), _year_end, _by),
    Rule(
        whole_words(
            rf"(?<!happy )(?<!merry ){_BY}(?:the )?(?P<name>{FESTIVALS})(?:'s)?(?:[ ](?:festival"
            rf"|holidays?|eve|day|break))?"
        ),
        _festival,
        _by,
    ),
    Rule(
        whole_words(
            rf"{_BY}(?:the )?(?P<month>{_MONTH})[ ](?:the )?(?P<d>[0-9]{{1,2}})(?:st|nd|rd|"
            rf"th)?(?:,?[ ](?P<year>{_YEAR}))?"
        ),
        _month_day,
        _by,
    ),
    Rule(
        whole_words(
            rf"{_BY}(?:the )?(?P<d>[0-9]{{1,2}})(?:st|nd|rd|"
            rf"th)?[ ](?:of )?(?P<month>{_MONTH})(?:,?[ ](?P<year>{_YEAR}))?"
        ),
        _month_day,
        _by,
    ),
    Rule(whole_words(rf"{_BY}(?P<month>{_MONTH})(?:,?[ ](?:of )?(?P<year>{_YEAR}))?"), _in_month, _by),
    Rule(
        whole_words(
            rf"{_BY}(?:the )?(?P<q>q[1-4]|(?:first|second|third|fourth|"
            rf"last)(?= quarter))(?: quarter)?(?:[ ](?:of )?(?P<year>{_YEAR}))?"
        ),
        _quarter,
        _by,
    ),
    Rule(
        whole_words(
            rf"{_BY}(?:the )?(?P<h>h[12]|(?:first|"
            rf"second)(?= half))(?: half)?(?:[ ](?:of )?(?P<year>{_YEAR}))?(?<!half)"
        ),
        _half,
        _by,
    ),
    Rule(
        whole_words(
            rf"{_BY}(?P<rel>next|this|the current|the coming)[ ](?P<unit>month|week|year|quarter)(?!['’]s)"
        ),
        _relative,
        _by,
    ),
    Rule(
        whole_words(rf"{_BY}(?P<day>(?:the )?day after tomorrow|tomorrow|today|tonight)"), _relative_day, _by
    ),
    Rule(
        whole_words(rf"{_BY}(?:on )?(?:(?P<rel>next|this|coming|last) )?(?P<day>{_WEEKDAY})"), _weekday, _by
    ),
    Rule(whole_words(r"(?P<by>by)? ?(?:on|by) the (?P<d>[0-9]{1,2})(?:st|nd|rd|th)"), _day_number, _by),
    Rule(
        whole_words(
            r"(?:(?P<in>within|in|after|over|inside)[ ])?(?P<rest>the next |the coming |about |"
            r"around |roughly )*"
            rf"(?:(?P<halfyear>half a)|(?P<n>[0-9]{{1,3}}|{_COUNT})(?:(?: to |-|"
            rf" or )(?P<n2>[0-9]{{1,3}}|{_COUNT}))?)[ -]"
            r"(?P<u>working days?|business days?|days?|weeks?|months?|years?)(?P<now>'? time| from now)?"
        ),
        _duration,
        _duration_bound,
    ),
)
