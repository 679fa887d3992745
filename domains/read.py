"""Files of a pack as values that remember the line they stand on; faults are collected, not raised."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, TypeAlias

import yaml

from core.errors import PackError, PackFault

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_CONTROL = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ufffd\U00010000-\U0010ffff]")
_NULLS = frozenset({"", "~", "null"})
MAX_REASON = 300
"""Characters of one fault's reason that are told."""
MAX_DEPTH = 12
"""Nesting of a YAML file; the deepest field of the format needs six levels."""


class Place(NamedTuple):
    """A line of a file, counted from 1."""

    file: Path
    line: int


@dataclass
class Faults:
    """Everything found wrong so far, once each, in the order it was found."""

    _found: dict[PackFault, None] = field(default_factory=dict)

    @property
    def found(self) -> tuple[PackFault, ...]:
        return tuple(self._found)

    def add(self, at: Place, reason: str) -> None:
        """One more fault; a reason longer than MAX_REASON, which quotes the file, is cut."""
        told = reason if len(reason) <= MAX_REASON else f"{reason[:MAX_REASON]}…"
        self._found[PackFault(at.file, at.line, told)] = None

    def raise_any(self) -> None:
        """Raise PackError with all faults, by file and line, where there is at least one."""
        if self._found:
            raise PackError(sorted(self._found, key=lambda fault: (str(fault.file), fault.line)))


@dataclass(frozen=True, slots=True)
class Spot:
    """A YAML value and where it stands. Scalars stay text: whoever reads a field knows its type."""

    value: Value
    at: Place
    key: Place
    """Where its key stands; equals `at` for list items and the document itself."""

    @property
    def mapping(self) -> dict[str, Spot]:
        return self.value if isinstance(self.value, dict) else {}

    @property
    def items(self) -> tuple[Spot, ...]:
        return self.value if isinstance(self.value, tuple) else ()


Value: TypeAlias = "str | tuple[Spot, ...] | dict[str, Spot] | None"


class Row(NamedTuple):
    """A CSV row: header to stripped cell."""

    cells: dict[str, str]
    at: Place


class Table(NamedTuple):
    """A CSV file: its header and rows."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    at: Place


def read_text(file: Path, faults: Faults) -> str | None:
    """The text of a UTF-8 file (a BOM is dropped); None where it is missing or, with a fault, broken."""
    if not file.exists():
        return None
    try:
        raw = file.read_bytes()
    except OSError as error:
        faults.add(Place(file, 1), f"cannot be read: {error.strerror or error}")
        return None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        faults.add(Place(file, raw.count(b"\n", 0, error.start) + 1), "not UTF-8: save the file as UTF-8")
        return None
    odd = _CONTROL.search(text)
    if odd:
        line = text.count("\n", 0, odd.start()) + 1
        faults.add(Place(file, line), f"control character U+{ord(odd.group()):04X}")
        return None
    return text


def read_yaml(file: Path, faults: Faults) -> Spot | None:
    """The document of a YAML file; None where it is missing, empty or, with a fault, no YAML."""
    text = read_text(file, faults)
    if text is None:
        return None
    return parse_yaml(text, Place(file, 1), faults)


def parse_yaml(text: str, at: Place, faults: Faults) -> Spot | None:
    """Like `read_yaml`, for text that begins at line `at` of its file."""
    try:
        node = yaml.compose(text, Loader=_Loader)
    except (yaml.YAMLError, RecursionError) as error:
        faults.add(_error_place(error, at), f"not YAML: {_error_reason(error)}")
        return None
    if node is None:
        return None
    return _Composer(at, faults).spot(node, None, 0)


class _Composer:
    """Turns YAML nodes into spots; refuses anchors, which would hide where a value stands."""

    def __init__(self, start: Place, faults: Faults) -> None:
        self.start = start
        self.faults = faults
        self.seen: set[int] = set()

    def place(self, node: yaml.Node) -> Place:
        return Place(self.start.file, self.start.line + node.start_mark.line)

    def spot(self, node: yaml.Node, key: yaml.Node | None, depth: int) -> Spot:
        at = self.place(node)
        return Spot(self.value(node, at, depth), at, self.place(key) if key else at)

    def value(self, node: yaml.Node, at: Place, depth: int) -> Value:
        if id(node) in self.seen:
            self.faults.add(at, "anchors and aliases (& and *) are not read: write the value out")
            return None
        self.seen.add(id(node))
        if isinstance(node, yaml.ScalarNode):
            return None if not node.style and node.value in _NULLS else str(node.value)
        if depth >= MAX_DEPTH:
            self.faults.add(at, "nested too deeply")
            return None
        if isinstance(node, yaml.SequenceNode):
            return tuple(self.spot(child, None, depth + 1) for child in node.value)
        return self.pairs(node, depth) if isinstance(node, yaml.MappingNode) else None

    def pairs(self, node: yaml.MappingNode, depth: int) -> dict[str, Spot]:
        fields: dict[str, Spot] = {}
        for key, child in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self.faults.add(
                    self.place(key), "a key must be a word (quote a text that begins with { or [)"
                )
            elif key.value in fields:
                self.faults.add(self.place(key), f"key {key.value!r} used twice")
            else:
                fields[key.value] = self.spot(child, key, depth + 1)
        return fields


def _error_place(error: Exception, at: Place) -> Place:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    return Place(at.file, at.line + (mark.line if mark else 0))


def _error_reason(error: Exception) -> str:
    problem = getattr(error, "problem", None)
    if problem:
        return f"{problem} (texts with : # [ ] {{ }} need quotes)"
    return "nested too deeply" if isinstance(error, RecursionError) else " ".join(str(error).split())


def read_csv(file: Path, faults: Faults) -> Table | None:
    """A CSV file with a header row; None where it is missing or, with a fault, has none."""
    text = read_text(file, faults)
    return None if text is None else parse_csv(text, file, faults)


def parse_csv(text: str, file: Path, faults: Faults) -> Table | None:
    """Like `read_csv`, for the text of `file`."""
    records = list(_records(text, file, faults))
    if not records:
        faults.add(Place(file, 1), "empty: the first line must name the columns")
        return None
    line, header = records[0]
    columns = tuple(cell.strip() for cell in header)
    at = Place(file, line)
    for column in {column for column in columns if columns.count(column) > 1}:
        faults.add(at, f"column {column!r} named twice")
    rows = [_row(columns, cells, Place(file, line), faults) for line, cells in records[1:]]
    return Table(columns, tuple(rows), at)


def _records(text: str, file: Path, faults: Faults) -> Iterator[tuple[int, list[str]]]:
    """First line and cells of each record that is not blank."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        faults.add(Place(file, line), f"not CSV: {error}")


def _row(columns: tuple[str, ...], cells: list[str], at: Place, faults: Faults) -> Row:
    if len(cells) > len(columns):
        faults.add(at, f"{len(cells)} cells, but {len(columns)} columns (quote a cell that has a comma)")
    padded = [*cells, *[""] * len(columns)]
    return Row({column: padded[place].strip() for place, column in enumerate(columns)}, at)
