"""The texts most like another: BM25 over words, characters and their pairs; the annotated examples among them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from itertools import pairwise
from typing import Any, TypeVar

import numpy as np

from core.pack import Example
from core.types import Lang
from engines.understanding.text import fold, tokenise

T = TypeVar("T")
_K1, _B = 0.6, 0.3
"""Low saturation and little correction for length: the texts are single sentences."""
ALIKE = 2
"""At most so many examples with the same intents, so that the labels that compete are all shown."""


class Likeness:
    """An index over texts, built at once; `rank` is pure."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._index = _index(texts) if texts else None

    def rank(self, text: str) -> list[int]:
        """The places of the texts, the most alike first; those that share nothing are left out."""
        known = [term for term in terms(text) if term in self._index.vocab_dict] if self._index else []
        if not self._index or not known:
            return []
        scores = np.asarray(self._index.get_scores(known))
        return [int(at) for at in np.argsort(-scores, kind="stable") if scores[at] > 0]


class Nearest:
    """Examples by likeness, one index a language, built at once; `find` is pure."""

    def __init__(self, examples: Iterable[Example]) -> None:
        by_lang: dict[Lang, dict[str, Example]] = {}
        for row in examples:
            by_lang.setdefault(row.lang, {}).setdefault(fold(row.text), row)
        self._rows = {lang: list(rows.values()) for lang, rows in by_lang.items()}
        self._indexes = {lang: Likeness([row.text for row in rows]) for lang, rows in self._rows.items()}

    def find(self, text: str, lang: Lang, count: int) -> list[Example]:
        """Up to `count` examples of the language, the most alike first; those that share nothing are left out."""
        if lang not in self._rows:
            return []
        rows = self._rows[lang]
        return mixed((rows[at] for at in self._indexes[lang].rank(text)), count, kind=lambda row: row.intents)


def terms(text: str) -> list[str]:
    """Folded words and Han characters, and pairs of neighbours."""
    said = [token.text for token in tokenise(fold(text)) if token.text[0].isalnum()]
    return [*said, *(f"{left} {right}" for left, right in pairwise(said))]


def _index(texts: Sequence[str]) -> Any:
    import bm25s

    index = bm25s.BM25(k1=_K1, b=_B, method="lucene")
    index.index([terms(text) or [""] for text in texts], show_progress=False)
    return index


def mixed(ranked: Iterable[T], count: int, *, kind: Callable[[T], Hashable]) -> list[T]:
    """The first `count`, of the same kind no more than ALIKE."""
    chosen: list[T] = []
    seen: Counter[Hashable] = Counter()
    for row in ranked:
        if seen[kind(row)] < ALIKE:
            seen[kind(row)] += 1
            chosen.append(row)
        if len(chosen) == count:
            break
    return chosen
