"""Tokens and sounds of an utterance: what the classifier, the tagger and the linker look at."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from pypinyin import lazy_pinyin

from core.types import Lang

HAN = re.compile(r"[㐀-鿿]")
_TOKEN = re.compile(r"[㐀-鿿]|[A-Za-z]+(?:['’][A-Za-z]+)?|\d+(?:[.,]\d+)*|[^\s]")
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_MERGED = (
    (re.compile(r"^([zcs])h"), r"\1"),
    (re.compile(r"^[nr](?=[aeiouv])"), "l"),
    (re.compile(r"^hu(?=[aeioun])"), "f"),
    (re.compile(r"^hu$"), "fu"),
    (re.compile(r"ng$"), "n"),
    (re.compile(r"^fn$"), "fen"),
    (re.compile(r"^fi$"), "fei"),
)
"""Pairs that speakers of southern dialects, and recognisers of their speech, do not tell apart."""


class Token(NamedTuple):
    """A Han character, a Latin word, a number or a mark, and where it stands (code points)."""

    text: str
    start: int
    end: int


def language(text: str) -> Lang:
    """`zh` where the text holds a Han character, else `en`."""
    return "zh" if HAN.search(text) else "en"


def fold(text: str) -> str:
    """Half-width and lower case, code point by code point: positions stay as they are."""
    plain = text.translate(_WIDE)
    if plain.isascii():
        return plain.lower()
    return "".join(low if len(low := char.lower()) == 1 else char for char in plain)


def tokenise(text: str) -> list[Token]:
    """The tokens of `text` from left to right; white space is left out."""
    return [Token(found.group(), found.start(), found.end()) for found in _TOKEN.finditer(text)]


@lru_cache(maxsize=65536)
def sound(char: str) -> str:
    """The syllable of a Han character without tone and dialect: 能 and 冷 give `len`; others as they are."""
    if not HAN.match(char):
        return char
    syllable = lazy_pinyin(char)[0]
    for pattern, merged in _MERGED:
        syllable = pattern.sub(merged, syllable)
    return syllable


def sounds(text: str) -> list[str]:
    """One sound for each code point of `text`."""
    return [sound(char) for char in text]
