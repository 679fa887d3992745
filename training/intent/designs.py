"""Every design that `talktrack train` can train. One function a design; heavy imports inside."""

from __future__ import annotations

from functools import partial
from importlib.util import find_spec
from typing import Any

from core.errors import MissingEngineError
from training.intent.models import Design

_NEEDED = ("torch", "transformers", "peft", "onnx")
"""Packages of the extra `train`. Some are imported only after hours of training, so all are looked for first."""


def own(denoise: bool | None = None) -> Design:
    """Our own sparse classifier, which needs no pretrained weights; `denoise` None: where labels look wrong."""
    from training.intent.sparse import fit_sparse

    return partial(fit_sparse, denoise=denoise)


def pretrained(**settings: Any) -> Design:
    """The design that fine-tunes a base; `settings` are fields of `Recipe`, None for its default.

    MissingEngineError where the extra `train` is not installed.
    """
    _look_for(_NEEDED)
    from training.intent.finetune import Recipe
    from training.intent.pretrained import fit_pretrained

    given = {name: value for name, value in settings.items() if value is not None}
    return partial(fit_pretrained, Recipe(**given))


def encoder(*, epochs: int, changes: str, layers: int, seed: int, **settings: Any) -> tuple[Any, Any]:
    """The function that trains the encoder that ships, and its recipe.

    MissingEngineError where the extra `train` is not installed.
    """
    _look_for(("torch", "onnx"))
    from training.encoder.build import CHANGES, Recipe, build_encoder
    from training.encoder.fit import Plan

    plan = Plan(epochs=epochs, seed=seed, changes=CHANGES[changes])
    return build_encoder, Recipe(plan=plan, layers=layers, **settings)


def baselines() -> dict[str, Design]:
    """The public baselines by name."""
    from training.intent.baselines import BASELINES

    return BASELINES


def _look_for(packages: tuple[str, ...]) -> None:
    for name in packages:
        if find_spec(name) is None:
            raise MissingEngineError("training", f"{name} is not installed", "pip install 'talktrack[train]'")
