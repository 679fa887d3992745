"""Two opinions of the intent made one: the pack's linear classifier and the encoder that ships."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.errors import MissingEngineError
from core.types import Lang
from engines.understanding.classify import Floats
from engines.understanding.decision import Decision

FILE = "blend.json"


@dataclass(frozen=True)
class Blend:
    """The weighted mean of two log-probabilities, and how it becomes intents; chosen on development data."""

    weight: float
    """Of the encoder, 0..1; the rest is the linear classifier's."""
    linear_temperature: float
    decision: Decision

    def logits(self, linear: Floats, encoder: Floats) -> Floats:
        """One row for each row of the two logits (n x intents), in the order of the decision's labels."""
        by_words = log_softmax(linear / self.linear_temperature)
        return np.asarray((1 - self.weight) * by_words + self.weight * log_softmax(encoder), dtype=np.float64)

    def as_dict(self) -> dict[str, object]:
        """For JSON; the labels are those of the encoder and are not repeated."""
        return {
            "weight": self.weight,
            "linear_temperature": self.linear_temperature,
            "temperature": self.decision.temperature,
            "reject_below": self.decision.reject_below,
            "second_above": self.decision.second_above,
        }


def load_blends(folder: Path, labels: tuple[str, ...]) -> dict[Lang, Blend]:
    """The blends by language that training wrote beside the encoder. MissingEngineError where they are damaged."""
    try:
        read = json.loads((folder / FILE).read_text(encoding="utf-8"))
        return {lang: _blend(read[lang], labels) for lang in ("zh", "en")}
    except (OSError, ValueError, KeyError, TypeError) as error:
        reason = f"{folder / FILE} cannot be read ({type(error).__name__})"
        raise MissingEngineError("understanding", reason, "install Talktrack again") from error


def _blend(read: dict[str, float], labels: tuple[str, ...]) -> Blend:
    decision = Decision(
        labels,
        temperature=read["temperature"],
        reject_below=read["reject_below"],
        second_above=read["second_above"],
    )
    return Blend(read["weight"], read["linear_temperature"], decision)


def ordered(logits: Floats, have: Sequence[str], wanted: Sequence[str]) -> Floats:
    """Columns of `logits` (n x have) in the order `wanted`; a label that is missing is all but impossible."""
    columns = {label: place for place, label in enumerate(have)}
    made = np.full((len(logits), len(wanted)), -20.0)
    for place, label in enumerate(wanted):
        if label in columns:
            made[:, place] = logits[:, columns[label]]
    return made


def log_softmax(logits: Floats) -> Floats:
    """Log-probabilities along the last axis."""
    lifted = logits - logits.max(axis=-1, keepdims=True)
    return np.asarray(lifted - np.log(np.exp(lifted).sum(axis=-1, keepdims=True)), dtype=np.float64)
