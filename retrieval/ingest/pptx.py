"""Slides, through python-pptx: the title as heading, text frames, tables, speaker's notes."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core.errors import UnreadableFileError
from retrieval.ingest.blocks import Block, heading, paragraph, table


def read_pptx(path: Path, name: str) -> list[Block]:
    """The blocks slide by slide. Raises UnreadableFileError for a broken or locked file."""
    import pptx
    from pptx.exc import PackageNotFoundError

    try:
        slides = pptx.Presentation(str(path)).slides
        return [block for number, slide in enumerate(slides, 1) for block in _slide(slide, number)]
    except (PackageNotFoundError, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise UnreadableFileError(name, "not a presentation (.pptx), or damaged or locked") from error


def _slide(slide: Any, number: int) -> Iterator[Block]:
    title = slide.shapes.title
    if title is not None and title.has_text_frame and title.text_frame.text.strip():
        yield heading(title.text_frame.text, 1, number)
    for shape in _flat(slide.shapes):
        if title is not None and shape.shape_id == title.shape_id:
            continue
        if shape.has_text_frame:
            for line in shape.text_frame.paragraphs:
                if line.text.strip():
                    yield paragraph(line.text, number)
        elif getattr(shape, "has_table", False):
            yield table([[cell.text for cell in row.cells] for row in shape.table.rows], number)
    if (
        slide.has_notes_slide
        and (notes := slide.notes_slide.notes_text_frame) is not None
        and notes.text.strip()
    ):
        yield paragraph(notes.text, number)


def _flat(shapes: Any) -> Iterator[Any]:
    """Every shape, those inside groups too, from the top down as a reader goes."""
    for shape in sorted(shapes, key=lambda one: (one.top or 0, one.left or 0)):
        if hasattr(shape, "shapes"):
            yield from _flat(shape.shapes)
        else:
            yield shape
