"""More training utterances from those there are: values exchanged."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from core.pack import Example
from core.types import Lang
from engines.understanding.text import language

SWAPPED = (
    "industry",
    "application",
    "company",
    "contact_name",
    "title",
    "location",
    "competitor",
    "current_supplier",
    "customization",
)
"""Slots whose values may stand for one another in a sentence."""

Pools = Mapping[tuple[str, Lang], Sequence[str]]


def value_pools(examples: Iterable[Example], lexicon: Mapping[str, Mapping[str, Iterable[str]]]) -> Pools:
    """Known wordings of the values of each swappable slot, by language."""
    pools: defaultdict[tuple[str, Lang], set[str]] = defaultdict(set)
    for example in examples:
        for slot, start, end in example.spans:
            if slot in SWAPPED:
                pools[slot, example.lang].add(example.text[start:end])
    for slot, known in lexicon.items():
        for word in (word for name, said in known.items() for word in (name, *said)):
            if slot in SWAPPED:
                pools[slot, language(word)].add(word)
    return {key: sorted(words) for key, words in pools.items()}


def swapped_copies(examples: Sequence[Example], pools: Pools, seed: int, copies: int = 2) -> list[Example]:
    """Copies of every example with a swappable value, each value drawn anew from its pool."""
    rng = random.Random(seed)
    made = []
    for example in examples:
        if any(slot in SWAPPED for slot, _, _ in example.spans):
            made += [_swap(example, pools, rng) for _ in range(copies)]
    return made


def _swap(example: Example, pools: Pools, rng: random.Random) -> Example:
    text, spans, shift = example.text, [], 0
    for slot, start, end in sorted(example.spans, key=lambda span: span[1]):
        value = example.text[start:end]
        if slot in SWAPPED:
            value = rng.choice(pools[slot, example.lang])
        text = text[: start + shift] + value + text[end + shift :]
        spans.append((slot, start + shift, start + shift + len(value)))
        shift += len(value) - (end - start)
    return example.model_copy(update={"text": text, "spans": tuple(spans)})
