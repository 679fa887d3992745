"""Our own intent classifier without pretrained weights: linear over several views of the text.

The views are those of the runtime (`engines.understanding.features`), so the result is a `Classifier` of the runtime.
Where labels can be trusted it is a linear support vector machine. Where many look wrong, it is ridge regression on targets
that `training.intent.denoise` cleaned: solved in its dual, its inverse gives for every row the scores of the model that
was trained without that row (leave-one-out in closed form, Rifkin and Lippert 2007). These judge the row's label and
calibrate the confidence, at the price of one factorisation.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.linalg import cholesky, lapack  # type: ignore[import-untyped]
from scipy.sparse import hstack  # type: ignore[import-untyped]
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

from core.types import Lang
from engines.understanding.classify import Classifier, Floats
from engines.understanding.features import VIEWS, Utterance
from engines.understanding.text import language
from training.intent.calibrate import calibrate
from training.intent.data import LabelledText, Split
from training.intent.denoise import NOISY, Ints, clean, reread
from training.intent.models import Fitted
from training.intent.watch import Watch

NAME = "linear over several views"
DECISION = "decision.json"
"""Labels, temperature and threshold, beside the classifier."""
RIDGE = 0.5
"""Strength of the regularisation of the ridge regression; chosen by cross-validation on CIC's training and dev rows."""
MOST_ROWS = 20_000
"""More rows are thinned to this many by the seed: memory grows with the square (1.6 GB here)."""
SAMPLE = 3_000
"""Rows by which the share of wrong labels is estimated."""
STRENGTH = 1.0
"""Inverse of the regularisation of the support vector machine; chosen on a fifth of BANKING77's training rows."""
_STEPS = 5

Singles = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Sparse:
    """A trained classifier that reads plain texts."""

    classifier: Classifier

    def logits(self, texts: Sequence[str]) -> Floats:
        rows = [self.classifier.logits(Utterance(text, text)) for text in texts]
        return np.stack(rows) if rows else np.zeros((0, len(self.classifier.intents)))


@dataclass(frozen=True)
class _Rows:
    """Rows as numbers; those of part 1 come from dev. Labels are below `count`."""

    texts: list[str]
    labels: Ints
    parts: Ints
    count: int

    def one_hot(self) -> Floats:
        return np.eye(self.count)[self.labels]


@dataclass(frozen=True)
class _Learnt:
    """A classifier and, where it has seen the dev rows, logits and rows to calibrate by that it had not seen."""

    classifier: Classifier
    facts: dict[str, Any]
    held: tuple[Floats, Sequence[LabelledText]] | None = None


class _Terms:
    """The rows as TF-IDF, a matrix a view, each row of length one."""

    def __init__(self, texts: Sequence[str], lang: Lang) -> None:
        self.lang = lang
        said = [Utterance(text, text) for text in texts]
        self._fitted = {
            name: TfidfVectorizer(analyzer=view, sublinear_tf=True, dtype=np.float32)
            for name, view in VIEWS[lang].items()
        }
        self._matrices = [fitted.fit_transform(said) for fitted in self._fitted.values()]

    def kernel(self) -> Singles:
        """How like any two rows are, 0..1: the mean cosine over the views (rows x rows)."""
        total = np.zeros((self._matrices[0].shape[0],) * 2, dtype=np.float32)
        for matrix in self._matrices:
            total += (matrix @ matrix.T).toarray()
        return np.asarray(total / len(self._matrices), dtype=np.float32)

    def primal(self, dual: Floats) -> Floats:
        """Weights (terms x labels) whose scores are the kernel with every row times `dual` (rows x labels)."""
        weights = np.vstack([matrix.T @ dual for matrix in self._matrices])
        return np.asarray(weights / len(self._matrices), dtype=np.float64)

    def separate(self, labels: Ints, count: int, seed: int) -> tuple[Floats, Floats]:
        """Weights (terms x labels) and bias of a linear support vector machine, one label against all others."""
        scale = np.sqrt(len(self._matrices))
        matrix = hstack(self._matrices).tocsr() / scale
        weights, bias = np.zeros((matrix.shape[1], count)), np.full(count, -1.0)
        known = np.unique(labels)
        if len(known) == 1:
            bias[known] = 1.0
            return weights, bias
        for label in known:
            machine = LinearSVC(C=STRENGTH, tol=1e-2, random_state=seed).fit(matrix, labels == label)
            weights[:, label], bias[label] = machine.coef_[0] / scale, machine.intercept_[0]
        return weights, bias

    def classifier(self, labels: tuple[str, ...], weights: Floats, bias: Floats) -> Classifier:
        """The classifier with these weights on the terms of the views."""
        return Classifier(
            lang=self.lang,
            intents=labels,
            vocabulary=self._vocabulary(),
            idf=np.concatenate([fitted.idf_ for fitted in self._fitted.values()]),
            weights=weights.astype(np.float32),
            bias=bias,
        )

    def _vocabulary(self) -> dict[str, dict[str, int]]:
        """Terms of each view and their rows in the weights, one view after the other, in order."""
        vocabulary: dict[str, dict[str, int]] = {}
        start = 0
        for name, fitted in self._fitted.items():
            terms: list[str] = fitted.get_feature_names_out().tolist()
            vocabulary[name] = {term: start + place for place, term in enumerate(terms)}
            start += len(terms)
        return vocabulary


