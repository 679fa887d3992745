"""Fine-tuning of a pretrained encoder: frozen, by LoRA, or whole. Seeded, and resumable after a kill.

Every mode begins with the best head on the frozen encoder (`probe`); `lora` and `full` train on from there, which
distorts the pretrained features less than a random head does (Kumar et al. 2022). The best epoch by macro-F1 on dev
is kept.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import torch
from sklearn.metrics import f1_score
from torch import Tensor, nn
from torch.nn import functional

from engines.understanding.classify import Floats
from training.intent.data import Rows, Split
from training.intent.network import (
    Base,
    EncoderClassifier,
    Ids,
    Pooling,
    collate,
    encode,
    load_base,
    shuffled_batches,
    sorted_batches,
)
from training.intent.probe import Labelled, fit_head
from training.intent.watch import Watch, silent

DEFAULT_BASE = "distilbert-base-multilingual-cased"
Mode = Literal["frozen", "lora", "full"]
RATES: dict[Mode, float] = {"frozen": 0.0, "lora": 5e-4, "full": 5e-5}
"""Peak learning rates of the encoder."""
_EVALUATED = 64


@dataclass(frozen=True)
class Recipe:
    """How to train. Two runs with the same recipe, rows and number of threads give the same model."""

    base: str = DEFAULT_BASE
    mode: Mode = "full"
    epochs: int = 6
    batch: int = 32
    rate: float | None = None
    """Peak learning rate of the encoder; that of `RATES` where None."""
    head_rate: float = 1e-3
    warmup: float = 0.1
    """Share of all steps over which the rates rise from 0."""
    decay: Literal["cosine", "linear"] = "linear"
    patience: int = 2
    """Epochs without a better dev macro-F1 after which training stops."""
    weight_decay: float = 0.01
    dropout: float = 0.1
    smoothing: float = 0.1
    """Share of the target's mass that is spread over all labels."""
    class_weights: bool = True
    """Each label weighs the same in sum, however many rows it has."""
    pooling: Pooling = "mean"
    max_length: int = 48
    """Tokens of an utterance that are read."""
    lora_rank: int = 16
    lora_dropout: float = 0.05
    save_every: int = 200
    """Steps between checkpoints; each epoch ends with one too."""
    seed: int = 7

    @property
    def base_name(self) -> str:
        """The base in short: the last two parts of its path."""
        return "/".join(Path(self.base).parts[-2:])


class Epoch(NamedTuple):
    """One finished epoch: the mean training loss, and macro-F1 on dev (0 where there is no dev row)."""

    loss: float
    dev_macro_f1: float


class Trained(NamedTuple):
    """A trained network in evaluation mode, and how it came about."""

    model: EncoderClassifier
    base: Base
    labels: tuple[str, ...]
    probe_macro_f1: float
    """Dev macro-F1 of the frozen encoder with the best head."""
    epochs: tuple[Epoch, ...]

    def logits(self, texts: list[str]) -> Floats:
        """Logits of each text (n x labels), before temperature."""
        return predict(self.model, encode(self.base, texts), self.base.pad)


@dataclass
class _State:
    """Where training stands; what a checkpoint holds beside weights and optimizer."""

    epoch: int = 0
    step: int = 0
    """Batches of this epoch that are done."""
    loss: float = 0.0
    """Sum of their losses."""
    best: float = -1.0
    waited: int = 0
    probe: float = 0.0
    epochs: list[tuple[float, float]] = field(default_factory=list)


def fit_encoder(split: Split, recipe: Recipe, folder: Path, watch: Watch = silent) -> Trained:
    """Train as `recipe` says; MissingEngineError where its base cannot be had.

    `folder/checkpoint` holds what a killed run needs to go on, and is left for `forget_checkpoint`.
    """
    torch.manual_seed(recipe.seed)
    base = load_base(recipe.base, recipe.max_length)
    labels = split.intents
    model = EncoderClassifier(base, len(labels), recipe.pooling, recipe.dropout)
    train, dev = (_labelled(base, rows, labels) for rows in (split.train, split.dev))
    run = _Run(model, recipe, train, dev, base.pad, _checkpoints(split, recipe, folder), watch)
    state = run.train()
    return Trained(model.eval(), base, labels, state.probe, tuple(Epoch(*epoch) for epoch in state.epochs))


