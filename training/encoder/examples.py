"""Training examples of the encoder: pieces with tags, and their seeded changes."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from core.types import Lang
from engines.understanding.lexicon import Hit
from engines.understanding.pieces import Piece, cut

OUTSIDE = "O"
UNTAUGHT = frozenset({"product", "phone", "email"})
"""Slots that the rule readers find alone."""
IGNORED = -100
"""Tag of pieces that are not learnt from."""


@dataclass(frozen=True)
class Taught:
    """An utterance as the encoder learns it: pieces, a BIO tag for each, intents with the main one first."""

    pieces: tuple[Piece, ...]
    tags: tuple[str, ...]
    intents: tuple[str, ...]
    lang: Lang


class Changes(NamedTuple):
    """How often an utterance is changed in training, 0..1; all at 0 leave it as it was written."""

    misheard: float = 0.35
    """Utterances in which some characters are exchanged for others of the same sound."""
    unpunctuated: float = 0.25
    """Utterances whose marks are dropped."""
    filled: float = 0.2
    """Utterances that get a filler."""
    renamed: float = 0.1
    """Products that stand as unknown words instead of as a product."""
    unknown: float = 0.03
    """Pieces whose token is hidden while their sound stays."""
    unmarked: float = 0.1
    """Utterances that lose the marks of rule readers."""


UNCHANGED = Changes(0, 0, 0, 0, 0, 0)
_FILLERS: Mapping[Lang, Sequence[str]] = {
    "zh": (
        "嗯",
        "呃",
        "那个",
        "就是",
        "啊",
        "就是说",
        "这个",
        "对",
        "诶",
        "哎",
        "然后",
        "是这样",
        "我想问一下",
    ),
    "en": ("uh", "um", "well", "so", "you know", "like", "okay so", "er"),
}
_CHARACTERS = 0.15
"""Share of characters that are misheard in a misheard utterance."""


def taught(
    text: str,
    lang: Lang,
    intents: Sequence[str],
    spans: Iterable[tuple[str, int, int]],
    hits: Sequence[Hit],
) -> Taught:
    """An annotated utterance; `spans` are (slot, start, end) in code points, `hits` what the rule readers see."""
    pieces = cut(text, hits)
    return Taught(tuple(pieces), tuple(_tags(pieces, list(spans))), tuple(intents), lang)


def _tags(pieces: Sequence[Piece], spans: Sequence[tuple[str, int, int]]) -> list[str]:
    tags: list[str] = []
    last: tuple[str, int, int] | None = None
    for piece in pieces:
        span = next((span for span in spans if span[1] < piece.end and piece.start < span[2]), None)
        if span is None or span[0] in UNTAUGHT:
            tags.append(OUTSIDE)
        else:
            tags.append(f"{'I' if span is last else 'B'}-{span[0]}")
        last = span
    return tags


class Changer:
    """Draws changed copies of examples. Seeded: the same calls in the same order give the same copies."""

    def __init__(self, rows: Iterable[Taught], names: Mapping[Lang, Sequence[str]], seed: int) -> None:
        self._rng = random.Random(seed)
        self._names = {lang: [cut(name, ()) for name in known] for lang, known in names.items()}
        self._fillers = {lang: [cut(filler, ()) for filler in said] for lang, said in _FILLERS.items()}
        alike: defaultdict[str, set[str]] = defaultdict(set)
        for row in rows:
            for piece in row.pieces:
                if piece.sound:
                    alike[piece.sound].add(piece.token)
        self._alike: dict[str, Sequence[str]] = {heard: sorted(tokens) for heard, tokens in alike.items()}

    def change(self, row: Taught, changes: Changes) -> Taught:
        """A copy of `row`, changed here and there."""
        steps: list[tuple[float, Callable[[Taught], Taught]]] = [
            (changes.renamed, self._rename),
            (changes.unpunctuated, _unpunctuate),
            (changes.filled, self._fill),
            (changes.misheard, self._mishear),
            (changes.unmarked, _unmark),
        ]
        for chance, step in steps:
            if self._rng.random() < chance:
                row = step(row)
        return self._hide(row, changes.unknown) if changes.unknown else row

    def _mishear(self, row: Taught) -> Taught:
        def heard(piece: Piece) -> Piece:
            if not piece.sound or self._rng.random() >= _CHARACTERS:
                return piece
            return piece._replace(token=self._rng.choice(self._alike.get(piece.sound, (piece.token,))))

        return replace(row, pieces=tuple(map(heard, row.pieces)))

    def _hide(self, row: Taught, chance: float) -> Taught:
        pieces = tuple(
            piece._replace(token="[UNK]") if self._rng.random() < chance else piece for piece in row.pieces
        )
        return replace(row, pieces=pieces)

    def _fill(self, row: Taught) -> Taught:
        filler = self._rng.choice(self._fillers[row.lang])
        places = [at for at, tag in enumerate(row.tags) if not tag.startswith("I")]
        at = 0 if not places or self._rng.random() < 0.6 else self._rng.choice(places)
        return _insert(row, at, at, filler)

    def _rename(self, row: Taught) -> Taught:
        at = next((at for at, piece in enumerate(row.pieces) if piece.token == "<product>"), None)
        names = self._names.get(row.lang)
        if at is None or not names:
            return row
        return _insert(row, at, at + 1, self._rng.choice(names))


def _insert(row: Taught, start: int, end: int, pieces: Sequence[Piece]) -> Taught:
    return replace(
        row,
        pieces=(*row.pieces[:start], *pieces, *row.pieces[end:]),
        tags=(*row.tags[:start], *(OUTSIDE for _ in pieces), *row.tags[end:]),
    )


def _unpunctuate(row: Taught) -> Taught:
    kept = [
        (piece, tag)
        for piece, tag in zip(row.pieces, row.tags, strict=True)
        if len(piece.token) > 1 or piece.token.isalnum() or tag != OUTSIDE
    ]
    if not kept:
        return row
    return replace(row, pieces=tuple(piece for piece, _ in kept), tags=tuple(tag for _, tag in kept))


def _unmark(row: Taught) -> Taught:
    return replace(row, pieces=tuple(piece._replace(kinds=()) for piece in row.pieces))
