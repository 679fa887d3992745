"""Pictures of product sheets, by OCR (extra `ocr`: RapidOCR, with its models in the wheel)."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from core.errors import UnreadableFileError
from retrieval.ingest.blocks import Block, paragraph

SURE = 0.5
"""Confidence of a line from which it is kept."""


def read_image(path: Path, name: str) -> list[Block]:
    """One paragraph a line that was recognised. Raises UnreadableFileError without the extra or without text."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path) as picture:
            lines = ocr_lines(picture.convert("RGB"), name)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError) as error:
        raise UnreadableFileError(name, "not a picture, or damaged") from error
    if not lines:
        raise UnreadableFileError(name, "no text was recognised in the picture")
    return [paragraph(line) for line in lines]


def ocr_lines(picture: Any, name: str) -> list[str]:
    """The lines of a picture from the top down; what stands side by side is one line."""
    import numpy as np

    found, _ = _reader(name)(np.asarray(picture.convert("RGB"))[:, :, ::-1])
    boxes = [(box, text) for box, text, score in found or () if float(score) >= SURE]
    lines: list[tuple[float, list[tuple[float, str]]]] = []
    for box, text in sorted(boxes, key=lambda pair: min(corner[1] for corner in pair[0])):
        top, bottom, left = min(c[1] for c in box), max(c[1] for c in box), min(c[0] for c in box)
        if lines and top < lines[-1][0]:
            lines[-1][1].append((left, text))
        else:
            lines.append((top + 0.5 * (bottom - top), [(left, text)]))
    return [" ".join(text for _, text in sorted(parts)) for _, parts in lines]


@cache
def _engine() -> Any:
    from rapidocr_onnxruntime import RapidOCR

    return RapidOCR()


def _reader(name: str) -> Any:
    try:
        return _engine()
    except ImportError as error:
        raise UnreadableFileError(name, "a picture; to read it: pip install 'talktrack[ocr]'") from error
