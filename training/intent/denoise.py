"""Labels that are wrong: how many there are, which they are, and targets that no longer follow them.

The model of the noise: a row's label was replaced with the chance of its part (train or dev), by a label drawn half
evenly and half by frequency (the forward correction of Patrini et al. 2017, with this one-parameter matrix a part).
Given scores of a model that has not seen the row, Bayes' rule says how likely its label is the true one; what is left
of certainty goes to what the model says (soft bootstrapping, Reed et al. 2015). Scores become probabilities by a
temperature and by biases that make the labels as frequent as they are without the noise: without these, rare labels
vanish.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engines.understanding.classify import Floats, softmax

NOISY = 0.12
"""Share of wrong labels above which cleaning pays; clean public sets are estimated below 0.05."""

_SHARPNESSES = (4.0, 6.0, 8.0, 10.0, 14.0, 20.0, 28.0, 40.0)
_FIRST_GUESS = 0.3
_ROUNDS = 3
_LEAST_ROWS = 3.0
"""No label is believed to be rarer than this."""

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Cleaned:
    """What the scores of held-out rows say of their labels.

    `targets` (rows x labels) are distributions to learn from, `trust` the chance of each row that its label is the
    true one, `rates` the share of wrong labels in each part. Logits are `sharpness * scores + bias`.
    """

    targets: Floats
    trust: Floats
    rates: Floats
    sharpness: float
    bias: Floats

    @property
    def noise(self) -> float:
        """The share of wrong labels over all rows, 0..1."""
        return float(1.0 - self.trust.mean())


def clean(scores: Floats, labels: Ints, parts: Ints) -> Cleaned:
    """Judge `labels` (rows) by `scores` (rows x labels, about 0..1) of models that have not seen the row.

    `parts` numbers the part each row comes from, from 0: each has a noise rate of its own.
    """
    noise = _replacements(labels, scores.shape[1])
    rates = np.full(int(parts.max()) + 1, _FIRST_GUESS)
    for _ in range(_ROUNDS):
        sharpness, bias = _heat(scores, labels, rates[parts], noise)
        chances = softmax(sharpness * scores + bias)
        rates = _rates(_own(chances, labels), noise[labels], parts, rates)
    trust = _trust(_own(chances, labels), rates[parts], noise[labels])
    targets = (1.0 - trust)[:, None] * chances
    targets[np.arange(len(labels)), labels] += trust
    return Cleaned(targets, trust, rates, sharpness, bias)


def reread(scores: Floats, labels: Ints, parts: Ints, rates: Floats) -> tuple[float, Floats]:
    """Sharpness and bias for scores of a model of cleaned targets; `rates` as `clean` found them."""
    return _heat(scores, labels, rates[parts], _replacements(labels, scores.shape[1]))


def _replacements(labels: Ints, count: int) -> Floats:
    """How often a wrong label is each of `count` labels."""
    frequency = np.bincount(labels, minlength=count) / len(labels)
    return np.asarray(0.5 / count + 0.5 * frequency, dtype=np.float64)


def _own(chances: Floats, labels: Ints) -> Floats:
    return np.asarray(chances[np.arange(len(labels)), labels], dtype=np.float64)


def _trust(own: Floats, rate: Floats, replaced: Floats) -> Floats:
    right = (1.0 - rate) * own
    return np.asarray(right / (right + rate * replaced), dtype=np.float64)


def _rates(own: Floats, replaced: Floats, parts: Ints, rates: Floats) -> Floats:
    """Expectation maximisation of the noise rates, the model's chances as they are."""
    for _ in range(10):
        wrong = 1.0 - _trust(own, rates[parts], replaced)
        rows = np.maximum(np.bincount(parts, minlength=len(rates)), 1)
        rates = np.clip(np.bincount(parts, weights=wrong, minlength=len(rates)) / rows, 1e-4, 0.9)
    return rates


def _heat(scores: Floats, labels: Ints, rate: Floats, noise: Floats) -> tuple[float, Floats]:
    """The sharpness of the greatest likelihood of the noisy labels, and its biases."""
    prior = _prior(labels, rate, noise)
    best = (-np.inf, 1.0, np.zeros(len(prior)))
    for sharpness in _SHARPNESSES:
        bias = _bias(sharpness * scores, prior)
        own = _own(softmax(sharpness * scores + bias), labels)
        likely = float(np.log((1.0 - rate) * own + rate * noise[labels] + 1e-12).mean())
        if likely > best[0]:
            best = (likely, sharpness, bias)
    return best[1], best[2]


def _prior(labels: Ints, rate: Floats, noise: Floats) -> Floats:
    """How frequent the labels are once the wrong ones are taken off."""
    right = np.bincount(labels, minlength=len(noise)) - rate.sum() * noise
    right = np.maximum(right, _LEAST_ROWS)
    return np.asarray(right / right.sum(), dtype=np.float64)


def _bias(logits: Floats, prior: Floats, steps: int = 8) -> Floats:
    """Biases that make the mean probabilities of `logits` come near `prior`."""
    bias = np.zeros(len(prior))
    for _ in range(steps):
        mean = softmax(logits + bias).mean(axis=0)
        bias += 0.7 * (np.log(prior) - np.log(mean + 1e-12))
    return bias
