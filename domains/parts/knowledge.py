"""knowledge/*.md: free documents, cut into chunks at headings, paragraphs and list items."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from core.pack import Chunk
from domains.fields import VALIDITY, Reader
from domains.read import Place, parse_yaml, read_text

_HEADING = re.compile(r"#{1,6}\s+(.*?)\s*#*\s*")
_ITEM = re.compile(r"\s*(?:[-*+]|\d{1,3}[.)])\s+(.*)")
_FENCE = "---"


def read_knowledge(file: Path, reader: Reader) -> tuple[Chunk, ...]:
    """The chunks of a document, numbered from 1 as `FILE#N`."""
    text = read_text(file, reader.faults)
    if text is None:
        return ()
    lines = text.splitlines()
    body, days = _front_matter(lines, Place(file, 1), reader)
    return tuple(
        Chunk(
            source=f"{file.name}#{number}",
            heading=heading,
            text=piece,
            valid_from=days[0],
            valid_until=days[1],
        )
        for number, (heading, piece) in enumerate(_pieces(body), 1)
    )


def _front_matter(
    lines: list[str], at: Place, reader: Reader
) -> tuple[list[str], tuple[date | None, date | None]]:
    """The lines behind the front matter, and the validity that it gives."""
    if not lines or lines[0].strip() != _FENCE:
        return lines, (None, None)
    end = next((number for number, line in enumerate(lines[1:], 1) if line.strip() == _FENCE), None)
    if end is None:
        reader.faults.add(at, "front matter without its closing ---")
        return lines[1:], (None, None)
    spot = parse_yaml("\n".join(lines[1:end]), Place(at.file, 2), reader.faults)
    fields = reader.record(spot, VALIDITY) if spot else {}
    return lines[end + 1 :], reader.validity(fields, at)


def _pieces(lines: list[str]) -> Iterator[tuple[str, str]]:
    """Heading and text of each paragraph or list item."""
    heading, piece = "", ""
    for line in lines:
        title, item = _HEADING.fullmatch(line), _ITEM.fullmatch(line)
        if title or item or not line.strip():
            if piece:
                yield heading, piece
            piece = item[1].strip() if item else ""
            heading = title[1] if title else heading
        else:
            piece = f"{piece} {line.strip()}".strip() if piece.isascii() else piece + line.strip()
    if piece:
        yield heading, piece
