"""What every design gives back, whatever it is made of, so that all are measured alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from engines.understanding.classify import Floats
from engines.understanding.decision import Decision
from training.intent.data import Split
from training.intent.watch import Watch


class Scorer(Protocol):
    """A trained model, as it will be used."""

    def logits(self, texts: Sequence[str]) -> Floats:
        """One row of numbers for each text, one a label, higher is likelier (n x labels)."""
        ...


@dataclass(frozen=True)
class Fitted:
    """A trained model and how its numbers are read."""

    name: str
    model: Scorer
    decision: Decision
    train_seconds: float
    """Wall time of training alone, without export and measuring."""
    facts: dict[str, Any] = field(default_factory=dict)
    """What else is worth telling, by name: ready for JSON."""


Design = Callable[[Split, Path, int, Watch], Fitted]
"""Trains on a split, may write into the folder, is seeded by the number, and tells where it stands."""
