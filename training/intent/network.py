"""The network that is fine-tuned: a pretrained encoder, pooling, one linear layer."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import httpx
import torch
from torch import Tensor, nn

from core.errors import MissingEngineError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Pooling = Literal["mean", "cls"]
Ids = list[list[int]]

_POOL = 32
"""Batches whose rows are sorted by length together: little padding, yet another order each epoch."""


class Base(NamedTuple):
    """A pretrained encoder. `width` is the size of a token's vector, `pad` the id that fills a batch."""

    encoder: nn.Module
    tokenizer: Tokenizer
    width: int
    pad: int


class EncoderClassifier(nn.Module):
    """Token ids and mask (n x length) to logits (n x labels).

    The pooled vector is brought to length sqrt(width), so that one head fits encoders of any scale.
    """

    def __init__(self, base: Base, labels: int, pooling: Pooling, dropout: float = 0.1) -> None:
        super().__init__()
        self.encoder = base.encoder
        self.pooling = pooling
        self.scale = math.sqrt(base.width)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(base.width, labels)

    def states(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """The encoder's last layer (n x length x width)."""
        last: Tensor = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        return last

    def features(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """One vector of length sqrt(width) for each row (n x width)."""
        states = self.states(input_ids, attention_mask)
        if self.pooling == "cls":
            pooled: Tensor = states[:, 0]
        else:
            weights = attention_mask.unsqueeze(-1).to(states.dtype)
            pooled = (states * weights).sum(dim=1) / weights.sum(dim=1).clamp(min=1e-9)
        length: Tensor = torch.linalg.vector_norm(pooled, dim=-1, keepdim=True)
        return pooled / length.clamp(min=1e-9) * self.scale

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """Logits before temperature (n x labels)."""
        logits: Tensor = self.head(self.dropout(self.features(input_ids, attention_mask)))
        return logits


def load_base(name_or_dir: str, max_length: int) -> Base:
    """The encoder and tokenizer of a folder or of the hub. MissingEngineError, in one line, where there is none."""
    from transformers import AutoModel, AutoTokenizer  # 3 s
    from transformers.utils import logging

    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    local = Path(name_or_dir).is_dir()
    here = local or not _hub_answers()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tokenizers: Any = AutoTokenizer
            fast = tokenizers.from_pretrained(name_or_dir, use_fast=True, local_files_only=here)
            encoder: Any = AutoModel.from_pretrained(
                name_or_dir, attn_implementation="eager", dtype=torch.float32, local_files_only=here
            )
    except (OSError, ValueError) as error:
        raise MissingEngineError("base encoder", _reason(name_or_dir, local), _mend(local)) from error
    if not getattr(fast, "is_fast", False):
        raise MissingEngineError("base encoder", f"{name_or_dir} has no fast tokenizer", _mend(True))
    if getattr(encoder, "pooler", None) is not None:
        encoder.pooler = None
    tokenizer: Tokenizer = fast.backend_tokenizer
    tokenizer.enable_truncation(max_length)
    tokenizer.no_padding()
    return Base(encoder, tokenizer, int(encoder.config.hidden_size), int(fast.pad_token_id or 0))


def _hub_answers() -> bool:
    """Whether a model hub can be reached, asked once and briefly: the hub's own client tries for minutes."""
    from huggingface_hub import constants

    if constants.HF_HUB_OFFLINE:
        return False
    try:
        httpx.head(constants.ENDPOINT, timeout=5)
    except httpx.HTTPError:
        return False
    return True


def _reason(name: str, local: bool) -> str:
    if local:
        return f"{name} holds no encoder that transformers can read"
    return f"no folder named {name}, and no model hub has it or was reached"


def _mend(local: bool) -> str:
    if local:
        return "pass --base with a folder that has config.json, model.safetensors and tokenizer.json"
    return "fetch the model where there is a network and pass its folder with --base, or leave --base and --mode out"


def encode(base: Base, texts: Sequence[str]) -> Ids:
    """Token ids of each text, special tokens included, at most the length that `load_base` was given."""
    return [encoding.ids for encoding in base.tokenizer.encode_batch(list(texts))]


def collate(rows: Sequence[Sequence[int]], pad: int) -> tuple[Tensor, Tensor]:
    """Ids and mask of a batch, padded to its longest row (n x length)."""
    longest = max(len(row) for row in rows)
    ids = torch.full((len(rows), longest), pad, dtype=torch.long)
    mask = torch.zeros_like(ids)
    for place, row in enumerate(rows):
        ids[place, : len(row)] = torch.tensor(row)
        mask[place, : len(row)] = 1
    return ids, mask


def shuffled_batches(ids: Ids, size: int, seed: int) -> list[list[int]]:
    """Places of `ids` in batches of `size`, rows of like length together, in an order that `seed` fixes."""
    random = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(ids), generator=random).tolist()
    batches: list[list[int]] = []
    for start in range(0, len(order), size * _POOL):
        pool = sorted(order[start : start + size * _POOL], key=lambda place: len(ids[place]))
        batches += [pool[at : at + size] for at in range(0, len(pool), size)]
    return [batches[place] for place in torch.randperm(len(batches), generator=random).tolist()]


def sorted_batches(ids: Ids, size: int) -> Iterator[list[int]]:
    """Places of `ids` in batches of `size`, the shortest first."""
    order = sorted(range(len(ids)), key=lambda place: len(ids[place]))
    for start in range(0, len(order), size):
        yield order[start : start + size]
