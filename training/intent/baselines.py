"""Public baselines, trained in the same run on the same rows: what any new model must beat."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.svm import LinearSVC

from engines.understanding.classify import Floats
from training.intent.calibrate import calibrate
from training.intent.data import Rows, Split
from training.intent.models import Design, Fitted
from training.intent.watch import Watch

_WORDS = r"(?u)[㐀-鿿]|[^\W㐀-鿿]+"
"""A Han character is a word of its own."""


class Linear:
    """A fitted scikit-learn pipeline that gives one number a label."""

    def __init__(self, pipeline: Pipeline, labels: Sequence[str]) -> None:
        self._pipeline = pipeline
        self._order = [list(pipeline.classes_).index(label) for label in labels]

    def logits(self, texts: Sequence[str]) -> Floats:
        if not texts:
            return np.zeros((0, len(self._order)))
        found = np.asarray(self._pipeline.decision_function(list(texts)), dtype=np.float64)
        if found.ndim == 1:
            found = np.stack([-found, found], axis=1)
        return found[:, self._order]


def _fit(
    name: str, vectoriser: Any, classifier: Any, split: Split, folder: Path, seed: int, watch: Watch
) -> Fitted:
    """Fit on the training rows and calibrate on dev; with test rows to report on, dev rows are learnt from after that."""
    del folder
    watch(name, 0, 2)
    start = time.perf_counter()
    pipeline = Pipeline([("terms", vectoriser()), ("classifier", classifier(random_state=seed))])
    model = _learn(pipeline, split.train, split.intents)
    decision = calibrate(split.intents, model.logits([row.text for row in split.dev]), split.dev)
    watch(name, 1, 2)
    if split.test:
        start = time.perf_counter()
        model = _learn(pipeline, (*split.train, *split.dev), split.intents)
    seconds = time.perf_counter() - start
    watch(name, 2, 2)
    return Fitted(name, model, decision, seconds)


def _learn(pipeline: Pipeline, rows: Rows, labels: Sequence[str]) -> Linear:
    """Fit on the rows whose label is among `labels`."""
    known = [row for row in rows if row.intent in labels]
    return Linear(pipeline.fit([row.text for row in known], [row.intent for row in known]), labels)


def _words() -> TfidfVectorizer:
    return TfidfVectorizer(token_pattern=_WORDS, ngram_range=(1, 2), sublinear_tf=True)


def _characters() -> TfidfVectorizer:
    return TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 5), sublinear_tf=True)


BASELINES: dict[str, Design] = {
    "TF-IDF + logistic regression": partial(
        _fit,
        "TF-IDF + logistic regression",
        _words,
        partial(LogisticRegression, C=10.0, max_iter=200, tol=1e-3, class_weight="balanced"),
    ),
    "character n-grams + linear SVM": partial(
        _fit, "character n-grams + linear SVM", _characters, partial(LinearSVC, C=1.0)
    ),
}
