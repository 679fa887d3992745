"""Workbooks, through openpyxl: every visible sheet as tables, values as the sheet shows them."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from core.errors import UnreadableFileError
from retrieval.ingest.blocks import Block, heading, table

_MOST_ROWS = 200_000


def read_xlsx(path: Path, name: str) -> list[Block]:
    """A heading and a table a sheet. Raises UnreadableFileError for a broken, locked or overlong workbook."""
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = openpyxl.load_workbook(path, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, TypeError) as error:
        raise UnreadableFileError(name, "not a workbook (.xlsx), or damaged or locked") from error
    try:
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        return [block for sheet in sheets for block in _sheet(sheet, name)]
    finally:
        book.close()


def _sheet(sheet: Any, name: str) -> Iterator[Block]:
    if sheet.max_row > _MOST_ROWS:
        raise UnreadableFileError(name, f"the sheet {sheet.title} has more than {_MOST_ROWS} rows")
    merged = {
        (row, column): (area.min_row, area.min_col)
        for area in sheet.merged_cells.ranges
        for row, column in _places(area)
    }
    hidden = {number for number, told in sheet.row_dimensions.items() if told.hidden}
    rows = [
        [_shown(sheet.cell(*merged.get((cell.row, cell.column), (cell.row, cell.column)))) for cell in line]
        for line in sheet.iter_rows()
        if line[0].row not in hidden
    ]
    block = table(rows, sheet.title)
    if block.rows:
        yield heading(sheet.title, 1, sheet.title)
        yield block


def _places(area: Any) -> Iterator[tuple[int, int]]:
    for row in range(area.min_row, area.max_row + 1):
        for column in range(area.min_col, area.max_col + 1):
            yield row, column


def _shown(cell: Any) -> str:
    """A value as the sheet shows it: 15 and not 15.0, 6%, days as ISO."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time(0) else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float):
        if "%" in (cell.number_format or ""):
            return f"{value * 100:.10g}%"
        return f"{value:.15g}"
    return str(value).strip()
