"""Answers out of tables by look-up: which row, which column, and a comparison where one is asked for.

Nothing here goes by similarity of passages: a value is told only of a row that the question names, or of all rows of a
table that the question compares.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from retrieval.store.base import ALIASES, FoundCell, Snapshot
from retrieval.tokens import query_weights

_HAN = re.compile(r"[\u3400-\u9fff]")
_SPACES = re.compile(r"[\s\-_·•()（）《》\"'“”]+")
_NUMBER = re.compile(r"[±<>≤≥~约]?\s*(\d+(?:\.\d+)?)")
_QUANTITY = re.compile(
    r"(\d+(?:\.\d+)?)\s*(元|块|个|g|gb|m|mb|分钟|天|月|年|兆|公斤|kg|mm|米|%)?", re.IGNORECASE
)
_MOST = re.compile(
    r"最(?:高|大|多|贵|长|快|重|久)|哪个(?:更)?(?:高|大|多|贵|长|快|重)|(?:highest|largest|longest|fastest|most|heaviest|biggest)"
)
_LEAST = re.compile(
    r"最(?:低|小|少|便宜|短|慢|轻|实惠)|哪个(?:更)?(?:低|小|少|便宜|短|轻)|(?:lowest|smallest|shortest|cheapest|least|lightest)"
)
_BETWEEN = re.compile(r"哪个|哪款|哪种|谁|which|\bthan\b")
_JOINED = re.compile(r"[,;。?]|和|并|以及|还有|顺便|\band\b")
"""What stands between two questions of one line."""
_SEVERAL = 4
"""Values that are said of one column, at most."""
_LONGEST = 40
EXACT, ALIKE = 1.0, 0.7
"""How sure a row is that is named in full, or in part."""
_ENOUGH = 0.5


@dataclass(frozen=True)
class CellAnswer:
    """Cells that answer, worded from themselves alone."""

    cells: tuple[FoundCell, ...]
    text: str
    score: float
    """0..1: how sure it is that the row and the column are the ones asked for."""


@dataclass(frozen=True)
class _Row:
    """One row of a table."""

    number: int
    name: str
    cells: tuple[FoundCell, ...]

    def value(self, attribute: str) -> FoundCell | None:
        return next((found for found in self.cells if found.cell.attribute == attribute), None)


def look_up(question: str, snapshot: Snapshot, *, day: date | None) -> list[CellAnswer]:
    """The answers of the tables, in the order of what is asked; none where they do not say.

    Rows named in the question give their value of the column asked for; other values that the question holds narrow
    the rows down. With 最 or which, rows are compared by that column.
    """
    names = snapshot.entities()
    if not names:
        return []
    plain = _plain(question)
    named = _named(question, _index(snapshot, names)) or _nearly(question, plain, snapshot)
    if not named:
        return _superlative(question, snapshot, day)
    rest = plain
    for row in named:
        rest = rest.replace(row.said, "|")
    rows = list(_rows(snapshot.cells([row.name for row in named], day=day)))
    sure = min((row.sure for row in named), default=0.0)
    found = []
    for attribute, fits in _attributes(rest, rows)[:2]:
        chosen = [row for row in _narrowed(plain, rows, attribute) if row.value(attribute)]
        if chosen:
            found.append(_answer(question, chosen, attribute, sure * fits))
    return found


@dataclass(frozen=True)
class _Named:
    """A row that the question names, how sure that is, and the words that do it."""

    name: str
    sure: float
    said: str


def _plain(text: str) -> str:
    """Lower-cased, in one width, without spaces, hyphens and brackets."""
    return _SPACES.sub("", unicodedata.normalize("NFKC", text).lower())


def _index(snapshot: Snapshot, names: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Plain name to the rows it stands for; made once a generation."""
    if "cells.names" not in snapshot.memo:
        index: dict[str, set[str]] = {}
        for name, rows in names.items():
            if len(plain := _plain(name)) > 1:
                index.setdefault(plain, set()).update(rows)
        snapshot.memo["cells.names"] = {name: tuple(sorted(rows)) for name, rows in index.items()}
    found: dict[str, tuple[str, ...]] = snapshot.memo["cells.names"]
    return found


