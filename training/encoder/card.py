"""The card of the encoder that ships: what it is, what it has seen, how it does. Every figure is measured."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core.types import Lang
from engines.understanding.blend import Blend

if TYPE_CHECKING:
    from training.encoder.build import Recipe

FILE = "CARD.md"
SUMS = "SHA256SUMS"
SOURCES = "SOURCE.md"
"""A file beside the plain text; a Markdown table in it, of files, sources and licences, goes into the card."""


@dataclass(frozen=True)
class Made:
    """What was measured while the encoder was made."""

    rows: int
    """Training utterances."""
    lines: int
    """Lines of plain text that it was pretrained on."""
    characters: int
    seconds: float
    """Of pretraining and training, resumed parts included."""
    parameters: int
    agreement: float
    """Share of the dev rows on which INT8 gives the same main intent as the network before it."""
    intents: int
    figures: Sequence[tuple[str, str]]


def write_card(folder: Path, recipe: Recipe, made: Made, blends: Mapping[Lang, Blend]) -> None:
    """Write `CARD.md` and the checksums of every file beside the weights."""
    plan = recipe.plan
    size = (folder / "encoder.onnx").stat().st_size / 1e6
    changes = ", ".join(f"{name} {value}" for name, value in plan.changes._asdict().items())
    lines = [
        "# The understanding encoder",
        "",
        f"Reads one utterance of a customer, Chinese or English: {made.intents} intents and the words of the slots, at once.",
        "Made for sales talks; it knows no other task. Products, places, times, amounts and numbers reach it as their kind,",
        "so that it serves every catalogue.",
        "",
        f"- Network: {recipe.layers} transformer layers of width {recipe.width}, {made.parameters / 1e6:.2f} M parameters,"
        f" INT8 ONNX, {size:.1f} MB. The same main intent as before quantisation on {made.agreement:.2%} of the dev rows.",
        *_pretrained(recipe, made),
        f"- Trained on {made.rows} utterances: the examples of the packs with one copy of other slot values each.",
        f"- {plan.epochs} epochs, batches of {plan.batch}, peak rate {plan.peak}, seed {plan.seed}; pretraining and training"
        f" took {made.seconds / 60:.0f} minutes.",
        f"- Changes in training, share of utterances: {changes}.",
        "",
        "| blend with the pack's linear classifier | weight | temperature | rejected below | second intent from |",
        "| --- | --- | --- | --- | --- |",
        *(
            f"| {lang} | {blend.weight} | {blend.decision.temperature:.3f} |"
            f" {max(blend.decision.reject_below, 0.0):.3f} | {blend.decision.second_above:.3f} |"
            for lang, blend in blends.items()
        ),
        "",
        "Chosen and measured on the development file, so optimistic:",
        "",
        "| figure | value |",
        "| --- | --- |",
        *(f"| {name} | {value} |" for name, value in made.figures),
    ]
    (folder / FILE).write_text("\n".join(lines) + "\n", encoding="utf-8")
    _write_sums(folder)


def _pretrained(recipe: Recipe, made: Made) -> list[str]:
    if recipe.plain_text is None:
        return ["- Not pretrained."]
    told = f"- Pretrained by masked language modelling on {made.lines} lines ({made.characters} characters) of plain text"
    about = recipe.plain_text / SOURCES
    text = about.read_text(encoding="utf-8") if about.exists() else ""
    table = [line for line in text.splitlines() if line.startswith("|")]
    return [f"{told}:", "", *table, ""] if table else [f"{told} in `{recipe.plain_text.name}`."]


def _write_sums(folder: Path) -> None:
    files = sorted(file for file in folder.iterdir() if file.is_file() and file.name not in (SUMS, FILE))
    sums = [f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}" for file in files]
    (folder / SUMS).write_text("\n".join(sums) + "\n", encoding="utf-8")
