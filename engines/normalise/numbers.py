"""Numbers as they are written and said, Chinese and English, with their place in the text."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from engines.normalise.digits import spoken_digits
from engines.normalise.plain import fold
from engines.normalise.spoken_en import RUN, SCALES, Words, read_words
from engines.normalise.spoken_zh import How, read_numeral, step_of

__all__ = ["Number", "find_numbers", "parse_number", "spoken_digits"]

_SKIP = (
    r"十分(?!钟|之|\d)|千万(?=别|不|要|记|得|注|当|小|勿)|一块(?![钱零一二三四五六七八九\d])"
    r"|第[零一二三四五六七八九十百两\d]+|(?:周|星期|礼拜)[一二三四五六](?![十百千万])"
    r"|(?<![午上早晚])一点(?![零一二三四五六七八九钟半整刻多])"
)
_TO_TEN = "[一二三四五六七八九]"
_LETTER_ZH = rf"(?<![A-Za-z])[A-Za-z] ?(?:{_TO_TEN}?十{_TO_TEN}?|{_TO_TEN})(?![百千万])"
_SCALE_WORD = re.compile(
    r"[ -]?(hundred|thousand|million|billion|dozen|grand|mn"
    r"|m(?= ?(?:yuan|rmb|cny|usd|dollars?)\b))(?![A-Za-z])",
    re.IGNORECASE,
)
_SCALE_VALUE = SCALES | {"hundred": 100, "dozen": 12, "m": 10**6}
_BEFORE_CODE = re.compile(r"(?:[A-Za-z]+-?|[@_/.])$")
_AFTER_CODE = re.compile(
    r"(?:[CDGSQHcd](?![A-Za-z])|g(?=[网信手模基])|[A-Z]+-?[0-9]|st\b|nd\b|rd\b|th\b|@|_)"
)
_DOZENS = re.compile("打(?![折电开印算个包样磨不听进交架扰游理字卡孔车听])")
_ODD = re.compile(r"[ -]odd\b", re.IGNORECASE)
_SIGN = re.compile(r"(?:正负|±|\+/-)\s?$")


@cache
def _start_pattern() -> re.Pattern[str]:
    """Where a number may begin, or a word that holds a numeral and is no number (data/not_numbers.txt)."""
    words = files("engines.normalise").joinpath("data/not_numbers.txt").read_text("utf-8").split()
    skip = "|".join([*sorted(words, key=len, reverse=True), _SKIP, _LETTER_ZH])
    numeral = "[0-9零一二两三四五六七八九十百千万廿卅]|[大小]?几(?=[十百千万亿])"
    return re.compile(rf"(?P<skip>{skip})|(?P<zh>{numeral})|(?P<half>半)|(?P<en>{RUN})", re.IGNORECASE)


class Number(NamedTuple):
    """A number in a text: `low == value == high` where it is exact; the span is in code points."""

    value: float
    """The number said; for a range the lower end."""
    low: float
    high: float
    start: int
    end: int
    text: str
    how: How = "exact"
    """`range` 二三十; `more` 二十多, `high` being the next unit; `few` 十几; `near` 百来, 10 % either way."""


def find_numbers(text: str) -> list[Number]:
    """Every number of `text`, left to right, not overlapping: Chinese, English, Arabic digits, w and k.

    Left aside are ordinals, weekdays, codes (R6, P-2026), and words such as 一样 or 统一. 几十 is 20 to 90. 百分之, 成, 折 and
    units of measure are not looked at: they are the caller's. "20到30" gives two numbers.
    """
    plain = fold(text)
    found: list[Number] = []
    pos = 0
    while start := _start_pattern().search(plain, pos):
        numbers, pos = _read(plain, text, start)
        found += numbers
    return found


def parse_number(text: str) -> Number | None:
    """The number that the whole of `text` says, blanks at the ends aside; None where it says other things."""
    body = text.strip()
    offset = text.find(body)
    plain = fold(body)
    if plain == "零" or plain == "半":
        value = 0.5 if plain == "半" else 0.0
        return Number(value, value, value, offset, offset + 1, body)
    found = find_numbers(body)
    if len(found) != 1 or found[0].text != body:
        return None
    return found[0]._replace(start=found[0].start + offset, end=found[0].end + offset)


def _read(plain: str, text: str, start: re.Match[str]) -> tuple[list[Number], int]:
    """The numbers that begin at a match of the start pattern, and where to go on."""
    if start.lastgroup == "skip":
        return [], start.end()
    if start.lastgroup == "half":
        dozens = _DOZENS.match(plain, start.end())
        value, end = (6.0, dozens.end()) if dozens else (0.5, start.end())
        return [_number(text, value, value, start.start(), end)], end
    if start.lastgroup == "en":
        words = read_words(plain, start.start(), start.end())
        return [_worded(plain, text, word) for word in words], start.end()
    return _read_numeral(plain, text, start.start())


def _worded(plain: str, text: str, word: Words) -> Number:
    """English words as a number; twenty-odd reaches to the next ten."""
    odd = _ODD.match(plain, word.end)
    if odd is None or word.value < 20 or word.value % 10:
        return _number(text, word.value, word.value, word.start, word.end)
    return _number(text, word.value, word.value + step_of(word.value), word.start, odd.end(), "more")


def _read_numeral(plain: str, text: str, begin: int) -> tuple[list[Number], int]:
    spoken = read_numeral(plain, begin)
    if spoken is None:
        return [], begin + 1
    low, high, how, end = spoken
    if plain[begin].isdigit() and _is_code(plain, begin, end):
        return [], end
    scale = _SCALE_WORD.match(plain, end) if plain[end - 1].isdigit() else None
    if scale:
        factor = _SCALE_VALUE[scale.group(1).lower()]
        low, high, end = round(low * factor, 6), round(high * factor, 6), scale.end()
    if _DOZENS.match(plain, end):
        low, high, end = low * 12, high * 12, end + 1
    sign = _SIGN.search(plain[max(0, begin - 4) : begin])
    if sign:
        begin -= len(sign.group())
    return [_number(text, low, high, begin, end, how)], end


def _is_code(plain: str, begin: int, end: int) -> bool:
    """Whether digits are part of a code: R6, IP65, 3C, 2026Q4, an address. AGV10台 is ten of them."""
    if _AFTER_CODE.match(plain, end) and plain[end - 1].isdigit():
        return True
    before = _BEFORE_CODE.search(plain[max(0, begin - 8) : begin])
    if before is None or before.group() in "/.":
        return False
    counted = plain[end : end + 1] in ("台", "套", "个", "辆") and len(before.group()) > 1
    return not (counted and before.group().isalpha())


def _number(text: str, low: float, high: float, start: int, end: int, how: How = "exact") -> Number:
    value = round((low + high) / 2, 6) if how == "near" else low
    return Number(value, low, high, start, end, text[start:end], how)
