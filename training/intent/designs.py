"""Every design that `talktrack train` can train. One function a design; heavy imports inside."""

from __future__ import annotations

from functools import partial
from importlib import import_module
from typing import Any

from core.errors import MissingEngineError
from training.intent.models import Design

_NEEDED = frozenset({"torch", "transformers", "peft", "onnx", "tokenizers", "onnxruntime"})


def own(denoise: bool | None = None) -> Design:
    """Our own sparse classifier, which needs no pretrained weights; `denoise` None: where labels look wrong."""
    return partial(_own("training.intent.sparse", "fit_sparse"), denoise=denoise)


def pretrained(**settings: Any) -> Design:
    """The design that fine-tunes a base; `settings` are fields of `Recipe`, None for its default.

    MissingEngineError where torch is not installed.
    """
    try:
        from training.intent.finetune import Recipe
        from training.intent.pretrained import fit_pretrained
    except ModuleNotFoundError as error:
        raise _missing(error) from error
    given = {name: value for name, value in settings.items() if value is not None}
    return partial(fit_pretrained, Recipe(**given))


def encoder(*, epochs: int, changes: str, layers: int, seed: int, **settings: Any) -> tuple[Any, Any]:
    """The function that trains the encoder that ships, and its recipe. MissingEngineError without torch."""
    try:
        from training.encoder.build import CHANGES, Recipe, build_encoder
        from training.encoder.fit import Plan
    except ModuleNotFoundError as error:
        raise _missing(error) from error
    plan = Plan(epochs=epochs, seed=seed, changes=CHANGES[changes])
    return build_encoder, Recipe(plan=plan, layers=layers, **settings)


def baselines() -> dict[str, Design]:
    """The public baselines by name."""
    from training.intent.baselines import BASELINES

    return BASELINES


def _own(module: str, function: str) -> Any:
    try:
        return getattr(import_module(module), function)
    except ModuleNotFoundError as error:
        raise _missing(error) from error


def _missing(error: ModuleNotFoundError) -> Exception:
    if error.name in _NEEDED:
        return MissingEngineError(
            "training", f"{error.name} is not installed", "pip install 'talktrack[train]'"
        )
    return error