class _Ridge:
    """The inverse of kernel plus ridge: any targets cost one product from here."""

    def __init__(self, kernel: Singles, ridge: float) -> None:
        kernel[np.diag_indices(len(kernel))] += ridge
        lower = cholesky(kernel, lower=True, overwrite_a=True, check_finite=False)
        found, _ = lapack.spotri(lower, lower=1, overwrite_c=1)
        half = np.tril(found)
        self._inverse: Singles = half + np.tril(half, -1).T

    def dual(self, targets: Floats) -> Floats:
        return np.asarray(self._inverse @ targets.astype(np.float32), dtype=np.float64)

    def held_out(self, targets: Floats) -> Floats:
        """For every row the scores by the model of all other rows."""
        return targets - self.dual(targets) / np.diag(self._inverse)[:, None]


def fit_sparse(
    split: Split, folder: Path, seed: int, watch: Watch, denoise: bool | None = None, learn_dev: bool = True
) -> Fitted:
    """Train on `split` and save the classifier into `folder`.

    `denoise` cleans the labels; None does so where more than `NOISY` of a sample of them look wrong. Where there are
    test rows to report on, the model learns from dev rows as well, unless `learn_dev` is False; what is chosen on
    dev is still chosen by a model that has not seen the row.
    """
    start = time.perf_counter()
    labels = split.intents
    watch(NAME, 0, _STEPS)
    noise = _estimate(_rows(split.train, (), labels, seed, SAMPLE))
    watch(NAME, 1, _STEPS)
    noisy = noise > NOISY if denoise is None else denoise
    dev = split.dev if learn_dev and split.test else ()
    if noisy:
        learnt = _fit_noisy(_rows(split.train, dev, labels, seed, MOST_ROWS), labels, watch)
    else:
        learnt = _fit_clean(split.train, dev, labels, seed, watch)
    watch(NAME, 4, _STEPS)
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("intent.*"):
        old.unlink()
    learnt.classifier.save(folder)
    seconds = time.perf_counter() - start
    model = Sparse(learnt.classifier)
    held, judged = learnt.held or (model.logits([row.text for row in split.dev]), split.dev)
    decision = calibrate(labels, held, judged)
    (folder / DECISION).write_text(
        json.dumps(asdict(decision), ensure_ascii=False, indent=1), encoding="utf-8"
    )
    watch(NAME, _STEPS, _STEPS)
    return Fitted(NAME, model, decision, seconds, {"noise": noise, **learnt.facts, "folder": str(folder)})


def _estimate(rows: _Rows) -> float:
    """The share of wrong labels, 0..1, by a small model."""
    ridge = _Ridge(_Terms(rows.texts, _main_language(rows.texts)).kernel(), RIDGE)
    return clean(ridge.held_out(rows.one_hot()), rows.labels, rows.parts).noise


def _fit_clean(
    train: Sequence[LabelledText],
    dev: Sequence[LabelledText],
    labels: tuple[str, ...],
    seed: int,
    watch: Watch,
) -> _Learnt:
    """A linear support vector machine: best where the labels can be trusted.

    Of two machines the first has not seen `dev` and is there to calibrate by; the second has.
    """
    first = _machine(_rows(train, (), labels, seed, None), labels, seed)
    if not dev:
        return _Learnt(first, {"learnt_from": len(train)})
    watch(NAME, 3, _STEPS)
    held = Sparse(first).logits([row.text for row in dev])
    whole = _rows(train, dev, labels, seed, None)
    return _Learnt(_machine(whole, labels, seed), {"learnt_from": len(whole.texts)}, (held, dev))


def _machine(rows: _Rows, labels: tuple[str, ...], seed: int) -> Classifier:
    terms = _Terms(rows.texts, _main_language(rows.texts))
    return terms.classifier(labels, *terms.separate(rows.labels, len(labels), seed))


def _fit_noisy(rows: _Rows, labels: tuple[str, ...], watch: Watch) -> _Learnt:
    """Ridge regression on cleaned targets."""
    terms = _Terms(rows.texts, _main_language(rows.texts))
    ridge = _Ridge(terms.kernel(), RIDGE)
    watch(NAME, 3, _STEPS)
    cleaned = clean(ridge.held_out(rows.one_hot()), rows.labels, rows.parts)
    held = ridge.held_out(cleaned.targets)
    sharpness, bias = reread(held, rows.labels, rows.parts, cleaned.rates)
    weights = terms.primal(sharpness * ridge.dual(cleaned.targets))
    chosen = np.flatnonzero((rows.parts == rows.parts.max()) & (cleaned.trust >= 0.5))
    judged = [LabelledText(rows.texts[place], labels[rows.labels[place]]) for place in chosen]
    doubted = int((cleaned.trust < 0.5).sum())
    facts = {"learnt_from": len(rows.texts), "doubted": doubted, "noise_of_parts": cleaned.rates.tolist()}
    return _Learnt(terms.classifier(labels, weights, bias), facts, (sharpness * held[chosen] + bias, judged))


def _rows(
    train: Sequence[LabelledText],
    dev: Sequence[LabelledText],
    labels: tuple[str, ...],
    seed: int,
    most: int | None,
) -> _Rows:
    """The rows to learn from, at most `most`; dev rows of labels that train lacks are left out."""
    place = {label: number for number, label in enumerate(labels)}
    taken = [(row, part) for part, rows in enumerate((train, dev)) for row in rows if row.intent in place]
    if most is not None and len(taken) > most:
        order = np.random.default_rng(seed).permutation(len(taken))[:most]
        taken = [taken[number] for number in sorted(order)]
    return _Rows(
        [row.text for row, _ in taken],
        np.array([place[row.intent] for row, _ in taken], dtype=np.int64),
        np.array([part for _, part in taken], dtype=np.int64),
        len(labels),
    )


def _main_language(texts: Sequence[str]) -> Lang:
    chinese = sum(language(text) == "zh" for text in texts)
    return "zh" if 2 * chinese > len(texts) else "en"
