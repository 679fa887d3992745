"""Training of the intent classifier. Imports scikit-learn, so nothing on the path of a turn imports this."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, hstack  # type: ignore[import-untyped]
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score

from core.types import Lang
from engines.understanding.classify import Classifier, Floats, softmax
from engines.understanding.features import VIEWS, Utterance

FOLDS = 3
STRENGTH = 50.0
"""Inverse of the regularisation; chosen by cross-validation on the demo pack."""
SECOND_WEIGHT = 0.4
"""How much an utterance counts as an example of its second intent."""
_TEMPERATURES = np.geomspace(0.3, 3.0, 28)
_THRESHOLDS = np.linspace(0.08, 0.5, 43)


class Labelled(NamedTuple):
    """A training utterance and its intents, the main one first."""

    said: Utterance
    intents: tuple[str, ...]


class IntentReport(NamedTuple):
    """How the classifier does on utterances held out of training (cross-validation)."""

    examples: int
    intents: int
    macro_f1: float
    accuracy: float
    second_f1: float
    temperature: float
    second_above: float


class _Held(NamedTuple):
    """Logits of every example by a model that has not seen it (nor one that differs only in its slots)."""

    logits: Floats
    mains: npt.NDArray[np.int64]
    seconds: list[int | None]


def fit_classifier(
    rows: Sequence[Labelled], lang: Lang, seed: int, folds: int = FOLDS
) -> tuple[Classifier, IntentReport]:
    """Train on `rows`, at least one; the report comes from `folds`-fold cross-validation."""
    vectorisers, matrix = vectorise(rows, lang)
    intents = tuple(sorted({intent for row in rows for intent in row.intents}))
    held = hold_out(rows, matrix, intents, seed, folds)
    temperature = _choose_temperature(held)
    second_above, second_f1 = _choose_threshold(held, temperature)
    weights, bias = train(rows, matrix, intents, seed)
    classifier = Classifier(
        lang=lang,
        intents=intents,
        vocabulary=_vocabulary(vectorisers),
        idf=np.concatenate([fitted.idf_ for fitted in vectorisers.values()]),
        weights=weights,
        bias=bias,
        temperature=temperature,
        second_above=second_above,
    )
    best = held.logits.argmax(axis=1)
    report = IntentReport(
        examples=len(rows),
        intents=len(intents),
        macro_f1=float(f1_score(held.mains, best, average="macro", zero_division=0.0)),
        accuracy=float((held.mains == best).mean()),
        second_f1=second_f1,
        temperature=temperature,
        second_above=second_above,
    )
    return classifier, report


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


def train(
    rows: Sequence[Labelled], matrix: csr_matrix, intents: tuple[str, ...], seed: int
) -> tuple[Floats, Floats]:
    """Weights (terms x intents) and bias of one logistic regression an intent, against all others.

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
    """The logistic regression that tells one intent from all others."""
    return LogisticRegression(
        C=STRENGTH, solver="liblinear", dual=True, tol=1e-2, max_iter=200, random_state=seed
    )


def hold_out(
    rows: Sequence[Labelled], matrix: csr_matrix, intents: tuple[str, ...], seed: int, folds: int = FOLDS
) -> _Held:
    """Cross-validate: utterances that differ only in product, number or place fall into one fold."""
    folded = np.array([_fold_of(row.said.masked, seed, folds) for row in rows])
    logits = np.zeros((len(rows), len(intents)))
    for fold in range(folds):
        inside = np.flatnonzero(folded != fold)
        outside = np.flatnonzero(folded == fold)
        if inside.size and outside.size:
            weights, bias = train([rows[place] for place in inside.tolist()], matrix[inside], intents, seed)
            logits[outside] = matrix[outside] @ weights + bias
    mains = np.array([intents.index(row.intents[0]) for row in rows])
    seconds = [intents.index(row.intents[1]) if len(row.intents) > 1 else None for row in rows]
    return _Held(logits, mains, seconds)


def _fold_of(masked: str, seed: int, folds: int) -> int:
    digest = hashlib.sha256(f"{seed}:{masked}".encode()).digest()
    return int.from_bytes(digest[:4], "big") % folds


def _choose_temperature(held: _Held) -> float:
    """The temperature of the least negative log-likelihood of the main intents."""
    places = np.arange(len(held.mains))
    losses = [
        -np.log(softmax(held.logits / heat)[places, held.mains] + 1e-12).mean() for heat in _TEMPERATURES
    ]
    return float(_TEMPERATURES[int(np.argmin(losses))])


def _choose_threshold(held: _Held, temperature: float) -> tuple[float, float]:
    """The confidence from which a second intent is told, by the best F1 of second intents; and that F1."""
    chances = softmax(held.logits / temperature)
    order = np.argsort(-chances, axis=1, kind="stable")
    if order.shape[1] < 2 or not any(second is not None for second in held.seconds):
        return 1.0, 0.0
    places = np.arange(len(order))
    best = (1.0, 0.0)
    for threshold in _THRESHOLDS:
        told = chances[places, order[:, 1]] >= threshold
        right = wrong = missed = 0
        for place, second in enumerate(held.seconds):
            pair = {int(order[place, 0]), int(order[place, 1])} if told[place] else {int(order[place, 0])}
            wanted = {int(held.mains[place])} | ({second} if second is not None else set())
            right += len(pair & wanted)
            wrong += len(pair - wanted)
            missed += len(wanted - pair)
        score = 2 * right / max(1, 2 * right + wrong + missed)
        if score > best[1]:
            best = (float(threshold), score)
    return best
