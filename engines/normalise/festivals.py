"""The days of holidays; those of the Chinese calendar by the tables of the package `borax`."""

from __future__ import annotations

from datetime import date, timedelta

from borax.calendars.lunardate import LunarDate, TermUtils

from engines.normalise.dates import Point

_FIXED = {"new_year": (1, 1), "labour": (5, 1), "national": (10, 1), "christmas": (12, 25)}
_LUNAR = {"spring": (1, 1), "lantern": (1, 15), "dragon": (5, 5), "autumn": (8, 15), "ninth": (9, 9)}
_QINGMING = 6
"""Its number among the solar terms of a year, from 0."""
_YEARS = range(1901, 2100)
"""Years of the tables."""
_NAMES = {
    "元旦": "new_year", "新年": "spring", "春节": "spring", "过年": "spring", "过完年": "spring", "大年": "spring",
    "年": "spring", "除夕": "eve", "年三十": "eve", "元宵": "lantern", "清明": "qingming", "五一": "labour",
    "劳动节": "labour", "端午": "dragon", "中秋": "autumn",
    "重阳": "ninth", "国庆": "national", "十一": "national", "圣诞": "christmas",
    "christmas": "christmas", "xmas": "christmas", "new year": "new_year", "new year's": "new_year",
    "chinese new year": "spring", "lunar new year": "spring", "spring festival": "spring", "cny": "spring",
    "national day": "national", "golden week": "national", "may day": "labour", "labour day": "labour",
    "labor day": "labour", "mid-autumn": "autumn", "dragon boat": "dragon",
}  # fmt: skip
ZH = "|".join(
    sorted((name for name in _NAMES if not name.isascii() and len(name) > 1), key=len, reverse=True)
)
EN = "|".join(sorted((name for name in _NAMES if name.isascii()), key=len, reverse=True))
"""Alternations of the names known, for the rules of either language."""


def festival(name: str, today: date, year: int | None = None) -> Point | None:
    """The day of that name in `year`, or the next one, today included; None beyond the tables (the year 2100)."""
    kind = _NAMES[name.lower().replace("’", "'")]
    for each in (year,) if year else (today.year, today.year + 1):
        found = _day(kind, each)
        if found and found >= today:
            return "date", found.isoformat()
    return None


def _day(kind: str, year: int) -> date | None:
    if kind in _FIXED:
        return date(year, *_FIXED[kind]) if year <= 9999 else None
    if year not in _YEARS:
        return None
    if kind == "qingming":
        return _plain(TermUtils.nth_term_day(year, _QINGMING))
    if kind == "eve":
        return _plain(LunarDate(year, *_LUNAR["spring"]).to_solar_date()) - timedelta(1)
    return _plain(LunarDate(year, *_LUNAR[kind]).to_solar_date())


def _plain(day: date) -> date:
    return date(day.year, day.month, day.day)
