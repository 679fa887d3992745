"""The encoder that ships: one INT8 ONNX network that reads intents and slot tags of an utterance at once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from core.errors import MissingEngineError
from engines.onnx import open_network
from engines.understanding.classify import Floats, softmax
from engines.understanding.pieces import Inputs, Piece, Vocabulary, encode, shorten
from engines.understanding.spans import Tagging, tagging_of
from engines.understanding.text import Token

SHIPPED = Path(__file__).parent.parent / "weights" / "understanding"
"""Where the network that comes with Talktrack lies."""


class Reading(NamedTuple):
    """What the encoder makes of one utterance."""

    logits: Floats
    """One number an intent, in the order of `Encoder.intents`."""
    tagging: Tagging
    vector: Floats
    """The utterance as a vector of length one, for likeness."""


@dataclass(frozen=True)
class Encoder:
    """A loaded network; `read` is pure and may be called from several threads."""

    session: Any
    vocabulary: Vocabulary
    intents: tuple[str, ...]
    tags: tuple[str, ...]

    def read(self, text: str, pieces: Sequence[Piece]) -> Reading:
        """Intent logits, slot tags and vector of an utterance and its pieces (`pieces.cut`)."""
        pieces = shorten(pieces)
        intents, tags, vector = self._run(encode([pieces], self.vocabulary))
        tokens = [Token(text[piece.start : piece.end], piece.start, piece.end) for piece in pieces]
        chances = softmax(tags[0, 1:].astype(np.float64))
        return Reading(
            intents[0].astype(np.float64),
            tagging_of(tokens, self.tags, chances),
            vector[0].astype(np.float64),
        )

    def _run(self, inputs: Inputs) -> list[npt.NDArray[np.float32]]:
        made: list[npt.NDArray[np.float32]] = self.session.run(None, dict(inputs._asdict()))
        return made

    def logits(self, batch: Sequence[Sequence[Piece]]) -> Floats:
        """Intent logits of utterances already cut, one row each."""
        return self._run(encode(batch, self.vocabulary))[0].astype(np.float64)

    @classmethod
    def load(cls, folder: Path = SHIPPED) -> Encoder:
        """Read what `training.encoder.export` wrote. MissingEngineError where it is missing or damaged."""
        try:
            labels = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
            vocabulary = Vocabulary.load(folder / "vocabulary.json")
            session = open_network(folder / "encoder.onnx")
            return cls(session, vocabulary, tuple(labels["intents"]), tuple(labels["tags"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            reason = f"{folder} cannot be read ({type(error).__name__})"
            raise MissingEngineError("understanding", reason, "install Talktrack again") from error
