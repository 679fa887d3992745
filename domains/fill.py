"""Placeholders of example utterances, filled with the pack's own words and annotated."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from core.pack import Example, Product
from core.types import Lang
from domains.parts.examples import Template

MOST_PRODUCTS = 3
MOST_OTHERS = 2
SHORT = 6
"""Characters of a Latin name with a space that Chinese speakers still say, such as `AB 12`."""
_HAN = re.compile("[\u4e00-\u9fff]")

Pools = dict[str, dict[Lang, tuple[str, ...]]]


def product_words(products: Iterable[Product], langs: Iterable[Lang]) -> dict[Lang, tuple[str, ...]]:
    """Names and aliases by language; a short one without Chinese characters serves both."""
    words: dict[Lang, tuple[str, ...]] = {}
    for lang in langs:
        found = [
            word
            for product in products
            for word in (product.name.get(lang, ""), *product.aliases)
            if word and _speaks(word, lang)
        ]
        words[lang] = tuple(dict.fromkeys(found)) or tuple(product.id for product in products)
    return words


def _speaks(word: str, lang: Lang) -> bool:
    """Whether `word` is said in `lang`."""
    if _HAN.search(word):
        return lang == "zh"
    return lang == "en" or " " not in word or len(word) <= SHORT


def lexicon_words(values: dict[str, tuple[str, ...]], langs: Iterable[Lang]) -> dict[Lang, tuple[str, ...]]:
    """The wordings of a lexicon slot, told apart by their script."""
    words = [word for canonical, others in values.items() for word in (canonical, *others)]
    return {
        lang: tuple(word for word in words if bool(_HAN.search(word)) == (lang == "zh")) for lang in langs
    }


@dataclass
class Filler:
    """Deals words out of shuffled decks, so that all of them are used about equally often."""

    pools: Pools
    slots: tuple[str, ...]
    """Annotations of other slots are dropped: the pack does not use them."""
    seed: int = 7
    decks: dict[tuple[str, Lang], list[str]] = field(default_factory=dict)

    def fill(self, templates: Iterable[Template]) -> Iterator[Example]:
        """One example a template without placeholders, two or three otherwise."""
        for template in templates:
            seen: set[str] = set()
            for _ in range(self._copies(template)):
                example = self._example(template)
                if example.text not in seen:
                    seen.add(example.text)
                    yield example

    def _copies(self, template: Template) -> int:
        if not template.blanks:
            return 1
        named = any(blank.name == "product" for blank in template.blanks)
        widest = max(len(self.pools[blank.name][template.lang]) for blank in template.blanks)
        return max(1, min(MOST_PRODUCTS if named else MOST_OTHERS, widest))

    def _example(self, template: Template) -> Example:
        text, spans, last, used = "", list[tuple[str, int, int]](), 0, set[str]()
        moved: list[tuple[int, int]] = []
        for blank in template.blanks:
            word = self._deal(blank.name, template.lang, used)
            used.add(word)
            end = blank.start + len(blank.name) + 2
            text += template.text[last : blank.start]
            spans.append((blank.name, len(text), len(text) + len(word)))
            text += word
            last = end
            moved.append((end, len(text) - end))
        text += template.text[last:]
        spans = [
            *_shift(template.spans, moved),
            *(span for span in spans if not _covered(span, template, moved)),
        ]
        kept = sorted((span for span in spans if span[0] in self.slots), key=lambda span: span[1])
        return Example(text=text, lang=template.lang, intents=template.intents, spans=tuple(kept))

    def _deal(self, name: str, lang: Lang, used: set[str]) -> str:
        """The next word of a deck, not one that the utterance holds already where that can be."""
        deck = self.decks.setdefault((name, lang), [])
        for _ in range(3):
            if not deck:
                deck.extend(self._shuffled(name, lang))
            word = deck.pop()
            if word not in used:
                break
        return word

    def _shuffled(self, name: str, lang: Lang) -> list[str]:
        words = list(self.pools[name][lang])
        random.Random(f"{self.seed} {name} {lang} {len(self.decks)}").shuffle(words)
        return words


def _shift(
    spans: Iterable[tuple[str, int, int]], moved: list[tuple[int, int]]
) -> Iterator[tuple[str, int, int]]:
    """Spans of the template as spans of the filled text."""

    def place(position: int) -> int:
        return position + next((by for end, by in reversed(moved) if end <= position), 0)

    for slot, start, end in spans:
        yield slot, place(start), place(end)


def _covered(span: tuple[str, int, int], template: Template, moved: list[tuple[int, int]]) -> bool:
    """Whether a filled word stands inside words that the author annotated, as in [{product}](product)."""
    return any(start <= span[1] and span[2] <= end for _, start, end in _shift(template.spans, moved))
