"""Reads calendar dates, years, weekdays and times of day."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from engines.normalise.numbers import find_numbers, parse_number

_HAN = "零一二三四五六七八九十两"
_N = _HAN + r"\d"
_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_MONTH_EN = "|".join(f"{name}|{name[:3]}" for name in _MONTHS) + "|sept"
_DATE_ZH = re.compile(
    rf"(?:(\d{{4}}|二[零〇][{_N}]{{2}}|今|明|去|后)年)?的?([{_N}]{{1,3}})月(?:份)?"
    rf"(?:([{_N}]{{1,3}})[日号]|(底|末|初))?"
)
_ISO = re.compile(r"\b(20\d\d)[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_DATE_EN = re.compile(
    rf"\b(?:(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? )?({_MONTH_EN})\b\.?(?: (\d{{1,2}})(?:st|nd|rd|th)?"
    rf"\b(?!\d))?(?:,? (\d{{4}}))?"
    r"(?<!\bmay)(?<!\bmar)",
    re.IGNORECASE,
)
_CUED_MONTH = re.compile(r"\b(?:of|in|until|till|through|by|from|since) $", re.IGNORECASE)
_YEAR = re.compile(
    r"((?:19|20)\d\d|[一二][九零〇][零〇一二三四五六七八九]{2})年|(?:\b(?:in|since|from|until|of|"
    r"year)\s)((?:19|20)\d\d)\b",
    re.IGNORECASE,
)
_CLOCK_ZH = re.compile(
    rf"(上午|下午|早上|早晨|晚上|中午|傍晚|凌晨|早|晚)?(\d{{1,2}}|[{_HAN}]{{1,3}})(?:点|:(?=\d\d))(半|一刻|"
    rf"[{_N}]{{1,3}}分?|钟|整)?(?!位|数字|以内的)"
)
_CLOCK_EN = re.compile(
    r"\b(\d{1,2}|[a-z]+)(?::(\d\d))?\s?(a\.?m\b\.?|p\.?m\b\.?|o'clock|noon|(?:in the |at )(?:morning|"
    r"afternoon|evening|night))",
    re.IGNORECASE,
)
_LATE = re.compile(r"p|.*(?:afternoon|evening|night)", re.IGNORECASE)
_NINE_TO_FIVE = re.compile(
    r"\b(?:from|between|open|hours?(?: are)?|weekdays|at)\s(\w+)(?: thirty)? (?:to|until|till|and|"
    r"through) (\w+)(?!\s?(?:\w*day|week|month|year|hour|minute|unit|set|%|percent))",
    re.IGNORECASE,
)
_DAYS_ZH = "一二三四五六日"
_DAY_EN = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_WEEK_ZH = re.compile(
    r"(?:周|星期|礼拜)([一二三四五六日天])(?:(?:到|至|-|~)(?:周|星期|礼拜)?([一二三四五六日天]))?"
)
_WEEK_EN = re.compile(
    rf"\b({'|'.join(_DAY_EN)})s?\b(?:\s?(?:to|through|till|until|-|–)\s?({'|'.join(_DAY_EN)})s?\b)?",
    re.IGNORECASE,
)
_WEEKEND = re.compile(r"周末|双休|休息日|\bweekends?\b", re.IGNORECASE)
_WORKDAYS = re.compile(r"(?<!个)(?<![\d一二三四五六七八九十])工作日|\bweek ?days?\b", re.IGNORECASE)
_EVERY = re.compile(
    r"每天|天天|全年|节假日|节日|过年|春节|every day|seven days|daily|holidays?\b|all year", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Day:
    """A calendar date as far as it was said; `year` may be 0 (unsaid)."""

    year: int
    month: int
    day: int
    text: str
    start: int
    end: int

    def matches(self, other: date) -> bool:
        """Whether `other` is the day that was said, unsaid parts left open."""
        return (
            (self.year in (0, other.year)) and self.month in (0, other.month) and self.day in (0, other.day)
        )


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day in minutes; `sure` is False where morning or afternoon was left open."""

    minute: int
    sure: bool
    text: str
    start: int
    end: int

    def matches(self, minute: int) -> bool:
        return self.minute == minute or (not self.sure and self.minute + 720 == minute)


def _int(text: str | None) -> int:
    number = parse_number(text) if text else None
    return int(number.value) if number else 0


