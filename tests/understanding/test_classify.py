from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.pack import Pack
from engines.understanding.classify import Classifier, softmax
from engines.understanding.features import Utterance
from engines.understanding.fit_intents import Labelled, fit_classifier, one_intent_model, vectorise

ROWS = [
    Labelled(Utterance(text, text), intents)
    for text, intents in [
        ("多少钱", ("ask_price",)),
        ("什么价格", ("ask_price",)),
        ("价格是多少钱呢", ("ask_price",)),
        ("保修几年", ("ask_service",)),
        ("坏了谁修", ("ask_service",)),
        ("质保多久", ("ask_service",)),
        ("你好", ("greet",)),
        ("喂你好", ("greet",)),
        ("在吗你好", ("greet",)),
        ("多少钱保修几年", ("ask_price", "ask_service")),
        ("什么价谁来修", ("ask_price", "ask_service")),
    ]
]


def test_reading_with_numpy_equals_scikit_learn() -> None:
    classifier, _ = fit_classifier(ROWS, "zh", seed=3)
    _, matrix = vectorise(ROWS, "zh")
    for intent in ("greet", "ask_price"):
        labels = [intent in row.intents for row in ROWS]
        model = one_intent_model(3).fit(matrix, labels)
        ours = [classifier.logits(row.said)[classifier.intents.index(intent)] for row in ROWS]
        np.testing.assert_allclose(ours, model.decision_function(matrix), atol=1e-6)


def test_what_is_saved_reads_the_same(tmp_path: Path) -> None:
    classifier, _ = fit_classifier(ROWS, "zh", seed=3)
    classifier.save(tmp_path)
    again = Classifier.load(tmp_path, "zh")
    for said in [row.said for row in ROWS] + [Utterance("全新的话", "全新的话")]:
        np.testing.assert_array_equal(again.probabilities(said), classifier.probabilities(said))


def test_nothing_in_the_files_is_pickled(tmp_path: Path) -> None:
    fit_classifier(ROWS, "zh", seed=3)[0].save(tmp_path)
    with np.load(tmp_path / "intent.zh.npz", allow_pickle=False) as arrays:
        assert {name: arrays[name].dtype.kind for name in arrays.files} == {
            "idf": "f",
            "weights": "f",
            "bias": "f",
        }


def test_probabilities_sum_to_one_and_unknown_words_are_read() -> None:
    classifier, _ = fit_classifier(ROWS, "zh", seed=3)
    assert classifier.probabilities(Utterance("ξψω", "ξψω")).sum() == pytest.approx(1.0)


def test_a_second_intent_is_told_only_where_it_is_likely() -> None:
    classifier, _ = fit_classifier(ROWS, "zh", seed=3)
    assert len(classifier.rank(Utterance("你好", "你好"))) == 1
    both = classifier.rank(Utterance("多少钱保修几年", "多少钱保修几年"))
    assert {score.id for score in both} <= {"ask_price", "ask_service"}
    assert both[0].confidence >= both[-1].confidence


def test_one_intent_alone_can_be_trained() -> None:
    classifier, report = fit_classifier(ROWS[6:9], "zh", seed=3)
    assert classifier.rank(Utterance("喂", "喂"))[0].id == "greet"
    assert report.intents == 1


def test_softmax_of_large_numbers_is_finite() -> None:
    assert np.isfinite(softmax(np.array([1e6, 0.0, -1e6]))).all()


def test_the_same_seed_gives_the_same_weights(pack: Pack) -> None:
    one, other = fit_classifier(ROWS, "zh", seed=5)[0], fit_classifier(ROWS, "zh", seed=5)[0]
    np.testing.assert_array_equal(one.weights, other.weights)
    assert one.second_above == other.second_above
