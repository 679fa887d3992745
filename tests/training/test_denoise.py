import numpy as np
import pytest

from training.intent.denoise import Ints, clean, reread

LABELS, ROWS = 6, 1200


def _scores(true: Ints, seed: int) -> np.ndarray:
    """What a good but not perfect model says: near one at the true label, or at another in one row of ten."""
    draw = np.random.default_rng(seed)
    seen = np.where(draw.random(len(true)) < 0.9, true, draw.integers(0, LABELS, len(true)))
    return 0.8 * np.eye(LABELS)[seen] + draw.normal(0.0, 0.1, (len(true), LABELS))


def _planted(rates: tuple[float, float], seed: int = 3) -> tuple[Ints, Ints, Ints]:
    draw = np.random.default_rng(seed)
    true = draw.integers(0, LABELS, ROWS)
    parts = (np.arange(ROWS) >= ROWS // 2).astype(np.int64)
    wrong = draw.random(ROWS) < np.array(rates)[parts]
    moved = (true + draw.integers(1, LABELS, ROWS)) % LABELS
    return true, np.where(wrong, moved, true), parts


def test_planted_noise_is_found_and_told_by_part() -> None:
    true, labels, parts = _planted((0.4, 0.1))
    found = clean(_scores(true, 5), labels, parts)
    wrong, doubted = labels != true, found.trust < 0.5
    assert (doubted & wrong).sum() / wrong.sum() > 0.9
    assert (doubted & wrong).sum() / doubted.sum() > 0.75
    assert found.rates[0] > 2 * found.rates[1]
    assert found.rates[0] == pytest.approx(0.4, abs=0.15)


def test_cleaned_targets_are_distributions_nearer_the_truth() -> None:
    true, labels, parts = _planted((0.4, 0.4))
    targets = clean(_scores(true, 5), labels, parts).targets
    assert np.allclose(targets.sum(axis=1), 1.0)
    assert targets.min() >= 0.0
    assert (targets.argmax(axis=1) == true).mean() > (labels == true).mean() + 0.2


def test_true_labels_are_left_alone() -> None:
    draw = np.random.default_rng(1)
    true = draw.integers(0, LABELS, ROWS)
    scores = 0.8 * np.eye(LABELS)[true] + draw.normal(0.0, 0.1, (ROWS, LABELS))
    found = clean(scores, true, np.zeros(ROWS, dtype=np.int64))
    assert found.noise < 0.02
    assert (found.targets.argmax(axis=1) == true).all()


def test_a_rare_label_keeps_its_share() -> None:
    """Scores shrink towards frequent labels; the bias gives rare ones back what they lost."""
    labels = np.array([0] * 190 + [1] * 10, dtype=np.int64)
    scores = np.zeros((200, 2))
    scores[:, 0], scores[190:, 1] = 0.5, 0.4
    sharpness, bias = reread(scores, labels, np.zeros(200, dtype=np.int64), np.array([0.01]))
    logits = sharpness * scores + bias
    assert (logits.argmax(axis=1) == labels).all()
