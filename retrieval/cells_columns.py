"""Which columns of a table a question asks for: by their headings, or by the ways people ask for their kind."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from retrieval.cells_plain import plain

NAMED, ASKED, WISHED, SUPPOSED = 1.0, 0.95, 0.8, 0.5
"""How well a column fits: its heading is said, its kind is asked for, a wish has to do with it, it tells what a row is."""
_ALIKE = 0.5
"""Share of a heading's pairs of characters that stands for it."""
_LATIN = re.compile(r"[a-z]")
_AFTER = re.compile(r"(?:各?是|有?多|[几如怎咋为呢吗吧,;?。|]|最|更|哪|谁|高|低|大|小|少|一样|相同|is|of)")
"""What follows a heading that is asked for, and no part of some name."""


@dataclass(frozen=True)
class Kind:
    """A kind of column: words of its headings, of questions and wishes for it, and its units as multiples of the least."""

    names: tuple[str, ...]
    asks: tuple[str, ...]
    again: tuple[str, ...]
    """Questions for how to do what was wished before: 想取消,怎么办理."""
    wishes: tuple[str, ...]
    units: Mapping[str, float]

    def has(self, heading: str) -> bool:
        """Whether a column with this heading is of this kind."""
        spaced, close = heading.lower(), plain(heading)
        return any(
            re.search(rf"\b{re.escape(name)}\b", spaced) if _LATIN.match(name) else name in close
            for name in self.names
        )


@dataclass(frozen=True)
class Asked:
    """A column that is asked for, how well it fits (0..1), and where in the plain question."""

    column: str
    fits: float
    start: int


@dataclass(frozen=True)
class _Said:
    start: int
    end: int
    fits: float
    columns: tuple[str, ...]
    again: bool = False
    heading: bool = False


@cache
def kinds() -> tuple[Kind, ...]:
    """The kinds of `columns.yaml`."""
    import yaml

    told: list[dict[str, Any]] = yaml.safe_load(
        Path(__file__).with_name("columns.yaml").read_text(encoding="utf-8")
    )
    return tuple(
        Kind(
            tuple(name.lower() for name in kind["names"]),
            tuple(map(plain, kind.get("asks", ()))),
            tuple(map(plain, kind.get("again", ()))),
            tuple(map(plain, kind.get("wishes", ()))),
            {unit.lower(): float(size) for unit, size in kind.get("units", {}).items()},
        )
        for kind in told
    )


@cache
def asking_words() -> frozenset[str]:
    """Every way to ask, plain; no alias (便宜) is to take one for a name."""
    return frozenset(
        word for kind in kinds() for words in (kind.asks, kind.again, kind.wishes) for word in words
    )


@cache
def kinds_of(heading: str) -> tuple[Kind, ...]:
    """The kinds that a column with this heading is of."""
    return tuple(kind for kind in kinds() if kind.has(heading))


def asked(rest: str, columns: Sequence[str]) -> list[Asked]:
    """Columns asked for in a plain question whose names are masked, in its order.

    Headings and questions count before wishes; of what overlaps, the longest. What only a column that is not there
    would answer gives nothing. Where nothing is asked, the column that tells what a row is.
    """
    said = list(_said(rest, columns))
    outright = _apart(said)
    there = _apart(one for one in said if one.columns)
    wishes = [one for one in there if one.fits < ASKED]
    strong = _meant(rest, [_resolved(one, wishes) for one in outright if one.fits >= ASKED])
    if found := _once(strong):
        return found
    if there:
        plainly = [one for one in there if not one.heading][:1] or there
        return [Asked(one.column, min(one.fits, WISHED), one.start) for one in _once(plainly)]
    if strong:
        return []
    alike = [(share, column) for column in columns if (share := _share(rest, column)) >= _ALIKE]
    if alike:
        share, column = max(alike, key=lambda pair: pair[0])
        return [Asked(column, WISHED * share, len(rest))]
    return [Asked(column, SUPPOSED, len(rest)) for column in columns if _tells(column)][:1]


def _once(said: Sequence[_Said]) -> list[Asked]:
    found: dict[str, Asked] = {}
    for one in said:
        for column in one.columns:
            found.setdefault(column, Asked(column, one.fits, one.start))
    return list(found.values())


def _resolved(one: _Said, wishes: Sequence[_Said]) -> _Said:
    """A question for how to do it, as one for the way to what was wished before."""
    before = [wish for wish in wishes if wish.start < one.start and not wish.heading]
    return _Said(one.start, one.end, one.fits, before[0].columns) if one.again and before else one


def _meant(rest: str, said: Sequence[_Said]) -> list[_Said]:
    """What is asked, less a question for what a row is that goes on to a column of it (介绍一下…的开通条件)."""
    goes_on = {one.start: rest[after.start - 1 : after.start] == "的" for one, after in pairwise(said)}
    return [
        one for one in said if not (goes_on.get(one.start) and any(_tells(column) for column in one.columns))
    ]


def _tells(column: str) -> bool:
    """Whether a column tells what a row is."""
    return any("简介" in kind.names for kind in kinds_of(column))


def _apart(said: Iterable[_Said]) -> list[_Said]:
    """What is said, in the order of the question; of what overlaps, the longest, then what a column is there for."""
    kept: list[_Said] = []
    for one in sorted(said, key=lambda one: (one.start - one.end, not one.columns, -one.fits)):
        if all(one.end <= other.start or one.start >= other.end for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda one: one.start)


def _said(rest: str, columns: Sequence[str]) -> Iterator[_Said]:
    """Every heading, question and wish that the words hold."""
    for column in columns:
        if (heading := plain(column)) and (start := rest.find(heading)) >= 0:
            end = start + len(heading)
            clear = len(heading) > 2 or rest[start - 1 : start] == "的" or _AFTER.match(rest, end)
            yield _Said(start, end, NAMED if clear else WISHED, (column,), heading=True)
    for kind in kinds():
        own = _own(kind, rest, columns)
        for words, fits in ((kind.asks, ASKED), (kind.again, ASKED), (kind.wishes, WISHED)):
            for word in words:
                if (start := rest.find(word)) >= 0:
                    yield _Said(start, start + len(word), fits, own, again=words is kind.again)


def _own(kind: Kind, rest: str, columns: Sequence[str]) -> tuple[str, ...]:
    """The column of a kind: of several, the one whose heading the question has most of, or the first."""
    own = [column for column in columns if kind in kinds_of(column)]
    return tuple(sorted(own, key=lambda column: -_share(rest, column))[:1])


def _share(rest: str, column: str) -> float:
    """Share of a heading's pairs of characters that the words hold."""
    heading = plain(column)
    pairs = {heading[at : at + 2] for at in range(len(heading) - 1)}
    return len([pair for pair in pairs if pair in rest]) / len(pairs) if pairs else 0.0
