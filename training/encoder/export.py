"""The trained encoder as INT8 ONNX with its vocabulary and labels."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from engines.understanding.encoder import Encoder as Loaded
from engines.understanding.pieces import Inputs, Vocabulary, encode
from training.encoder.examples import Taught
from training.encoder.fit import Labels, predict, tensors
from training.encoder.network import Encoder

OPSET = 17


def export_encoder(
    network: Encoder, labels: Labels, vocabulary: Vocabulary, sample: Sequence[Taught], folder: Path
) -> float:
    """Write `encoder.onnx` (INT8), `vocabulary.json` and `labels.json` into `folder`.

    Returns the share of `sample` whose main intent the INT8 network gives as the trained one does.
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic

    folder.mkdir(parents=True, exist_ok=True)
    whole = folder / "encoder.float.onnx"
    network.eval()
    example = tensors(encode([row.pieces for row in sample[:2]], vocabulary))
    names = list(Inputs._fields)
    axes = {name: {0: "batch", 1: "length"} for name in names}
    axes |= {"intents": {0: "batch"}, "tags": {0: "batch", 1: "length"}, "vector": {0: "batch"}}
    torch.onnx.export(
        network,
        tuple(example),
        str(whole),
        input_names=names,
        output_names=["intents", "tags", "vector"],
        dynamic_axes=axes,
        opset_version=OPSET,
        dynamo=False,
    )
    quantize_dynamic(whole, folder / "encoder.onnx", weight_type=QuantType.QInt8, per_channel=True)
    whole.unlink()
    vocabulary.save(folder / "vocabulary.json")
    named = {"intents": labels.intents, "tags": labels.tags}
    (folder / "labels.json").write_text(json.dumps(named, ensure_ascii=False, indent=1), encoding="utf-8")
    loaded = Loaded.load(folder)
    whole_best = predict(network, sample, vocabulary).argmax(axis=1)
    small_best = np.array([loaded.logits([list(row.pieces)])[0].argmax() for row in sample])
    return float((whole_best == small_best).mean())
