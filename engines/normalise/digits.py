"""Digits said one by one: 幺三八零零, one three eight, double five."""

from __future__ import annotations

import re
from typing import NamedTuple

from engines.normalise.plain import fold

_FOLD = {char: str(value) for value, char in enumerate("零一二三四五六七八九")} | {
    char: str(value) for value, char in zip((0, 0, 1, 7, 2), "〇洞幺拐两", strict=True)
}
_FOLD |= {char: str(value) for value, char in enumerate("壹贰叁肆伍陆柒捌玖", start=1)}
_FULL = {chr(0xFF10 + value): str(value) for value in range(10)}
DIGIT_NAMES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_WORDS = {word: str(value) for value, word in enumerate(DIGIT_NAMES)} | dict.fromkeys(
    ("oh", "o", "nought"), "0"
)
_TIMES = {"double": 2, "triple": 3}
_EN = rf"(?<![A-Za-z])(?:(?:double|triple)[ -]+)?(?:{'|'.join(_WORDS)})(?![A-Za-z])"
_ONE = rf"[0-9{''.join(_FULL)}{''.join(_FOLD)}]|{_EN}"
_RUN = re.compile(
    rf"(?:{_ONE})(?:[ \-‐–—.·,，、()（）]{{0,2}}(?:嗯|呃|然后|[ ]and[ ])?[ ]?(?:{_ONE}))+", re.IGNORECASE
)
_PIECE = re.compile(rf"(?:(double|triple)[ -]+)?({'|'.join(_WORDS)})(?![A-Za-z])|(\S)", re.IGNORECASE)


class DigitRun(NamedTuple):
    """Digits in a row, however said, the span of the words, and the span of each digit."""

    digits: str
    start: int
    end: int
    spans: tuple[tuple[int, int], ...]


def digit_runs(text: str) -> list[DigitRun]:
    """Runs of two and more digits, written or said, across blanks, dashes and commas."""
    return [_run(found) for found in _RUN.finditer(text)]


def spoken_digits(text: str) -> str:
    """`text` with every run of spoken digits written as digits; the rest, written digits included, stays."""
    return _RUN.sub(lambda found: _rewrite(found.group()), text)


def with_digits(text: str) -> tuple[str, list[tuple[int, int]]]:
    """`text`, folded, with said digits written as such, and for each character of it the span it stands for."""
    plain: list[str] = []
    places: list[tuple[int, int]] = []
    last = 0
    for run in digit_runs(text):
        words = text[run.start : run.end]
        if spoken_digits(words) == words:
            continue
        plain.append(fold(text[last : run.start]) + run.digits)
        places += [(at, at + 1) for at in range(last, run.start)] + list(run.spans)
        last = run.end
    plain.append(fold(text[last:]))
    places += [(at, at + 1) for at in range(last, len(text))]
    return "".join(plain), places


def spoken_digit(name: str) -> str:
    """The digit of an English name (see DIGIT_NAMES)."""
    return _WORDS[name]


def _rewrite(words: str) -> str:
    """Runs of written digits keep their own punctuation (13.8, 138-0000)."""
    spoken = any(char in _FOLD or char in _FULL or char.isalpha() for char in words)
    return _digits(words) if spoken else words


def _run(found: re.Match[str]) -> DigitRun:
    digits, spans = "", []
    for piece in _PIECE.finditer(found.group()):
        said = _digit(piece)
        digits += said
        spans += [(found.start() + piece.start(), found.start() + piece.end())] * len(said)
    return DigitRun(digits, found.start(), found.end(), tuple(spans))


def _digits(words: str) -> str:
    return "".join(_digit(found) for found in _PIECE.finditer(words))


def _digit(found: re.Match[str]) -> str:
    times, word, char = found.groups()
    if word:
        return _WORDS[word.lower()] * _TIMES.get((times or "").lower(), 1)
    if char.isdecimal():
        return _FULL.get(char, char)
    return _FOLD.get(char, "")
