"""The head on a frozen encoder: a logistic regression over pooled vectors, its strength chosen on dev."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score

from engines.understanding.classify import Floats
from training.intent.network import EncoderClassifier, Ids, collate, sorted_batches
from training.intent.watch import Watch

STRENGTHS = (0.003, 0.01, 0.03, 0.1, 0.3)
"""Inverse regularisations tried, for vectors of length sqrt(width)."""
_BATCH = 64
_UNTOLD = 0.03
"""The strength where there is no dev row to choose by."""


class Labelled:
    """Token ids and the place of each row's label in the list of labels, -1 for one that is not in it."""

    def __init__(self, ids: Ids, labels: Sequence[int]) -> None:
        self.ids = ids
        self.labels = np.asarray(labels, dtype=np.int64)


def fit_head(
    model: EncoderClassifier, train: Labelled, dev: Labelled, *, pad: int, weighted: bool, watch: Watch
) -> float:
    """Set the head of `model` to the best logistic regression; its macro-F1 on dev, 0 where dev is empty."""
    known = dev.labels >= 0
    told = embed(model, train.ids, pad, watch, "embedding the training rows")
    asked = embed(model, dev.ids, pad, watch, "embedding the dev rows")[known]
    wanted = dev.labels[known]
    best: tuple[float, LogisticRegression] | None = None
    for done, strength in enumerate(STRENGTHS if len(wanted) else (_UNTOLD,)):
        watch("fitting the head", done, len(STRENGTHS))
        fitted = LogisticRegression(
            C=strength, max_iter=300, tol=1e-3, class_weight="balanced" if weighted else None
        ).fit(told, train.labels)
        got = fitted.predict(asked) if len(wanted) else wanted
        value = float(f1_score(wanted, got, average="macro", zero_division=0.0)) if len(wanted) else 0.0
        if best is None or value > best[0]:
            best = (value, fitted)
    assert best is not None
    _set(model, best[1])
    return best[0]


def embed(model: EncoderClassifier, ids: Ids, pad: int, watch: Watch, what: str) -> Floats:
    """The pooled vector of each row (n x width), by the encoder as it is, without dropout."""
    model.eval()
    found = np.zeros((len(ids), model.head.in_features))
    done = 0
    with torch.inference_mode():
        for places in sorted_batches(ids, _BATCH):
            batch = collate([ids[place] for place in places], pad)
            found[places] = model.features(*batch).double().numpy()
            done += len(places)
            watch(what, done, len(ids))
    return found


def _set(model: EncoderClassifier, fitted: LogisticRegression) -> None:
    """Copy a regression into the head; with two labels it has one row, which speaks for the second."""
    weights, bias = fitted.coef_, fitted.intercept_
    if len(weights) == 1:
        weights = np.concatenate([-weights / 2, weights / 2])
        bias = np.concatenate([-bias / 2, bias / 2])
    with torch.no_grad():
        model.head.weight.copy_(torch.from_numpy(weights))
        model.head.bias.copy_(torch.from_numpy(bias))
