"""The design that fine-tunes a pretrained encoder: train, export, measure, card."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from engines.understanding.transformer import TransformerClassifier
from training.intent.card import write_model_card
from training.intent.data import Split
from training.intent.export import export
from training.intent.finetune import Recipe, fit_encoder, forget_checkpoint
from training.intent.measure import measure
from training.intent.models import Fitted
from training.intent.watch import Watch


def fit_pretrained(recipe: Recipe, split: Split, folder: Path, seed: int, watch: Watch) -> Fitted:
    """Fine-tune as `recipe` says and write the model, ready to be loaded, and its card into `folder`."""
    recipe = replace(recipe, seed=seed)
    start = time.perf_counter()
    trained = fit_encoder(split, recipe, folder, watch)
    seconds = time.perf_counter() - start
    exported = export(trained, split, folder, watch=watch)
    facts = {
        "agreement_int8": exported.agreement,
        "model_mb": exported.model_bytes / 1e6,
        "epochs": len(trained.epochs),
        "dev_macro_f1_frozen": trained.probe_macro_f1,
        "temperature": exported.decision.temperature,
        "rejection": exported.decision.rejection,
        "folder": str(folder),
    }
    name = f"{recipe.base_name}, {recipe.mode}"
    model = TransformerClassifier.load(folder)
    fitted = Fitted(name, model, exported.decision, seconds, facts)
    write_model_card(folder, recipe, split, trained, exported, measure(fitted, split))
    forget_checkpoint(folder)
    return fitted
