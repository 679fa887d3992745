"""Tables in text: comma, semicolon or tab between the cells."""

from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path

from core.errors import UnreadableFileError
from retrieval.ingest.blocks import Block, table
from retrieval.ingest.text import decoded

_SEEN = 8192


def read_csv(path: Path, name: str) -> list[Block]:
    """One table. Raises UnreadableFileError where a row has more cells than the heading, or a quote never ends."""
    text = decoded(path, name)
    try:
        dialect: type[csv.Dialect] | csv.Dialect = csv.Sniffer().sniff(text[:_SEEN], delimiters=",;\t|")
    except csv.Error:
        dialect = csv.excel
    try:
        rows = list(csv.reader(StringIO(text), dialect, strict=True))
    except csv.Error as error:
        raise UnreadableFileError(name, f"not a table: {error}") from error
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    width = len(rows[0])
    for number, row in enumerate(rows[1:], 2):
        if len([cell for cell in row[width:] if cell.strip()]):
            raise UnreadableFileError(name, f"row {number} has {len(row)} cells, the heading {width}")
    return [table(rows)]
