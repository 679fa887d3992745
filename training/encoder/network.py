"""The encoder's network: embeddings of pieces, a convolution, a few transformer layers, two heads."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from engines.understanding.pieces import BUCKETS, KINDS, LONGEST, PAD


@dataclass(frozen=True)
class Shape:
    """Sizes of the network."""

    tokens: int
    sounds: int
    width: int = 192
    layers: int = 3
    heads: int = 4
    inner: int = 384
    dropout: float = 0.1

    def as_dict(self) -> dict[str, Any]:
        """For a checkpoint."""
        return asdict(self)


class Layer(nn.Module):
    """A pre-norm transformer layer."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.heads, self.width = shape.heads, shape.width
        self.before = nn.LayerNorm(shape.width)
        self.between = nn.LayerNorm(shape.width)
        self.mixed = nn.Linear(shape.width, 3 * shape.width)
        self.joined = nn.Linear(shape.width, shape.width)
        self.wide = nn.Linear(shape.width, shape.inner)
        self.narrow = nn.Linear(shape.inner, shape.width)
        self.dropout = nn.Dropout(shape.dropout)

    def forward(self, states: Tensor, barred: Tensor) -> Tensor:
        """`states` B x T x width; `barred` B x 1 x 1 x T is minus infinity where there is no piece."""
        batch, length, _ = states.shape
        each = self.width // self.heads
        query, key, value = (
            part.view(batch, length, self.heads, each).transpose(1, 2)
            for part in self.mixed(self.before(states)).chunk(3, dim=2)
        )
        scores = query @ key.transpose(2, 3) / each**0.5 + barred
        seen = (
            (self.dropout(scores.softmax(dim=3)) @ value).transpose(1, 2).reshape(batch, length, self.width)
        )
        states = states + self.dropout(self.joined(seen))
        thought = self.narrow(functional.gelu(self.wide(self.between(states))))
        return cast(Tensor, states + self.dropout(thought))


class Body(nn.Module):
    """Contextual states of the pieces, B x T x width."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.tokens = nn.Embedding(shape.tokens, shape.width, padding_idx=PAD)
        self.sounds = nn.Embedding(shape.sounds + 1, shape.width, padding_idx=0)
        self.grams = nn.Embedding(BUCKETS + 1, shape.width, padding_idx=0)
        self.kinds = nn.Embedding(2 * len(KINDS) + 1, shape.width, padding_idx=0)
        self.places = nn.Parameter(torch.zeros(LONGEST + 1, shape.width))
        self.near = nn.Conv1d(shape.width, shape.width, 3, padding=1)
        self.norm = nn.LayerNorm(shape.width)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.layers))
        self.last = nn.LayerNorm(shape.width)
        self.dropout = nn.Dropout(shape.dropout)
        for table in (self.tokens, self.sounds, self.grams, self.kinds):
            nn.init.normal_(table.weight, std=0.05)
            with torch.no_grad():
                table.weight[0] = 0

    def forward(self, tokens: Tensor, sounds: Tensor, grams: Tensor, kinds: Tensor) -> Tensor:
        """See `Inputs`."""
        there = (tokens != PAD).unsqueeze(2).to(self.places.dtype)
        spelt = self.grams(grams).sum(2) / (grams != 0).sum(2, keepdim=True).clamp(min=1).sqrt()
        states = self.tokens(tokens) + self.sounds(sounds) + spelt + self.kinds(kinds).sum(2)
        states = self.dropout(self.norm(states + self.places[: tokens.shape[1]])) * there
        states = states + functional.gelu(self.near(states.transpose(1, 2)).transpose(1, 2))
        barred = ((1 - there) * -1e4).transpose(1, 2).unsqueeze(1)
        for layer in self.layers:
            states = layer(states, barred)
        return cast(Tensor, self.last(states))


class Encoder(nn.Module):
    """Intent logits (B x intents), tag logits (B x T x tags) and a sentence vector (B x width)."""

    def __init__(self, shape: Shape, intents: int, tags: int) -> None:
        super().__init__()
        self.body = Body(shape)
        self.look = nn.Linear(shape.width, 1)
        self.intents = nn.Sequential(nn.Dropout(0.2), nn.Linear(3 * shape.width, intents))
        self.tags = nn.Linear(shape.width, tags)

    def forward(
        self, tokens: Tensor, sounds: Tensor, grams: Tensor, kinds: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """See `Inputs`."""
        states = self.body(tokens, sounds, grams, kinds)
        there = (tokens != PAD).unsqueeze(2)
        weights = self.look(states).masked_fill(~there, -1e4).softmax(dim=1)
        attended = (weights * states).sum(1)
        highest = states.masked_fill(~there, -1e4).amax(dim=1)
        pooled = torch.cat([states[:, 0], attended, highest], dim=1)
        return self.intents(pooled), self.tags(states), functional.normalize(attended, dim=1)


def parameters_of(network: nn.Module) -> int:
    """How many numbers a network holds."""
    return sum(weights.numel() for weights in network.parameters())
