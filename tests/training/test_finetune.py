from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.errors import MissingEngineError
from engines.understanding.transformer import CARD, MODEL, TransformerClassifier
from tests.cli.harness import ROOT
from tests.training.tiny import toy_split
from training.intent.export import export
from training.intent.finetune import Mode, Recipe, Trained, fit_encoder, forget_checkpoint, rate_at
from training.intent.network import load_base
from training.intent.scores import score

SPLIT = toy_split()
TEXTS = [row.text for row in SPLIT.test]
EXPECTED = [row.intent for row in SPLIT.test]


class Killed(BaseException):
    """Not an Exception: nothing may clean up after it, as after a kill."""


def killed_at(step: int) -> Callable[[str, int, int], None]:
    def watch(what: str, done: int, total: int) -> None:
        if what.startswith("training") and done == step:
            raise Killed

    return watch


@pytest.fixture(scope="module")
def recipe(base: Path) -> Recipe:
    return Recipe(base=str(base), epochs=3, batch=8, rate=2e-3, head_rate=1e-2, save_every=4)


@pytest.fixture(scope="module")
def full(recipe: Recipe, tmp_path_factory: pytest.TempPathFactory) -> tuple[Trained, Path]:
    folder = tmp_path_factory.mktemp("full")
    return fit_encoder(SPLIT, recipe, folder), folder


@pytest.mark.parametrize("mode", ["frozen", "lora"])
def test_every_mode_learns_what_can_be_told_apart(recipe: Recipe, tmp_path: Path, mode: Mode) -> None:
    trained = fit_encoder(SPLIT, replace(recipe, mode=mode), tmp_path)
    logits = trained.logits(TEXTS)
    got = [trained.labels[place] for place in logits.argmax(axis=1)]
    assert score(EXPECTED, got, got).accuracy > 0.9
    assert bool(trained.epochs) == (mode == "lora")
    assert not any("lora" in name for name, _ in trained.model.named_parameters())


def test_full_training_learns_and_stops_early(
    full: tuple[Trained, Path], recipe: Recipe, tmp_path: Path
) -> None:
    trained, _ = full
    got = [trained.labels[place] for place in trained.logits(TEXTS).argmax(axis=1)]
    assert score(EXPECTED, got, got).macro_f1 > 0.95
    stopped = fit_encoder(SPLIT, replace(recipe, rate=0.0, head_rate=0.0, patience=1), tmp_path)
    assert len(stopped.epochs) == 1


@pytest.mark.parametrize("mode", ["full", "lora"])
def test_a_killed_run_goes_on_to_the_same_result(
    recipe: Recipe, tmp_path: Path, mode: Mode, full: tuple[Trained, Path]
) -> None:
    asked = replace(recipe, mode=mode)
    whole = full[0] if mode == "full" else fit_encoder(SPLIT, asked, tmp_path / "whole")
    for step in (7, 16):
        with pytest.raises(Killed):
            fit_encoder(SPLIT, asked, tmp_path / "killed", killed_at(step))
    steps: list[int] = []

    def watch(what: str, done: int, total: int) -> None:
        if what.startswith("training"):
            steps.append(done)
        assert what != "fitting the head"

    again = fit_encoder(SPLIT, asked, tmp_path / "killed", watch)
    assert steps[0] > 8, "it starts where the checkpoint stands"
    assert [one.dev_macro_f1 for one in again.epochs] == [one.dev_macro_f1 for one in whole.epochs]
    np.testing.assert_allclose(again.logits(TEXTS), whole.logits(TEXTS), atol=1e-4)
    forget_checkpoint(tmp_path / "killed")
    assert not (tmp_path / "killed" / "checkpoint").exists()


def test_a_checkpoint_of_other_rows_is_left_aside(recipe: Recipe, tmp_path: Path) -> None:
    with pytest.raises(Killed):
        fit_encoder(SPLIT, recipe, tmp_path, killed_at(5))
    seen: list[str] = []
    other = SPLIT._replace(train=SPLIT.train[1:])
    with pytest.raises(Killed):
        fit_encoder(other, recipe, tmp_path, lambda what, done, total: _note(seen, what, done))
    assert "fitting the head" in seen


def _note(seen: list[str], what: str, done: int) -> None:
    seen.append(what)
    if what.startswith("training"):
        raise Killed


def test_the_exported_folder_agrees_and_needs_no_torch(full: tuple[Trained, Path], tmp_path: Path) -> None:
    trained, _ = full
    exported = export(trained, SPLIT, tmp_path)
    assert exported.agreement > 0.95
    model = TransformerClassifier.load(tmp_path)
    np.testing.assert_allclose(model.logits(TEXTS), trained.logits(TEXTS), atol=1.0)
    assert [model.logits([text])[0].argmax() for text in TEXTS[:9]] == list(model.logits(TEXTS[:9]).argmax(1))
    code = (
        "import sys; from pathlib import Path;"
        "from engines.understanding.transformer import TransformerClassifier as T;"
        f"print(T.load(Path({str(tmp_path)!r})).rank('hello please'));"
        "sys.exit(bool({'torch', 'transformers'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "greet" in done.stdout


def test_answers_are_ranked_and_calibrated(full: tuple[Trained, Path], tmp_path: Path) -> None:
    export(full[0], SPLIT, tmp_path)
    model = TransformerClassifier.load(tmp_path)
    assert model.probabilities("hello").sum() == pytest.approx(1.0)
    first = model.rank("hello please the morning")[0]
    assert first.id == "greet"
    assert first.confidence > 0.5
    assert model.rank("poem um football now")[0].id == "out_of_scope"
    assert 1 <= len(model.rank("")) <= 2


@pytest.mark.parametrize("harm", ["missing", "bitten", "format", "card", "tokenizer"])
def test_damaged_folders_are_named_with_the_mend(
    full: tuple[Trained, Path], tmp_path: Path, harm: str
) -> None:
    export(full[0], SPLIT, tmp_path)
    card = json.loads((tmp_path / CARD).read_text(encoding="utf-8"))
    if harm == "missing":
        (tmp_path / MODEL).unlink()
    elif harm == "bitten":
        (tmp_path / MODEL).write_bytes((tmp_path / MODEL).read_bytes()[:-9])
    elif harm == "format":
        (tmp_path / CARD).write_text(json.dumps({**card, "format": 99}), encoding="utf-8")
    elif harm == "card":
        (tmp_path / CARD).write_text(json.dumps({"format": card["format"]}), encoding="utf-8")
    else:
        (tmp_path / "tokenizer.json").write_text("{}", encoding="utf-8")
    with pytest.raises(MissingEngineError, match="talktrack train intent"):
        TransformerClassifier.load(tmp_path)


def test_a_folder_without_an_encoder_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingEngineError, match=r"config\.json") as caught:
        load_base(str(tmp_path), 16)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("decay", ["linear", "cosine"])
def test_rates_rise_and_fall(decay: str) -> None:
    rates = [rate_at(step, 100, 0.1, decay) for step in range(100)]  # type: ignore[arg-type]
    assert rates[0] == pytest.approx(0.1)
    assert max(rates) == rates[9] == 1.0
    assert rates[10:] == sorted(rates[10:], reverse=True)
    assert rates[-1] < 0.02