def _named(question: str, index: Mapping[str, tuple[str, ...]]) -> list[_Named]:
    """Rows whose name or alias stands in the question; longer ones first, none inside another."""
    plain, apart = _plain(question), _breaks(question)
    found: dict[str, _Named] = {}
    start = 0
    while start < len(plain):
        for end in range(min(len(plain), start + _LONGEST), start + 1, -1):
            piece = plain[start:end]
            if piece in index and _edge(plain, start, apart) and _edge(plain, end, apart):
                for name in index[piece]:
                    found.setdefault(name, _Named(name, EXACT, piece))
                start = end - 1
                break
        start += 1
    return list(found.values())


def _breaks(question: str) -> set[int]:
    """Places in the plain question where spaces or marks were left out."""
    places, length = set(), 0
    for piece in _SPACES.split(unicodedata.normalize("NFKC", question).lower()):
        length += len(piece)
        places.add(length)
    return places


def _edge(plain: str, place: int, apart: set[int]) -> bool:
    """Whether no Latin name or number runs on across a place (R2 of R20)."""
    before, after = plain[place - 1 : place] if place else "", plain[place : place + 1]
    inside = before.isascii() and before.isalnum() and after.isascii() and after.isalnum()
    return place in apart or not inside


def _nearly(question: str, plain: str, snapshot: Snapshot) -> list[_Named]:
    """Rows that the words find and whose name the question has for the better part."""
    hits = snapshot.by_words(query_weights(question), 12, day=None)
    best: dict[str, str] = {}
    for document in snapshot.documents([hit.row for hit in hits]):
        for name in {cell[0] for cell in document.metadata.get("cells") or ()}:
            said = _longest(plain, _plain(name))
            if len(said) >= _ENOUGH * len(_plain(name)):
                best[name] = max(best.get(name, ""), said, key=len)
    top = max((len(said) / len(_plain(name)) for name, said in best.items()), default=0.0)
    return [
        _Named(name, ALIKE * top, said) for name, said in best.items() if len(said) / len(_plain(name)) == top
    ]


def _longest(plain: str, name: str) -> str:
    """The longest stretch of a name that stands in the question, of three characters or more."""
    for size in range(len(name), 2, -1):
        for at in range(len(name) - size + 1):
            if name[at : at + size] in plain:
                return name[at : at + size]
    return ""


def _rows(cells: Iterable[FoundCell]) -> Iterator[_Row]:
    grouped: dict[int, list[FoundCell]] = {}
    for found in cells:
        grouped.setdefault(found.row, []).append(found)
    for number, row in grouped.items():
        yield _Row(number, row[0].cell.entity, tuple(row))


def _attributes(rest: str, rows: Sequence[_Row]) -> list[tuple[str, float]]:
    """Columns of the rows that the question asks for, in its order, with how well each fits (0..1).

    The words that asked for one are spent: 怎么开通,多少钱 asks for two. Where none is asked for, a column that describes
    the row answers, with less trust.
    """
    columns = dict.fromkeys(
        found.cell.attribute
        for row in rows
        for found in row.cells
        if found.cell.attribute.lower() not in ALIASES and found.cell.value != row.name
    )
    picked: list[tuple[int, str, float]] = []
    several = bool(_JOINED.search(rest))
    while columns and (several or not picked):
        fits = {column: _fit(rest, column) for column in columns}
        best = max(fits, key=lambda column: fits[column][0])
        fit, said = fits[best]
        if fit < _ENOUGH:
            break
        picked.append((rest.find(said) if said else len(rest), best, fit))
        rest = rest.replace(said, "|" * len(said)) if said else rest
        del columns[best]
    describing = [column for column in columns if any(word in _plain(column) for word in _describing())]
    asked = [(column, fit) for _, column, fit in sorted(picked)]
    return asked or [(column, _ENOUGH) for column in describing[:1]]


def _fit(rest: str, column: str) -> tuple[float, str]:
    """How well the words ask for a column, and the words that do; by shared pairs where none of its kind is said."""
    plain = _plain(column)
    if plain and plain in rest:
        return 1.0, plain
    kinds = [asks for names, asks in _kinds() if any(name in plain for name in names)]
    said = max((ask for asks in kinds for ask in asks if ask in rest), key=len, default="")
    if said:
        return 0.8 + 0.15 * min(1.0, len(said) / 6), said
    pairs = {plain[at : at + 2] for at in range(len(plain) - 1)}
    return (len([pair for pair in pairs if pair in rest]) / len(pairs) * 0.8 if pairs else 0.0), ""


