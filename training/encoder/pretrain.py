"""Masked language modelling on plain text: the encoder learns characters, their sounds and their company.

Three in twenty pieces are hidden and guessed from the rest (Devlin et al. 2019); half of the hidden keep their sound, so
that a misheard character is read as the one that was meant.
"""

from __future__ import annotations

import gzip
import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from core.errors import InputError
from engines.understanding.pieces import (
    LONGEST,
    MASK,
    MASKED,
    PAD,
    SPECIALS,
    START,
    Inputs,
    Piece,
    Vocabulary,
    cut,
    encode,
)
from engines.understanding.text import HAN, sound
from training.encoder.checkpoint import digest, load_checkpoint, save_checkpoint
from training.encoder.network import Body, Shape
from training.intent.watch import Watch, silent

Progress = Callable[[str], None]
HIDDEN = 0.15
PRETRAINED = "pretrain.pt"
_SENTENCE = 64
"""Pieces of a pretraining line; longer ones are cut."""


def read_lines(folder: Path, characters: int, seed: int) -> list[str]:
    """About `characters` of the `*.txt.gz` in `folder`: each file gives the same share, small ones all they have.

    InputError where there is no such file.
    """
    rng = random.Random(seed)
    files = sorted(folder.glob("*.txt.gz"), key=lambda file: file.stat().st_size)
    if not files:
        raise InputError(f"no *.txt.gz in {folder}")
    left, lines = characters, []
    for place, file in enumerate(files):
        with gzip.open(file, "rt", encoding="utf-8") as stream:
            mine = [line.strip() for line in stream if line.strip()]
        rng.shuffle(mine)
        share = left // (len(files) - place)
        taken = 0
        for line in mine:
            if taken >= share:
                break
            lines.append(line)
            taken += len(line)
        left -= taken
    rng.shuffle(lines)
    return lines


def learn_vocabulary(texts: Iterable[str], own: Iterable[Sequence[str]], least: int = 8) -> Vocabulary:
    """Characters seen `least` times in plain text, words seen five times as often, and the sounds of all.

    What our own utterances (as tokens) hold twice comes beside.
    """
    plain: Counter[str] = Counter()
    heard: set[str] = set()
    for line in texts:
        for piece in cut(line, ()):
            plain[piece.token] += 1
            if piece.sound:
                heard.add(piece.sound)
    heard |= {sound(token) for tokens in own for token in tokens if HAN.match(token)}
    words = [word for word, times in plain.items() if times >= (least if HAN.match(word) else 5 * least)]
    fixed = (*SPECIALS, *(f"<{kind}>" for kind in MASKED))
    return extended(Vocabulary((*fixed, *sorted(set(words) - set(fixed))), tuple(sorted(heard))), own)


def extended(vocabulary: Vocabulary, own: Iterable[Sequence[str]]) -> Vocabulary:
    """The vocabulary with the tokens that our own utterances hold twice."""
    ours = Counter(token for tokens in own for token in tokens)
    new = {token for token, times in ours.items() if times >= 2} - set(vocabulary.tokens)
    return Vocabulary((*vocabulary.tokens, *sorted(new)), vocabulary.sounds)


