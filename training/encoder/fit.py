"""Training of the encoder on annotated utterances: intents and slot tags at once. Seeded and resumable."""

from __future__ import annotations

import copy
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from core.types import Lang
from engines.understanding.pieces import LONGEST, Inputs, Vocabulary, encode
from training.encoder.checkpoint import digest, load_checkpoint, save_checkpoint
from training.encoder.examples import IGNORED, OUTSIDE, Changer, Changes, Taught
from training.encoder.network import Encoder, Shape
from training.intent.watch import Watch, silent

Progress = Callable[[str], None]
SECOND = 0.35
"""Share of the target that a second intent takes."""
SMOOTH = 0.05
FITTED = "fit.pt"
_KEEP = 0.999
"""Decay of the averaged weights that are kept in the end."""


@dataclass(frozen=True)
class Labels:
    """Intents and tags by column."""

    intents: tuple[str, ...]
    tags: tuple[str, ...]

    @classmethod
    def of(cls, rows: Sequence[Taught]) -> Labels:
        """Every intent and tag that occurs; OUTSIDE is the first tag."""
        intents = sorted({intent for row in rows for intent in row.intents})
        tags = sorted({tag for row in rows for tag in row.tags} - {OUTSIDE})
        return cls(tuple(intents), (OUTSIDE, *tags))


@dataclass(frozen=True)
class Plan:
    """How long and how hard to train."""

    epochs: int = 8
    batch: int = 64
    peak: float = 8e-4
    tagging: float = 0.5
    """Weight of the tags' loss beside that of the intents."""
    changes: Changes = field(default_factory=Changes)
    seed: int = 7


def targets(rows: Sequence[Taught], labels: Labels, width: int) -> tuple[Tensor, Tensor]:
    """Intent targets (B x intents, each row sums to one) and tag numbers (B x T, IGNORED where there is no piece)."""
    wanted = np.full((len(rows), len(labels.intents)), SMOOTH / len(labels.intents), dtype=np.float32)
    tags = np.full((len(rows), width), IGNORED, dtype=np.int64)
    columns = {intent: place for place, intent in enumerate(labels.intents)}
    numbers = {tag: place for place, tag in enumerate(labels.tags)}
    for at, row in enumerate(rows):
        shares = (1.0,) if len(row.intents) == 1 else (1.0 - SECOND, SECOND)
        for intent, share in zip(row.intents, shares, strict=False):
            wanted[at, columns[intent]] += (1 - SMOOTH) * share
        told = row.tags if len(row.tags) <= LONGEST else ()
        tags[at, 1 : len(told) + 1] = [numbers.get(tag, 0) for tag in told]
    return torch.from_numpy(wanted), torch.from_numpy(tags)


def tensors(inputs: Inputs) -> list[Tensor]:
    """The batch as torch sees it."""
    return [torch.from_numpy(array) for array in inputs]


def groups(rows: Sequence[Taught], size: int, rng: random.Random) -> list[list[Taught]]:
    """Batches of utterances of like length, in random order."""
    order = sorted(rows, key=lambda row: (len(row.pieces) + rng.random() * 6, rng.random()))
    made = [order[at : at + size] for at in range(0, len(order), size)]
    rng.shuffle(made)
    return made


