"""Slides, through python-pptx: the title as heading, text frames, tables, speaker's notes; hidden slides left out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core.errors import UnreadableFileError
from retrieval.ingest.blocks import Block, heading, paragraph, table
from retrieval.ingest.office import opened


def read_pptx(path: Path, name: str) -> list[Block]:
    """The blocks slide by slide. Raises UnreadableFileError for a broken or locked file."""
    import pptx
    from pptx.exc import PackageNotFoundError

    kind = "a presentation (.pptx)"
    try:
        with opened(path, name, kind):
            slides = pptx.Presentation(str(path)).slides
            return [block for number, slide in enumerate(slides, 1) for block in _slide(slide, number)]
    except PackageNotFoundError as error:
        raise UnreadableFileError(name, f"not {kind}, or damaged") from error


def _slide(slide: Any, number: int) -> Iterator[Block]:
    if slide._element.get("show") in {"0", "false"}:
        return
    title = slide.shapes.title
    if title is not None and title.has_text_frame and title.text_frame.text.strip():
        yield heading(title.text_frame.text, 1, number)
    for shape in _flat(slide.shapes):
        if title is None or shape.shape_id != title.shape_id:
            yield from _shape(shape, number)
    notes = slide.notes_slide.notes_text_frame if slide.has_notes_slide else None
    if notes is not None and notes.text.strip():
        yield paragraph(notes.text, number)


def _shape(shape: Any, number: int) -> Iterator[Block]:
    if shape.has_text_frame:
        for line in shape.text_frame.paragraphs:
            if line.text.strip():
                yield paragraph(line.text.replace("\v", "\n"), number)
    elif getattr(shape, "has_table", False):
        yield table(_cells(shape.table), number)


def _cells(grid: Any) -> list[list[str]]:
    """The cells of a table; one that spans several is repeated in each."""
    rows = [[cell.text for cell in row.cells] for row in grid.rows]
    for at, row in enumerate(grid.rows):
        for place, cell in enumerate(row.cells):
            if cell.is_merge_origin:
                for down in range(at, at + cell.span_height):
                    rows[down][place : place + cell.span_width] = [cell.text] * cell.span_width
    return rows


def _flat(shapes: Any) -> Iterator[Any]:
    """Every shape, those inside groups too, from the top down as a reader goes."""
    for shape in sorted(shapes, key=lambda one: (one.top or 0, one.left or 0)):
        if hasattr(shape, "shapes"):
            yield from _flat(shape.shapes)
        else:
            yield shape
