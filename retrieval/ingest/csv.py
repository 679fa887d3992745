"""Tables in text: comma, semicolon, tab or bar between the cells."""

from __future__ import annotations

import csv
import re
from io import StringIO
from pathlib import Path

from core.errors import UnreadableFileError
from retrieval.ingest.blocks import Block, table
from retrieval.ingest.text import decoded

_MARKS = ",;\t|"
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_SEEN = 8192
_MOST_HEAD = 5


def read_csv(path: Path, name: str) -> list[Block]:
    """One table. Raises UnreadableFileError where a row has more cells than the heading, or a quote never ends."""
    text = decoded(path, name)
    reader = csv.reader(StringIO(text), delimiter=_mark(text), strict=True)
    rows: list[tuple[int, list[str]]] = []
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append((reader.line_num, row))
    except csv.Error as error:
        raise UnreadableFileError(name, f"line {reader.line_num}: not a table: {error}") from error
    width = max((len(row) for _, row in rows[:_MOST_HEAD] if _filled(row) > 1), default=1)
    if len(rows) > 1 and _filled(rows[0][1]) > 1:
        width = len(rows[0][1])
    for line, row in rows:
        if any(cell.strip() for cell in row[width:]):
            raise UnreadableFileError(name, f"row {line} has {len(row)} cells, the heading {width}")
    return [table([row for _, row in rows])]


def _filled(row: list[str]) -> int:
    return sum(bool(cell.strip()) for cell in row)


def _mark(text: str) -> str:
    """What stands between cells: the mark that most of the first lines hold, outside quotes."""
    lines = _QUOTED.sub("", text[:_SEEN]).split("\n")[:20]
    return max(_MARKS, key=lambda mark: (sum(mark in line for line in lines), -_MARKS.index(mark)))
