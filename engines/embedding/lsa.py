"""The embedded dense embedder: character n-grams, TF-IDF, truncated SVD, fitted on the pack's own words.

Needs numpy to answer and scipy to fit; nothing is downloaded. Saved as `lsa.npz` and `lsa.json`, no pickle.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from langchain_core.embeddings import Embeddings
from numpy.typing import NDArray

from core.errors import EngineError, MissingEngineError

DIMENSIONS = 256
_RUNS = re.compile(r"[\u3400-\u9fff]+|[a-z0-9]+(?:\.[0-9]+)*|[^\s\w]*[%±][^\s\w]*")
_HAN_SIZES: tuple[int, ...] = (1, 2, 3)
_WORD_SIZES: tuple[int, ...] = (3, 4)
_ARRAYS = "lsa.npz"
_VOCABULARY = "lsa.json"

Floats = NDArray[np.float32]


class LsaEmbeddings(Embeddings):
    """Latent semantic vectors of short zh and en texts.

    Documents come out at length 1. A query comes out at the share of it that the fitted texts explain
    (0..1), so that inner products stay comparable between queries and foreign words lower them.
    """

    def __init__(self, vocabulary: dict[str, int], idf: Floats, components: Floats, unseen: float) -> None:
        self._vocabulary = vocabulary
        self._idf = idf
        self._components = components
        self._unseen = unseen

    @property
    def dimensions(self) -> int:
        return int(self._components.shape[1])

    @classmethod
    def fit(cls, texts: Iterable[str], dimensions: int = DIMENSIONS) -> LsaEmbeddings:
        """Fit on the distinct texts; the same texts give the same vectors.

        Raises EngineError when the texts are too few to span anything (fewer than three, or all alike).
        """
        grams = [Counter(ngrams(text)) for text in dict.fromkeys(texts)]
        grams = [counts for counts in grams if counts]
        vocabulary = {
            gram: row for row, gram in enumerate(sorted({gram for counts in grams for gram in counts}))
        }
        rank = min(dimensions, len(grams) - 1, len(vocabulary) - 1)
        if rank < 2:
            raise EngineError("an embedder needs at least three different texts", transient=False)
        seen_in = Counter(gram for counts in grams for gram in counts)
        idf = np.array([_idf(seen_in[gram], len(grams)) for gram in vocabulary], dtype=np.float32)
        model = cls(vocabulary, idf, np.zeros((len(vocabulary), rank), dtype=np.float32), _idf(0, len(grams)))
        model._components = _right_vectors(model, grams, rank)
        return model

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One unit vector a text; a text with no known n-gram gives zeros."""
        rows: list[list[float]] = []
        for text in texts:
            vector = self._project(Counter(ngrams(text)))
            norm = float(np.linalg.norm(vector))
            rows.append((vector / norm if norm > 0 else vector).tolist())
        return rows

    def embed_query(self, text: str) -> list[float]:
        """A vector no longer than 1; its length is the share of the text that the model knows."""
        vector: list[float] = self._project(Counter(ngrams(text))).tolist()
        return vector

    def save(self, folder: Path) -> None:
        """Write the two files into `folder`, made where missing."""
        folder.mkdir(parents=True, exist_ok=True)
        np.savez(folder / _ARRAYS, idf=self._idf, components=self._components)
        meta = {"unseen": self._unseen, "vocabulary": list(self._vocabulary)}
        (folder / _VOCABULARY).write_text(json.dumps(meta, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> LsaEmbeddings:
        """Read what `save` wrote. Raises MissingEngineError where it is absent or broken."""
        try:
            meta: dict[str, Any] = json.loads((folder / _VOCABULARY).read_text(encoding="utf-8"))
            with np.load(folder / _ARRAYS, allow_pickle=False) as arrays:
                idf, components = arrays["idf"], arrays["components"]
            vocabulary = {gram: row for row, gram in enumerate(meta["vocabulary"])}
            if components.shape[0] != len(vocabulary):
                raise ValueError("vocabulary and vectors do not belong together")
            return cls(vocabulary, idf, components, float(meta["unseen"]))
        except (OSError, ValueError, KeyError, EOFError) as error:
            reason = f"no usable embedder in {folder} ({error})"
            raise MissingEngineError("embedding", reason, "run `talktrack index`") from error

    def _weights(self, counts: Counter[str]) -> tuple[list[int], Floats]:
        """Vocabulary rows of the known n-grams and their TF-IDF weights, the whole text at length 1."""
        rows: list[int] = []
        weights: list[float] = []
        total = 0.0
        for gram, count in counts.items():
            row = self._vocabulary.get(gram)
            weight = (1.0 + math.log(count)) * (self._unseen if row is None else float(self._idf[row]))
            total += weight * weight
            if row is not None:
                rows.append(row)
                weights.append(weight)
        return rows, np.array(weights, dtype=np.float32) / np.float32(math.sqrt(total) or 1.0)

    def _project(self, counts: Counter[str]) -> Floats:
        rows, weights = self._weights(counts)
        if not rows:
            return np.zeros(self.dimensions, dtype=np.float32)
        projected: Floats = weights @ self._components[rows]
        return projected


def ngrams(text: str) -> list[str]:
    """Character n-grams: 1 to 3 of a Chinese run, 3 to 4 of a padded Latin word, plus the word itself."""
    found: list[str] = []
    for run in _RUNS.findall(unicodedata.normalize("NFKC", text).lower()):
        if "\u3400" <= run[0] <= "\u9fff":
            padded, sizes = run, _HAN_SIZES
        else:
            padded, sizes = f" {run} ", _WORD_SIZES
            found.append(run)
        found.extend(padded[at : at + size] for size in sizes for at in range(len(padded) - size + 1))
    return found


def _idf(seen_in: int, total: int) -> float:
    """Smoothed inverse document frequency, ln((1 + N) / (1 + n)) + 1."""
    return math.log((1 + total) / (1 + seen_in)) + 1.0


def _right_vectors(model: LsaEmbeddings, grams: Sequence[Counter[str]], rank: int) -> Floats:
    """The `rank` leading right singular vectors of the TF-IDF matrix: one row an n-gram."""
    from scipy.sparse import csr_array  # type: ignore[import-untyped]
    from scipy.sparse.linalg import svds  # type: ignore[import-untyped]

    rows, columns, values = [], [], []
    for at, counts in enumerate(grams):
        known, weights = model._weights(counts)
        rows.extend([at] * len(known))
        columns.extend(known)
        values.extend(weights.tolist())
    matrix = csr_array((values, (rows, columns)), shape=(len(grams), len(model._vocabulary)))
    start = np.ones(min(matrix.shape))
    _, _, right = svds(matrix, k=rank, v0=start, solver="arpack")
    return np.ascontiguousarray(right[::-1].T, dtype=np.float32)
