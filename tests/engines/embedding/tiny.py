"""A random BERT of a few thousand weights in a sentence-transformers directory: no download, and no sense in it."""

from __future__ import annotations

import json
from pathlib import Path

LETTERS = "咖啡机水箱多大少钱一台要能装吗有培训质保多久查询:abcdefghijklmnopqrstuvwxyz"
SIZE = 32


def save_tiny(folder: Path, *, seed: int = 0, prompts: dict[str, str] | None = None) -> Path:
    """Writes the directory as sentence-transformers would, from its documented parts; gives it back."""
    import torch
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder.mkdir(parents=True)
    words = folder / "vocab.txt"
    words.write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *LETTERS]), encoding="utf-8")
    tokenizer = BertTokenizerFast(vocab_file=str(words), model_max_length=64)
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=SIZE,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=SIZE,
        max_position_embeddings=64,
    )
    BertModel(config).eval().save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    modules = [
        {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
        {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
    ]
    told = {"prompts": prompts or {}, "default_prompt_name": None, "similarity_fn_name": "cosine"}
    _write(folder / "modules.json", modules)
    _write(folder / "sentence_bert_config.json", {"max_seq_length": 64, "do_lower_case": False})
    _write(folder / "config_sentence_transformers.json", told)
    (folder / "1_Pooling").mkdir()
    pooling = {"word_embedding_dimension": SIZE, "pooling_mode_mean_tokens": True}
    _write(folder / "1_Pooling" / "config.json", pooling)
    return folder


def _write(file: Path, told: object) -> None:
    file.write_text(json.dumps(told), encoding="utf-8")
