from pathlib import Path

import numpy as np
import pytest

from engines.understanding.classify import Classifier
from engines.understanding.features import Utterance
from training.intent.data import LabelledText, Rows, Split, make_split
from training.intent.sparse import fit_sparse
from training.intent.watch import silent

ZH = {
    "ask_price": ("多少钱", "什么价格", "报个价"),
    "ask_delivery": ("几天到货", "什么时候发货", "多久能送到"),
    "object_price": ("太贵了", "能便宜点吗", "打个折"),
    "thanks_bye": ("谢谢再见", "好的谢谢", "拜拜了"),
}
EN = {
    "ask_price": ("how much is it", "what does it cost", "give me a price"),
    "ask_delivery": ("when will it ship", "how soon can it arrive", "what is the delivery time"),
    "thanks_bye": ("thanks and goodbye", "thank you bye", "okay thanks"),
}
THINGS = (
    "机器人",
    "臂",
    "那个",
    "两台",
    "夹爪",
    "the robot",
    "the arm",
    "two units",
    "六公斤的",
    "电柜",
    "sensor",
    "相机",
)


def _rows(said: dict[str, tuple[str, ...]], flip: float = 0.0) -> Rows:
    draw = np.random.default_rng(5)
    labels = sorted(said)
    rows = []
    for label, ways in said.items():
        for way in ways:
            for thing in THINGS:
                told = labels[draw.integers(len(labels))] if draw.random() < flip else label
                rows.append(LabelledText(f"{thing} {way}", told))
    return tuple(rows)


def _split(said: dict[str, tuple[str, ...]], flip: float = 0.0) -> Split:
    test = tuple(LabelledText(f"请问 {way} 啊", label) for label, ways in said.items() for way in ways)
    return make_split(_rows(said, flip), test=test)


def _right(split: Split, folder: Path, denoise: bool | None = None) -> float:
    fitted = fit_sparse(split, folder, 7, silent, denoise)
    got = fitted.decision.forced(fitted.model.logits([row.text for row in split.test]))
    return sum(one == row.intent for one, row in zip(got, split.test, strict=True)) / len(got)


@pytest.mark.parametrize("said", [ZH, EN])
@pytest.mark.parametrize("denoise", [True, False])
def test_a_separable_set_is_learnt(said: dict[str, tuple[str, ...]], denoise: bool, tmp_path: Path) -> None:
    assert _right(_split(said), tmp_path, denoise) == 1.0


def test_wrong_labels_are_noticed_and_do_no_harm(tmp_path: Path) -> None:
    split = _split(ZH, flip=0.4)
    fitted = fit_sparse(split, tmp_path, 7, silent)
    assert fitted.facts["noise"] > 0.12
    assert fitted.facts["doubted"] > 10
    assert _right(split, tmp_path) == 1.0


def test_right_labels_are_not_cleaned(tmp_path: Path) -> None:
    assert "doubted" not in fit_sparse(_split(ZH), tmp_path, 7, silent).facts


@pytest.mark.parametrize("denoise", [True, False])
def test_equal_runs_give_equal_models_and_the_runtime_loads_them(denoise: bool, tmp_path: Path) -> None:
    split = _split(ZH, flip=0.2)
    texts = [row.text for row in split.test]
    one, other = (
        fit_sparse(split, tmp_path / name, 7, silent, denoise).model.logits(texts) for name in ("a", "b")
    )
    assert np.array_equal(one, other)
    loaded = Classifier.load(tmp_path / "a", "zh")
    assert np.allclose(loaded.logits(Utterance(texts[0], texts[0])), one[0], atol=1e-4)


def test_without_test_rows_dev_rows_stay_unseen(tmp_path: Path) -> None:
    split = _split(ZH)._replace(test=())
    fitted = fit_sparse(split, tmp_path, 7, silent, denoise=True)
    assert fitted.facts["learnt_from"] == len(split.train)


def test_one_label_is_always_given(tmp_path: Path) -> None:
    rows = tuple(row for row in _rows(ZH) if row.intent == "ask_price")
    fitted = fit_sparse(Split(rows[:-2], rows[-2:]), tmp_path, 7, silent)
    assert fitted.decision.decide(fitted.model.logits(["你好"])) == ["ask_price"]
