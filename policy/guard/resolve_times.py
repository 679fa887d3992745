"""Dates, weekdays and hours: those of offers, of openings, of the company's history, and promised days."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from core.pack import DemoMode
from core.types import Violation
from policy.guard.align import aligned
from policy.guard.check import Check, violation
from policy.guard.extract_times import Clock, Day
from policy.guard.read import Clause
from policy.guard.values import Value, near

_EDGE = re.compile(r"开门|关门|开放|营业|开始营业|下班|上班|\bclos|\bopens?\b", re.IGNORECASE)
_UNTIL = re.compile(r"(?:到|至|开到|until|till)\s*$", re.IGNORECASE)
_RELATIVE = (
    (re.compile(r"今天|今晚|当天|当日|马上|立刻|\btoday\b|\btonight\b|same day"), 0),
    (re.compile(r"明天|明早|次日|隔天|第二天|\btomorrow\b|next day"), 1),
    (re.compile(r"后天|day after tomorrow"), 2),
    (re.compile(r"大后天"), 3),
    (re.compile(r"本周|这周|这个?星期|\bthis week\b"), 6),
    (re.compile(r"下周|下个?星期|\bnext week\b"), 13),
)
_PROMISED = frozenset({"lead_time"})
_PROMPT = frozenset({"response", "evaluation", "custom", "spare", "repair"})
_HOURS = frozenset({"demo", "office_hours"})


def resolve_times(check: Check) -> Iterator[Violation]:
    """Dates and hours that no fact holds."""
    if "promo" in check.reading.concepts or any(s.reduction for c in check.reading.clauses for s in c.shares):
        for clause in check.reading.clauses:
            yield from _deadline(clause, check)
    for clause in check.statements():
        concepts = clause.concepts or check.reading.about(clause)
        for day in clause.days:
            if not _day_known(day, clause, concepts, check):
                yield violation("date", clause, f"no fact holds {day.text!r}")
        if concepts & _HOURS or "demo" in check.reading.concepts or _named_modes(check):
            yield from _hours(clause, check)
        if concepts & _PROMISED:
            yield from _too_soon(clause, check)
        elif concepts & _PROMPT:
            yield from _too_prompt(clause, concepts, check)


def _day_known(day: Day, clause: Clause, concepts: frozenset[str], check: Check) -> bool:
    if concepts & {"promo", "quote_validity"} or any(
        s.reduction for c in check.reading.clauses for s in c.shares
    ):
        return _offer_day(day, clause, check)
    if day.year and ("founded" in concepts or "site" in concepts):
        return any(day.year == held.year for s in check.segments for held in s.clause.days)
    if concepts & _PROMISED and day.month:
        return _reachable(day, clause, check)
    return True


def _offer_day(day: Day, clause: Clause, check: Check) -> bool:
    """Whether it is the first or last day of an offer that the sentence speaks of."""
    scope = set(check.scope(clause))
    rates = [s.rate for c in check.reading.clauses for s in c.shares if s.reduction]
    offers = [
        offer
        for offer in check.pack.offers
        if (not scope or scope & set(offer.products))
        and (not rates or any(near(offer.discount, r) for r in rates))
    ]
    known = [d for offer in offers for d in (offer.valid_from, offer.valid_until) if d is not None]
    stated = any(
        day == held or (day.year, day.month, day.day) == (held.year, held.month, held.day)
        for s in check.segments
        for held in s.clause.days
    )
    return (
        stated
        or any(day.matches(d) for d in known)
        or (day.month == 0 and any(d.year == day.year for d in known))
    )


def _reachable(day: Day, clause: Clause, check: Check) -> bool:
    today = check.situation.now.date()
    year = day.year or today.year + (1 if day.month < today.month else 0)
    try:
        promised = date(year, day.month, day.day or 28)
    except ValueError:
        return False
    return _in_time(promised, clause, check)


def _in_time(promised: date, clause: Clause, check: Check) -> bool:
    """Whether the lead time of the goods, in working days from today, ends by `promised`."""
    rows = check.products(clause)
    waits = [
        v.low
        for row in rows
        for s in check.segments
        if row.id in s.products and "lead_time" in s.concepts
        for v in s.clause.values
        if "workday" in v.families
    ]
    return not waits or _after_workdays(check.situation.now.date(), int(max(waits))) <= promised


def _after_workdays(start: date, count: int) -> date:
    day = start
    while count > 0:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day


def _promised_days(clause: Clause, check: Check) -> int | None:
    """Days from today until what the clause promises with a word (明天, 月底), None without such a word."""
    today = check.situation.now.date()
    for pattern, days in reversed(_RELATIVE):
        if pattern.search(clause.text):
            return days
    return (_month_end(today) - today).days if _MONTH_END.search(clause.text) else None


def _month_end(today: date) -> date:
    return (today.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _too_soon(clause: Clause, check: Check) -> Iterator[Violation]:
    """A delivery promised before the lead time is over."""
    days = _promised_days(clause, check)
    if days is None:
        return
    promised = check.situation.now.date() + timedelta(days=days)
    if not _in_time(promised, clause, check) or (days <= 1 and not check.products(clause)):
        yield violation("lead_time", clause, "sooner than the lead time")


def _too_prompt(clause: Clause, concepts: frozenset[str], check: Check) -> Iterator[Violation]:
    """Something done today or tomorrow, where the facts on the matter give longer."""
    days = _promised_days(clause, check)
    if days is None or days > 2:
        return
    hours = [
        hour
        for s in check.segments
        if aligned(s, concepts, check.words) and s.allows(check.provinces(clause))
        for v in s.clause.values
        if (hour := _hours_of(v)) is not None
    ]
    if hours and (days + 1) * 24 < min(hours):
        yield violation("response", clause, "sooner than the facts say")


def _hours_of(value: Value) -> float | None:
    scales = dict(value.scales)
    if "clock" in scales:
        return value.high * scales["clock"] / 3600
    return value.high * scales["workday"] * 24 if "workday" in scales else None


_DEADLINE = re.compile(
    r"截止|结束|到期|没了|没有了|为止|最后|就涨|恢复原价|\b(?:ends?|until|expires?|last|deadline|"
    r"only)\b",
    re.IGNORECASE,
)
_MONTH_END = re.compile(
    r"(?<![\d一二三四五六七八九十个])(?:这个?|本)?月底|(?:the )?end of (?:the|this) month", re.IGNORECASE
)
_YEAR_END = re.compile(
    r"年底(?!前|的?(?:协作|优惠|活动|促销))|(?:the )?end of (?:the|this) year", re.IGNORECASE
)


def _deadline(clause: Clause, check: Check) -> Iterator[Violation]:
    """An offer said to end at a day near by that is not its last."""
    if not _DEADLINE.search(clause.text):
        return
    today = check.situation.now.date()
    named = [
        today + timedelta(days=days)
        for pattern, days in _RELATIVE
        if days < 3 and pattern.search(clause.text)
    ]
    if _MONTH_END.search(clause.text):
        named.append(_month_end(today))
    if _YEAR_END.search(clause.text):
        named.append(today.replace(month=12, day=31))
    for day in named:
        if not _offer_day(Day(day.year, day.month, day.day, "", 0, 0), clause, check):
            yield violation("date", clause, "not the last day of the offer")


_CLOSED = re.compile(
    r"不开|休息|关门|闭馆|停业|约不了|(?:不行|不可以|来不了)(?!的?话|就)|\bclosed\b|\bshut\b|\bnot (?:possible|open)\b"
    r"|\b(?:does|will) not work\b",
    re.IGNORECASE,
)
"""A time that is said to be none of the opening hours."""


def _hours(clause: Clause, check: Check) -> Iterator[Violation]:
    """Weekdays and times outside the opening hours, and hours that are not the stated ones."""
    if _CLOSED.search(clause.text) or not (clause.clocks or clause.weekdays):
        return
    modes = _modes(check)
    spans, days = _openings(clause, modes, check)
    if clause.weekdays and days and not clause.weekdays <= days:
        yield violation("hours", clause, "not open on these days")
    elif clause.clocks and spans and not _clocks_fit(clause, spans):
        yield violation("hours", clause, "not the opening hours")


def _named_modes(check: Check) -> list[DemoMode]:
    """Ways to see the goods that the sentence names."""
    text = check.reading.text.lower()
    return [mode for mode in check.pack.demo_modes if any(word.lower() in text for word in mode.words)]


def _modes(check: Check) -> list[DemoMode]:
    return _named_modes(check) or list(check.pack.demo_modes)


def _openings(clause: Clause, modes: list[DemoMode], check: Check) -> tuple[set[tuple[int, int]], set[int]]:
    """Opening and closing minutes, and weekdays, that facts and demo modes give for the clause's matter."""
    concepts = (clause.concepts | check.reading.concepts) & _HOURS
    if _named_modes(check):
        concepts |= {"demo"}
    spans, days = set(), set()
    if "demo" in concepts:
        spans |= {(_minute(mode.opens), _minute(mode.closes)) for mode in modes}
        days |= {day for mode in modes for day in mode.weekdays}
    for segment in check.segments:
        if not aligned(segment, concepts, check.words) or ("demo" in concepts and modes):
            continue
        clocks = segment.clause.clocks
        spans |= {
            (first.minute, second.minute) for first, second in zip(clocks[::2], clocks[1::2], strict=False)
        }
        days |= segment.clause.weekdays
    return spans, days


def _minute(text: str) -> int:
    hours, _, minutes = text.partition(":")
    return int(hours) * 60 + int(minutes or 0)


def _clocks_fit(clause: Clause, spans: set[tuple[int, int]]) -> bool:
    clocks = clause.clocks
    if len(clocks) >= 2:
        return any(clocks[0].matches(first) and clocks[1].matches(last) for first, last in spans)
    if _EDGE.search(clause.text) or _UNTIL.search(clause.text[: clocks[0].start - clause.start]):
        return any(clocks[0].matches(edge) for span in spans for edge in span)
    return any(_inside(clocks[0], span) for span in spans)


def _inside(clock: Clock, span: tuple[int, int]) -> bool:
    return span[0] <= clock.minute <= span[1] or (not clock.sure and span[0] <= clock.minute + 720 <= span[1])
