"""Reads reductions and shares: 93折, 打九折, 便宜一成, 7 % off; 三成, 30 %, half."""

from __future__ import annotations

import re
from dataclasses import dataclass

from engines.normalise.numbers import parse_number

_DIGITS = "零一二三四五六七八九"
_ZHE = re.compile(
    rf"(对|半)折|([{_DIGITS}]点[{_DIGITS}]|[{_DIGITS}]{{1,2}}|\d{{1,2}}(?:\.\d+)?)\s?折(?!腾|叠|返|旧|"
    rf"磨)"
)
_HALF = re.compile(r"半价|half[- ]price", re.IGNORECASE)
_ONE_HALF = re.compile(r"一半|\bhalf\b(?! an?\b|[- ]?(?:price|day|hour|year))", re.IGNORECASE)
_PAYING = re.compile(r"付|款|\b(?:pay|paid|due|deposit|down payment)\b", re.IGNORECASE)
_PERCENT = re.compile(
    rf"百分之([{_DIGITS}十百点两\d.]+)|([\d.]+)\s?%|([\d.]+|[{_DIGITS}两]+)(?:个)(?:百分)?点(?!位|钟)"
    rf"|([\d.]+|[{_DIGITS}十两半](?:点[{_DIGITS}])?)成(?!立|熟|品|本|为|功|交|都|套|长|绩|批|果|都)(半)?"
    rf""
    r"|((?:[a-z]+[- ])?[a-z]+|[\d.]+)[- ](?:percent|per cent)\b",
    re.IGNORECASE,
)
_OFF_BEFORE = re.compile(
    r"(?:便宜|优惠|让利?|打折|折扣|减免?|少收|返|降价?|discount (?:of|is)|save|knock|take|"
    r"reduc\w+ (?:of|by)|cut|rebate of|lower\w* by)"
    r"\s*(?:您|你|了|个|you|off|the price by|another|an extra|a further|a|about|of)*\s*$",
    re.IGNORECASE,
)
_OFF_BEHIND = re.compile(
    r"\s*(?:的)?(?:优惠|折扣|折让|让利|减免|返利|[a-z-]*\s?(?:off|discount|reduction|cheaper|less|"
    r"rebate|price cut|promotion|volume|bundle)\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Share:
    """A share of a price: `rate` 0..1. A reduction's rate is what remains to pay (93折 = 7 % off = 0.93)."""

    rate: float
    reduction: bool
    text: str
    start: int
    end: int


def read_shares(text: str) -> list[Share]:
    """Reductions and percentages of a cleaned text, left to right."""
    found = [_zhe(match) for match in _ZHE.finditer(text)]
    found += [Share(0.5, True, half.group(), *half.span()) for half in _HALF.finditer(text)]
    if _PAYING.search(text):
        found += [Share(0.5, False, half.group(), *half.span()) for half in _ONE_HALF.finditer(text)]
    for match in _PERCENT.finditer(text):
        rate = _rate(match)
        if rate is not None and not any(
            share.start < match.end() and share.end > match.start() for share in found
        ):
            off = _is_reduction(text, match)
            found.append(Share(1 - rate if off else rate, off, match.group(), *match.span()))
    return sorted(found, key=lambda share: share.start)


def _zhe(match: re.Match[str]) -> Share:
    if match.group(1):
        return Share(0.5, True, match.group(), *match.span())
    digits = match.group(2).translate(str.maketrans(_DIGITS + "点", "0123456789."))
    value = float(digits)
    return Share(value / (10 if value < 10 else 100), True, match.group(), *match.span())


def _rate(match: re.Match[str]) -> float | None:
    """The percentage as a rate, None where the words are no number."""
    hundred, digits, points, tenths, half, words = match.groups()
    if tenths:
        number = parse_number(tenths)
        return None if number is None else (number.value + (0.5 if half else 0)) / 10
    said = hundred or digits or points or words or ""
    number = parse_number(said) or parse_number(said.split()[-1])
    return None if number is None else number.value / 100


def _is_reduction(text: str, match: re.Match[str]) -> bool:
    before = text[max(0, match.start() - 24) : match.start()]
    return bool(_OFF_BEHIND.match(text, match.end()) or _OFF_BEFORE.search(before))
