"""The annotated examples most like an utterance: BM25 over words, characters and their pairs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from core.pack import Example
from core.types import Lang
from engines.understanding.text import fold, tokenise

_K1, _B = 0.6, 0.3
"""Low saturation and little correction for length: the texts are single sentences."""
ALIKE = 2
"""At most so many examples with the same intents, so that the labels that compete are all shown."""


class Nearest:
    """Examples by likeness, one index a language, built at once; `find` is pure."""

    def __init__(self, examples: Iterable[Example]) -> None:
        by_lang: dict[Lang, dict[str, Example]] = {}
        for row in examples:
            by_lang.setdefault(row.lang, {}).setdefault(fold(row.text), row)
        self._rows = {lang: list(rows.values()) for lang, rows in by_lang.items()}
        self._indexes = {lang: _index([row.text for row in rows]) for lang, rows in self._rows.items()}

    def find(self, text: str, lang: Lang, count: int) -> list[Example]:
        """Up to `count` examples of the language, the most alike first; those that share nothing are left out."""
        if lang not in self._rows:
            return []
        index, rows = self._indexes[lang], self._rows[lang]
        known = [term for term in terms(text) if term in index.vocab_dict]
        if not known:
            return []
        scores = np.asarray(index.get_scores(known))
        return _mixed((rows[at] for at in np.argsort(-scores, kind="stable") if scores[at] > 0), count)


def terms(text: str) -> list[str]:
    """Folded words and Han characters, and pairs of neighbours."""
    said = [token.text for token in tokenise(fold(text)) if token.text[0].isalnum()]
    return [*said, *(f"{left} {right}" for left, right in pairwise(said))]


def _index(texts: Sequence[str]) -> Any:
    import bm25s

    index = bm25s.BM25(k1=_K1, b=_B, method="lucene")
    index.index([terms(text) or [""] for text in texts], show_progress=False)
    return index


def _mixed(ranked: Iterable[Example], count: int) -> list[Example]:
    """The first `count`, of the same intents no more than ALIKE."""
    chosen: list[Example] = []
    seen: Counter[tuple[str, ...]] = Counter()
    for row in ranked:
        if seen[row.intents] < ALIKE:
            seen[row.intents] += 1
            chosen.append(row)
        if len(chosen) == count:
            break
    return chosen