def predict(model: EncoderClassifier, ids: Ids, pad: int) -> Floats:
    """Logits of each row (n x labels), without dropout."""
    model.eval()
    found = np.zeros((len(ids), model.head.out_features))
    with torch.inference_mode():
        for places in sorted_batches(ids, _EVALUATED):
            found[places] = model(*collate([ids[place] for place in places], pad)).double().numpy()
    return found


def forget_checkpoint(folder: Path) -> None:
    """Remove what `fit_encoder` keeps for a killed run."""
    for file in (folder / "checkpoint").glob("*.pt*"):
        file.unlink()
    if (folder / "checkpoint").is_dir():
        (folder / "checkpoint").rmdir()


def rate_at(step: int, total: int, warmup: float, decay: Literal["cosine", "linear"]) -> float:
    """The share 0..1 of the peak rate at `step` of `total`: it rises over `warmup * total`, then falls to 0."""
    rise = max(1, round(total * warmup))
    if step < rise:
        return (step + 1) / rise
    gone = (step - rise) / max(1, total - rise)
    return 1 - gone if decay == "linear" else (1 + math.cos(math.pi * gone)) / 2


def balance(labels: Floats, count: int) -> Tensor:
    """A weight for each of `count` labels, one over its rows, so that the mean weight of a row is 1."""
    rows = np.bincount(labels.astype(np.int64), minlength=count)
    return torch.tensor(len(labels) / (count * np.maximum(rows, 1)), dtype=torch.float32)


class _Run:
    """One training run: what its steps share."""

    def __init__(
        self,
        model: EncoderClassifier,
        recipe: Recipe,
        train: Labelled,
        dev: Labelled,
        pad: int,
        checkpoints: _Checkpoints,
        watch: Watch,
    ) -> None:
        self.model, self.recipe, self.pad, self.watch = model, recipe, pad, watch
        self.rows, self.dev, self.checkpoints = train, dev, checkpoints
        count = model.head.out_features
        self.weights = balance(train.labels.astype(np.float64), count) if recipe.class_weights else None
        self.targets = torch.from_numpy(train.labels)

    def train(self) -> _State:
        """Head first, then the encoder where the mode asks for it, from the last checkpoint where there is one."""
        kept = self.checkpoints.read()
        state = _State(**kept["state"]) if kept else _State()
        if not kept:
            state.probe = fit_head(
                self.model,
                self.rows,
                self.dev,
                pad=self.pad,
                weighted=self.recipe.class_weights,
                watch=self.watch,
            )
        if self.recipe.mode == "frozen":
            return state
        self._open_encoder()
        optimizer = self._optimizer()
        if kept:
            _put(self.model, kept["model"])
            optimizer.load_state_dict(kept["optimizer"])
            torch.set_rng_state(kept["random"])
        else:
            state.best = state.probe if len(self.dev.ids) else -1.0
            self.checkpoints.write_best(self.model)
        self._epochs(state, optimizer)
        _put(self.model, self.checkpoints.read_best())
        if self.recipe.mode == "lora":
            self.model.encoder = self.model.encoder.merge_and_unload()  # type: ignore[operator]
        return state

    def _epochs(self, state: _State, optimizer: torch.optim.Optimizer) -> None:
        while state.epoch < self.recipe.epochs and state.waited < self.recipe.patience:
            self._epoch(state, optimizer)
            value = self._on_dev()
            state.epochs.append((state.loss / max(1, state.step), value))
            better = value > state.best or not len(self.dev.ids)
            if better:
                self.checkpoints.write_best(self.model)
                state.best = value
            state.waited = 0 if better else state.waited + 1
            state.epoch, state.step, state.loss = state.epoch + 1, 0, 0.0
            self.checkpoints.write(self.model, optimizer, state)

    def _epoch(self, state: _State, optimizer: torch.optim.Optimizer) -> None:
        recipe = self.recipe
        batches = shuffled_batches(self.rows.ids, recipe.batch, recipe.seed * 1000 + state.epoch)
        total = len(batches) * recipe.epochs
        self.model.train()
        for places in batches[state.step :]:
            now = state.epoch * len(batches) + state.step
            for group in optimizer.param_groups:
                group["lr"] = group["peak"] * rate_at(now, total, recipe.warmup, recipe.decay)
            state.loss += self._step(places, optimizer)
            state.step += 1
            if state.step % recipe.save_every == 0:
                self.checkpoints.write(self.model, optimizer, state)
            self.watch(f"training, epoch {state.epoch + 1}", now + 1, total)

    def _step(self, places: list[int], optimizer: torch.optim.Optimizer) -> float:
        logits = self.model(*collate([self.rows.ids[place] for place in places], self.pad))
        loss = functional.cross_entropy(
            logits, self.targets[places], weight=self.weights, label_smoothing=self.recipe.smoothing
        )
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        optimizer.step()
        return loss.item()

    def _on_dev(self) -> float:
        known = self.dev.labels >= 0
        if not known.any():
            return 0.0
        got = predict(self.model, self.dev.ids, self.pad).argmax(axis=1)
        return float(f1_score(self.dev.labels[known], got[known], average="macro", zero_division=0.0))

    def _open_encoder(self) -> None:
        if self.recipe.mode == "full":
            return
        from peft import LoraConfig, get_peft_model

        config = LoraConfig(
            r=self.recipe.lora_rank,
            lora_alpha=2 * self.recipe.lora_rank,
            lora_dropout=self.recipe.lora_dropout,
            target_modules="all-linear",
        )
        torch.manual_seed(self.recipe.seed)
        encoder: Any = self.model.encoder
        self.model.encoder = get_peft_model(encoder, config)

    def _optimizer(self) -> torch.optim.AdamW:
        recipe = self.recipe
        rate = RATES[recipe.mode] if recipe.rate is None else recipe.rate
        groups = [
            {
                "params": [parameter],
                "peak": recipe.head_rate if name.startswith("head.") else rate,
                "weight_decay": recipe.weight_decay if parameter.ndim > 1 else 0.0,
            }
            for name, parameter in _trained(self.model)
        ]
        return torch.optim.AdamW(groups, lr=rate)


