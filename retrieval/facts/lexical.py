"""The lexical half: words and character bigrams, BM25, scores as a share of what the query could reach."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engines.words import words

_RUNS = re.compile(r"[\u3400-\u9fff]+|[a-z0-9]+(?:[.\-][a-z0-9]+)*")
_K1 = 0.6
"""Low saturation: the texts are single sentences, a word said twice means little more than once."""
_B = 0.3

Floats = NDArray[np.float32]


class Lexical:
    """BM25 (Lucene's form) over short texts, normalised to 0..1 a query."""

    def __init__(self, bm25: Any) -> None:
        self._bm25 = bm25
        self._rows: dict[str, int] = bm25.vocab_dict
        data, starts = np.asarray(bm25.scores["data"]), np.asarray(bm25.scores["indptr"])
        self._ceilings = np.array(
            [data[a:b].max() if b > a else 0.0 for a, b in pairwise(starts)],
            dtype=np.float32,
        )
        self._unseen = float(self._ceilings.max(initial=1.0))

    @classmethod
    def build(cls, texts: Sequence[str]) -> Lexical:
        """Index `texts`; scores come back in the same order."""
        import bm25s

        bm25 = bm25s.BM25(k1=_K1, b=_B, method="lucene")
        bm25.index([tokens(text) or [""] for text in texts], show_progress=False)
        return cls(bm25)

    def save(self, folder: Path) -> None:
        self._bm25.save(folder, show_progress=False)

    @classmethod
    def load(cls, folder: Path) -> Lexical:
        """Read what `save` wrote; raises OSError or ValueError where it is absent or broken."""
        import bm25s

        return cls(bm25s.BM25.load(folder, load_corpus=False))

    def scores(self, query: str) -> Floats:
        """One score a text, 0..1: the part of the query's weight that the text holds."""
        said = tokens(query)
        known = [token for token in said if token in self._rows]
        best = sum(float(self._ceilings[self._rows[token]]) for token in known)
        best += self._unseen * (len(said) - len(known))
        if not known or best <= 0:
            return np.zeros(int(self._bm25.scores["num_docs"]), dtype=np.float32)
        found = np.asarray(self._bm25.get_scores(known), dtype=np.float32)
        return np.asarray(np.clip(found / np.float32(best), 0.0, 1.0), dtype=np.float32)


def tokens(text: str) -> list[str]:
    """Lower-cased Latin words and numbers; of a Chinese run its words of two and more, and its bigrams."""
    found: list[str] = []
    for run in _RUNS.findall(unicodedata.normalize("NFKC", text).lower()):
        if len(run) == 1 or not "\u3400" <= run[0] <= "\u9fff":
            found.append(run)
        else:
            found.extend(word for word, _, _ in words(run) if len(word) > 1)
            found.extend(f"~{run[at : at + 2]}" for at in range(len(run) - 1))
    return found
