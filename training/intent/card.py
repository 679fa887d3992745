"""The card of a trained model: what it is, what it was trained on, how it does. Every figure is measured."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from training.intent.data import Split
from training.intent.export import AGREEMENT, Exported
from training.intent.finetune import Recipe, Trained
from training.intent.measure import Outcome

FILE = "CARD.md"


def write_model_card(
    folder: Path, recipe: Recipe, split: Split, trained: Trained, exported: Exported, outcome: Outcome
) -> None:
    """Write `CARD.md` beside the model."""
    parts = [
        "# Intent model",
        _made(recipe, split, exported),
        "## Training",
        _table(("epoch", "mean loss", "dev macro-F1"), _epochs(trained)),
        "The row `frozen` is the best linear head on the encoder as it was.",
        f"## Figures on the {outcome.on} rows",
        "Of the INT8 model, as it is used.",
        _table(("figure", "value"), _figures(outcome)),
        "## Recipe",
        _table(("setting", "value"), _settings(recipe)),
    ]
    (folder / FILE).write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def _made(recipe: Recipe, split: Split, exported: Exported) -> str:
    decision = exported.decision
    lines = [
        f"- Base: `{recipe.base_name}`, mode `{recipe.mode}`, {len(decision.labels)} labels.",
        f"- Rows: {len(split.train)} training, {len(split.dev)} dev, {len(split.test)} test "
        f"(SHA-256 {split.digest[:16]}).",
        f"- INT8 ONNX, {exported.model_bytes / 1e6:.1f} MB. Same answer as the network before quantisation on "
        f"{exported.agreement:.2%} of {exported.checked} utterances"
        + (": **less than it should be**." if exported.agreement < AGREEMENT else "."),
        f"- Chosen on dev: temperature {decision.temperature:.3f}, rejection by {decision.rejection} "
        + (f"below {decision.reject_below:.4f}." if decision.reject_below > -1e9 else "of nothing."),
    ]
    return "\n".join(lines)


def _epochs(trained: Trained) -> list[tuple[str, ...]]:
    probe = ("frozen", "", f"{trained.probe_macro_f1:.4f}")
    return [
        probe,
        *(
            (str(place), f"{epoch.loss:.4f}", f"{epoch.dev_macro_f1:.4f}")
            for place, epoch in enumerate(trained.epochs, start=1)
        ),
    ]


def _settings(recipe: Recipe) -> list[tuple[str, ...]]:
    settings = {**asdict(recipe), "base": recipe.base_name}
    return [(name, "default" if value is None else str(value)) for name, value in settings.items()]


def _figures(outcome: Outcome) -> list[tuple[str, ...]]:
    record = outcome.record()
    left_out = {"name", "on", "folder"}
    return [
        (name, str(value)) for name, value in record.items() if name not in left_out and value is not None
    ]


def _table(columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [columns, ("---",) * len(columns), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
