"""What is chosen on the dev rows once a model is trained: temperature and thresholds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.optimize import minimize_scalar  # type: ignore[import-untyped]

from engines.understanding.classify import Floats, softmax
from engines.understanding.decision import Decision, Rejection
from training.intent.data import OUT_OF_SCOPE, LabelledText

MOST_REJECTED = 0.03
"""A threshold may reject at most this share of the dev rows that have an intent: to turn a customer away costs more."""
_SECONDS = np.linspace(0.08, 0.5, 43)


def calibrate(
    labels: tuple[str, ...],
    logits: Floats,
    rows: Sequence[LabelledText],
    rejection: Rejection | None = None,
    most_rejected: float = MOST_REJECTED,
) -> Decision:
    """How to read `logits` (rows x labels) of a model that has not seen `rows`; see `Decision`.

    The rejection is chosen by the better threshold where it is None. Nothing is rejected where no row is out of
    scope, and with no rows at all the logits are taken as they are. `most_rejected` (0..1) bounds the threshold's cost.
    """
    plain = Decision(labels)
    if not rows:
        return plain
    heated = replace(plain, temperature=best_temperature(labels, logits, rows))
    kinds: tuple[Rejection, ...] = (rejection,) if rejection else ("probability", "energy")
    tried = [_threshold(replace(heated, rejection=kind), logits, rows, most_rejected) for kind in kinds]
    chosen = max(tried, key=lambda one: one[0])[1]
    return replace(chosen, second_above=second_threshold(chosen, logits, rows))


def best_temperature(labels: tuple[str, ...], logits: Floats, rows: Sequence[LabelledText]) -> float:
    """The temperature (0.05..20) of the least negative log-likelihood (Guo et al. 2017)."""
    known = [place for place, row in enumerate(rows) if row.intent in labels]
    targets = [labels.index(rows[place].intent) for place in known]
    if not known:
        return 1.0

    def loss(log_heat: float) -> float:
        chances = softmax(logits[known] / np.exp(log_heat))
        return float(-np.log(chances[np.arange(len(known)), targets] + 1e-12).mean())

    found = minimize_scalar(loss, bounds=(np.log(0.05), np.log(20.0)), method="bounded")
    return float(np.exp(found.x))


def calibration_error(
    decision: Decision, logits: Floats, rows: Sequence[LabelledText], bins: int = 15
) -> float:
    """Expected calibration error, 0..1: how far confidence is from accuracy over `bins` of equal width."""
    chances = decision.probabilities(logits)
    sure = chances.max(axis=1)
    best = chances.argmax(axis=1)
    right = np.array([decision.labels[place] == row.intent for place, row in zip(best, rows, strict=True)])
    places = np.minimum((sure * bins).astype(int), bins - 1)
    gaps = [
        abs(float(sure[places == one].sum()) - float(right[places == one].sum()))
        for one in range(bins)
        if (places == one).any()
    ]
    return sum(gaps) / max(1, len(rows))


def _threshold(
    decision: Decision, logits: Floats, rows: Sequence[LabelledText], most_rejected: float
) -> tuple[float, Decision]:
    """The best mean of in-scope accuracy and out-of-scope recall, and the decision with that threshold.

    Tried are all that reject at most the share `most_rejected` of what has an intent. The mean of the two does not
    depend on how many rows of either kind there happen to be.
    """
    outside = np.array([row.intent == OUT_OF_SCOPE for row in rows])
    if not outside.any() or outside.all():
        return 0.0, decision
    scores = decision.scores(logits)
    best = decision.decide(logits)
    right = np.array([got == row.intent for got, row in zip(best, rows, strict=True)])
    refused = np.array([got == OUT_OF_SCOPE for got in best])
    found = (-1.0, decision)
    for threshold in _between(scores):
        kept = (scores >= threshold) & ~refused
        if kept[~outside].mean() < 1 - most_rejected:
            continue
        value = ((right & kept)[~outside].mean() + (~kept)[outside].mean()) / 2
        if value > found[0]:
            found = (float(value), replace(decision, reject_below=float(threshold)))
    return found


def _between(scores: Floats) -> Floats:
    """Thresholds to try: the lowest score, and the middles between neighbours."""
    ordered = np.unique(scores)
    return np.concatenate([ordered[:1], (ordered[1:] + ordered[:-1]) / 2])


def second_threshold(decision: Decision, logits: Floats, rows: Sequence[LabelledText]) -> float:
    """The confidence from which a second intent is told, by F1 over the pairs; 1.0 where no row has a second."""
    if not any(row.also for row in rows):
        return 1.0
    chances = decision.probabilities(logits)
    order = np.argsort(-chances, axis=1, kind="stable")[:, :2]
    wanted = [{row.intent, *row.also[:1]} for row in rows]
    found = (-1.0, 1.0)
    for threshold in _SECONDS:
        told = [
            {decision.labels[place] for place in pair if place == pair[0] or sure[place] >= threshold}
            for pair, sure in zip(order.tolist(), chances, strict=True)
        ]
        shared = sum(len(one & other) for one, other in zip(told, wanted, strict=True))
        value = 2 * shared / (sum(map(len, told)) + sum(map(len, wanted)))
        if value > found[0]:
            found = (value, float(threshold))
    return found[1]
