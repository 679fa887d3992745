"""How well intents are told: accuracy, F1, and what becomes of utterances that no intent covers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sklearn.metrics import f1_score

from evaluation.scores import share
from training.intent.data import OUT_OF_SCOPE


@dataclass(frozen=True)
class Scores:
    """Shares 0..1 over `rows` utterances. Those of a kind that does not occur are None.

    `accuracy`, `macro_f1` and `weighted_f1` count out of scope as a label like any other; macro-F1 is the mean over
    every label that is expected or given, as scikit-learn has it. `in_scope` is the accuracy on utterances that have
    an intent, rejected ones counted as wrong; `in_scope_forced` the same where nothing is rejected.
    """

    rows: int
    accuracy: float
    macro_f1: float
    weighted_f1: float
    in_scope: float | None = None
    in_scope_forced: float | None = None
    oos_recall: float | None = None
    oos_precision: float | None = None


def score(expected: Sequence[str], got: Sequence[str], forced: Sequence[str]) -> Scores:
    """Scores of the answers `got`; `forced` are the best intents where nothing may be rejected. One row or more."""
    inside = [place for place, label in enumerate(expected) if label != OUT_OF_SCOPE]
    outside = [place for place, label in enumerate(expected) if label == OUT_OF_SCOPE]
    rejected = [place for place, label in enumerate(got) if label == OUT_OF_SCOPE]
    caught = sum(got[place] == OUT_OF_SCOPE for place in outside)
    right = sum(one == other for one, other in zip(expected, got, strict=True))
    return Scores(
        rows=len(expected),
        accuracy=share(right, len(expected)),
        macro_f1=_f1(expected, got, "macro"),
        weighted_f1=_f1(expected, got, "weighted"),
        in_scope=_right(inside, expected, got),
        in_scope_forced=_right(inside, expected, forced),
        oos_recall=share(caught, len(outside)) if outside else None,
        oos_precision=share(caught, len(rejected)) if outside else None,
    )


def _f1(expected: Sequence[str], got: Sequence[str], average: str) -> float:
    return float(f1_score(expected, got, average=average, zero_division=0.0))


def _right(places: Sequence[int], expected: Sequence[str], got: Sequence[str]) -> float | None:
    if not places:
        return None
    return share(sum(expected[place] == got[place] for place in places), len(places))
