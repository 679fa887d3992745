"""What a measurement says: figures, tables, misses; printed for a person or as JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from evaluation.bootstrap import Interval
from evaluation.scores import share


@dataclass(frozen=True)
class Figure:
    """One number. A `share` lies in 0..1, `of` says of how many cases it is taken (None: not a count)."""

    name: str
    value: float
    unit: Literal["share", "count", "ms"] = "share"
    of: int | None = None
    within: Interval | None = None
    """Where a share may lie by chance, where that was worked out."""

    @property
    def shown(self) -> str:
        """The number as a person reads it."""
        if self.unit == "ms":
            return f"{self.value:.1f} ms"
        if self.unit == "count":
            return f"{self.value:.0f}"
        if self.within:
            return f"{self.value:.3f} ({self.within.low:.3f}–{self.within.high:.3f})"
        return f"{self.value:.3f}"


@dataclass(frozen=True)
class Grid:
    """A table behind a figure: by style, by slot, by kind."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str | int | float, ...], ...]


@dataclass(frozen=True)
class Miss:
    """One case that went wrong: which check, on which words, what was expected and what came."""

    id: str
    check: str
    text: str
    expected: Any
    got: Any


@dataclass(frozen=True)
class Report:
    """A finished measurement of `rows` labelled lines, at the minute `now`."""

    kind: str
    now: str
    rows: int
    figures: tuple[Figure, ...]
    grids: tuple[Grid, ...] = ()
    misses: tuple[Miss, ...] = ()
    turns: tuple[dict[str, Any], ...] = ()
    """What came of every turn, where whole talks were held."""
    engine: str = ""
    """The name of the engine that was measured, where there is a choice of them."""

    def figure(self, name: str) -> float:
        """The value of the figure `name`. Raises KeyError where there is none."""
        return {figure.name: figure.value for figure in self.figures}[name]

    def grid(self, name: str) -> Grid:
        """The table `name`. Raises KeyError where there is none."""
        return {grid.name: grid for grid in self.grids}[name]


def ratio(name: str, part: int, whole: int) -> Figure:
    """A share with the number of cases it is taken of."""
    return Figure(name, share(part, whole), of=whole)


def to_json(report: Report, *, errors: bool) -> str:
    """One JSON object on one line, with `misses`, and `turns` of talks, where `errors` are asked for."""
    record: dict[str, Any] = {
        "kind": report.kind,
        "now": report.now,
        "rows": report.rows,
        "figures": {figure.name: _figure(figure) for figure in report.figures},
        "tables": {
            grid.name: [dict(zip(grid.columns, row, strict=True)) for row in grid.rows]
            for grid in report.grids
        },
    }
    if report.engine:
        record["engine"] = report.engine
    if errors:
        record["misses"] = [vars(miss) for miss in report.misses]
        if report.turns:
            record["turns"] = list(report.turns)
    return json.dumps(record, ensure_ascii=False)


def _figure(figure: Figure) -> dict[str, Any]:
    plain = {"value": round(figure.value, 4), "unit": figure.unit, "of": figure.of}
    return plain | ({"within": [round(edge, 4) for edge in figure.within]} if figure.within else {})


def show(report: Report, console: Console, *, errors: bool) -> None:
    """Print a report for a person, every miss too where `errors` are asked for."""
    engine = f", engine {report.engine}" if report.engine else ""
    console.print(f"[bold]{report.kind}[/bold]: {report.rows} rows, now {report.now}{engine}")
    main = Table("figure", "value", "of")
    for figure in report.figures:
        main.add_row(figure.name, figure.shown, "" if figure.of is None else str(figure.of))
    console.print(main)
    for grid in report.grids:
        table = Table(*grid.columns, title=grid.name, title_justify="left")
        for row in grid.rows:
            table.add_row(*(f"{cell:.3f}" if isinstance(cell, float) else escape(str(cell)) for cell in row))
        console.print(table)
    if errors:
        for miss in report.misses:
            console.print(_miss(miss), style="dim", highlight=False, soft_wrap=True)


def _miss(miss: Miss) -> str:
    expected, got = (json.dumps(value, ensure_ascii=False) for value in (miss.expected, miss.got))
    return escape(f"{miss.id}  {miss.check}  {miss.text}\n    expected {expected}\n    got      {got}")
