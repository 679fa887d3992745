from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from cli.train import train
from core.errors import MissingEngineError, SettingsError
from engines.understanding.transformer import TransformerClassifier
from tests.cli.harness import complaints, talktrack
from tests.training.tiny import rows, write_rows


@pytest.fixture
def file(tmp_path: Path) -> Path:
    write_rows(tmp_path / "train.csv", rows(1))
    write_rows(tmp_path / "test.csv", rows(3, 8))
    return tmp_path / "train.csv"


def run(*args: str) -> Result:
    return CliRunner().invoke(train, ["intent", *args])


def test_train_intent_writes_a_model_and_prints_it_beside_baselines(
    tmp_path: Path, base: Path, file: Path
) -> None:
    done = run(
        *("--data", str(file), "--test", str(file.with_name("test.csv"))),
        *("--base", str(base), "--mode", "frozen", "--out", str(tmp_path / "out"), "--baselines", "--json"),
    )
    assert done.exit_code == 0, done.output
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["name"] for one in told] == [
        f"{base.parent.name}/tiny-bert, frozen",
        "TF-IDF + logistic regression",
        "character n-grams + linear SVM",
    ]
    assert all(one["accuracy"] > 0.8 and one["ms_per_utterance"] > 0 and one["rows"] == 40 for one in told)
    assert told[0]["agreement_int8"] > 0.9
    assert TransformerClassifier.load(tmp_path / "out").rank("hello hi")[0].id == "greet"
    card = (tmp_path / "out" / "CARD.md").read_text(encoding="utf-8")
    assert f"| accuracy | {told[0]['accuracy']} |" in card
    assert str(base.parent.parent) not in card
    assert not (tmp_path / "out" / "checkpoint").exists()


def test_a_table_is_printed_for_a_person(tmp_path: Path, base: Path, file: Path) -> None:
    done = run("--data", str(file), "--base", str(base), "--mode", "frozen", "--out", str(tmp_path / "out"))
    assert done.exit_code == 0, done.output
    assert "tiny-bert, frozen" in " ".join(done.stdout.split())


def test_a_base_that_cannot_be_had_is_one_line(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    done = run("--data", str(file), "--base", "nobody/no-such-encoder")
    assert isinstance(done.exception, MissingEngineError)
    assert "no folder named nobody/no-such-encoder" in str(done.exception)
    assert "--base" in done.exception.mend


def test_a_file_and_a_pack_are_not_mixed(file: Path) -> None:
    assert isinstance(run("--data", str(file), "--domain", "qingshui").exception, SettingsError)


def test_malformed_rows_are_one_line(tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text("text,category\nhow much\n", encoding="utf-8")
    done = talktrack("train", "intent", "--data", str(tmp_path / "bad.csv"), home=tmp_path)
    assert done.returncode == 1
    assert complaints(done) == [
        f"talktrack: {tmp_path / 'bad.csv'}:2: number of cells differs from the header's"
    ]
