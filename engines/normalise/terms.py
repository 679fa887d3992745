"""Counts of goods that a catalogue sells by time: 签两年, a two-year licence. A mere duration is none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from engines.normalise.numbers import Number
from engines.normalise.ranges import Limits, limits_around, reach

_ZH = {
    "年": "个?年(?!级|限|份|产)",
    "月": "个月",
    "个月": "个月",
    "季": "个?季度?",
    "天": "天",
    "日": "[天日]",
}
_EN = ("year", "month", "quarter", "week", "day")
TERMS = frozenset((*_ZH, *_EN))
"""Units that are times unless a pack counts goods in them."""

_BUYS = re.compile(
    r"(?:签|买|续费?|订阅?|预订|开通?|要|拿|租|(?<![过回以原])来|缴|交|充|办|付|先|按)(?:满?个|上|他|它"
    r"|先|就|约|大概){0,2}"
    r"(?:至少|最少|起码|最多|不超过)?$"
    r"|\b(?:sign(?:ing)?(?: up)?|subscrib(?:e|ing)|commit|buy|take|get|order|pay(?:ing)?|renew|prepay)"
    r"(?:[ ](?:for|to|up|it|a|the|at least|about|just)){0,4}[ ]$",
    re.IGNORECASE,
)
_LASTS = re.compile(
    r"左?右?的?(?:以?内|之[内前后]|以?后|前|多?了|没|才|时间|回本|就(?:能|可以)?[回收用坏]|不坏|质保"
    r"|保修|维保|账期|经验)"
    r"|[ ](?:warranty|guarantee|ago|old|later|in business|of (?:warranty|service|experience|use)|experience)",
    re.IGNORECASE,
)
_GOODS = re.compile(
    r"[ ](?:subscription|licen[cs]e|plan|contract|term|deal|commitment|of (?:it|the|that|[A-Z]\w*)\b)"
)


class Term(NamedTuple):
    """So many years or months of goods, and the limits said around them."""

    low: float
    high: float
    start: int
    end: int
    limits: Limits


def term_counts(text: str, plain: str, numbers: Sequence[Number], units: Sequence[str]) -> Iterator[Term]:
    """The numbers before one of the time `units` that a word of buying governs."""
    named = "|".join(_ZH.get(unit) or rf"[ -]{unit}s?\b" for unit in units if unit in TERMS)
    if not named:
        return
    pattern = re.compile(rf"(?:{named})", re.IGNORECASE)
    for number in numbers:
        unit = pattern.match(plain, number.end)
        if unit is None or not 0 < number.high <= 100 or not number.low.is_integer():
            continue
        buys = _BUYS.search(plain[max(0, number.start - 30) : number.start])
        if _LASTS.match(plain, unit.end()) or not (buys or _GOODS.match(plain, unit.end())):
            continue
        led = number.start - len(buys.group()) if buys else number.start
        limits = limits_around(text, number.start, unit.end())
        ahead = limits_around(text, led, unit.end())
        limits = ahead if ahead.kinds and not limits.kinds else limits
        yield Term(*reach(number, whole=True), number.start, unit.end(), limits)
