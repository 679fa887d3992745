"""One utterance through the understanding engine, by part, beside keyword rules, in one run and on one core.

`python -m bench.understanding FILE [--domain NAME]`; FILE holds labelled utterances (`talktrack evaluate utterances`).
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from bench.table import err, machine, markdown, quantile
from core.settings import Settings
from domains.load import load_pack
from engines.understanding.embedded import EmbeddedUnderstander
from engines.understanding.encoder import SHIPPED, Encoder
from engines.understanding.pieces import cut
from evaluation.baselines.keywords import KeywordUnderstander
from evaluation.rows import Utterance, read_rows
from graph.engines import prepare

NOW = datetime(2026, 11, 22, 10, 0)


def spent(read: Callable[[str], object], texts: Sequence[str]) -> list[float]:
    """CPU milliseconds of each reading, the first one not counted."""
    read(texts[0])
    times = []
    for text in texts:
        begun = time.process_time()
        read(text)
        times.append((time.process_time() - begun) * 1000)
    return times


def main(file: Path, domain: str | None) -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {0})
    settings = Settings(understanding="embedded", **({"domain": domain} if domain else {}))
    texts = [row.text for row in read_rows(file, Utterance)]
    engine = prepare(settings, err.print).understander()
    keywords = KeywordUnderstander(load_pack(settings.domain))
    encoder = Encoder.load()
    assert isinstance(engine, EmbeddedUnderstander)
    pieces = {text: cut(text, engine.see(text, NOW).hits()) for text in texts}
    measured = {
        "whole engine": spent(lambda text: engine.read(text, now=NOW), texts),
        "rule readers": spent(lambda text: engine.see(text, NOW), texts),
        "encoder": spent(lambda text: encoder.read(text, pieces[text]), texts),
        "keyword rules": spent(lambda text: keywords.read(text, now=NOW), texts),
    }
    base = quantile(measured["keyword rules"], 50)
    rows = [
        [
            name,
            f"{quantile(times, 50):.2f}",
            f"{quantile(times, 95):.2f}",
            f"{quantile(times, 50) / base:.2f}",
        ]
        for name, times in measured.items()
    ]
    print(machine())
    print(markdown(["", "CPU p50 ms", "CPU p95 ms", "ratio"], rows))
    size = (SHIPPED / "encoder.onnx").stat().st_size / 1e6
    print(f"\nencoder.onnx: {size:.1f} MB; {len(texts)} utterances")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--domain")
    given = parser.parse_args()
    main(given.file, given.domain)
