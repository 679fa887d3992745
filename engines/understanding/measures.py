"""Numbers with a unit, brought to one unit a dimension, so that 二十公斤 and 20kg are the same."""

from __future__ import annotations

import re
from typing import NamedTuple

from engines.normalise.numbers import find_numbers
from engines.understanding.text import fold

_UNITS: dict[str, tuple[str, float]] = {
    **dict.fromkeys(("kg", "kgs", "公斤", "千克", "kilo", "kilos", "kilogram", "kilograms"), ("mass", 1.0)),
    **dict.fromkeys(("g", "克", "gram", "grams"), ("mass", 0.001)),
    **dict.fromkeys(("斤", "市斤"), ("mass", 0.5)),
    **dict.fromkeys(("lb", "lbs", "pound", "pounds", "磅"), ("mass", 0.45359237)),
    **dict.fromkeys(("t", "吨", "ton", "tons", "tonne", "tonnes"), ("mass", 1000.0)),
    **dict.fromkeys(
        ("mm", "毫米", "millimetre", "millimeter", "millimetres", "millimeters"), ("length", 1.0)
    ),
    **dict.fromkeys(("cm", "厘米", "公分", "centimetre", "centimetres", "centimeters"), ("length", 10.0)),
    **dict.fromkeys(("m", "米", "metre", "metres", "meter", "meters"), ("length", 1000.0)),
    **dict.fromkeys(("w", "瓦", "watt", "watts"), ("power", 1.0)),
    **dict.fromkeys(("kw", "千瓦", "kilowatt", "kilowatts"), ("power", 1000.0)),
    **dict.fromkeys(("l", "升", "litre", "litres", "liter", "liters"), ("volume", 1.0)),
    **dict.fromkeys(("ml", "毫升"), ("volume", 0.001)),
    **dict.fromkeys(("h", "小时", "hour", "hours"), ("time", 1.0)),
}
_ARTICLE = re.compile(r"\s+an?(?=\s)")
_UNIT = re.compile(
    r"[\s-]*(?:(?P<latin>[a-z]+)(?![a-z0-9])|(?P<han>"
    + "|".join(sorted((unit for unit in _UNITS if not unit.isascii()), key=len, reverse=True))
    + r"))(?P<half>半)?"
)


class Measure(NamedTuple):
    """`value` in the base unit of `dimension` (mass kg, length mm, power W, volume l, time h), and where."""

    dimension: str
    value: float
    start: int
    end: int


def find_measures(text: str) -> list[Measure]:
    """Every number of `text` that a known unit follows; 五公斤半 is 5.5 kg, of 五六公斤 the larger counts."""
    low = fold(text)
    found = []
    for number in find_numbers(text):
        article = _ARTICLE.match(low, number.end) if number.text.lower() == "half" else None
        unit = _UNIT.match(low, article.end() if article else number.end)
        if unit is None:
            continue
        named = _UNITS.get(unit.group("latin") or unit.group("han"))
        if named is None:
            continue
        said = number.high if number.how == "range" else number.value
        value = said + (0.5 if unit.group("half") else 0.0)
        found.append(Measure(named[0], round(value * named[1], 6), number.start, unit.end()))
    return found
