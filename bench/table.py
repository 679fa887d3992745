"""Results as Markdown, ready to be pasted."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Iterable, Sequence

from rich.console import Console

err = Console(stderr=True)


def markdown(columns: Sequence[str], rows: Iterable[Sequence[str | float | int]]) -> str:
    """A Markdown table; fractions with two digits."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def _cell(cell: str | float | int) -> str:
    return f"{cell:.2f}" if isinstance(cell, float) else str(cell)


def quantile(values: Sequence[float], percent: int) -> float:
    """The percentile of at least two values."""
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def machine() -> str:
    """Where this was measured, in words."""
    return (
        f"{os.cpu_count()} CPU cores, Python {platform.python_version()}, {platform.system()} {_processor()}"
    )


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    except OSError:
        names = []
    return names[0] if names else platform.machine()
