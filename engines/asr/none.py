"""The recogniser of a robot without ears: it says so."""

from __future__ import annotations

from pathlib import Path

from core.errors import MissingEngineError
from core.types import Lang, Transcript


class NoRecogniser:
    """Stands in where speech recognition is switched off."""

    name = "none"

    def transcribe(self, path: Path, *, lang: Lang = "zh") -> Transcript:
        """Raise MissingEngineError with the setting that mends it."""
        raise MissingEngineError(
            "speech recognition",
            "switched off (TALKTRACK_ASR=none)",
            "set TALKTRACK_ASR=whisperx and TALKTRACK_ASR_MODEL to a model directory",
        )
