"""What the intent classifier sees of an utterance: several views, each a bag of terms."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from core.types import Lang
from engines.understanding.text import fold, sounds

_WORD = re.compile(r"[a-z]+(?:['’][a-z]+)?|\d+|[^\s\w]|\w")
_SPACE = re.compile(r"\s+")


class Utterance(NamedTuple):
    """What was said, and the same with products, numbers and places replaced by their kind (`<product>`)."""

    text: str
    masked: str


View = Callable[[Utterance], list[str]]


def _grams(units: Sequence[str], shortest: int, longest: int, join: str) -> Iterator[str]:
    for size in range(shortest, longest + 1):
        for start in range(len(units) - size + 1):
            yield join.join(units[start : start + size])


def _characters(text: str) -> list[str]:
    """Characters of folded text, white space left out, a placeholder as one, with marks at both ends."""
    bare = _SPACE.sub("", fold(text))
    return ["^", *re.findall(r"<[a-z_]+>|.", bare), "$"]


def _words(text: str) -> list[str]:
    return ["^", *re.findall(r"<[a-z_]+>|[a-z]+(?:['’][a-z]+)?|\d+|[^\s\w]|\w", fold(text)), "$"]


def masked_chars(said: Utterance) -> list[str]:
    """Runs of one to three characters of the masked text."""
    return list(_grams(_characters(said.masked), 1, 3, ""))


def _skips(units: Sequence[str], reach: int) -> list[str]:
    """Pairs of units with one or more others between them, at most `reach` places apart."""
    return [
        f"{units[first]}_{units[second]}"
        for first in range(len(units))
        for second in range(first + 2, min(len(units), first + reach + 1))
    ]


def skipped_chars(said: Utterance) -> list[str]:
    """Pairs of characters of the masked text that stand two to five places apart: 什_钱."""
    return _skips(_characters(said.masked), 5)


def syllables(said: Utterance) -> list[str]:
    """Runs of one to three sounds, so that a misheard character still counts."""
    return list(_grams(["^", *sounds(_SPACE.sub("", fold(said.text))), "$"], 1, 3, " "))


def words(said: Utterance) -> list[str]:
    """Words and pairs of words."""
    return list(_grams(_words(said.text), 1, 2, " "))


def masked_words(said: Utterance) -> list[str]:
    """Words, pairs and triples of the masked text."""
    return list(_grams(_words(said.masked), 1, 3, " "))


def letters(said: Utterance) -> list[str]:
    """Runs of two to five letters within words, the word's ends included."""
    terms: list[str] = []
    for word in _WORD.findall(fold(said.text)):
        terms.extend(_grams(f" {word} ", 2, 5, ""))
    return terms


VIEWS: dict[Lang, dict[str, View]] = {
    "zh": {"masked_chars": masked_chars, "skipped_chars": skipped_chars, "syllables": syllables},
    "en": {"words": words, "masked_words": masked_words, "letters": letters},
}
