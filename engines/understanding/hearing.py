"""Product names that a recogniser misheard: by sound, by all but one sound, by the sound of letter and number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from engines.understanding.text import HAN, sound, sounds
from engines.words import is_word, stands_apart

_LETTERS = {
    "a": "诶欸", "b": "必毕比逼", "c": "西希曦", "d": "迪弟地", "g": "鸡记级", "h": "艾尺", "k": "开凯", "m": "艾姆",
    "n": "恩", "p": "批皮屁", "q": "丘秋", "r": "啊阿", "s": "艾斯", "t": "提踢", "v": "威微薇", "x": "艾克斯",
}  # fmt: skip
"""Han characters that recognisers write for a letter; those of two syllables stand in one piece."""
_HAN_LETTERS = frozenset("".join(_LETTERS.values()))
_ALONE = frozenset("hmsx")
_LED = re.compile(r"(?:^|[，。,.!！?？、;；]|[那这]个|你们的?|请问|问下|说的?)$")
_SMALL_WORDS = re.compile("[的那这台个款套]")
_COUNTED = re.compile(r"[台套个只件条块万千百十零一二两三四五六七八九点年月天]")
_FUNCTION = frozenset("已以亦也而尔意")
_NUMERAL = re.compile(r"[零一二两三四五六七八九十百千万几]")
_LONGEST = 2000
"""Code points up to which a text is searched for names with one wrong sound."""


class Heard(NamedTuple):
    """A product that a stretch of the squeezed text sounds like."""

    product: str
    start: int
    end: int
    confidence: float


class Hearing:
    """The names of a pack by their sound."""

    def __init__(self, names: Mapping[str, str], families: frozenset[str]) -> None:
        self._whole: dict[tuple[str, ...], str] = {}
        self._short: dict[tuple[str, ...], tuple[str, str]] = {}
        self._codes: dict[tuple[str, ...], str] = {}
        self._letters: dict[tuple[str, ...], str] = {}
        self._near: dict[str, tuple[str, str]] = {}
        self._families = families
        for form, product in names.items():
            self._learn(form, product)
        self._sizes = _sizes(self._whole)
        self._near_sizes = sorted({len(key) for key in self._near}, reverse=True)
        self._code_sizes = _sizes(self._codes | self._letters)

    def _learn(self, form: str, product: str) -> None:
        key = tuple(sounds(form))
        code = re.fullmatch(r"([a-z]+)([零幺一二两三四五六七八九十百]+)", form)
        if code:
            self._codes[key] = product
            for said in _said(code[1]):
                self._letters[(*sounds(said), *key[len(code[1]) :])] = product
        if not all(HAN.match(char) for char in form):
            return
        if len(form) >= 3:
            self._whole[key] = product
        if len(form) == 2:
            self._short[key] = (form, product)
        if len(form) >= 4:
            for place, char in enumerate(form):
                rest = form[:place] + form[place + 1 :]
                if _SMALL_WORDS.sub("", rest) not in self._families:
                    self._near[f"{form[:place]}_{form[place + 1 :]}"] = (char, product)

    def find(self, squeezed: str) -> Iterator[Heard]:
        """Every name heard in a squeezed text; stretches may overlap."""
        heard = tuple(sounds(squeezed))
        for start, first in enumerate(heard):
            for size in self._sizes.get(first, ()):
                key = heard[start : start + size]
                product = self._whole.get(key) if len(key) == size else None
                if product:
                    yield Heard(product, start, start + size, 0.8)
        yield from self._pairs(squeezed, heard)
        yield from self._numbered(squeezed, heard)
        if len(squeezed) <= _LONGEST:
            yield from self._nearly(squeezed)

    def _pairs(self, squeezed: str, heard: tuple[str, ...]) -> Iterator[Heard]:
        """伙架 for 货架: one character is right, and the two are no other word's."""
        for start in range(len(heard) - 1):
            form, product = self._short.get(heard[start : start + 2], ("", ""))
            said = squeezed[start : start + 2]
            if not form or said == form or not (said[0] == form[0] or said[1] == form[1]):
                continue
            if not _NUMERAL.search(said) and not is_word(said) and stands_apart(squeezed, start, start + 2):
                yield Heard(product, start, start + 2, 0.7)

    def _numbered(self, squeezed: str, heard: tuple[str, ...]) -> Iterator[Heard]:
        """C无 and 西五 for C5; a letter in Han only where a name may begin and no count follows."""
        for start, first in enumerate(heard):
            for size in self._code_sizes.get(first, ()):
                end = start + size
                key = heard[start:end]
                product = self._codes.get(key) or self._letters.get(key)
                if product is None or end > len(heard) or not stands_apart(squeezed, end - 1, end):
                    continue
                lettered = key in self._codes and squeezed[end - 1] not in _FUNCTION
                before = squeezed[max(0, start - 4) : start]
                if lettered and not (before[-1:].isascii() and before[-1:].isalnum()):
                    yield Heard(product, start, end, 0.7)
                elif (
                    key in self._letters
                    and squeezed[start] in _HAN_LETTERS
                    and _LED.search(before)
                    and not _COUNTED.match(squeezed, end)
                ):
                    yield Heard(product, start, end, 0.6)

    def _nearly(self, squeezed: str) -> Iterator[Heard]:
        """视角检测 for 视觉检测: one character of four and more is wrong, and begins as the right one does."""
        for size in self._near_sizes:
            for start in range(len(squeezed) - size + 1):
                window = squeezed[start : start + size]
                for place in range(size):
                    char, product = self._near.get(f"{window[:place]}_{window[place + 1 :]}", ("", ""))
                    if product and _alike(sound(char), sound(window[place])):
                        yield Heard(product, start, start + size, 0.65)


def _sizes(keys: Iterable[tuple[str, ...]]) -> dict[str, tuple[int, ...]]:
    """The lengths of the keys by their first sound."""
    found: dict[str, set[int]] = {}
    for key in keys:
        found.setdefault(key[0], set()).add(len(key))
    return {first: tuple(sorted(sizes, reverse=True)) for first, sizes in found.items()}


def _said(letters: str) -> tuple[str, ...]:
    """Han writings of a model code's letter; none for several letters."""
    written = _LETTERS.get(letters, "")
    return (written,) if letters in _ALONE else tuple(written)


def _alike(one: str, other: str) -> bool:
    """Whether two syllables begin with the same consonant: jue and jiao."""
    first, second = (re.match(r"[^aeiouv]*", syllable) for syllable in (one, other))
    return bool(first and second and first.group() and first.group() == second.group())