class Guesser(nn.Module):
    """The body with a head that names hidden tokens; the head shares the token embeddings."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.body = Body(shape)
        self.turn = nn.Sequential(nn.Linear(shape.width, shape.width), nn.GELU(), nn.LayerNorm(shape.width))
        self.bias = nn.Parameter(torch.zeros(shape.tokens))

    def forward(self, inputs: Sequence[Tensor], hidden: Tensor) -> Tensor:
        """Logits of the pieces at `hidden` (B x T booleans), N x tokens."""
        states = self.turn(self.body(*inputs)[hidden])
        return functional.linear(states, self.body.tokens.weight, self.bias)


def batches(
    pieces: Sequence[Sequence[Piece]], vocabulary: Vocabulary, tokens: int, seed: int
) -> Iterator[Inputs]:
    """Batches of lines of like length, about `tokens` pieces each, in a seeded order."""
    rng = random.Random(seed)
    order = sorted(range(len(pieces)), key=lambda at: (len(pieces[at]) // 4, rng.random()))
    groups: list[list[int]] = [[]]
    for at in order:
        if groups[-1] and (len(groups[-1]) + 1) * (len(pieces[at]) + 1) > tokens:
            groups.append([])
        groups[-1].append(at)
    rng.shuffle(groups)
    for group in groups:
        yield encode([pieces[at] for at in group], vocabulary)


def hide(batch: Inputs, size: int, rng: np.random.Generator) -> tuple[list[Tensor], Tensor, Tensor]:
    """The batch with pieces hidden, where they are (B x T), and the tokens that stood there (N)."""
    tokens = batch.tokens.copy()
    chosen = (rng.random(tokens.shape) < HIDDEN) & (tokens != PAD) & (tokens != START)
    if not chosen.any():
        chosen[0, 1 if tokens.shape[1] > 1 else 0] = True
    targets = tokens[chosen]
    dice = rng.random(tokens.shape)
    tokens[chosen & (dice < 0.8)] = MASK
    swapped = chosen & (dice >= 0.8) & (dice < 0.9)
    tokens[swapped] = rng.integers(START + 1, size, swapped.sum())
    silent = chosen & (rng.random(tokens.shape) < 0.5)
    sounds, grams = batch.sounds.copy(), batch.grams.copy()
    sounds[silent] = 0
    grams[chosen] = 0
    arrays = (tokens, sounds, grams, batch.kinds)
    return [torch.from_numpy(array) for array in arrays], torch.from_numpy(chosen), torch.from_numpy(targets)


def pretrain(
    lines: Sequence[str],
    vocabulary: Vocabulary,
    shape: Shape,
    work: Path,
    *,
    seconds: float,
    seed: int,
    tell: Progress,
    watch: Watch = silent,
    batch_tokens: int = 2048,
    peak: float = 1.5e-3,
) -> Body:
    """Train for about `seconds`; a killed run goes on from `work/pretrain.pt`. Returns the body."""
    torch.manual_seed(seed)
    network = Guesser(shape)
    optimiser = torch.optim.AdamW(network.parameters(), lr=peak, weight_decay=0.01, betas=(0.9, 0.98))
    saved = work / PRETRAINED
    spent, epoch = 0.0, 0
    key = digest(vocabulary.tokens, shape.as_dict(), seed)
    state = load_checkpoint(saved, key)
    if state:
        network.load_state_dict(state["network"])
        optimiser.load_state_dict(state["optimiser"])
        spent, epoch = state["spent"], state["epoch"]
        tell(f"going on after {spent:.0f} s")
    pieces = [cut(line, ())[: min(_SENTENCE, LONGEST)] for line in lines]
    network.train()
    step, losses, told = 0, [], time.monotonic()
    while spent < seconds:
        rng = np.random.default_rng(seed + epoch)
        for batch in batches(pieces, vocabulary, batch_tokens, seed + epoch):
            begun = time.monotonic()
            done = spent / seconds
            for group in optimiser.param_groups:
                group["lr"] = peak * min(1.0, done / 0.03 + 0.02) * (1.0 - 0.95 * done)
            inputs, hidden, targets = hide(batch, shape.tokens, rng)
            loss = functional.cross_entropy(network(inputs, hidden), targets)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            losses.append(loss.item())
            step += 1
            spent += time.monotonic() - begun
            watch("pretraining (seconds)", int(spent), int(seconds))
            if time.monotonic() - told > 60:
                tell(f"{spent:.0f} of {seconds:.0f} s, epoch {epoch}, loss {np.mean(losses[-200:]):.3f}")
                told = time.monotonic()
                _save(saved, key, network, optimiser, spent, epoch)
            if spent >= seconds:
                break
        epoch += 1
    _save(saved, key, network, optimiser, spent, epoch)
    return network.body


def _save(
    file: Path, key: str, network: nn.Module, optimiser: torch.optim.Optimizer, spent: float, epoch: int
) -> None:
    state = {"network": network.state_dict(), "optimiser": optimiser.state_dict(), "epoch": epoch}
    save_checkpoint(file, {"key": key, "spent": spent, **state})
