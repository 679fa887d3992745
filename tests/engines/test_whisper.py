"""Speech recognition over a stand-in for whisperx: what becomes of its segments."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import MissingEngineError
from core.settings import Settings
from core.types import Transcript
from engines.asr.whisper import WORD, WhisperRecogniser

STAND_IN = """
def load_audio(path):
    return path

class Model:
    def transcribe(self, samples, batch_size, language):
        return {"segments": [
            {"text": " R20 要12台,", "start": 0.5, "end": 2.5, "avg_logprob": -0.1},
            {"text": "don't hurry.", "start": 3.0, "end": 4.0},
            {"text": "……", "start": 4.0, "end": 5.0},
        ]}

def load_model(*args, **kwargs):
    return Model()
"""


@pytest.fixture
def heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Transcript]:
    (tmp_path / "whisperx.py").write_text(STAND_IN, encoding="utf-8")
    (tmp_path / "model").mkdir()
    for file in (tmp_path / "model" / "model.bin", tmp_path / "a.wav"):
        file.write_bytes(b"0")
    monkeypatch.syspath_prepend(tmp_path)
    before = sys.modules.pop("whisperx", None)
    recogniser = WhisperRecogniser(Settings(home=tmp_path, asr_model=tmp_path / "model"))
    yield recogniser.transcribe(tmp_path / "a.wav")
    sys.modules.pop("whisperx", None)
    if before is not None:
        sys.modules["whisperx"] = before


def test_each_word_is_one_word_with_its_share_of_the_segment(heard: Transcript) -> None:
    assert [word.text for word in heard.words] == ["R20", "要", "12", "台", "don't", "hurry"]
    assert [(word.start, word.end) for word in heard.words[:4]] == [(0.5, 1), (1, 1.5), (1.5, 2), (2, 2.5)]
    assert (heard.words[-1].start, heard.words[-1].end) == (3.5, 4)
    assert heard.words[0].confidence == heard.words[3].confidence == pytest.approx(math.exp(-0.1))
    assert heard.text == "R20 要12台,don't hurry.……"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("一共1,200,000元。", ["一", "共", "1,200,000", "元"]),
        ("at 9:30, 5% off", ["at", "9:30", "5%", "off"]),
        ("a@b.cn、3.5", ["a@b.cn", "3.5"]),
        ("?!…", []),
    ],
)
def test_marks_are_no_words(text: str, words: list[str]) -> None:
    assert WORD.findall(text) == words


def test_a_model_folder_without_a_model_is_named(tmp_path: Path) -> None:
    problem = WhisperRecogniser(Settings(home=tmp_path, asr_model=tmp_path)).missing()
    assert isinstance(problem, MissingEngineError)
