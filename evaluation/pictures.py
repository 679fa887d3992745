"""The three pictures of a measurement of utterances, as SVG. Needs matplotlib: import it where one is drawn."""

from __future__ import annotations

import io
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from core.types import Lang
from evaluation.calibration import area_under_risk, calibration_error, reliability, risk_coverage
from evaluation.intents import Matrix, matrix
from evaluation.reading import Read, languages

COLOURS: dict[Lang, str] = {"zh": "#b3402a", "en": "#1f5a91"}
GREY = "#8a8a8a"
CELL = 0.3
"""Inches of one cell of the confusion matrix."""
MARGIN = 2.0
"""Inches of the labels beside it."""
DARK = 0.55
"""Share of its row from which a cell is so dark that its number is written in white."""
STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "svg.fonttype": "path",
    "svg.hashsalt": "talktrack",
    "axes.spines.top": False,
    "axes.spines.right": False,
}


@dataclass(frozen=True)
class Picture:
    """A picture with the name it has on the page, as an SVG document."""

    name: str
    svg: bytes

    @property
    def uri(self) -> str:
        """The picture as the address of itself, so that a page needs no other file."""
        return f"data:image/svg+xml;base64,{b64encode(self.svg).decode('ascii')}"


def draw_pictures(reads: Sequence[Read]) -> tuple[Picture, ...]:
    """Confusion matrix, reliability diagram, risk-coverage curve; a panel or a curve by language."""
    by_lang = languages(reads)
    with mpl.rc_context(STYLE):
        return (
            Picture("confusion matrix", _svg(_confusion([matrix(*one) for one in by_lang.items()]))),
            Picture("reliability diagram", _svg(_reliability(by_lang))),
            Picture("risk-coverage curve", _svg(_risk(by_lang))),
        )


def _svg(figure: Figure) -> bytes:
    FigureCanvasAgg(figure)
    out = io.BytesIO()
    figure.savefig(out, format="svg", metadata={"Date": None})
    return out.getvalue()


def _confusion(matrices: Sequence[Matrix]) -> Figure:
    """One matrix below the other; a cell is as dark as its share of the row, and holds its count."""
    sizes = [max(len(one.labels), 4) * CELL for one in matrices]
    size = (max(sizes) + MARGIN + 0.3, sum(sizes) + (MARGIN + 0.4) * len(sizes))
    figure = Figure(figsize=size, layout="constrained")
    panels = figure.subplots(len(matrices), 1, squeeze=False, height_ratios=sizes)[:, 0]
    for axes, one in zip(panels, matrices, strict=True):
        _draw_matrix(axes, one)
    return figure


def _draw_matrix(axes: Axes, one: Matrix) -> None:
    shares = [[count / max(sum(row), 1) for count in row] for row in one.counts]
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    places = range(len(one.labels))
    axes.set_xticks(places, one.labels, rotation=90)
    axes.set_yticks(places, one.labels)
    axes.set_xlabel("read as")
    axes.set_ylabel("labelled")
    axes.set_title(f"{one.lang}: {sum(map(sum, one.counts))} utterances", loc="left")
    for row in places:
        for column in places:
            if count := one.counts[row][column]:
                colour = "white" if shares[row][column] > DARK else "black" if row == column else "#8c1d10"
                axes.text(column, row, str(count), ha="center", va="center", fontsize=7, color=colour)


def _reliability(by_lang: dict[Lang, list[Read]]) -> Figure:
    """Accuracy over confidence by bin, with the number of answers in each bin beneath."""
    figure = Figure(figsize=(4.6 * len(by_lang), 5.0), layout="constrained")
    panels = figure.subplots(2, len(by_lang), squeeze=False, sharex=True, height_ratios=(3, 1))
    for column, (lang, reads) in enumerate(by_lang.items()):
        _draw_reliability(panels[0][column], panels[1][column], lang, reads)
    return figure


def _draw_reliability(upper: Axes, lower: Axes, lang: Lang, reads: Sequence[Read]) -> None:
    judged = [read.judged for read in reads]
    bins = reliability(judged)
    upper.plot([0, 1], [0, 1], color=GREY, linestyle="--", linewidth=1, label="perfect")
    upper.bar(
        [one.low for one in bins],
        [one.accuracy for one in bins],
        width=[one.high - one.low for one in bins],
        align="edge",
        color=COLOURS[lang],
        alpha=0.35,
        edgecolor=COLOURS[lang],
    )
    upper.plot(
        [one.confidence for one in bins],
        [one.accuracy for one in bins],
        color=COLOURS[lang],
        marker="o",
        label="mean confidence, accuracy",
    )
    upper.set(xlim=(0, 1), ylim=(0, 1.02), ylabel="accuracy")
    upper.set_title(f"{lang}: calibration error {calibration_error(judged):.3f}", loc="left")
    upper.legend(loc="upper left", frameon=False)
    bars = lower.bar(
        [(one.low + one.high) / 2 for one in bins], [one.rows for one in bins], width=0.09, color=GREY
    )
    lower.bar_label(bars, fontsize=8)
    lower.margins(y=0.25)
    lower.set(xlabel="confidence", ylabel="answers")


def _risk(by_lang: dict[Lang, list[Read]]) -> Figure:
    """The share of wrong answers among the surest, over the share of answers that are kept."""
    figure = Figure(figsize=(6.4, 4.4), layout="constrained")
    axes = figure.subplots()
    for lang, reads in by_lang.items():
        judged = [read.judged for read in reads]
        points = risk_coverage(judged)
        label = f"{lang}: area {area_under_risk(judged):.3f}, all kept {points[-1].risk:.3f}"
        axes.plot(
            [point.coverage for point in points],
            [point.risk for point in points],
            color=COLOURS[lang],
            label=label,
        )
    axes.set(
        xlim=(0, 1), xlabel="coverage: share of answers kept, the surest first", ylabel="risk: share wrong"
    )
    axes.set_ylim(bottom=0)
    axes.grid(alpha=0.3)
    axes.legend(loc="upper left", frameon=False)
    return figure
