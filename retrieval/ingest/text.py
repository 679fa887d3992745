"""Plain text, in whatever encoding a Chinese office writes it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from core.errors import UnreadableFileError
from retrieval.ingest.blocks import Block, Page, paragraph

_ENCODINGS = ("utf-8-sig", "gb18030")
_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_BINARY = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_SEEN = 20_000


def decoded(path: Path, name: str) -> str:
    """The text of a file. Raises UnreadableFileError for one that is empty or no text."""
    raw = path.read_bytes()
    for mark, encoding in _MARKS.items():
        if raw.startswith(mark):
            return _checked(raw.decode(encoding, errors="replace"), name)
    for encoding in _ENCODINGS:
        try:
            return _checked(raw.decode(encoding), name)
        except UnicodeDecodeError:
            _not_broken(raw, name)
    raise UnreadableFileError(name, "no text in an encoding that is known (UTF-8, UTF-16, GB18030)")


def _not_broken(raw: bytes, name: str) -> None:
    """Raises UnreadableFileError for UTF-8 with a broken place, which GB18030 would read as nonsense."""
    text = raw.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    if broken and sum(char > "\u07ff" for char in text) - broken > 10 * broken:
        line = text[: text.index("\ufffd")].count("\n") + 1
        raise UnreadableFileError(name, f"line {line}: broken UTF-8")


def _checked(text: str, name: str) -> str:
    if not text.strip():
        raise UnreadableFileError(name, "the file is empty")
    if _BINARY.search(text[:_SEEN]):
        raise UnreadableFileError(name, "not a text file")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_text(path: Path, name: str) -> list[Block]:
    """Paragraphs: what stands between empty lines; in a file without any, each line."""
    text = decoded(path, name)
    return list(paragraphs(text))


def paragraphs(text: str, page: Page = None) -> Iterator[Block]:
    """The paragraphs of plain text."""
    parts = re.split(r"\n\s*\n", text) if re.search(r"\S\n\s*\n\S", text) else text.split("\n")
    for part in parts:
        if part.strip():
            yield paragraph(part, page)