class _Checkpoints:
    """Where a killed run goes on: `last.pt`, and `best.pt` with the weights of the best epoch."""

    def __init__(self, folder: Path, key: str) -> None:
        self._folder = folder
        self._key = key

    def read(self) -> dict[str, Any] | None:
        """The last checkpoint, None where there is none or it is of another recipe or other rows."""
        last = self._folder / "last.pt"
        if not last.is_file() or not (self._folder / "best.pt").is_file():
            return None
        kept: dict[str, Any] = torch.load(last, weights_only=True)
        return kept if kept["key"] == self._key else None

    def write(self, model: nn.Module, optimizer: torch.optim.Optimizer, state: _State) -> None:
        kept = {
            "key": self._key,
            "state": asdict(state),
            "model": {name: parameter.detach() for name, parameter in _trained(model)},
            "optimizer": optimizer.state_dict(),
            "random": torch.get_rng_state(),
        }
        self._save(kept, "last.pt")

    def write_best(self, model: nn.Module) -> None:
        self._save({name: parameter.detach() for name, parameter in _trained(model)}, "best.pt")

    def read_best(self) -> dict[str, Tensor]:
        best: dict[str, Tensor] = torch.load(self._folder / "best.pt", weights_only=True)
        return best

    def _save(self, kept: dict[str, Any], name: str) -> None:
        """Whole or not at all: a kill while writing leaves the file before."""
        self._folder.mkdir(parents=True, exist_ok=True)
        torch.save(kept, self._folder / f"{name}.new")
        os.replace(self._folder / f"{name}.new", self._folder / name)


def _checkpoints(split: Split, recipe: Recipe, folder: Path) -> _Checkpoints:
    described = json.dumps([asdict(recipe), split.digest], sort_keys=True)
    return _Checkpoints(folder / "checkpoint", hashlib.sha256(described.encode()).hexdigest())


def _labelled(base: Base, rows: Rows, labels: tuple[str, ...]) -> Labelled:
    places = {label: place for place, label in enumerate(labels)}
    return Labelled(encode(base, [row.text for row in rows]), [places.get(row.intent, -1) for row in rows])


def _trained(model: nn.Module) -> Iterator[tuple[str, nn.Parameter]]:
    return ((name, one) for name, one in model.named_parameters() if one.requires_grad)


def _put(model: nn.Module, weights: dict[str, Tensor]) -> None:
    with torch.no_grad():
        for name, parameter in _trained(model):
            parameter.copy_(weights[name])
