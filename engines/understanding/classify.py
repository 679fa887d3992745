"""Linear intent classifier of one language: TF-IDF over several views, one row of weights a term.

Trained with scikit-learn, stored as numbers and a JSON vocabulary (no pickle), read with numpy alone.
TF-IDF is scikit-learn's: 1 + ln(count), times ln((1 + n) / (1 + df)) + 1, each view scaled to length one.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.types import Lang
from engines.understanding.features import VIEWS, Utterance

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.float64] | npt.NDArray[np.float32]


@dataclass(frozen=True)
class Classifier:
    """A trained classifier. `vocabulary` maps each view's terms to rows of `weights` (terms x intents)."""

    lang: Lang
    intents: tuple[str, ...]
    vocabulary: dict[str, dict[str, int]]
    idf: Numbers
    weights: Numbers
    bias: Numbers

    def logits(self, said: Utterance) -> Floats:
        """One number for each intent: margins, not probabilities."""
        total = self.bias.astype(np.float64)
        for name, view in VIEWS[self.lang].items():
            rows, values = self._weigh(name, view(said))
            if rows.size:
                total += values @ self.weights[rows]
        return total

    def _weigh(self, name: str, terms: Sequence[str]) -> tuple[npt.NDArray[np.int64], Floats]:
        known = self.vocabulary[name]
        counts = Counter(row for term in terms if (row := known.get(term)) is not None)
        rows = np.fromiter(counts.keys(), dtype=np.int64, count=len(counts))
        often = np.fromiter(counts.values(), dtype=np.float64, count=len(counts))
        values = (1.0 + np.log(often)) * self.idf[rows]
        norm = math.sqrt(float(values @ values))
        return rows, values / norm if norm else values

    def save(self, folder: Path) -> None:
        """Write `intent.LANG.npz` and `intent.LANG.json` into `folder`."""
        arrays = {
            name: array.astype(np.float32)
            for name, array in (("idf", self.idf), ("weights", self.weights), ("bias", self.bias))
        }
        with (folder / f"intent.{self.lang}.npz").open("wb") as sink:
            np.savez(sink, **arrays)  # type: ignore[arg-type]
        terms = {name: list(known) for name, known in self.vocabulary.items()}
        described = {"intents": self.intents, "terms": terms}
        text = json.dumps(described, ensure_ascii=False, sort_keys=True)
        (folder / f"intent.{self.lang}.json").write_text(text, encoding="utf-8")

    @classmethod
    def load(cls, folder: Path, lang: Lang) -> Classifier:
        """Read what `save` wrote; OSError where a file is missing."""
        described = json.loads((folder / f"intent.{lang}.json").read_text(encoding="utf-8"))
        vocabulary: dict[str, dict[str, int]] = {}
        row = 0
        for name in VIEWS[lang]:
            terms = described["terms"][name]
            vocabulary[name] = dict(zip(terms, range(row, row + len(terms)), strict=True))
            row += len(terms)
        with np.load(folder / f"intent.{lang}.npz", allow_pickle=False) as arrays:
            return cls(
                lang=lang,
                intents=tuple(described["intents"]),
                vocabulary=vocabulary,
                idf=arrays["idf"],
                weights=arrays["weights"],
                bias=arrays["bias"],
            )


def softmax(logits: Floats) -> Floats:
    """Probabilities along the last axis."""
    lifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(lifted / lifted.sum(axis=-1, keepdims=True), dtype=np.float64)
