"""A fine-tuned encoder as intent classifier: INT8 ONNX and its tokenizer, read without torch.

The folder is written by `training.intent.export`: `model.onnx` (token ids and mask to logits, one a label),
`tokenizer.json`, and `intent.json` with labels, temperature and thresholds.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from core.errors import MissingEngineError
from core.types import IntentScore
from engines.onnx import open_network
from engines.understanding.classify import Floats
from engines.understanding.decision import Decision

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

FORMAT = 1
CARD = "intent.json"
MODEL = "model.onnx"
TOKENIZER = "tokenizer.json"
_BATCH = 64
_MEND = "run `talktrack train intent`"


class TransformerClassifier:
    """Ranks the intents of a text. Pure, and safe to share between threads."""

    def __init__(self, session: InferenceSession, tokenizer: Tokenizer, decision: Decision, pad: int) -> None:
        self.decision = decision
        self._session = session
        self._tokenizer = tokenizer
        self._pad = pad

    @property
    def intents(self) -> tuple[str, ...]:
        return self.decision.labels

    def rank(self, text: str) -> tuple[IntentScore, ...]:
        """At most two intents of `text`, the best first, with calibrated confidence 0..1."""
        return self.decision.rank(self.logits([text])[0])

    def probabilities(self, text: str) -> Floats:
        """The calibrated probability of each of `intents`; they sum to one."""
        return self.decision.probabilities(self.logits([text])[0])

    def logits(self, texts: Sequence[str]) -> Floats:
        """One row of logits for each text (n x labels), before temperature."""
        rows = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        found = np.zeros((len(rows), len(self.intents)))
        order = sorted(range(len(rows)), key=lambda place: len(rows[place]))
        for start in range(0, len(order), _BATCH):
            batch = order[start : start + _BATCH]
            found[batch] = self._run([rows[place] for place in batch])
        return found

    def _run(self, rows: Sequence[Sequence[int]]) -> Floats:
        longest = max(len(row) for row in rows)
        ids = np.full((len(rows), longest), self._pad, dtype=np.int64)
        mask = np.zeros((len(rows), longest), dtype=np.int64)
        for place, row in enumerate(rows):
            ids[place, : len(row)] = row
            mask[place, : len(row)] = 1
        (logits,) = self._session.run(["logits"], {"input_ids": ids, "attention_mask": mask})
        return np.asarray(logits, dtype=np.float64)

    @classmethod
    def load(cls, folder: Path, *, threads: int = 1) -> TransformerClassifier:
        """Read an exported folder; MissingEngineError where it is absent, damaged or of another format."""
        try:
            card = json.loads((folder / CARD).read_text(encoding="utf-8"))
            model = (folder / MODEL).read_bytes()
            tokenizer = (folder / TOKENIZER).read_text(encoding="utf-8")
            if card["format"] != FORMAT:
                raise MissingEngineError("intent model", f"{folder} has another format", _MEND)
            if hashlib.sha256(model).hexdigest() != card["sha256"]:
                raise MissingEngineError("intent model", f"{folder / MODEL} is damaged", _MEND)
            decision = Decision(**{**card["decision"], "labels": tuple(card["decision"]["labels"])})
            return cls(open_network(model, threads), _tokenizer(tokenizer), decision, int(card["pad"]))
        except FileNotFoundError as error:
            raise MissingEngineError("intent model", f"not trained yet: {error.filename}", _MEND) from error
        except (OSError, ValueError, KeyError, TypeError) as error:
            reason = f"damaged files in {folder} ({type(error).__name__})"
            raise MissingEngineError("intent model", reason, _MEND) from error


def write_card(folder: Path, decision: Decision, pad: int) -> None:
    """Write `intent.json` for the `model.onnx` that lies in `folder`."""
    digest = hashlib.sha256((folder / MODEL).read_bytes()).hexdigest()
    card = {"format": FORMAT, "sha256": digest, "pad": pad, "decision": asdict(decision)}
    (folder / CARD).write_text(json.dumps(card, ensure_ascii=False, indent=1), encoding="utf-8")


def _tokenizer(text: str) -> Tokenizer:
    from tokenizers import Tokenizer

    try:
        return Tokenizer.from_str(text)
    except Exception as error:  # what `tokenizers` raises has no class of its own
        raise ValueError("tokenizer.json") from error
