"""Whisper-format models through whisperx: INT8 on the CPU by default, nothing fetched at run time."""

from __future__ import annotations

import importlib
import importlib.util
import math
import re
from pathlib import Path
from typing import Any

from core.errors import InputError, MissingEngineError
from core.settings import Settings
from core.types import Lang, Transcript, Word

CAPABILITY = "speech recognition"
WORD = re.compile(r"[\u3400-\u9fff]|[^\W\u3400-\u9fff]+(?:[-.,:'’@%/]*[^\W\u3400-\u9fff]+)*%?")
"""One Han character, or letters and digits with what joins them: R20, 1,200, don't. Marks are no words."""


class WhisperRecogniser:
    """Loads its model on first use; `missing` says beforehand whether it could."""

    name = "whisperx"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._model: Any = None

    def missing(self) -> MissingEngineError | None:
        """What stands between this machine and recognition, None where nothing does."""
        if importlib.util.find_spec("whisperx") is None:
            return MissingEngineError(
                CAPABILITY, "whisperx is not installed", "pip install 'talktrack[speech]'"
            )
        model = self._settings.asr_model
        if model is None:
            return MissingEngineError(
                CAPABILITY,
                "no model is configured",
                "set TALKTRACK_ASR_MODEL to a directory with a CTranslate2 Whisper model",
            )
        if not (model / "model.bin").is_file():
            return MissingEngineError(
                CAPABILITY,
                f"{model} holds no model.bin",
                "convert a Whisper checkpoint: ct2-transformers-converter --quantization int8",
            )
        return None

    def transcribe(self, path: Path, *, lang: Lang = "zh") -> Transcript:
        """Text and words of a recording in any format ffmpeg reads.

        Times and confidences are known a segment, not a word: see `_words`.
        Raises InputError for a file that is missing or no audio, MissingEngineError without a model.
        """
        if not path.is_file():
            raise InputError(f"no such audio file: {path}")
        model = self._load(lang)
        whisperx = importlib.import_module("whisperx")
        try:
            samples = whisperx.load_audio(str(path))
        except RuntimeError as error:
            raise InputError(f"not readable as audio: {path}") from error
        result = model.transcribe(samples, batch_size=4, language=lang)
        segments = result["segments"]
        words = tuple(word for segment in segments for word in _words(segment))
        return Transcript(
            text="".join(segment["text"] for segment in segments).strip(), words=words, engine=self.name
        )

    def _load(self, lang: Lang) -> Any:
        if problem := self.missing():
            raise problem
        if self._model is None:
            whisperx = importlib.import_module("whisperx")
            self._model = whisperx.load_model(
                str(self._settings.asr_model),
                self._settings.asr_device,
                compute_type=self._settings.asr_compute_type,
                vad_method="pyannote",
                language=lang,
            )
        return self._model


def _words(segment: dict[str, Any]) -> list[Word]:
    """The words of a segment, each Han character one.

    Their times are an estimate, the segment's span in equal parts, and each has the segment's confidence:
    what is true of a single word takes alignment, and alignment another model.
    """
    texts = WORD.findall(segment["text"])
    start, sure = segment["start"], _sure(segment)
    part = (segment["end"] - start) / max(1, len(texts))
    return [
        Word(text=text, start=start + place * part, end=start + (place + 1) * part, confidence=sure)
        for place, text in enumerate(texts)
    ]


def _sure(segment: dict[str, Any]) -> float:
    """The segment's confidence, from its mean log probability where the engine gives one."""
    return min(1.0, math.exp(segment["avg_logprob"])) if "avg_logprob" in segment else 1.0
