"""A BERT of the real shape with random weights, and a set of utterances that any reader can tell apart."""

from __future__ import annotations

import random
from pathlib import Path

from training.intent.data import OUT_OF_SCOPE, LabelledText, Rows, Split, make_split

WORDS = {
    "price": ("cost", "price", "much", "dear"),
    "greet": ("hello", "hi", "morning", "hey"),
    "demo": ("show", "demo", "see", "visit"),
    "bye": ("bye", "later", "thanks", "end"),
    OUT_OF_SCOPE: ("weather", "football", "poem", "joke"),
}
FILLERS = ("please", "well", "the", "now", "so", "um", "robot", "it")


def rows(seed: int, each: int = 16) -> Rows:
    """Rows of each label, made of two of its words among fillers."""
    chance = random.Random(seed)
    return tuple(
        LabelledText(
            " ".join(chance.sample([*chance.sample(words, 2), *chance.sample(FILLERS, 2)], 4)), intent
        )
        for intent, words in WORDS.items()
        for _ in range(each)
    )


def toy_split() -> Split:
    return make_split(rows(1), rows(2, 8), rows(3, 8))


def write_rows(file: Path, told: Rows) -> None:
    lines = ["text,intent", *(f"{row.text},{row.intent}" for row in told)]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def build_base(folder: Path) -> Path:
    """Write config, weights and tokenizer of a two-layer BERT into `folder`."""
    import torch
    from transformers import BertConfig, BertModel, BertTokenizerFast

    torch.manual_seed(3)
    own = sorted({word for words in WORDS.values() for word in words})
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *own, *FILLERS]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=64,
    )
    BertModel(config).save_pretrained(folder)
    return folder
