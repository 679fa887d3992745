"""What every format is read into: headings, paragraphs and tables, in the order of the file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Row = tuple[str, ...]
BOLD = 7
"""Level of a bold question, which heads its answer: below every heading proper."""
Page = int | str | None
"""Page or slide from 1, name of a sheet, or None."""


@dataclass(frozen=True)
class Block:
    """A piece of a file. A heading has its level from 1; a table has rows, cells as a reader sees them."""

    kind: Literal["heading", "text", "table"]
    text: str = ""
    level: int = 0
    rows: tuple[Row, ...] = ()
    page: Page = None


def heading(text: str, level: int, page: Page = None) -> Block:
    """A heading, its text on one line."""
    return Block("heading", " ".join(text.split()), max(1, level), page=page)


def paragraph(text: str, page: Page = None) -> Block:
    """A paragraph or an item of a list."""
    return Block("text", text.strip(), page=page)


def table(rows: list[list[str]], page: Page = None) -> Block:
    """A table without the rows and columns that are empty throughout, as wide everywhere as its widest row."""
    width = max((len(row) for row in rows), default=0)
    square = [[" ".join(cell.split()) for cell in row] + [""] * (width - len(row)) for row in rows]
    square = [row for row in square if any(row)]
    used = [at for at in range(width) if any(row[at] for row in square)]
    return Block("table", rows=tuple(tuple(row[at] for at in used) for row in square), page=page)
