"""Measures a trained model as it will be used: on the test rows, and one utterance at a time."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from evaluation.scores import percentile
from training.intent.calibrate import calibration_error
from training.intent.data import LabelledText, Split
from training.intent.models import Fitted, Scorer
from training.intent.scores import Scores, score

_TIMED = 300


@dataclass(frozen=True)
class Outcome:
    """How a model did. `on` says of which rows: `test`, or `dev` where there are no test rows."""

    name: str
    on: str
    scores: Scores
    calibration_error: float
    """Expected calibration error, 0..1."""
    train_seconds: float
    ms_per_utterance: float
    """Median of one utterance at a time, tokenising included."""
    ms_p95: float
    facts: dict[str, Any]

    def record(self) -> dict[str, Any]:
        """Ready for JSON: one flat object."""
        figures = asdict(self)
        scores, facts = figures.pop("scores"), figures.pop("facts")
        return {key: _rounded(value) for key, value in {**figures, **scores, **facts}.items()}

    def to_json(self) -> str:
        return json.dumps(self.record(), ensure_ascii=False)


def measure(fitted: Fitted, split: Split) -> Outcome:
    """Score `fitted` on the test rows, on dev where there are none; every row where there is neither."""
    on, rows = ("test", split.test) if split.test else ("dev", split.dev)
    on, rows = (on, rows) if rows else ("train", split.train)
    logits = fitted.model.logits([row.text for row in rows])
    decision = fitted.decision
    times = _times(fitted.model, rows)
    return Outcome(
        name=fitted.name,
        on=on,
        scores=score([row.intent for row in rows], decision.decide(logits), decision.forced(logits)),
        calibration_error=calibration_error(decision, logits, rows),
        train_seconds=fitted.train_seconds,
        ms_per_utterance=percentile(times, 50),
        ms_p95=percentile(times, 95),
        facts=fitted.facts,
    )


def _times(model: Scorer, rows: Sequence[LabelledText]) -> list[float]:
    """Milliseconds of single utterances, the first few left out."""
    times = []
    for row in rows[:_TIMED]:
        start = time.perf_counter()
        model.logits([row.text])
        times.append((time.perf_counter() - start) * 1000)
    return times[5:] or times


def _rounded(value: Any) -> Any:
    return round(value, 4) if isinstance(value, float) else value
