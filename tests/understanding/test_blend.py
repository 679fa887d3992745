from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.errors import MissingEngineError
from engines.understanding.blend import FILE, Blend, load_blends, log_softmax, ordered
from engines.understanding.decision import Decision

LABELS = ("ask_price", "greet", "out_of_scope")
rows = arrays(np.float64, (2, 3), elements=st.floats(-50, 50))


@given(rows, rows)
def test_all_weight_on_one_side_ranks_as_that_side(linear: np.ndarray, encoder: np.ndarray) -> None:
    for weight, side in ((0.0, linear), (1.0, encoder)):
        blended = Blend(weight, 1.0, Decision(LABELS)).logits(linear, encoder)
        np.testing.assert_allclose(blended, log_softmax(side), atol=1e-9)


@given(rows)
def test_log_softmax_sums_to_one_and_is_finite(logits: np.ndarray) -> None:
    np.testing.assert_allclose(np.exp(log_softmax(logits * 1e3)).sum(axis=1), 1.0)


def test_columns_are_brought_into_order_and_missing_ones_are_unlikely() -> None:
    made = ordered(np.array([[1.0, 2.0]]), ("greet", "ask_price"), LABELS)
    assert made.tolist() == [[2.0, 1.0, -20.0]]


def test_a_low_score_is_out_of_scope_and_a_likely_second_is_told() -> None:
    decision = Decision(LABELS, reject_below=0.5, second_above=0.3)
    sure = decision.rank(np.log([0.6, 0.35, 0.05]))
    assert [score.id for score in sure] == ["ask_price", "greet"]
    assert sure[0].confidence == pytest.approx(0.6)
    unsure = decision.rank(np.log([0.4, 0.35, 0.25]))
    assert [score.id for score in unsure] == ["out_of_scope"]
    assert unsure[0].confidence == pytest.approx(0.4)


def test_heat_lowers_confidence_and_keeps_the_order() -> None:
    logits = np.array([3.0, 1.0, 0.0])
    cold, hot = (Decision(LABELS, temperature=heat).rank(logits)[0] for heat in (1.0, 3.0))
    assert cold.id == hot.id and cold.confidence > hot.confidence


def test_blends_are_read_for_both_languages_and_damage_is_said(tmp_path: Path) -> None:
    one = Blend(0.5, 0.25, Decision(LABELS, temperature=1.2, reject_below=0.1, second_above=0.2))
    (tmp_path / FILE).write_text(json.dumps({"zh": one.as_dict(), "en": one.as_dict()}))
    assert load_blends(tmp_path, LABELS) == {"zh": one, "en": one}
    (tmp_path / FILE).write_text('{"zh": {"weight": 1}}')
    with pytest.raises(MissingEngineError, match=r"blend\.json cannot be read"):
        load_blends(tmp_path, LABELS)
