"""Limits and vague words around a number: 不超过, 以内, 左右, 出头, at least, about; and A到B."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from engines.normalise.numbers import Number
from engines.normalise.plain import fold
from engines.normalise.spoken_zh import How

Limit = Literal["min", "max", "about", "over", "nearly"]

_GAP = (
    r"[ ]?(?:我们?|你们|先|要|只|就|是|在|个|有|拿|花|到|大概|(?:只|就)?能?(?:出|给|掏|投)|¥|￥|\$|"
    r"a total of |of |for )?[ ]?$"
)
_BEFORE: tuple[tuple[Limit, re.Pattern[str]], ...] = (
    (
        "max",
        re.compile(
            r"(?:不(?:能|会|要|想|可以|可)?(?:超过|超|高于|多于|大于)|最多|顶多|至多|最高|上限|"
            r"封顶|不到|(?:the )?most (?:we|i) (?:can|could) (?:pay|spend|do|go to) is|低于|少于|控制在"
            r"|压在|顶天|撑死|充其量|满打满算|"
            r"up to|at most|tops? out at|max(?:es|ed)? out at|limited to|limit(?: is)? of|no more than"
            r"|not more than|not over|less than|under|below|within|"
            r"maximum(?: of)?|max|"
            r"capped at|not exceed(?:ing)?|cap of)" + _GAP,
            re.IGNORECASE,
        ),
    ),
    (
        "min",
        re.compile(
            r"(?:至少|起码|最少|最低|少说|怎么也得|怎么着|不下|不止|最起码|不少于|不低于|不(?:会"
            r"|能)?(?:少于|低于)|超过|下限|"
            r"at least|no less than|not less than|no fewer than|more than|over|above|"
            r"minimum(?: of)?|north of)" + _GAP,
            re.IGNORECASE,
        ),
    ),
    (
        "nearly",
        re.compile(
            r"(?:将近|接近|快(?=$|到)|近|逼近|(?<![最大较更缩减微])小(?=$)|nearly|almost|close to|just under)"
            + _GAP,
            re.IGNORECASE,
        ),
    ),
    (
        "about",
        re.compile(
            r"(?:大概|大约|大致|约莫|约|差不多|估计|上下|来个|"
            r"about|around|roughly|approximately|approx\.?|circa|some|somewhere near)" + _GAP,
            re.IGNORECASE,
        ),
    ),
)
_AFTER: tuple[tuple[Limit, re.Pattern[str]], ...] = (
    (
        "max",
        re.compile(
            r"[ ]?(?:以内|之内|以下|之下|封顶|为上限|为限|到顶|顶天|顶了|撑死|内(?![部存外饰容])|(?:or"
            r"|and) (?:less|under|"
            r"below|fewer)|max(?:imum)?\b|"
            r"at (?:the )?(?:very )?most|tops\b)",
            re.IGNORECASE,
        ),
    ),
    ("over", re.compile(r"[ ]?(?:出头|挂零|冒头|and a bit|odd\b)", re.IGNORECASE)),
    (
        "min",
        re.compile(
            r"[ ]?(?:以上|之上|往上|起步|起(?![重来动订])|打底|(?:or|and) (?:more|above|over|"
            r"up)\b|at least|\+)",
            re.I,
        ),
    ),
    (
        "about",
        re.compile(
            r"[ ]?(?:左右|上下|光景|的样子|样子|or so\b|or thereabouts|-ish\b|give or take)", re.IGNORECASE
        ),
    ),
)
_JOIN = re.compile(r"[ ]?(?:到|至|-{1,2}|–|—|~|～|、|或者?|还是|to|or|and|,)?[ ]?", re.IGNORECASE)
_LOOK_BACK = 24


class Limits(NamedTuple):
    """How a number is bounded by its neighbours, and the span of number and neighbours."""

    kinds: frozenset[Limit]
    start: int
    end: int


class Bounds(NamedTuple):
    """A quantity or amount: a side that is open is None."""

    low: float | None
    high: float | None


def limits_around(text: str, start: int, end: int) -> Limits:
    """The limiting words just before `start` and just after `end` of `text`."""
    kinds: set[Limit] = set()
    before = fold(text[max(0, start - _LOOK_BACK) : start])
    first, last = start, end
    for kind, pattern in _BEFORE:
        found = pattern.search(before)
        if found and not kinds:
            kinds.add(kind)
            first = start - len(before) + found.start()
    after = fold(text[end : end + _LOOK_BACK])
    for kind, pattern in _AFTER:
        found = pattern.match(after)
        if found and not (kind == "about" and kinds):
            kinds.add(kind)
            last = end + found.end()
            break
    return Limits(frozenset(kinds), first, last)


def bound(low: float, high: float, kinds: frozenset[Limit], *, widen: bool) -> Bounds:
    """Applies the limits; `widen` says whether the number is round enough for 左右 to widen it by 10 %."""
    if "max" in kinds:
        return Bounds(None, high)
    if "min" in kinds:
        return Bounds(low, None)
    if "over" in kinds:
        return Bounds(low, high * 1.1)
    if "nearly" in kinds:
        return Bounds(low * 0.9, high) if low == high and widen else Bounds(low, high)
    if "about" in kinds and low == high and widen:
        return Bounds(low * 0.9, high * 1.1)
    return Bounds(low, high)


def reach(number: Number, *, whole: bool) -> tuple[float, float]:
    """The ends of a number; for counts (`whole`) 二十多 ends one before the next ten."""
    how: How = number.how
    if whole and how == "more" and number.high - number.low > 1:
        return number.low, number.high - 1
    return number.low, number.high


def joined(text: str, end: int, start: int) -> str | None:
    """The word that joins two numbers (到, 、, to, or; '' where they touch), None where they are apart."""
    between = text[end:start]
    found = _JOIN.fullmatch(between) if len(between) < 8 else None
    return found.group().strip().lower() if found else None


def simplify(bounds: Bounds) -> int | dict[str, int | None]:
    """The taxonomy's form of a count: an integer, or both ends."""
    low, high = (None if side is None else int(side + 0.5) for side in bounds)
    if low is not None and low == high:
        return low
    return {"min": low, "max": high}
