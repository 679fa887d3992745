"""Intents and slots of single utterances."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from engines.understanding.base import Understander
from engines.understanding.cascade import Stats
from evaluation.compare import same_value
from evaluation.intents import (
    by_intent,
    confusions,
    language_figures,
    outside_figures,
    reliability_grid,
    risk_grid,
    second_figures,
)
from evaluation.reading import Read, languages, read_utterances
from evaluation.report import Figure, Grid, Miss, Report, ratio
from evaluation.rows import Utterance
from evaluation.scores import percentile
from evaluation.slots import by_slot, by_slot_and_style, slot_figures, slots_of, styles_of


def evaluate_utterances(rows: Iterable[Utterance], understander: Understander, *, now: datetime) -> Report:
    """Read every utterance and report intents and slots."""
    return summarise(read_utterances(rows, understander, now=now), now, engine=understander.name)


def escalations(report: Report, stats: Stats) -> Report:
    """The report with the share of utterances that a cascade asked its second engine about, and why that failed."""
    failed = ratio("escalations that failed", sum(stats.failures.values()), stats.escalated)
    rows = tuple(sorted(stats.failures.items()))
    return replace(
        report,
        figures=(*report.figures, ratio("escalated", stats.escalated, stats.turns), failed),
        grids=(*report.grids, Grid("failures of the second engine", ("reason", "times"), rows)),
    )


def summarise(reads: Sequence[Read], now: datetime, *, engine: str = "") -> Report:
    """Main intents by language, slots, out-of-scope, second intents, calibration, latency, every miss."""
    by_lang = languages(reads)
    return Report(
        kind="utterances",
        now=now.isoformat(timespec="minutes"),
        rows=len(reads),
        figures=tuple(_figures(reads)),
        grids=(
            _by_style(reads),
            *(by_intent(lang, mine) for lang, mine in by_lang.items()),
            by_slot(reads),
            by_slot_and_style(reads),
            reliability_grid(reads),
            risk_grid(reads),
            confusions(reads),
        ),
        misses=tuple(miss for read in reads for miss in _misses(read)),
        engine=engine,
    )


def _figures(reads: Sequence[Read]) -> Iterator[Figure]:
    for lang, mine in languages(reads).items():
        yield from language_figures(lang, mine)
        yield from slot_figures(lang, mine)
    yield from outside_figures(reads)
    yield from second_figures(reads)
    times = [read.ms for read in reads]
    yield Figure("latency p50", percentile(times, 50), "ms", len(times))
    yield Figure("latency p95", percentile(times, 95), "ms", len(times))


def _by_style(reads: Sequence[Read]) -> Grid:
    rows = [
        (style, len(mine), sum(read.right for read in mine) / len(mine), slots_of(mine).f1)
        for style, mine in styles_of(reads).items()
    ]
    return Grid("by style", ("style", "rows", "intent accuracy", "slot F1"), tuple(rows))


def _misses(read: Read) -> Iterator[Miss]:
    row, found = read.row, read.found
    if not read.right:
        ranked = [f"{score.id} {score.confidence:.2f}" for score in found.intents]
        yield Miss(row.id, "intent", row.text, row.intent, ranked)
    expected, got = row.slots, found.values()
    for slot in dict.fromkeys([*expected, *got]):
        if slot not in expected or slot not in got or not same_value(slot, expected[slot], got[slot]):
            yield Miss(row.id, f"slot {slot}", row.text, _said(expected, slot), _said(got, slot))


def _said(values: Mapping[str, Any], slot: str) -> Any:
    return values.get(slot, "(absent)")
