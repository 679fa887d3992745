"""Training of the pack's linear intent classifier. Imports scikit-learn, so nothing on the path of a turn imports this."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import csr_matrix, hstack  # type: ignore[import-untyped]
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

from core.types import Lang
from engines.understanding.classify import Classifier, Floats
from engines.understanding.features import VIEWS, Utterance

STRENGTH = 1.0
"""Inverse of the regularisation."""
SECOND_WEIGHT = 0.4
"""How much an utterance counts as an example of its second intent."""


class Labelled(NamedTuple):
    """A training utterance and its intents, the main one first."""

    said: Utterance
    intents: tuple[str, ...]


def fit_classifier(rows: Sequence[Labelled], lang: Lang, seed: int) -> Classifier:
    """Train on `rows`, at least one: a linear support vector machine an intent, over TF-IDF of several views."""
    vectorisers, matrix = vectorise(rows, lang)
    intents = tuple(sorted({intent for row in rows for intent in row.intents}))
    weights, bias = _train(rows, matrix, intents, seed)
    return Classifier(
        lang=lang,
        intents=intents,
        vocabulary=_vocabulary(vectorisers),
        idf=np.concatenate([fitted.idf_ for fitted in vectorisers.values()]),
        weights=weights,
        bias=bias,
    )


def vectorise(rows: Sequence[Labelled], lang: Lang) -> tuple[dict[str, TfidfVectorizer], csr_matrix]:
    """The fitted vectorisers by view, and the examples as TF-IDF rows."""
    said = [row.said for row in rows]
    least = 2 if len(rows) >= 500 else 1
    vectorisers = {
        name: TfidfVectorizer(analyzer=view, sublinear_tf=True, min_df=least)
        for name, view in VIEWS[lang].items()
    }
    blocks = [vectoriser.fit_transform(said) for vectoriser in vectorisers.values()]
    return vectorisers, csr_matrix(hstack(blocks))


def _vocabulary(vectorisers: dict[str, TfidfVectorizer]) -> dict[str, dict[str, int]]:
    """Terms to rows, one view after the other, in the order of the matrix's columns."""
    vocabulary: dict[str, dict[str, int]] = {}
    row = 0
    for name, fitted in vectorisers.items():
        terms = sorted(fitted.vocabulary_, key=fitted.vocabulary_.__getitem__)
        vocabulary[name] = {term: row + place for place, term in enumerate(terms)}
        row += len(terms)
    return vocabulary


def _train(
    rows: Sequence[Labelled], matrix: csr_matrix, intents: tuple[str, ...], seed: int
) -> tuple[Floats, Floats]:
    """Weights (terms x intents) and bias of one model an intent, against all others.

    An utterance counts by SECOND_WEIGHT for its second intent; an intent without examples gets a bias of minus 20.
    """
    weights = np.zeros((matrix.shape[1], len(intents)))
    bias = np.full(len(intents), -20.0)
    for column, intent in enumerate(intents):
        ranks = [row.intents[:2].index(intent) if intent in row.intents[:2] else None for row in rows]
        labels = np.array([rank is not None for rank in ranks])
        if labels.all():
            bias[column] = 0.0
        elif labels.any():
            counts = [SECOND_WEIGHT if rank == 1 else 1.0 for rank in ranks]
            model = one_intent_model(seed).fit(matrix, labels, sample_weight=counts)
            weights[:, column], bias[column] = model.coef_[0], model.intercept_[0]
    return weights, bias


def one_intent_model(seed: int) -> Any:
    """The model that tells one intent from all others."""
    return LinearSVC(C=STRENGTH, tol=1e-2, random_state=seed)
