"""Tables as facts: the row of headings, what a row is about, and its cells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from retrieval.ingest.blocks import Row
from retrieval.ingest.validity import COLUMNS, OPEN, Given, day_of

_NAMED = re.compile(
    r"^(?:.{0,4}(?:名称|型号|品名|产品|商品|项目|套餐|规格型号)|name|product(?: name)?|model|item|plan|id|sku)$",
    re.IGNORECASE,
)
"""Headings of the column that says what a row is about."""
_QUESTION = re.compile(r"^(?:问题?|常见问题|question|q)$", re.IGNORECASE)
_ANSWER = re.compile(r"^(?:答案?|回答|回复|解答|answer|a)$", re.IGNORECASE)
_LABEL = re.compile(
    r"^(?:参数|指标|规格|对比项|项目|属性|功能|parameter|spec(?:ification)?|feature|item)?$", re.IGNORECASE
)
"""The corner of a table that has its names across the top."""
_VALUE = re.compile(r"^[±<>≤≥~约]?\s*\d")
_MOST_HEAD = 5


@dataclass(frozen=True)
class Line:
    """A row: its name, its cells (heading, value), and when it holds; or a question and its answer."""

    name: str
    cells: tuple[tuple[str, str], ...]
    question: str | None = None
    holds: Given = OPEN

    @property
    def text(self) -> str:
        """The answer, or the cells in words: 型号:R6;负载:6kg."""
        if self.question is not None:
            return self.cells[0][1]
        return ";".join(f"{heading}:{value}" for heading, value in self.cells)


def lines(rows: Sequence[Row], name: str) -> Iterator[Line]:
    """The rows below the headings. Raises UnreadableFileError for a day that is none."""
    if not rows:
        return
    if len(rows[0]) == 2 and not _has_headings(rows):
        yield from _pairs(rows)
        return
    at = _head(rows)
    table = _turned([_unique(rows[at]), *rows[at + 1 :]])
    head = table[0]
    asked, answered = _at(head, _QUESTION), _at(head, _ANSWER)
    dated = {column: key for key, names in COLUMNS.items() for column in _named(head, names)}
    about = next((place for place, title in enumerate(head) if _NAMED.match(title)), _first_words(table))
    for number, row in enumerate(table[1:], at + 2):
        told = _told(row, dated, f"row {number}", name)
        if asked is not None and answered is not None:
            if row[asked] and row[answered]:
                yield Line(row[asked], ((head[answered], row[answered]),), question=row[asked], holds=told)
            continue
        places = [about, *(place for place in range(len(head)) if place != about)]
        cells = tuple((head[place], row[place]) for place in places if row[place] and place not in dated)
        if len(cells) > 1 or (cells and len(head) == 1):
            yield Line(row[about], cells, holds=told)


def _told(row: Row, dated: dict[int, str], where: str, name: str) -> Given:
    """What the row says of its validity."""
    values = {key: row[place] for place, key in dated.items()}
    first, last = (day_of(values.get(key, ""), where, name) for key in ("valid_from", "valid_until"))
    return Given(first, last, version=values.get("version") or None)


def _has_headings(rows: Sequence[Row]) -> bool:
    """Whether a table of two columns has a row of headings, and is no list of names and values."""
    first, second = rows[0]
    if _VALUE.match(second):
        return False
    values = sum(bool(_VALUE.match(row[1])) for row in rows[1:])
    named = _NAMED.match(first) or _QUESTION.match(first) or _LABEL.match(first)
    return bool(named) or values >= 0.5 * (len(rows) - 1) > 0


def _pairs(rows: Sequence[Row]) -> Iterator[Line]:
    """A list of names and values: each is a cell of the first, where that is a name."""
    first = rows[0]
    if _NAMED.match(first[0]):
        cells = tuple((heading, value) for heading, value in rows if value)
        yield Line(first[1], cells)
        return
    for heading, value in rows:
        if heading and value:
            yield Line(heading, ((heading, value),))


def _head(rows: Sequence[Row]) -> int:
    """The row of headings: the first that is full, or has no single text across (a title above the table)."""
    widest = max(len([cell for cell in row if cell]) for row in rows[:_MOST_HEAD])
    for at, row in enumerate(rows[:_MOST_HEAD]):
        filled = [cell for cell in row if cell]
        if len(filled) >= max(2, 0.6 * widest) and len(set(filled)) > 1:
            return at
    return 0


def _turned(rows: Sequence[Row]) -> Sequence[Row]:
    """A table with its names across the top (参数 | R6 | R20) as one with a row a name."""
    head, body = rows[0], rows[1:]
    if (
        len(head) < 3
        or not body
        or not _LABEL.match(head[0])
        or (_NAMED.match(head[0]) and _names_down(body))
    ):
        return rows
    if any(_VALUE.match(title) for title in head[1:]):
        return rows
    turned = [(head[0] or "name", *(row[0] for row in body))]
    turned += [tuple([head[at], *(row[at] for row in body)]) for at in range(1, len(head))]
    return turned


def _names_down(body: Sequence[Row]) -> bool:
    """Whether the columns hold values of one kind each: numbers under numbers, as below headings."""
    columns = range(1, len(body[0]))
    alike = [len({bool(_VALUE.match(row[at])) for row in body if row[at]}) <= 1 for at in columns]
    across = [len({bool(_VALUE.match(cell)) for cell in row[1:] if cell}) <= 1 for row in body]
    return sum(alike) / len(alike) >= sum(across) / len(across)


def _unique(row: Row) -> Row:
    """Headings, an empty one numbered and a repeated one told apart."""
    seen: dict[str, int] = {}
    found = []
    for place, title in enumerate(row, 1):
        title = title or f"#{place}" if place > 1 else title
        seen[title] = seen.get(title, 0) + 1
        found.append(title if seen[title] == 1 else f"{title} {seen[title]}")
    return tuple(found)


def _at(head: Row, pattern: re.Pattern[str]) -> int | None:
    return next((place for place, title in enumerate(head) if pattern.match(title.strip())), None)


def _named(head: Row, names: Sequence[str]) -> Iterator[int]:
    yield from (place for place, title in enumerate(head) if title.strip().lower() in names)


def _first_words(table: Sequence[Row]) -> int:
    """The first column whose values are mostly words."""
    for place in range(len(table[0])):
        values = [row[place] for row in table[1:] if row[place]]
        if values and sum(not _VALUE.match(value) for value in values) > 0.5 * len(values):
            return place
    return 0
