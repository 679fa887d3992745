"""Reads one file into chunks, by its suffix."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from pathlib import Path

from langchain_core.documents import Document

from core.errors import UnreadableFileError
from retrieval.ingest.blocks import Block
from retrieval.ingest.chunk import chunks_of
from retrieval.ingest.markdown import split_front_matter
from retrieval.ingest.rows import label_lines
from retrieval.ingest.text import decoded
from retrieval.ingest.validity import HEAD_LINES, Given, checked, from_front_matter, from_labels, from_name

Reader = Callable[[Path, str], list[Block]]

_MARKDOWN = {".md", ".markdown"}
_LINES = {*_MARKDOWN, ".txt", ".text"}
"""Kinds whose lines are the file's own."""
LARGEST = 64 * 1024 * 1024
"""Bytes of a file that is read, at most."""
_READERS = {
    ".md": "markdown.read_markdown",
    ".markdown": "markdown.read_markdown",
    ".txt": "text.read_text",
    ".text": "text.read_text",
    ".html": "html.read_html",
    ".htm": "html.read_html",
    ".pdf": "pdf.read_pdf",
    ".docx": "docx.read_docx",
    ".xlsx": "xlsx.read_xlsx",
    ".xlsm": "xlsx.read_xlsx",
    ".csv": "csv.read_csv",
    ".tsv": "csv.read_csv",
    ".pptx": "pptx.read_pptx",
    ".png": "image.read_image",
    ".jpg": "image.read_image",
    ".jpeg": "image.read_image",
    ".webp": "image.read_image",
    ".bmp": "image.read_image",
}
SUFFIXES = frozenset(_READERS)
"""What can be read, lower case with the dot."""


@dataclass(frozen=True)
class Reading:
    """A file as the library keeps it."""

    chunks: tuple[Document, ...]
    document: str
    version: str | None = None
    valid_from: date | None = None
    valid_until: date | None = None


def read_file(path: Path, name: str, given: Given | None = None) -> Reading:
    """The chunks of a file, `given` going before what it says of itself.

    Raises UnreadableFileError, with the reason, for a file that is empty, damaged, locked, too large, of no known
    kind, without any text, or with a day that is none.
    """
    reader = _reader(path, name)
    _sized(path, name)
    try:
        blocks = reader(path, name)
    except OSError as error:
        raise UnreadableFileError(name, error.strerror or "cannot be read") from error
    known = checked((given or Given()).over(_said(path, name, blocks)), name)
    chunks = chunks_of(blocks, name, known)
    if not chunks:
        raise UnreadableFileError(name, "there is no text in it")
    return Reading(tuple(chunks), known.document or name, known.version, known.valid_from, known.valid_until)


def _reader(path: Path, name: str) -> Reader:
    told = _READERS.get(path.suffix.lower())
    if told is None:
        raise UnreadableFileError(name, f"files of the kind {path.suffix or 'without suffix'} are not read")
    module, function = told.split(".")
    reader: Reader = getattr(import_module(f"retrieval.ingest.{module}"), function)
    return reader


def _sized(path: Path, name: str) -> None:
    try:
        size = path.stat().st_size
    except OSError as error:
        raise UnreadableFileError(name, error.strerror or "cannot be read") from error
    if size == 0:
        raise UnreadableFileError(name, "the file is empty")
    if size > LARGEST:
        raise UnreadableFileError(name, f"larger than {LARGEST // 1024 // 1024} MB")


def _said(path: Path, name: str, blocks: Sequence[Block]) -> Given:
    """What the file says of its validity and version: in front matter, in labelled lines, in its name."""
    suffix = path.suffix.lower()
    if suffix not in _LINES:
        return from_labels(_top(blocks), name).over(from_name(name))
    text = decoded(path, name)
    front, body = split_front_matter(text) if suffix in _MARKDOWN else ("", text)
    lines = [*[""] * (text.count("\n") - body.count("\n")), *body.split("\n")]
    said = from_front_matter(front, name).over(from_labels(map(_bare, lines), name))
    return said.over(from_name(name))


def _bare(line: str) -> str:
    """A line of Markdown without its marks."""
    return line.replace("*", "").replace("|", " ").strip("#>- \t")


def _top(blocks: Sequence[Block]) -> Iterator[str]:
    """The first lines: of text, and of tables what stands beside the facts."""
    for block in blocks[:HEAD_LINES]:
        yield from label_lines(block.rows) if block.kind == "table" else block.text.splitlines()
