"""From a trained network to the folder that `engines.understanding.transformer` loads: INT8 ONNX and a tokenizer."""

from __future__ import annotations

import logging
import warnings
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import torch

from engines.understanding.classify import Floats
from engines.understanding.decision import Decision, Rejection
from engines.understanding.transformer import (
    MODEL,
    TOKENIZER,
    TransformerClassifier,
    write_card,
)
from training.intent.calibrate import calibrate
from training.intent.data import Split
from training.intent.finetune import Trained
from training.intent.network import EncoderClassifier, collate
from training.intent.watch import Watch, silent

OPSET = 17
AGREEMENT = 0.97
"""Below this share of equal answers the card warns of the INT8 model."""


@dataclass(frozen=True)
class Exported:
    """What was written: the share 0..1 of checked texts on which INT8 and the network agree, the bytes of the model."""

    folder: Path
    decision: Decision
    agreement: float
    checked: int
    model_bytes: int


def export(
    trained: Trained,
    split: Split,
    folder: Path,
    *,
    rejection: Rejection | None = None,
    watch: Watch = silent,
) -> Exported:
    """Write model, tokenizer and decision into `folder`. The decision is chosen on dev with the INT8 model itself."""
    folder.mkdir(parents=True, exist_ok=True)
    watch("exporting", 0, 3)
    quantise(trained.model, trained.base.pad, folder / MODEL)
    trained.base.tokenizer.save(str(folder / TOKENIZER))
    write_card(folder, Decision(trained.labels), trained.base.pad)
    watch("exporting", 1, 3)
    rows = split.dev or split.train
    texts = [row.text for row in rows]
    small = TransformerClassifier.load(folder).logits(texts)
    decision = calibrate(trained.labels, small[: len(split.dev)], split.dev, rejection)
    write_card(folder, decision, trained.base.pad)
    watch("exporting", 2, 3)
    agreement = equal(small, trained.logits(texts))
    watch("exporting", 3, 3)
    return Exported(folder, decision, agreement, len(texts), (folder / MODEL).stat().st_size)


def equal(one: Floats, other: Floats) -> float:
    """The share 0..1 of rows with the same best label."""
    return float((one.argmax(axis=1) == other.argmax(axis=1)).mean())


def quantise(model: EncoderClassifier, pad: int, target: Path) -> None:
    """Write the network as ONNX with weights of eight bits (dynamic, a scale a channel); the head stays exact."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    with TemporaryDirectory() as work:
        whole = Path(work) / "whole.onnx"
        to_onnx(model, pad, whole)
        with _quiet():
            quantize_dynamic(
                whole,
                target,
                per_channel=True,
                weight_type=QuantType.QInt8,
                nodes_to_exclude=_head_nodes(whole),
            )


def to_onnx(model: EncoderClassifier, pad: int, target: Path) -> None:
    """Write the network as ONNX, single precision: `input_ids` and `attention_mask` (n x length) to `logits`."""
    example = collate([[1, 2, 3, 4], [1, 2]], pad)
    rows = {0: "rows", 1: "length"}
    with warnings.catch_warnings(), _quiet():
        warnings.simplefilter(
            "ignore"
        )  # tracing warns of sizes that it takes for constants; the export is checked
        torch.onnx.export(
            model.eval(),
            example,
            target,
            input_names=["input_ids", "attention_mask"],
            output_names=["logits"],
            dynamic_axes={"input_ids": rows, "attention_mask": rows, "logits": {0: "rows"}},
            opset_version=OPSET,
            dynamo=False,
        )


def _head_nodes(file: Path) -> list[str]:
    import onnx

    graph = onnx.load(str(file), load_external_data=False).graph
    return [node.name for node in graph.node if node.name.startswith("/head/")]


class _quiet:
    """Keeps what the exporter and the quantiser have to say below errors off the screen."""

    def __enter__(self) -> None:
        self._before = logging.root.manager.disable
        logging.disable(logging.WARNING)

    def __exit__(self, *_: object) -> None:
        logging.disable(self._before)
