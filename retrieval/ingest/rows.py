"""Tables as facts: the row of headings, what a row is about, and its cells."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from retrieval.ingest.blocks import Row
from retrieval.ingest.validity import COLUMNS, OPEN, Given, checked, day_of, is_label, is_version

_NAMED = re.compile(
    r"^(?:.{0,4}(?:名称|型号|品名|产品|商品|项目|套餐|规格型号)|name|product(?: name)?|model|item|plan)$",
    re.IGNORECASE,
)
"""Headings of the column that says what a row is about."""
_NUMBERED = re.compile(r"^(?:id|sku|no\.?|#|序号|编号|.{0,4}(?:编码|货号))$", re.IGNORECASE)
"""Headings of a column that numbers the rows."""
_QUESTION = re.compile(r"^(?:问题?|常见问题|客户问题|question|q)$", re.IGNORECASE)
_ANSWER = re.compile(r"^(?:答案?|回答|回复|解答|标准答案|answer|a)$", re.IGNORECASE)
_LABEL = re.compile(
    r"^(?:参数|指标|规格|对比项|项目|属性|功能|parameter|spec(?:ification)?|feature|item)?$", re.IGNORECASE
)
"""The corner of a table that has its names across the top."""
_SURELY = re.compile(r"^(?:参数|指标|对比项|属性|parameter|spec(?:ification)?|feature)$", re.IGNORECASE)
"""Such a corner that is never the heading of a column of names."""
_ATTRIBUTE = re.compile(
    r"(?:价格?|单价|金额|费用?|重量?|自重|负载|臂展|尺寸|功率|电压|电流|速度|温度|寿命|期|质保|保修|库存|颜色|材质"
    r"|接口|系统|说明|备注|[率度量数长宽高]|时间|时长)$"
    r"|^(?:price|cost|fee|weight|size|payload|reach|power|voltage|speed|warranty|stock|lead time|colou?r|material"
    r"|notes?|description|capacity)\b",
    re.IGNORECASE,
)
"""Words for what things have, rather than for things."""
_VALUE = re.compile(r"^[±<>≤≥~约¥￥$€]?\s*\d")
_UNIT = re.compile(r"[^\d.,\s~\-–—±<>≤≥约]+")
_MOST_HEAD = 5
_CORNER = 0.5
"""What the word in the corner weighs, against shares of cells."""
_LONGEST_TITLE = 60


@dataclass(frozen=True)
class Line:
    """A row: its name, its cells (heading, value), and when it holds; or a question with its answer in a cell.

    A title stands above the headings; a note is any other text across the table.
    """

    kind: Literal["row", "qa", "title", "note"]
    name: str
    cells: tuple[tuple[str, str], ...] = ()
    holds: Given = OPEN

    @property
    def question(self) -> str | None:
        return self.name if self.kind == "qa" else None

    @property
    def text(self) -> str:
        """The answer, the cells in words (型号:R6;负载:6kg), or the title or note."""
        if self.kind == "row":
            return ";".join(f"{heading}:{value}" for heading, value in self.cells)
        return self.cells[0][1] if self.kind == "qa" else self.name


def lines(rows: Sequence[Row], name: str) -> Iterator[Line]:
    """The lines of a table of two columns or more.

    Raises UnreadableFileError for a day that is none or a row that ends before it begins.
    """
    start = _labels(rows)
    yield from (_note(row) for row in rows[:start])
    rows = rows[start:]
    if not rows:
        return
    if len(rows[0]) == 2 and not _has_headings(rows):
        yield from _pairs(rows)
        return
    at = _head(rows)
    for place, row in enumerate(rows[:at]):
        yield _title(row) if place == 0 else _note(row)
    head, first = _joined_head(rows, at)
    yield from _below(_turned([_unique(head), *rows[first:]]), start + first, name)


def label_lines(rows: Sequence[Row]) -> Iterator[str]:
    """What stands in a table beside its facts and may say when the file holds: above the headings, or name and value."""
    if not rows:
        return
    start = _labels(rows)
    rest = rows[start:]
    pairs = bool(rest) and len(rest[0]) == 2 and not _has_headings(rest)
    above = len(rows) if pairs else start + (_head(rest) if rest else 0)
    yield from (_spoken(row) for row in rows[:above])


def headings(rows: Sequence[Row]) -> Sequence[Row]:
    """The rows of headings of a table; none of a list of names and values."""
    start = _labels(rows)
    rest = rows[start:]
    if not rest or (len(rest[0]) == 2 and not _has_headings(rest)):
        return ()
    at = _head(rest)
    return rest[at : _joined_head(rest, at)[1]]


def _below(table: Sequence[Row], above: int, name: str) -> Iterator[Line]:
    """The lines of the rows below the headings."""
    head, body = table[0], table[1:]
    asked, answered = _at(head, _QUESTION), _at(head, _ANSWER)
    dated = _dated(table)
    about = _about(table)
    places = [about, *(place for place in range(len(head)) if place != about)]
    for number, row in enumerate(body, above + 1):
        holds = _holds(row, dated, f"row {number}", name)
        if asked is not None and answered is not None:
            if row[asked] and row[answered]:
                yield Line("qa", row[asked], ((head[answered], row[answered]),), holds)
        elif _is_note(row):
            yield _note(row)
        else:
            cells = tuple((head[place], row[place]) for place in places if row[place])
            yield Line("row", row[about], cells, holds)


def _spoken(row: Row) -> str:
    """The cells of a row as one line, a cell that spans several once."""
    return " ".join(dict.fromkeys(cell for cell in row if cell))


def _is_note(row: Row) -> bool:
    """Whether a row is one text: in a single cell, or across the whole table."""
    filled = [cell for cell in row if cell]
    across = len(row) > 2 and len(filled) == len(row) and not _VALUE.match(filled[0])
    return len(filled) == 1 or (across and len(set(filled)) == 1)


def _note(row: Row) -> Line:
    return Line("note", _spoken(row))


def _title(row: Row) -> Line:
    words = _spoken(row)
    return Line("title" if len(words) <= _LONGEST_TITLE else "note", words)


def _labels(rows: Sequence[Row]) -> int:
    """Rows at the top that only say when the file holds or which version it is."""
    for at, row in enumerate(rows):
        if not is_label(_spoken(row)):
            return at
    return len(rows)


def _dated(table: Sequence[Row]) -> dict[int, str]:
    """Columns that say when a row holds or its version, by place; 版本 with 标准版 below it is no such column."""
    found = {}
    for key, names in COLUMNS.items():
        for place in _named(table[0], names):
            values = [row[place] for row in table[1:] if row[place]]
            if key != "version" or (place > 0 and all(map(is_version, values))):
                found[place] = key
    return found


def _holds(row: Row, dated: dict[int, str], where: str, name: str) -> Given:
    """What the row says of its validity."""
    if not dated:
        return OPEN
    values = {key: row[place] for place, key in dated.items()}
    first, last = (day_of(values.get(key, ""), where, name) for key in ("valid_from", "valid_until"))
    return checked(Given(first, last, version=values.get("version") or None), name, where)


def _about(table: Sequence[Row]) -> int:
    """The column that names the rows: the first called so that tells them apart, else the first of words."""
    head, body = table[0], table[1:]
    named = [place for place, title in enumerate(head) if _NAMED.match(title)]
    for place in named:
        values = [row[place] for row in body if row[place]]
        if len(set(values)) == len(values):
            return place
    if named:
        return named[0]
    places = [place for place, title in enumerate(head) if not _NUMBERED.match(title)]
    return next((place for place in places if _wordy(body, place)), 0)


def _wordy(body: Sequence[Row], place: int) -> bool:
    values = [row[place] for row in body if row[place]]
    return sum(not _VALUE.match(value) for value in values) > 0.5 * len(values)


def _has_headings(rows: Sequence[Row]) -> bool:
    """Whether a table of two columns has a row of headings, and is no list of names and values."""
    first, second = rows[0]
    if _VALUE.match(second):
        return False
    values = sum(bool(_VALUE.match(row[1])) for row in rows[1:])
    named = _NAMED.match(first) or _QUESTION.match(first) or _LABEL.match(first) or _NUMBERED.match(first)
    return bool(named) or values >= 0.5 * (len(rows) - 1) > 0


def _pairs(rows: Sequence[Row]) -> Iterator[Line]:
    """A list of names and values: each is a cell of the first, where that is a name."""
    first = rows[0]
    if _NAMED.match(first[0]):
        cells = tuple((heading, value) for heading, value in rows if value)
        yield Line("row", first[1], cells)
        return
    for row in rows:
        heading, value = row
        if heading and value and heading != value:
            yield Line("row", heading, ((heading, value),))
        else:
            yield _note(row)


def _head(rows: Sequence[Row]) -> int:
    """The row of headings: the first that is full, or has no single text across (a title above the table)."""
    widest = max(len([cell for cell in row if cell]) for row in rows[:_MOST_HEAD])
    for at, row in enumerate(rows[:_MOST_HEAD]):
        filled = [cell for cell in row if cell]
        if len(filled) >= max(2, 0.6 * widest) and len(set(filled)) > 1 and not is_label(_spoken(row)):
            return at
    return 0


def _joined_head(rows: Sequence[Row], at: int) -> tuple[Row, int]:
    """The headings and the first row below; headings in two rows (价格 over 含税 and 未税) are put together."""
    head = rows[at]
    below = rows[at + 1] if at + 1 < len(rows) else ()
    filled: list[str] = []
    for title, under in zip(head, below, strict=False):
        filled.append(title or (filled[-1] if filled and under else ""))
    parted = [place for place, title in enumerate(filled) if title and filled.count(title) > 1]
    fits = len(parted) > 1 and len({below[place] for place in parted}) == len(parted)
    rest = [place for place in range(len(filled)) if place not in parted]
    if not fits or any(not below[place] or _VALUE.match(below[place]) for place in parted):
        return head, at + 1
    if any(below[place] not in {"", filled[place]} for place in rest):
        return head, at + 1
    joined = [f"{title} {below[place]}" if place in parted else title for place, title in enumerate(filled)]
    return tuple(joined), at + 2


def _turned(rows: Sequence[Row]) -> Sequence[Row]:
    """A table with its names across the top (参数 | R6 | R20) as one with a row a name."""
    head, body = rows[0], rows[1:]
    corner = head[0]
    if len(head) < 3 or not body or not (_LABEL.match(corner) or _NAMED.match(corner)):
        return rows
    if any(_VALUE.match(title) for title in head[1:]) or not _across(head, body):
        return rows
    turned = [(corner or "name", *(row[0] for row in body))]
    turned += [tuple([head[at], *(row[at] for row in body)]) for at in range(1, len(head))]
    return turned


def _across(head: Row, body: Sequence[Row]) -> bool:
    """Whether the names stand across the top.

    For it speak values that are alike along the rows, words for attributes down the side, and a corner that says so;
    against it values alike below each other, and words for attributes at the top.
    """
    body = [row for row in body if not _is_note(row)]
    if not body:
        return False
    columns = [[row[at] for row in body] for at in range(1, len(head))]
    down, across = _alike(columns), _alike([row[1:] for row in body])
    top = sum(bool(_ATTRIBUTE.search(title)) for title in head[1:]) / (len(head) - 1)
    side = sum(bool(_ATTRIBUTE.search(row[0])) for row in body) / len(body)
    return across - down + side - top + (_CORNER if _SURELY.match(head[0]) else 0.0) > 0


def _alike(groups: Sequence[Sequence[str]]) -> float:
    """The share of values that are of the commonest kind of their group: words, or numbers of one unit."""
    kinds = [Counter(_kind(value) for value in group if value) for group in groups]
    total = sum(sum(kind.values()) for kind in kinds)
    return sum(max(kind.values(), default=0) for kind in kinds) / total if total else 0.0


def _kind(value: str) -> str:
    if not _VALUE.match(value):
        return "words"
    unit = _UNIT.search(value)
    return f"# {unit.group().lower()}" if unit else "#"


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
