from __future__ import annotations

import numpy as np
import pytest

from engines.understanding.decision import NEVER, Decision
from training.intent.calibrate import best_temperature, calibrate, calibration_error, second_threshold
from training.intent.data import OUT_OF_SCOPE, LabelledText
from training.intent.scores import score

LABELS = ("a", "b", "c")


def noisy(rows: int, heat: float) -> tuple[np.ndarray, list[LabelledText]]:
    """Logits whose true temperature is `heat`: labels are drawn from what they say."""
    chance = np.random.default_rng(5)
    true = chance.normal(size=(rows, 3)) * 2
    chances = np.exp(true) / np.exp(true).sum(axis=1, keepdims=True)
    told = [LabelledText(str(place), LABELS[chance.choice(3, p=row)]) for place, row in enumerate(chances)]
    return true * heat, told


def test_the_temperature_is_found_and_calibrates() -> None:
    logits, rows = noisy(4000, 3.0)
    assert best_temperature(LABELS, logits, rows) == pytest.approx(3.0, rel=0.1)
    decision = calibrate(LABELS, logits, rows)
    assert calibration_error(decision, logits, rows) < 0.03
    assert calibration_error(Decision(LABELS), logits, rows) > 0.1


def test_nothing_is_rejected_where_no_row_is_out_of_scope() -> None:
    logits, rows = noisy(50, 1.0)
    assert calibrate(LABELS, logits, rows).reject_below == NEVER
    assert calibrate(LABELS, logits, []) == Decision(LABELS)


@pytest.mark.parametrize("rejection", [None, "probability", "energy"])
def test_a_threshold_parts_what_can_be_parted(rejection: str | None) -> None:
    rows = [LabelledText("", LABELS[place % 3]) for place in range(30)] + [
        LabelledText("", OUT_OF_SCOPE)
    ] * 10
    logits = np.zeros((40, 3))
    logits[np.arange(30), np.arange(30) % 3] = 6.0
    decision = calibrate(LABELS, logits, rows, rejection)  # type: ignore[arg-type]
    assert decision.decide(logits) == [row.intent for row in rows]
    assert rejection in (None, decision.rejection)


def test_a_label_for_out_of_scope_rejects_and_is_never_forced() -> None:
    decision = Decision(("a", OUT_OF_SCOPE))
    logits = np.array([[0.0, 2.0], [2.0, 0.0]])
    assert decision.decide(logits) == [OUT_OF_SCOPE, "a"]
    assert decision.forced(logits) == ["a", "a"]


def test_ranking_tells_a_second_intent_from_its_threshold_on() -> None:
    logits = np.array([1.0, 0.9, -5.0])
    assert [one.id for one in Decision(LABELS, second_above=0.3).rank(logits)] == ["a", "b"]
    assert [one.id for one in Decision(LABELS).rank(logits)] == ["a"]
    rejected = Decision(LABELS, reject_below=0.9, second_above=0.3).rank(logits)
    assert [one.id for one in rejected] == [OUT_OF_SCOPE]
    assert rejected[0].confidence == pytest.approx(Decision(LABELS).rank(logits)[0].confidence)


def test_the_second_threshold_is_learnt_from_rows_with_two_intents() -> None:
    logits = np.array([[2.0, 1.5, -5.0], [2.0, -5.0, -5.0]] * 10)
    rows = [LabelledText("", "a", ("b",)), LabelledText("", "a")] * 10
    decision = Decision(LABELS, second_above=second_threshold(Decision(LABELS), logits, rows))
    assert [len(decision.rank(row)) for row in logits[:2]] == [2, 1]
    assert second_threshold(Decision(LABELS), logits[1::2], rows[1::2]) == 1.0


def test_scores_with_and_without_rejection() -> None:
    found = score(["a", "a", "b", OUT_OF_SCOPE], ["a", OUT_OF_SCOPE, "b", OUT_OF_SCOPE], ["a", "a", "b", "b"])
    assert found.accuracy == 0.75
    assert found.in_scope == pytest.approx(2 / 3)
    assert found.in_scope_forced == 1.0
    assert (found.oos_recall, found.oos_precision) == (1.0, 0.5)
    assert score(["a"], ["a"], ["a"]).oos_recall is None
