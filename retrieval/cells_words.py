"""Cells put into words, Chinese or English as the question is, with nothing that they do not say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.cells_plain import plain
from retrieval.store.base import FoundCell

_HAN = re.compile(r"[\u3400-\u9fff]")
_DIGITS = re.compile(r"[\d.,]+")
_SEVERAL = 6
"""Values that are said of one column, at most; how many there are is said with them."""
_LONG = 60
"""Characters of a value that stands without its row and column."""
_LABEL = 12


@dataclass(frozen=True)
class CellAnswer:
    """Cells that answer, worded from themselves alone."""

    cells: tuple[FoundCell, ...]
    text: str
    score: float
    """0..1: how sure it is that the row and the column are the ones asked for."""


@dataclass(frozen=True)
class Row:
    """One row of a table."""

    number: int
    name: str
    cells: tuple[FoundCell, ...]

    def value(self, attribute: str) -> FoundCell | None:
        """The first cell of a column; None where the row has none."""
        return next((found for found in self.cells if found.cell.attribute == attribute), None)

    def values(self, attribute: str) -> tuple[FoundCell, ...]:
        """All cells of a column."""
        return tuple(found for found in self.cells if found.cell.attribute == attribute)


def told(question: str, held: str, rows: Sequence[Row], column: str, score: float) -> CellAnswer:
    """One value, or the values of several rows with what tells the rows apart."""
    chinese = bool(_HAN.search(question))
    cells = _cells(rows, column)
    names = list(dict.fromkeys(row.name for row in rows))
    values = list(dict.fromkeys(_value(row, column, chinese) for row in rows))
    if len(names) > 1:
        text = f"{column}{_COLON[chinese]}{_sided(rows, column, held, chinese)}"
    elif len(values) == 1:
        text = _single(names[0], column, values[0], chinese)
    else:
        whose = f"{names[0]}的{column}:" if chinese else f"{column} of the {names[0]}: "
        text = f"{whose}{_sided(rows, column, held, chinese)}"
    return CellAnswer(cells, text + _STOP[chinese], score)


def compared(
    question: str, held: str, rows: Sequence[Row], column: str, score: float, *, alike: bool
) -> CellAnswer:
    """Rows side by side in their order, with whether they are the same where `alike` asks that."""
    chinese = bool(_HAN.search(question))
    sided = _sided(rows, column, held, chinese)
    verdict = ""
    if alike:
        same = len({_value(row, column, chinese) for row in rows}) == 1
        verdict = (
            ("一样," if same else "不一样,") if chinese else ("The same, " if same else "Not the same, ")
        )
    text = f"{verdict}{column}{_COLON[chinese]}{sided}{_STOP[chinese]}"
    return CellAnswer(_cells(rows, column), text, score)


def filtered(question: str, rows: Sequence[Row], column: str, score: float) -> CellAnswer:
    """The rows that were kept, each with its value."""
    chinese = bool(_HAN.search(question))
    sided = _sided(rows, column, plain(question), chinese)
    return CellAnswer(_cells(rows, column), f"{column}{_COLON[chinese]}{sided}{_STOP[chinese]}", score)


_COLON = (": ", ":")
_STOP = (".", "。")


def _cells(rows: Sequence[Row], column: str) -> tuple[FoundCell, ...]:
    return tuple(cell for row in rows for cell in row.values(column))


def _value(row: Row, column: str, chinese: bool) -> str:
    return ("、" if chinese else ", ").join(cell.cell.value for cell in row.values(column))


def _single(name: str, column: str, value: str, chinese: bool) -> str:
    if len(value) > _LONG:
        return value
    return f"{name}的{column}是{value}" if chinese else f"{column} of the {name}: {value}"


def _sided(rows: Sequence[Row], column: str, held: str, chinese: bool) -> str:
    """Label and value of every row, rows of one label and value once; how many there are, where not all are told."""
    labels = _labels(rows, column, held)
    pairs = [(label, _value(row, column, chinese)) for label, row in zip(labels, rows, strict=True)]
    pairs = list(dict.fromkeys(pairs))
    joint = "是" if chinese else " "
    several = [f"{label}{joint}{value}" if label else value for label, value in pairs[:_SEVERAL]]
    text = ("、" if chinese else ", ").join(several)
    if len(pairs) > _SEVERAL:
        text += f"等{len(pairs)}个" if chinese else f" and {len(pairs) - _SEVERAL} more"
    return text


def _labels(rows: Sequence[Row], column: str, held: str) -> list[str]:
    """What to call each row: its name; of rows of one name, a short value that tells them apart."""
    names = [row.name for row in rows]
    if len(set(names)) == len(names):
        return names
    apart = _telling(rows, column, held)
    marks = [_mark(row, apart) if apart else "" for row in rows]
    if len(set(names)) == 1:
        return marks
    return [
        f"{name}{mark}" if names.count(name) > 1 else name for name, mark in zip(names, marks, strict=True)
    ]


def _mark(row: Row, column: str) -> str:
    """A value as a label; a bare number with its heading."""
    value = _value(row, column, chinese=True)
    return f"{column}{value}" if _DIGITS.fullmatch(value) else value


def _telling(rows: Sequence[Row], wanted: str, held: str) -> str | None:
    """The column that tells most rows apart by short values: one that the question mentions, else the first."""
    best: tuple[int, int, int] | None = None
    chosen = None
    columns = dict.fromkeys(cell.cell.attribute for cell in rows[0].cells)
    for place, column in enumerate(columns):
        values = [_value(row, column, chinese=True) for row in rows]
        if column == wanted or any(not value or len(value) > _LABEL for value in values):
            continue
        said = len({value for value in values if plain(value) and plain(value) in held})
        fit = (said, len(set(values)), -place)
        if len(set(values)) > 1 and (best is None or fit > best):
            best, chosen = fit, column
    return chosen
