"""Answers out of tables by look-up: which row, which column, and a comparison or a limit where one is asked for.

Nothing here goes by similarity of passages: a value is told only of a row that the question names or whose numbers it
gives, or of all rows of a table that the question compares.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from retrieval.cells_columns import SUPPOSED, Asked, asked, kinds_of
from retrieval.cells_figures import Figure, figures, fits, in_least, is_measure
from retrieval.cells_names import ALIKE, Named, named, names_of
from retrieval.cells_plain import plain
from retrieval.cells_words import CellAnswer, Row, compared, filtered, told
from retrieval.store.base import ALIASES, FoundCell, Snapshot
from retrieval.tokens import query_weights

__all__ = ["CellAnswer", "look_up"]

_MOST = re.compile(
    r"(?:最|更|哪[个款种](?:更|最)?|[比较]较?)(?:高|大|多|贵|长|快|重|久|远)|(?:高|大|多|贵|长|快|重|久)的是哪"
    r"|(?:highest|largest|longest|fastest|most|heaviest|biggest|heavier|bigger|longer|faster|more)"
)
_LEAST = re.compile(
    r"(?:最|更|哪[个款种](?:更|最)?|[比较]较?|稍微)(?:低|小|少|便宜|短|慢|轻|实惠|划算)"
    r"|(?:低|小|少|便宜|短|慢|轻|实惠|划算)的是哪"
    r"|(?:lowest|smallest|shortest|cheapest|least|lightest|cheaper|lighter|smaller|shorter)"
)
_SUPERLATIVE = re.compile(
    r"\b(?:highest|largest|longest|fastest|most|heaviest|biggest|lowest|smallest|shortest|cheapest|least|lightest)\b"
)
_SAME = re.compile(r"一样|相同|一不一样|有.?区别|不同|有.?差别|\bsame\b|difference|\bdiffer\b")
_BETWEEN = re.compile(r"哪|谁|什么|which|what|\bthan\b")
_ROWS = re.compile(r"哪些|哪几|有什么|有没有|which|what|any\b|list")
_MOST_COLUMNS = 3
_TABLES = 5
_SHORT = 12
"""Values of more characters than this tell no row from another."""


def look_up(question: str, snapshot: Snapshot, *, day: date | None) -> list[CellAnswer]:
    """The answers of the tables, in the order of what is asked; none where they do not say.

    Rows named in the question give their value of the column asked for; other values that the question holds narrow
    the rows down. With 最 or 一样 rows are compared by that column; with 以下 and the like they are kept by their numbers.
    """
    if not (names := names_of(snapshot)).rows:
        return []
    found = named(question, names)
    numbers = figures(question)
    if not found:
        return _without_names(question, numbers, snapshot, day)
    rows = list(_rows(snapshot.cells([one.name for one in found], day=day)))
    rest = _masked(plain(question), found)
    held = _held(plain(question), found)
    sure = min(one.sure for one in found)
    limits = [number for number in numbers if number.limited]
    if limits and (kept := _kept(rows, limits, rest)):
        return [_limited(question, kept, limits, rest, sure)]
    answers = []
    for one in asked(rest, _columns(rows))[:_MOST_COLUMNS]:
        telling = [row for row in rows if row.value(one.column)]
        chosen = _narrowed(
            held, [n for n in numbers if not n.limited and _is_free(n, found)], telling, one.column
        )
        if chosen:
            answers.append(_answer(question, held, chosen, one, sure))
    return answers


def _masked(text: str, found: Iterable[Named]) -> str:
    """The plain question with every name in it made |, in its length."""
    for one in found:
        text = text[: one.start] + "|" * (one.end - one.start) + text[one.end :]
    return text


def _held(text: str, found: Iterable[Named]) -> str:
    """The plain question with the rows' own names made |; an alias may say more than that."""
    return _masked(text, (one for one in found if not one.alias))


def _is_free(number: Figure, found: Iterable[Named]) -> bool:
    """Whether a number stands in no name, or with its unit in an alias of a row whose own name has it not (20元20G)."""
    over = [one for one in found if one.start <= number.start < one.end]
    low = "" if number.low is None else f"{number.low:g}"
    return all(one.alias and number.unit and low not in plain(one.name) for one in over)


def _rows(cells: Iterable[FoundCell]) -> Iterator[Row]:
    grouped: dict[int, list[FoundCell]] = {}
    for found in cells:
        grouped.setdefault(found.row, []).append(found)
    for number, row in grouped.items():
        yield Row(number, row[0].cell.entity, tuple(row))


