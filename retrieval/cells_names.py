"""Which rows of tables a question names: in full, by an alias, or by the better part of a name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from heapq import nsmallest

from retrieval.cells_columns import asking_words
from retrieval.cells_plain import breaks, is_edge, plain
from retrieval.store.base import Snapshot

EXACT, ALIKE = 1.0, 0.7
"""How sure a row is that is named in full, or in part."""
_LONGEST = 40
_SHORTEST_PART = 3
_PART = 0.5
"""Share of a name that stands for it."""
_COVERING = 0.6
"""Share of a longer name that is meant rather than a shorter one inside it."""
_COMMON = 3000
"""A pair of characters that more names have than this finds none of them."""
_LOOKED_AT = 24
_LEAST_PIECED = 6
"""Characters of a name that may be said in two pieces."""
_FIGURE = re.compile(r"(?:\d+(?:\.\d+)?[a-z\u3400-\u9fff]{1,2})?")
_MEASURED = re.compile(r"(\d+(?:\.\d+)?)([a-z]+|[\u3400-\u9fff])")
_CODE = re.compile(r"[a-z]+\d+[a-z0-9]*")


@dataclass(frozen=True)
class Named:
    """A row that the question names, how sure that is, and where in the plain question."""

    name: str
    sure: float
    start: int
    end: int
    alias: bool
    """Whether the words there say more than the row's own name does."""


@dataclass(frozen=True)
class Names:
    """Plain names and aliases with their rows; and the names that hold a pair of characters."""

    rows: Mapping[str, tuple[str, ...]]
    longest: int
    breaks: Mapping[str, set[int]]
    pairs: Mapping[str, list[str]]


def names_of(snapshot: Snapshot) -> Names:
    """The names of a generation's rows; made once."""
    if "cells.names" not in snapshot.memo:
        snapshot.memo["cells.names"] = _names(snapshot.entities())
    found: Names = snapshot.memo["cells.names"]
    return found


def _names(entities: Mapping[str, tuple[str, ...]]) -> Names:
    rows: dict[str, tuple[str, ...]] = {}
    apart: dict[str, set[int]] = {}
    for name, stands_for in entities.items():
        if len(key := plain(name)) > 1 and (name in stands_for or key not in asking_words()):
            rows[key] = tuple(sorted({*rows.get(key, ()), *stands_for})) if key in rows else stands_for
            apart[key] = breaks(name)
    pairs: dict[str, list[str]] = {}
    for key in rows:
        for pair in {key[at : at + 2] for at in range(len(key) - 1)}:
            pairs.setdefault(pair, []).append(key)
    return Names(rows, min(_LONGEST, max(map(len, rows), default=0)), apart, pairs)


def named(question: str, names: Names) -> list[Named]:
    """Rows whose name or alias stands in the question, in its order; the better part of a name, where none does.

    Of names that overlap, the longest counts. A part of a longer name beats a whole one inside it.
    """
    text, apart = plain(question), breaks(question)
    whole = _whole(text, apart, names)
    parts = _parts(text, apart, names, whole)
    if parts and _beats(parts[0], whole):
        _, start, end, _ = parts[0]
        whole = [one for one in whole if one[2] <= start or one[1] >= end]
    else:
        parts = []
    pieces = [] if whole or parts else _pieced(text, names)
    near = [_found(key, ALIKE * share, at, to, names) for key, at, to, share in [*parts, *pieces]]
    return _once([*near, *(_found(key, EXACT, at, to, names) for key, at, to in whole)])


def _beats(part: tuple[str, int, int, float], whole: Sequence[tuple[str, int, int]]) -> bool:
    """Whether a part of a name is meant rather than the whole names there: there are none, or it holds one and more."""
    _, start, end, share = part
    inside = [to - at for _, at, to in whole if start <= at and to <= end]
    return not whole or (bool(inside) and share >= _COVERING and end - start > max(inside))


def _found(key: str, sure: float, start: int, end: int, names: Names) -> list[Named]:
    return [Named(name, sure, start, end, plain(name) != key) for name in names.rows[key]]


def _once(found: Iterable[Sequence[Named]]) -> list[Named]:
    """Every row once, in the order of the question."""
    kept: dict[str, Named] = {}
    for one in sorted((one for each in found for one in each), key=lambda one: (one.start, -one.sure)):
        kept.setdefault(one.name, one)
    return list(kept.values())