def fit_encoder(
    rows: Sequence[Taught],
    names: Mapping[Lang, Sequence[str]],
    vocabulary: Vocabulary,
    shape: Shape,
    plan: Plan,
    work: Path,
    *,
    body: Mapping[str, Tensor] | None = None,
    tell: Progress,
    watch: Watch = silent,
    judge: Callable[[Encoder], str] | None = None,
) -> tuple[Encoder, Labels]:
    """Train on `rows`; `names` are product names to stand for unknown ones, `body` pretrained weights.

    A killed run of the same rows and plan goes on from `work/fit.pt`
    after its last whole epoch. `judge` says how the network does after an epoch.
    """
    torch.manual_seed(plan.seed)
    labels = Labels.of(rows)
    network = Encoder(shape, len(labels.intents), len(labels.tags))
    if body is not None:
        network.body.load_state_dict(body)
    averaged = copy.deepcopy(network)
    optimiser = torch.optim.AdamW(network.parameters(), lr=plan.peak, weight_decay=0.02)
    saved, first, past = work / FITTED, 0, 0.0
    learnt = [[[piece.token for piece in row.pieces], row.tags, row.intents] for row in rows]
    key = digest(vocabulary.tokens, shape.as_dict(), repr(plan), body is not None, learnt)
    state = load_checkpoint(saved, key)
    if state:
        network.load_state_dict(state["network"])
        averaged.load_state_dict(state["averaged"])
        optimiser.load_state_dict(state["optimiser"])
        first, past = state["epoch"], state["spent"]
        tell(f"going on after epoch {first}")
    for epoch in range(first, plan.epochs):
        begun = time.monotonic()
        torch.manual_seed(plan.seed + epoch)
        loss = _epoch(rows, names, vocabulary, labels, plan, epoch, network, averaged, optimiser, watch)
        past += time.monotonic() - begun
        told = judge(averaged) if judge else ""
        tell(f"epoch {epoch + 1} of {plan.epochs}: loss {loss:.3f} {told} ({time.monotonic() - begun:.0f} s)")
        _save(saved, key, past, epoch + 1, network, averaged, optimiser)
    return averaged.eval(), labels


def _epoch(
    rows: Sequence[Taught],
    names: Mapping[Lang, Sequence[str]],
    vocabulary: Vocabulary,
    labels: Labels,
    plan: Plan,
    epoch: int,
    network: Encoder,
    averaged: Encoder,
    optimiser: torch.optim.Optimizer,
    watch: Watch,
) -> float:
    """One pass over changed copies of all rows; the mean loss."""
    changer = Changer(rows, names, plan.seed + epoch)
    made = groups(
        [changer.change(row, plan.changes) for row in rows], plan.batch, random.Random(plan.seed + epoch)
    )
    steps = plan.epochs * len(made)
    network.train()
    losses = []
    for step, group in enumerate(made, start=epoch * len(made)):
        for settings in optimiser.param_groups:
            settings["lr"] = plan.peak * min(1.0, (step + 1) / (0.05 * steps)) * (1 - 0.98 * step / steps)
        inputs = encode([row.pieces for row in group], vocabulary)
        intents, tags = targets(group, labels, inputs.tokens.shape[1])
        told, tagged, _ = network(*tensors(inputs))
        loss = functional.cross_entropy(told, intents)
        loss = loss + plan.tagging * functional.cross_entropy(
            tagged.flatten(0, 1), tags.flatten(), ignore_index=IGNORED
        )
        optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        _follow(averaged, network, min(_KEEP, (step + 1) / (step + 20)))
        losses.append(loss.item())
        watch(f"epoch {epoch + 1} of {plan.epochs}", step + 1, steps)
    return float(np.mean(losses))


@torch.no_grad()
def _follow(averaged: nn.Module, network: nn.Module, keep: float) -> None:
    for mean, now in zip(averaged.parameters(), network.parameters(), strict=True):
        mean.lerp_(now, 1 - keep)


@torch.no_grad()
def predict(network: Encoder, rows: Sequence[Taught], vocabulary: Vocabulary) -> np.ndarray:
    """Intent logits of `rows`, B x intents."""
    network.eval()
    made = []
    for at in range(0, len(rows), 64):
        inputs = encode([row.pieces for row in rows[at : at + 64]], vocabulary)
        made.append(network(*tensors(inputs))[0].numpy())
    return np.concatenate(made)


def spent(file: Path) -> float:
    """Seconds of training behind a checkpoint, 0 where there is none."""
    return float(torch.load(file, weights_only=True)["spent"]) if file.exists() else 0.0


def _save(
    file: Path,
    key: str,
    seconds: float,
    epoch: int,
    network: nn.Module,
    averaged: nn.Module,
    optimiser: torch.optim.Optimizer,
) -> None:
    state = {
        "network": network.state_dict(),
        "averaged": averaged.state_dict(),
        "optimiser": optimiser.state_dict(),
    }
    save_checkpoint(file, {"key": key, "spent": seconds, "epoch": epoch, **state})
