from __future__ import annotations

from pathlib import Path

import numpy as np

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
    classifier = fit_classifier(ROWS, "zh", seed=3)
    _, matrix = vectorise(ROWS, "zh")
    for intent in ("greet", "ask_price"):
        labels = [intent in row.intents for row in ROWS]
        model = one_intent_model(3).fit(matrix, labels)
        ours = [classifier.logits(row.said)[classifier.intents.index(intent)] for row in ROWS]
        np.testing.assert_allclose(ours, model.decision_function(matrix), atol=1e-6)


def test_what_is_saved_reads_the_same(tmp_path: Path) -> None:
    classifier = fit_classifier(ROWS, "zh", seed=3)
    classifier.save(tmp_path)
    again = Classifier.load(tmp_path, "zh")
    for said in [row.said for row in ROWS] + [Utterance("全新的话", "全新的话")]:
        np.testing.assert_allclose(again.logits(said), classifier.logits(said), rtol=1e-4, atol=1e-5)


def test_nothing_in_the_files_is_pickled(tmp_path: Path) -> None:
    fit_classifier(ROWS, "zh", seed=3).save(tmp_path)
    with np.load(tmp_path / "intent.zh.npz", allow_pickle=False) as arrays:
        assert {name: arrays[name].dtype.kind for name in arrays.files} == {
            "idf": "f",
            "weights": "f",
            "bias": "f",
        }


def test_unknown_words_are_read() -> None:
    classifier = fit_classifier(ROWS, "zh", seed=3)
    assert np.isfinite(classifier.logits(Utterance("ξψω", "ξψω"))).all()


def test_both_of_two_intents_score_above_the_third() -> None:
    classifier = fit_classifier(ROWS, "zh", seed=3)
    logits = classifier.logits(Utterance("多少钱保修几年", "多少钱保修几年"))
    assert classifier.intents[int(logits.argmin())] == "greet"


def test_one_intent_alone_can_be_trained() -> None:
    classifier = fit_classifier(ROWS[6:9], "zh", seed=3)
    assert classifier.intents == ("greet",)
    assert classifier.logits(Utterance("喂", "喂")).shape == (1,)


def test_softmax_of_large_numbers_is_finite() -> None:
    assert np.isfinite(softmax(np.array([1e6, 0.0, -1e6]))).all()


def test_the_same_seed_gives_the_same_weights(pack: Pack) -> None:
    one, other = fit_classifier(ROWS, "zh", seed=5), fit_classifier(ROWS, "zh", seed=5)
    np.testing.assert_array_equal(one.weights, other.weights)