def read_days(text: str, today: date) -> list[Day]:
    """Dates with at least a month, and bare years."""
    found: list[Day] = []
    for match in _ISO.finditer(text):
        year, month, day = (int(part) for part in match.groups())
        found.append(Day(year, month, day, match.group(), *match.span()))
    for match in _DATE_ZH.finditer(text):
        if match.group(3) or match.group(4) or match.group(1):
            found.append(
                Day(
                    _year(match.group(1), today),
                    _int(match.group(2)),
                    _day_zh(match),
                    match.group(),
                    *match.span(),
                )
            )
    for match in _DATE_EN.finditer(text):
        month = next(
            (i + 1 for i, name in enumerate(_MONTHS) if name.startswith(match.group(2).lower()[:3])), 0
        )
        said = _int(match.group(1) or match.group(3))
        cued = _CUED_MONTH.search(text[: match.start()])
        if said or match.group(4) or cued or match.group(2).lower() not in ("may", "mar", "march"):
            found.append(Day(_int(match.group(4)), month, said, match.group(), *match.span()))
    for match in _YEAR.finditer(text):
        said_year: str = match.group(1) or match.group(2)
        found.append(Day(_digits(said_year), 0, 0, match.group(), *match.span()))
    return _apart(found)


def _day_zh(match: re.Match[str]) -> int:
    if match.group(4):
        return 0
    return _int(match.group(3))


def _year(said: str | None, today: date) -> int:
    if not said:
        return 0
    relative = {"今": 0, "明": 1, "去": -1, "后": 2}
    if said in relative:
        return today.year + relative[said]
    return _digits(said)


def _digits(text: str) -> int:
    """二〇二六 or 2026 as a number."""
    return int(text.translate(str.maketrans("零〇一二三四五六七八九", "00123456789")))


def _apart(days: list[Day]) -> list[Day]:
    kept: list[Day] = []
    for day in days:
        if not any(day.start < other.end and day.end > other.start for other in kept):
            kept.append(day)
    return sorted(kept, key=lambda day: day.start)


def read_clocks(text: str) -> list[Clock]:
    """Times of day: 上午九点, 17:00, 5 p.m., from nine to five."""
    found = [clock for match in _CLOCK_ZH.finditer(text) if (clock := _clock_zh(match))]
    for match in _CLOCK_EN.finditer(text):
        hour = _int(match.group(1))
        if hour or match.group(3).lower() == "noon":
            late = bool(_LATE.match(match.group(3))) and hour < 12
            found.append(
                Clock(
                    (hour + 12 * late) * 60 + int(match.group(2) or 0),
                    match.group(3).lower() not in ("o'clock", "noon"),
                    match.group(),
                    *match.span(),
                )
            )
    for match in _NINE_TO_FIVE.finditer(text):
        for group in (1, 2):
            hour = _int(match.group(group))
            taken = any(c.start < match.end(group) and c.end > match.start(group) for c in found)
            if 0 < hour <= 12 and not taken and find_numbers(match.group(group)):
                found.append(
                    Clock(hour * 60, False, match.group(group), match.start(group), match.end(group))
                )
    return sorted(found, key=lambda clock: clock.start)


def _clock_zh(match: re.Match[str]) -> Clock | None:
    part, hour_text, rest = match.groups()
    hour = _int(hour_text)
    colon = match.group().find(":") >= 0
    if hour > 24 or (not part and not rest and not colon and hour_text in "一两二三"):
        return None
    if not part and not colon and (hour_text[0] in "零0" or _decimal(rest)):
        return None
    late = part in ("下午", "晚上", "傍晚", "晚") and hour < 12
    minute = 30 if rest == "半" else 15 if rest == "一刻" else _int((rest or "").rstrip("分钟整"))
    sure = bool(part) or colon or hour > 12
    return Clock((hour + 12 * late) * 60 + min(minute, 59), sure, match.group(), *match.span())


def _decimal(rest: str | None) -> bool:
    """Whether what follows 点 reads as decimals (一点七二) and not as minutes (九点十五)."""
    return bool(rest) and not re.search(r"[半钟整刻分十]", rest or "")


def read_weekdays(text: str) -> frozenset[int]:
    """Weekdays named, 0 = Monday; a range names all within, 每天 all seven."""
    found: set[int] = set()
    for match in _WEEK_ZH.finditer(text):
        found |= _span(*(_DAYS_ZH.index(day.replace("天", "日")) if day else None for day in match.groups()))
    for match in _WEEK_EN.finditer(text):
        found |= _span(*(_DAY_EN.index(day.lower()) if day else None for day in match.groups()))
    if _WEEKEND.search(text):
        found |= {5, 6}
    if _WORKDAYS.search(text):
        found |= {0, 1, 2, 3, 4}
    if _EVERY.search(text):
        found |= set(range(7))
    return frozenset(found)


def _span(first: int | None, last: int | None) -> set[int]:
    if first is None:
        return set()
    if last is None:
        return {first}
    return {day % 7 for day in range(first, last + 1 if last >= first else last + 8)}
