"""The card of the encoder that ships: what it is, what it has seen, how it does. Every figure is measured."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from core.types import Lang
from engines.understanding.blend import Blend

if TYPE_CHECKING:
    from training.encoder.build import Recipe

FILE = "CARD.md"
SUMS = "SHA256SUMS"


def write_card(
    folder: Path,
    recipe: Recipe,
    rows: int,
    parameters: int,
    agreement: float,
    blends: Mapping[Lang, Blend],
    figures: Sequence[tuple[str, str]],
    seconds: float,
) -> None:
    """Write `CARD.md` and the checksums of every file beside the weights."""
    plan = recipe.plan
    plain = (
        ", ".join(sorted(file.name for file in recipe.plain_text.glob("*.gz"))) if recipe.plain_text else ""
    )
    lines = [
        "# The understanding encoder",
        "",
        "Reads one utterance of a customer, Chinese or English: 31 intents and the words of the slots, at once. Made for",
        "sales talks; it knows no other task. Products, places, times, amounts and numbers reach it as their kind, so",
        "that it serves every catalogue.",
        "",
        f"- Network: {recipe.layers} transformer layers of width {recipe.width}, {parameters / 1e6:.2f} M parameters,"
        f" INT8 ONNX, {(folder / 'encoder.onnx').stat().st_size / 1e6:.1f} MB. The same main intent as before"
        f" quantisation on {agreement:.2%} of the development utterances.",
        f"- Pretrained by masked language modelling for {recipe.pretrain_seconds:.0f} s on {recipe.characters} characters"
        f" of {plain}: documentation of Microsoft Dynamics 365 and Partner Center (CC BY 4.0), of Alibaba Cloud ECS (MIT),"
        " KdConv conversations (Apache-2.0), statutes of the PRC."
        if plain
        else "- Not pretrained.",
        f"- Trained on {rows} utterances of this repository (`domains/*/intents`), written for it; see"
        " `domains/common/intents/CARD.md`.",
        f"- {plan.epochs} epochs, batches of {plan.batch}, peak rate {plan.peak}, seed {plan.seed}; the whole run took"
        f" {seconds / 60:.0f} minutes on two shared CPU cores.",
        "- Changes in training, share of utterances: "
        + ", ".join(f"{name} {value}" for name, value in plan.changes._asdict().items())
        + ".",
        "",
        "| blend with the pack's linear classifier | weight | temperature | rejected below | second intent from |",
        "| --- | --- | --- | --- | --- |",
        *(
            f"| {lang} | {blend.weight} | {blend.decision.temperature:.3f} |"
            f" {max(blend.decision.reject_below, 0.0):.3f} | {blend.decision.second_above:.3f} |"
            for lang, blend in blends.items()
        ),
        "",
        "Chosen and measured on the development file (`evaluation/sets/utterances.dev.jsonl`), so optimistic:",
        "",
        "| figure | value |",
        "| --- | --- |",
        *(f"| {name} | {value} |" for name, value in figures),
        "",
        "Figures on files it was not chosen on are in `docs/results.md`.",
    ]
    (folder / FILE).write_text("\n".join(lines) + "\n", encoding="utf-8")
    _write_sums(folder)


def _write_sums(folder: Path) -> None:
    files = sorted(file for file in folder.iterdir() if file.is_file() and file.name not in (SUMS, FILE))
    sums = [f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}" for file in files]
    (folder / SUMS).write_text("\n".join(sums) + "\n", encoding="utf-8")
