"""Whisper-format models through whisperx: INT8 on the CPU by default, nothing fetched at run time."""

from __future__ import annotations

import importlib
import importlib.util
import math
from pathlib import Path
from typing import Any

from core.errors import InputError, MissingEngineError
from core.settings import Settings
from core.types import Lang, Transcript, Word

CAPABILITY = "speech recognition"


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
        """Text and segments of a recording in any format ffmpeg reads.

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
        words = tuple(
            Word(
                text=segment["text"].strip(),
                start=segment["start"],
                end=segment["end"],
                confidence=_sure(segment),
            )
            for segment in segments
        )
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


def _sure(segment: dict[str, Any]) -> float:
    """The segment's confidence, from its mean log probability where the engine gives one."""
    return min(1.0, math.exp(segment["avg_logprob"])) if "avg_logprob" in segment else 1.0
