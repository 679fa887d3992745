"""How words sound: tone-less pinyin with the sounds merged that accents and recognisers confuse."""

from __future__ import annotations

import re
from functools import lru_cache

from pypinyin import lazy_pinyin

_MERGES = (
    (re.compile(r"^([zcs])h"), r"\1"),
    (re.compile(r"^n"), "l"),
    (re.compile(r"^f"), "h"),
    (re.compile(r"ng$"), "n"),
)


@lru_cache(maxsize=8192)
def _syllable(char: str) -> str:
    return _merge(lazy_pinyin(char, errors=lambda rest: rest.lower())[0])


def _merge(syllable: str) -> str:
    for pattern, plain in _MERGES:
        syllable = pattern.sub(plain, syllable)
    return syllable


def pinyin_key(text: str) -> str:
    """The syllables of `text`, blank-separated, without tones.

    Merged are n/l, z/zh, c/ch, s/sh, h/f and final n/ng.

    Letters are lower-cased and stay words, digits stand alone, other signs and blanks fall out: "C5协作臂" is
    "c 5 xie zuo bi". Each Chinese character is read by itself, so that keys of parts are parts of keys.
    """
    pieces: list[str] = []
    for part in re.findall(r"[一-鿿]|[A-Za-z]+|[0-9]", text):
        pieces.append(_syllable(part) if part >= "一" else part.lower())
    return " ".join(pieces)


def sounds_like(a: str, b: str) -> float:
    """How alike two texts sound: 1 for equal keys, 0 for nothing in common; symmetric."""
    left, right = pinyin_key(a).split(), pinyin_key(b).split()
    if not left or not right:
        return 0.0
    row = [float(at) for at in range(len(right) + 1)]
    for at, syllable in enumerate(left, start=1):
        above, row[0] = row[0], float(at)
        for to, other in enumerate(right, start=1):
            cost = min(row[to] + 1, row[to - 1] + 1, above + _difference(syllable, other))
            above, row[to] = row[to], cost
    return max(0.0, 1 - row[-1] / max(len(left), len(right)))


@lru_cache(maxsize=8192)
def _difference(left: str, right: str) -> float:
    """0 for one syllable, 0.5 for the same final or the same initial and vowel, 1 otherwise."""
    if left == right:
        return 0.0
    finals = [re.sub(r"^[bpmdtlgkhjqxrzcsyw]", "", syllable) for syllable in (left, right)]
    alike = finals[0] == finals[1] or (len(left) > 1 and len(right) > 1 and left[:2] == right[:2])
    return 0.5 if alike else 1.0
