"""The port every recogniser implements."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from core.types import Lang, Transcript


class Recogniser(Protocol):
    """Turns a recording into text with word confidences."""

    name: str

    def transcribe(self, path: Path, *, lang: Lang = "zh") -> Transcript:
        """Raises InputError for a file that is no readable audio, MissingEngineError without a model."""
        ...
