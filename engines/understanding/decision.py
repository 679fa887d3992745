"""How the logits of an intent classifier become ranked intents: temperature, rejection, the second intent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from core.types import IntentScore
from engines.understanding.classify import Floats, softmax

OUT_OF_SCOPE = "out_of_scope"
NEVER = -1e30
"""A rejection threshold that no utterance falls below."""

Rejection = Literal["probability", "energy"]


@dataclass(frozen=True)
class Decision:
    """How logits become intents.

    An utterance is out of scope where that label is the likeliest, or where its score lies below `reject_below`.
    The score by `probability` is the calibrated probability of the best intent, 0..1; by `energy` it is
    T * log(sum(exp(logit / T))) over the intents (Liu et al. 2020), which has no bounds.
    """

    labels: tuple[str, ...]
    temperature: float = 1.0
    rejection: Rejection = "probability"
    reject_below: float = NEVER
    second_above: float = 1.0
    """The second intent is told where its confidence reaches this."""

    def probabilities(self, logits: Floats) -> Floats:
        """Calibrated probabilities of the labels, along the last axis of `logits` (n x labels)."""
        return softmax(logits / self.temperature)

    def scores(self, logits: Floats) -> Floats:
        """How much each row of `logits` (n x labels) looks like one of the intents; higher is more."""
        inside = self._inside()
        if self.rejection == "probability":
            return np.asarray(self.probabilities(logits)[:, inside].max(axis=1), dtype=np.float64)
        cooled = logits[:, inside] / self.temperature
        top = cooled.max(axis=1)
        spread = np.log(np.exp(cooled - top[:, None]).sum(axis=1))
        return np.asarray(self.temperature * (top + spread), dtype=np.float64)

    def forced(self, logits: Floats) -> list[str]:
        """The likeliest intent of each row, out of scope left aside."""
        inside = self._inside()
        best = logits[:, inside].argmax(axis=1)
        return [self.labels[inside[place]] for place in best]

    def decide(self, logits: Floats) -> list[str]:
        """The label of each row, `out_of_scope` for what is rejected."""
        best = logits.argmax(axis=1)
        kept = self.scores(logits) >= self.reject_below
        return [
            self.labels[place] if inside else OUT_OF_SCOPE for place, inside in zip(best, kept, strict=True)
        ]

    def rank(self, logits: Floats) -> tuple[IntentScore, ...]:
        """The best label of one row of logits, and the next one where it is likely enough.

        An utterance that is rejected is `out_of_scope` with the little certainty that its best intent had.
        """
        chances = self.probabilities(logits)
        order = [int(place) for place in np.argsort(-chances, kind="stable")]
        first = self._told(order[0], chances)
        if self.labels[order[0]] != OUT_OF_SCOPE and self.decide(logits[None])[0] == OUT_OF_SCOPE:
            return (IntentScore(id=OUT_OF_SCOPE, confidence=first.confidence),)
        second = [self._told(place, chances) for place in order[1:2] if chances[place] >= self.second_above]
        return (first, *second)

    def _told(self, place: int, chances: Floats) -> IntentScore:
        return IntentScore(id=self.labels[place], confidence=min(1.0, float(chances[place])))

    def _inside(self) -> list[int]:
        inside = [place for place, label in enumerate(self.labels) if label != OUT_OF_SCOPE]
        return inside or list(range(len(self.labels)))