def _columns(rows: Sequence[Row]) -> list[str]:
    """Headings of the rows' values, other than their names and aliases."""
    return list(
        dict.fromkeys(
            found.cell.attribute
            for row in rows
            for found in row.cells
            if found.cell.attribute.lower() not in ALIASES and found.cell.value != row.name
        )
    )


def _narrowed(held: str, numbers: Sequence[Figure], rows: Sequence[Row], wanted: str) -> list[Row]:
    """The rows that most of the question's other values are of: the one of 9 元, the one of 年包.

    Of a value that stands inside another (年包 in 半年包) only what stands outside counts.
    """
    values = {text for row in rows for text in _texts(row, wanted) if text in held}
    spans, taken = _outside(held, values)

    def agreeing(row: Row) -> float:
        said = {text for text in _texts(row, wanted) if text in spans}
        measured = [
            number
            for number in numbers
            if number.start not in taken
            and any(
                fits(number, f.cell.attribute, f.cell.value) for f in row.cells if f.cell.attribute != wanted
            )
        ]
        return len(said) + sum(1.0 if number.unit else 0.6 for number in measured)

    scores = [agreeing(row) for row in rows]
    return [row for row, score in zip(rows, scores, strict=True) if score == max(scores)]


def _texts(row: Row, wanted: str) -> Iterator[str]:
    """The short values of a row in words, other than its name and the one asked for."""
    for found in row.cells:
        text = plain(found.cell.value)
        if (
            found.cell.attribute == wanted
            or found.cell.attribute.lower() in ALIASES
            or text == plain(row.name)
        ):
            continue
        if 1 < len(text) <= _SHORT and not is_measure(found.cell.value):
            yield text


def _outside(text: str, values: Iterable[str]) -> tuple[set[str], set[int]]:
    """Values that the text holds elsewhere than inside a longer one of them, and the places that they take."""
    taken: set[int] = set()
    found = set()
    for value in sorted(values, key=len, reverse=True):
        for match in re.finditer(re.escape(value), text):
            place = set(range(match.start(), match.end()))
            if not place <= taken:
                found.add(value)
                taken |= place
    return found, taken


def _answer(question: str, held: str, rows: Sequence[Row], one: Asked, sure: float) -> CellAnswer:
    """The values of the rows; side by side, with what comes of it, where the question compares them."""
    score = round(sure * one.fits, 4)
    words = partial(compared, question, held)
    if len(rows) > 1 and _SAME.search(question.lower()):
        return words(rows, one.column, score, alike=True)
    if len(rows) > 1 and (ordered := _ordered(question, rows, one.column)):
        if "最" in question or _SUPERLATIVE.search(question.lower()):
            return told(question, held, _best(ordered, one.column), one.column, score)
        return words(ordered, one.column, score, alike=False)
    return told(question, held, rows, one.column, score)


def _ordered(question: str, rows: Sequence[Row], column: str) -> list[Row]:
    """The rows with the highest or lowest number first, as the question asks; none where it does not, or has no two."""
    least = bool(_LEAST.search(question.lower()))
    if not least and not _MOST.search(question.lower()):
        return []
    numbers = [
        (number, row)
        for row in rows
        if (cell := row.value(column)) and (number := in_least(column, cell.cell.value)) is not None
    ]
    if len(numbers) < 2:
        return []
    return [row for _, row in sorted(numbers, key=lambda pair: pair[0] if least else -pair[0])]


def _best(ordered: Sequence[Row], column: str) -> list[Row]:
    """The first row and those with the same number."""
    numbers = [cell and in_least(column, cell.cell.value) for cell in (row.value(column) for row in ordered)]
    return [row for row, number in zip(ordered, numbers, strict=True) if number == numbers[0]]


def _without_names(
    question: str, numbers: Sequence[Figure], snapshot: Snapshot, day: date | None
) -> list[CellAnswer]:
    """What compares or limits all rows of the table that the words find, or gives numbers of one of its rows."""
    lower, rest = question.lower(), plain(question)
    limits = [number for number in numbers if number.limited]
    most = bool(_BETWEEN.search(lower)) and bool(_MOST.search(lower) or _LEAST.search(lower))
    units = [number for number in numbers if number.unit and not number.limited]
    if not most and not units and not (limits and _ROWS.search(lower)):
        return []
    for table in _tables(question, snapshot, day):
        rows = table.narrowed(rest)
        if limits and (kept := _kept(rows, limits, rest)):
            return [_limited(question, kept, limits, rest, ALIKE)]
        best = next((one for one in asked(rest, table.columns) if one.fits > SUPPOSED), None)
        if best and most and (ordered := _ordered(question, rows, best.column)):
            top = _best(ordered, best.column)
            return [told(question, rest, top, best.column, round(ALIKE * best.fits, 4))]
        if best and units and (same := _measured(rows, units, best.column)):
            return [_answer(question, rest, same, best, ALIKE)]
    return []


