"""Recogniser-like errors for training: characters exchanged for others of the same sound."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Sequence

from core.pack import Example
from engines.understanding.text import HAN, sound

_PROBABILITY = 0.12


class Mishearing:
    """Exchanges characters for ones of the same sound, drawn from the texts it was made with."""

    def __init__(self, texts: Iterable[str]) -> None:
        alike: defaultdict[str, set[str]] = defaultdict(set)
        for char in sorted({char for text in texts for char in text if HAN.match(char)}):
            alike[sound(char)].add(char)
        self._alike = {heard: sorted(chars) for heard, chars in alike.items() if len(chars) > 1}

    def mishear(self, text: str, rng: random.Random) -> str:
        """`text` of the same length with some characters exchanged."""
        return "".join(self._exchange(char, rng) for char in text)

    def _exchange(self, char: str, rng: random.Random) -> str:
        if not HAN.match(char) or rng.random() >= _PROBABILITY:
            return char
        return rng.choice(self._alike.get(sound(char), [char]))


def misheard_copies(examples: Sequence[Example], seed: int) -> list[Example]:
    """One noised copy of each example whose text the noise changes; spans stay where they are."""
    rng = random.Random(seed)
    mishearing = Mishearing(example.text for example in examples)
    copies = []
    for example in examples:
        text = mishearing.mishear(example.text, rng)
        if text != example.text:
            copies.append(example.model_copy(update={"text": text}))
    return copies
