"""Tells which bare numbers are amounts of money, and which are counts of goods."""

from __future__ import annotations

import re
from dataclasses import replace

from policy.guard.extract_names import Name
from policy.guard.extract_values import BARE
from policy.guard.values import Value

BIG = 1000
"""A number from here on that has no unit is taken for money."""
_SIGN = re.compile(r"[¥¥$]\s?$|(?:rmb|cny|yuan)\s?$", re.IGNORECASE)
_CUE = re.compile(
    r"(?:单价|标价|价格|报价|总价|售价|价|只要|卖|才|收您?|一共|总共|合计|每[\u4e00-\u9fff]|一[台套个件年盒箱瓶斤罐袋][是就要卖只才]{0,3}|price (?:is|of)|costs?|only|for just|sells? (?:at|for)|at just)\s*(?:是|为|要|就|只|也|:)*\s*$",
    re.IGNORECASE,
)
_EACH = re.compile(
    r"\s*(?:元|块)?\s*(?:一|每|/)\s*[\u4e00-\u9fff]|\s+(?:each|apiece|a piece|per \w+|a (?:unit|set|box|year|bag|tin))\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\b(?:in|since|from|until|by|of|year)\s$", re.IGNORECASE)
_GOODS_GAP = re.compile(r"\s?(?:台|套|个|units? of |sets? of |of the |of )?\s?(?:the |our )?")
_AFTER_GOODS = re.compile(r"\s?(?:x|×|\*)?\s?$")


def settle(value: Value, text: str, products: list[Name], unit_words: re.Pattern[str]) -> Value:
    """A bare number as money or as a count of goods where its surroundings say so; others unchanged."""
    if value.families != {BARE}:
        return value
    if _SIGN.search(text[: value.start][-5:]):
        return replace(value, scales=(("money", 1.0),))
    unit = unit_words.match(text, value.end)
    if unit:
        return replace(value, scales=(("goods", 1.0),), end=unit.end())
    gap = _GOODS_GAP.match(text, value.end)
    if value.high < BIG and gap and any(name.start == gap.end() for name in products):
        return replace(value, scales=(("goods", 1.0),))
    if value.high >= BIG and not (value.high < 2100 and _YEAR.search(text[: value.start][-8:])):
        return replace(value, scales=(("money", 1.0),))
    if _EACH.match(text, value.end) or (
        value.high >= 10 and _CUE.search(text[: value.start][-14:]) and not _percent(text, value)
    ):
        return replace(value, scales=(("money", 1.0),))
    return value


def _percent(text: str, value: Value) -> bool:
    return text[value.end : value.end + 1] in "%折成点"