@dataclass(frozen=True)
class _Table:
    """All rows of a table, its headings, and the rows that have a short text among their values."""

    rows: Sequence[Row]
    columns: Sequence[str]
    having: Mapping[str, frozenset[int]]

    def narrowed(self, text: str) -> list[Row]:
        """The rows that have every one of the table's values that the text holds; all where none has."""
        pieces = (text[at:to] for at in range(len(text)) for to in range(at + 2, at + _SHORT + 1))
        said, _ = _outside(text, {piece for piece in pieces if piece in self.having})
        places = frozenset.intersection(*(self.having[value] for value in said)) if said else frozenset()
        return [self.rows[place] for place in sorted(places)] or list(self.rows)


def _table(cells: Iterable[FoundCell]) -> _Table:
    rows = list(_rows(cells))
    having: dict[str, set[int]] = {}
    for place, row in enumerate(rows):
        for text in _texts(row, ""):
            having.setdefault(text, set()).add(place)
    return _Table(rows, _columns(rows), {text: frozenset(places) for text, places in having.items()})


def _tables(question: str, snapshot: Snapshot, day: date | None) -> Iterator[_Table]:
    """The tables of the chunks that the words find, each once; kept for the next question of the same day."""
    hits = snapshot.by_words(query_weights(question), _TABLES, day=day)
    documents = snapshot.documents([hit.row for hit in hits])
    seen: set[tuple[str, str]] = set()
    for hit, document in zip(hits, documents, strict=True):
        place = (document.metadata["file"], document.metadata.get("heading") or "")
        if place not in seen and document.metadata.get("cells"):
            seen.add(place)
            key = f"cells.table.{place[0]}.{place[1]}.{day}"
            if key not in snapshot.memo:
                snapshot.memo[key] = _table(snapshot.table_of(hit.row, day=day))
            yield snapshot.memo[key]


def _measured(rows: Sequence[Row], numbers: Sequence[Figure], wanted: str) -> list[Row]:
    """The rows that have every number in some other column, and a value of the one asked for."""
    return [
        row
        for row in rows
        if row.value(wanted)
        and all(
            any(fits(n, f.cell.attribute, f.cell.value) for f in row.cells if f.cell.attribute != wanted)
            for n in numbers
        )
    ]


def _kept(rows: Sequence[Row], limits: Sequence[Figure], rest: str) -> list[tuple[Row, str]]:
    """The rows whose numbers lie within all limits, with the column of the first; none where no column is meant."""
    columns = _columns(rows)
    meant = [_column_of(limit, columns, rest) for limit in limits]
    if not rows or None in meant:
        return []
    kept = []
    for row in rows:
        pairs = [(limit, row.value(column or "")) for limit, column in zip(limits, meant, strict=True)]
        if all(cell and fits(limit, cell.cell.attribute, cell.cell.value) for limit, cell in pairs):
            kept.append((row, meant[0] or ""))
    return kept


def _column_of(limit: Figure, columns: Sequence[str], rest: str) -> str | None:
    """The column that a limit is set on: said last before it, or of the kind that its unit measures."""
    said = [one for one in asked(rest[: limit.start] + "|", columns) if one.fits > SUPPOSED]
    kind = [column for column in columns if any(limit.unit in one.units for one in kinds_of(column))]
    if limit.unit and kind:
        return next((one.column for one in reversed(said) if one.column in kind), kind[0])
    return said[-1].column if said else None


def _limited(
    question: str, kept: Sequence[tuple[Row, str]], limits: Sequence[Figure], rest: str, sure: float
) -> CellAnswer:
    """The rows within the limits, by the column asked for beside them, else by the limited one."""
    rows, column = [row for row, _ in kept], kept[0][1]
    for limit in limits:
        rest = rest[: limit.start] + "|" * (limit.end - limit.start) + rest[limit.end :]
    others = [one for one in asked(rest, _columns(rows)) if one.fits > SUPPOSED and one.column != column]
    telling = [row for row in rows if others and row.value(others[0].column)]
    if telling:
        return filtered(question, telling, others[0].column, round(sure * others[0].fits, 4))
    return filtered(question, rows, column, round(sure * 0.9, 4))