def _describing() -> tuple[str, ...]:
    """Words in the heading of a column that says what a row is."""
    return next(names for names, _ in _kinds() if "简介" in names)


@cache
def _kinds() -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    """Words of headings, and of the questions for them, of `columns.yaml`."""
    import yaml

    told: list[dict[str, Any]] = yaml.safe_load(
        Path(__file__).with_name("columns.yaml").read_text(encoding="utf-8")
    )
    return tuple((tuple(map(_plain, kind["names"])), tuple(map(_plain, kind["asks"]))) for kind in told)


def _narrowed(plain: str, rows: Sequence[_Row], wanted: str) -> list[_Row]:
    """The rows most of whose other values stand in the question: the one of 9 元, the one of 年包."""
    numbers = {match[1] for match in _QUANTITY.finditer(plain)}

    def agreeing(row: _Row) -> int:
        held = 0
        for found in row.cells:
            value = _plain(found.cell.value)
            if found.cell.attribute == wanted or value == _plain(row.name) or len(value) > 12:
                continue
            match = _NUMBER.fullmatch(value)
            held += (match[1] in numbers) if match else (len(value) > 1 and value in plain)
        return held

    scores = [agreeing(row) for row in rows]
    return [row for row, score in zip(rows, scores, strict=True) if score == max(scores)]


def _answer(question: str, rows: Sequence[_Row], attribute: str, score: float) -> CellAnswer:
    """One value, the values of several rows side by side, or the row that has most of it."""
    chinese = bool(_HAN.search(question))
    names = list(dict.fromkeys(row.name for row in rows))
    if len(names) > 1 and (sided := _extreme(question, rows, attribute)):
        rows = [sided, *(row for row in rows if row is not sided)]
    cells = [cell for row in rows if (cell := row.value(attribute))]
    told = list(dict.fromkeys((found.cell.entity, found.cell.value) for found in cells))[:_SEVERAL]
    joint = "、" if chinese else ", "
    if len(names) > 1:
        values = joint.join(f"{name}{'是' if chinese else ' '}{value}" for name, value in told)
        text = f"{attribute}:{values}" if chinese else f"{attribute}: {values}"
    else:
        values = joint.join(value for _, value in told)
        text = f"{names[0]}的{attribute}是{values}" if chinese else f"{attribute} of the {names[0]}: {values}"
    if len(values) > 60 and len(names) == 1:
        text = values
    return CellAnswer(tuple(cells), text + ("。" if chinese else "."), round(score, 4))


def _extreme(question: str, rows: Sequence[_Row], attribute: str) -> _Row | None:
    """The row with the highest or the lowest number, as the question asks; None where it does not, or none has one."""
    lowest = bool(_LEAST.search(question.lower()))
    if not lowest and not _MOST.search(question.lower()):
        return None
    numbers = [
        (float(match[1]), row)
        for row in rows
        if (cell := row.value(attribute)) and (match := _NUMBER.search(cell.cell.value.replace(",", "")))
    ]
    if len(numbers) < 2:
        return None
    return (min if lowest else max)(numbers, key=lambda pair: pair[0])[1]


def _superlative(question: str, snapshot: Snapshot, day: date | None) -> list[CellAnswer]:
    """哪个…最: the row of the table found by the words that has most, or least, of a column said by its name."""
    if not _BETWEEN.search(question.lower()) or not (
        _MOST.search(question.lower()) or _LEAST.search(question.lower())
    ):
        return []
    hits = snapshot.by_words(query_weights(question), 5, day=day)
    plain = _plain(question)
    for hit in hits:
        rows = list(_rows(snapshot.table_of(hit.row, day=day)))
        for attribute, fits in _attributes(plain, rows)[:1]:
            best = _extreme(question, rows, attribute)
            if best is not None and fits >= 0.8:
                return [_answer(question, [best], attribute, ALIKE * fits)]
    return []
