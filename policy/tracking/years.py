"""Years as a number of units, for goods that are sold by the year: 签两年 of a subscription."""

from __future__ import annotations

import re

from core.pack import Pack, Product
from core.types import Mention
from engines.normalise.numbers import find_numbers
from engines.tracking.base import TrackView

BY_THE_YEAR = frozenset({"年", "year", "years"})
MOST = 20
_BOUGHT = re.compile(
    r"(?:签|买|订|要|续|拿|sign(?: up)? for|buy|take|order|want|need)\s*(?:个|the|for)?\s*$", re.I
)
"""What makes years a wish: 一年多少钱 and 两年付有优惠吗 count nothing."""
_YEARS = re.compile(r"\s*(?:年|years?\b)(?!前|后|底|初|内|级|代|终|货|检|会)", re.I)


def years_meant(view: TrackView, product: Product | None) -> Mention | None:
    """The years that the line counts of a product sold by the year; none where it counts otherwise."""
    heard = view.understanding
    counted = any(mention.slot in {"quantity", "timeline"} for mention in heard.mentions)
    if counted or product is None or not BY_THE_YEAR & set(product.unit.values()) or heard.has("ask_service"):
        return None
    for number in find_numbers(view.text):
        whole = float(number.value).is_integer() and 1 <= number.value <= MOST
        wished = _BOUGHT.search(view.text[: number.start])
        if whole and wished and _YEARS.match(view.text, number.end):
            words = view.text[number.start : number.end + 1]
            return Mention(
                slot="quantity", value=int(number.value), text=words, start=number.start, end=number.end + 1
            )
    return None


def product_in(view: TrackView, focus: str | None, pack: Pack) -> Product | None:
    """The product that the line is about: the one it names, else the one in focus."""
    named = [mention.value for mention in view.understanding.mentions if mention.slot == "product"]
    return pack.product(named[0] if named else focus)