def _whole(text: str, apart: set[int], names: Names) -> list[tuple[str, int, int]]:
    """Names that stand in the text, with their places: longer ones first, none inside another."""
    found = []
    for start in range(len(text)):
        if not is_edge(text, start, apart):
            continue
        for end in range(min(len(text), start + names.longest), start + 1, -1):
            if text[start:end] in names.rows and is_edge(text, end, apart):
                found.append((text[start:end], start, end))
                break
    kept: list[tuple[str, int, int]] = []
    for key, start, end in sorted(found, key=lambda one: one[1] - one[2]):
        if all(end <= at or start >= to for _, at, to in kept):
            kept.append((key, start, end))
    return sorted(kept, key=lambda one: one[1])


def _parts(
    text: str, apart: set[int], names: Names, whole: Sequence[tuple[str, int, int]]
) -> list[tuple[str, int, int, float]]:
    """Names of which the text has the better part: name, place and share of it, the best alone or those as good."""
    likely = [key for key in _likely(text, names, whole) if not _other(text, key)]
    fits = [(key, *_stretch(text, apart, key, names.breaks[key])) for key in likely]
    shared = [
        (key, start, end, (end - start) / len(key))
        for key, start, end in fits
        if end - start >= _SHORTEST_PART and not _FIGURE.fullmatch(text[start:end])
    ]
    best = max(((end - start) * share for _, start, end, share in shared if share >= _PART), default=0.0)
    return [one for one in shared if one[3] >= _PART and (one[2] - one[1]) * one[3] == best]


def _stretch(text: str, apart: set[int], key: str, inner: set[int]) -> tuple[int, int]:
    """The longest stretch of a name that stands in the text, cutting no word or number of either; its place."""
    for size in range(len(key), _SHORTEST_PART - 1, -1):
        for at in range(len(key) - size + 1):
            if not (is_edge(key, at, inner) and is_edge(key, at + size, inner)):
                continue
            start = text.find(key[at : at + size])
            if start >= 0 and is_edge(text, start, apart) and is_edge(text, start + size, apart):
                return start, start + size
    return 0, 0


def _pieced(text: str, names: Names) -> list[tuple[str, int, int, float]]:
    """Names of which the text has most in two pieces (新30元…40G流量): name, place from first to last, share of it."""
    fits = []
    for key in _likely(text, names):
        if len(key) >= _LEAST_PIECED and not _other(text, key):
            blocks = SequenceMatcher(None, key, text, autojunk=False).get_matching_blocks()
            held = [(block.b, block.b + block.size) for block in blocks if block.size > 1]
            share = sum(end - start for start, end in held) / len(key)
            if len(held) == 2 and share >= _COVERING:
                fits.append((key, held[0][0], held[1][1], share))
    best = max((share for *_, share in fits), default=0.0)
    return [one for one in fits if one[3] == best]


def _likely(text: str, names: Names, whole: Sequence[tuple[str, int, int]] = ()) -> list[str]:
    """The names that share most pairs of characters with the text, for their length.

    Where whole names stand in it, only names that go on beyond one of them: they have the pair across its edge.
    """
    said = {text[at : at + 2] for at in range(len(text) - 1)}
    edges = {text[at - 1 : at + 1] for _, *ends in whole for at in ends if 0 < at < len(text)}
    counts: Counter[str] = Counter()
    for pair in edges if whole else said:
        holding = names.pairs.get(pair, ())
        if len(holding) <= _COMMON:
            counts.update(holding)
    likely: Iterable[tuple[str, int]] = counts.items()
    if whole:
        likely = [(key, len(said & {key[at : at + 2] for at in range(len(key) - 1)})) for key in counts]
    return [key for _, key in nsmallest(_LOOKED_AT, ((-shared / len(key), key) for key, shared in likely))]


def _other(text: str, key: str) -> bool:
    """Whether text and name each have a code, or a number of one unit, that the other lacks: V8 pro, V9 pro; 5GB, 40G."""
    said, own = set(_CODE.findall(text)), set(_CODE.findall(key))
    if any(code not in key for code in said) and any(code not in text for code in own):
        return True
    measured, owned = (
        {(number, unit.removesuffix("b")) for number, unit in _MEASURED.findall(words)}
        for words in (text, key)
    )
    units = {unit for _, unit in measured}
    return any(figure not in measured and figure[1] in units for figure in owned)
