"""Tells which bare numbers are amounts of money, and which are counts of goods."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from policy.guard.extract_names import Name
from policy.guard.extract_values import BARE
from policy.guard.values import Value

BIG = 1000
"""A number from here on that has no unit is taken for money."""
_SIGN = re.compile(r"[¥¥$]\s?$|(?:rmb|cny|yuan)\s?$", re.IGNORECASE)
_CUE = re.compile(
    r"(?:单价|标价|价格|报价|总价|售价|价|只要|卖|才|收您?|一共|总共|合计|每[\u4e00-\u9fff]|"
    r"一[台套个件年盒箱瓶斤罐袋][是就要卖只才]{0,3}|price (?:is|of)|costs?|only|for just|sells? (?:at|"
    r"for)|at just)\s*(?:是|为|要|就|只|也|:)*\s*$",
    re.IGNORECASE,
)
_EACH = re.compile(
    r"\s*(?:元|块)?\s*(?:一|每|/)\s*[\u4e00-\u9fff]|\s+(?:each|apiece|a piece|per \w+|a (?:unit|set|"
    r"box|year|bag|tin))\b",
    re.IGNORECASE,
)
_FILLER = re.compile(r"\s*[是要卖才就只也嘛,]{0,2}\s*")
_STOP = re.compile(r"\s*(?:$|[,。.!?;]|就|给|拿|您|卖|吧|嘛|左右)")
_YEAR = re.compile(r"\b(?:in|since|from|until|by|of|year)\s$", re.IGNORECASE)
_GOODS_GAP = re.compile(r"\s?(?:台|套|个|units? of |sets? of |of the |of )?\s?(?:the |our )?")


@dataclass(frozen=True, slots=True)
class Scale:
    """What numbers mean in one catalogue: the words for its units, and the least a price could be."""

    unit_words: re.Pattern[str]
    floor: float


def settle(value: Value, text: str, products: list[Name], scale: Scale) -> Value:
    """A bare number as money or as a count of goods where its surroundings say so; others unchanged."""
    if value.families != {BARE}:
        return value
    unit = scale.unit_words.match(text, value.end)
    if _SIGN.search(text[: value.start][-5:]):
        return replace(value, scales=(("money", 1.0),))
    if unit:
        return replace(value, scales=(("goods", 1.0),), end=unit.end())
    if _counts(value, text, products):
        return replace(value, scales=(("goods", 1.0),))
    return replace(value, scales=(("money", 1.0),)) if _priced(value, text, products, scale) else value


def _counts(value: Value, text: str, products: list[Name]) -> bool:
    gap = _GOODS_GAP.match(text, value.end)
    return value.high < BIG and gap is not None and any(name.start == gap.end() for name in products)


def _priced(value: Value, text: str, products: list[Name], scale: Scale) -> bool:
    """Whether the place of a bare number is that of a price."""
    before = text[: value.start]
    if value.high >= BIG:
        return not (value.high < 2100 and _YEAR.search(before[-8:]))
    if _EACH.match(text, value.end):
        return True
    if value.high >= 10 and _CUE.search(before[-14:]) and text[value.end : value.end + 1] not in "%折成点":
        return True
    named = any(
        _FILLER.fullmatch(text, name.end, value.start) for name in products if name.end <= value.start
    )
    return named and value.high >= scale.floor and bool(_STOP.match(text, value.end))
