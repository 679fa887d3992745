"""Workbooks, through openpyxl: every visible sheet as tables, values as the sheet shows them.

Hidden sheets, rows and columns are left out. Inside a sheet a new table begins behind empty rows, where headings stand.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from core.errors import UnreadableFileError
from retrieval.ingest.blocks import Block, heading, table
from retrieval.ingest.office import opened

_MOST_ROWS = 200_000
_NUMBER = re.compile(r"^[-+]?\d")
_FORMAT = re.compile(r"^(?P<before>[^#0?.]*)(?P<digits>[#0?,]*\.?(?P<places>[0#?]*))(?P<after>[^#0?]*)$")
_CURRENCY = re.compile(r"\[\$(?P<sign>[^\]-]*)[^\]]*\]|\[[^\]]*\]")
_QUOTED = re.compile(r'"(?P<words>[^"]*)"|\\(?P<one>.)|[_*].')


def read_xlsx(path: Path, name: str) -> list[Block]:
    """A heading and its tables for each sheet. Raises UnreadableFileError for a broken, locked or overlong workbook."""
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    kind = "a workbook (.xlsx)"
    try:
        with opened(path, name, kind), warnings.catch_warnings():
            warnings.filterwarnings("ignore", category=UserWarning, module="openpyxl")
            book = openpyxl.load_workbook(path, data_only=True)
            sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
            return [block for sheet in sheets for block in _sheet(sheet, name)]
    except (InvalidFileException, OSError) as error:
        raise UnreadableFileError(name, f"not {kind}, or damaged") from error


def _sheet(sheet: Any, name: str) -> Iterator[Block]:
    if sheet.max_row > _MOST_ROWS:
        raise UnreadableFileError(name, f"the sheet {sheet.title} has more than {_MOST_ROWS} rows")
    titled = False
    for rows in _tables(_shown_rows(sheet)):
        block = table(rows, sheet.title)
        if block.rows and not titled:
            titled = True
            yield heading(sheet.title, 1, sheet.title)
        if block.rows:
            yield block


def _shown_rows(sheet: Any) -> list[list[str]]:
    """The cells of the rows and columns that are shown; a cell that spans several is repeated in each."""
    merged = {place: first for area in sheet.merged_cells.ranges for place, first in _places(area, sheet)}
    columns = _hidden_columns(sheet)
    hidden = {number for number, told in sheet.row_dimensions.items() if told.hidden}
    return [
        [
            _shown(sheet.cell(*merged[place]) if (place := (cell.row, cell.column)) in merged else cell)
            for cell in line
            if cell.column not in columns
        ]
        for line in sheet.iter_rows()
        if line[0].row not in hidden
    ]


def _hidden_columns(sheet: Any) -> set[int]:
    hidden: set[int] = set()
    for told in sheet.column_dimensions.values():
        if told.hidden and told.min and told.max:
            hidden.update(range(told.min, min(told.max, sheet.max_column) + 1))
    return hidden


def _places(area: Any, sheet: Any) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Every place of a span inside the sheet, with the place that has its value."""
    for row in range(area.min_row, min(area.max_row, sheet.max_row) + 1):
        for column in range(area.min_col, min(area.max_col, sheet.max_column) + 1):
            yield (row, column), (area.min_row, area.min_col)


def _tables(rows: Sequence[list[str]]) -> Iterator[list[list[str]]]:
    """The rows cut where a new table begins: behind empty rows, with headings above numbers."""
    parts: list[list[list[str]]] = [[]]
    for row in rows:
        if any(row):
            parts[-1].append(row)
        elif parts[-1]:
            parts.append([])
    whole: list[list[str]] = []
    for part in parts:
        if whole and _begins(part):
            yield whole
            whole = []
        whole = [*whole, *part]
    yield whole


def _begins(part: Sequence[list[str]]) -> bool:
    """Whether rows begin with headings: words throughout, and a number right below one of them."""
    at = next((at for at, row in enumerate(part[:3]) if len({cell for cell in row if cell}) > 1), None)
    if at is None or at + 1 >= len(part):
        return False
    head, below = part[at], part[at + 1]
    worded = not any(_NUMBER.match(cell) for cell in head)
    return worded and any(title and _NUMBER.match(cell) for title, cell in zip(head, below, strict=True))


def _shown(cell: Any) -> str:
    """A value as the sheet shows it: 15 and not 15.0, 6%, 30元, days as ISO; nothing for an error."""
    value = cell.value
    if value is None or cell.data_type == "e":
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time(0) else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat("minutes")
    if isinstance(value, int | float):
        return _number(value, cell.number_format or "General")
    return str(value).strip()


def _number(value: float, form: str) -> str:
    """A number with the sign, the unit and the places of its format, two at least; thousands are not parted."""
    plain = _CURRENCY.sub(lambda found: found["sign"] or "", form.split(";")[0])
    words = _QUOTED.sub(lambda found: found["words"] or found["one"] or "", plain)
    match = _FORMAT.match(words)
    if match is None or not match["digits"] or match["digits"].endswith(","):
        return f"{value:.15g}"
    if "%" in words:
        value *= 100
    places = max(len(match["places"]), 2)
    text = f"{value:.{places}f}".rstrip("0").rstrip(".")
    return f"{match['before'].strip()}{text}{match['after'].strip()}"
