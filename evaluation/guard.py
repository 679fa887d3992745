"""Candidate replies against the guard, with no plan behind them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.types import GuardResult, Situation
from evaluation.report import Grid, Miss, Report, ratio
from evaluation.rows import GuardLine


class Checker(Protocol):
    """Rules over a whole candidate reply."""

    def check_reply(self, text: str, situation: Situation) -> GuardResult:
        """The ruling, in the light of what is known of the deal."""
        ...


@dataclass(frozen=True)
class Ruled:
    """A line and the ruling over it."""

    row: GuardLine
    result: GuardResult

    @property
    def stopped(self) -> bool:
        """Whether the line did not leave as it was."""
        return self.result.verdict != "pass"

    @property
    def right(self) -> bool:
        return self.stopped == self.row.lie


def evaluate_guard(rows: Iterable[GuardLine], guard: Checker, *, now: datetime) -> Report:
    """Check every line and report."""
    return summarise(
        [Ruled(row, guard.check_reply(row.text, Situation(now=now, lang=row.lang))) for row in rows], now
    )


def summarise(ruled: Sequence[Ruled], now: datetime) -> Report:
    """Lies stopped, true lines passed, both by kind."""
    lies = [one for one in ruled if one.row.lie]
    truths = [one for one in ruled if not one.row.lie]
    return Report(
        kind="guard",
        now=now.isoformat(timespec="minutes"),
        rows=len(ruled),
        figures=(
            ratio("lies stopped", sum(one.right for one in lies), len(lies)),
            ratio("true lines passed", sum(one.right for one in truths), len(truths)),
        ),
        grids=(_by_kind(ruled),),
        misses=tuple(_miss(one) for one in ruled if not one.right),
    )


def _by_kind(ruled: Sequence[Ruled]) -> Grid:
    rows = []
    for kind in sorted({one.row.kind for one in ruled}):
        lies = [one.right for one in ruled if one.row.kind == kind and one.row.lie]
        truths = [one.right for one in ruled if one.row.kind == kind and not one.row.lie]
        rows.append((kind, f"{sum(lies)}/{len(lies)}", f"{sum(truths)}/{len(truths)}"))
    return Grid("by kind", ("kind", "lies stopped", "true lines passed"), tuple(rows))


def _miss(one: Ruled) -> Miss:
    reasons = [f"{violation.kind}: {violation.reason}" for violation in one.result.violations]
    if one.row.lie:
        return Miss(one.row.id, f"lie passed ({one.row.kind})", one.row.text, "stopped", one.result.verdict)
    return Miss(one.row.id, f"truth stopped ({one.row.kind})", one.row.text, "pass", reasons)
