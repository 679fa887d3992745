"""What the encoder reads: an utterance as pieces, each with a token, a sound, letter runs and rule hits."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

import numpy as np
import numpy.typing as npt

from engines.understanding.lexicon import Hit
from engines.understanding.text import HAN, fold, sound, tokenise

Ints = npt.NDArray[np.int64]

PAD, UNKNOWN, MASK, START = 0, 1, 2, 3
SPECIALS = ("[PAD]", "[UNK]", "[MASK]", "[CLS]")
MASKED = ("product", "phone", "email", "competitor", "place", "time", "money", "number")
"""Kinds of rule hits that stand as one piece, so that the encoder learns nothing of one company's words."""
KINDS = (
    *("budget", "measure", "person", "quantity", "role", "term", "title"),
    *("known_application", "known_company", "known_customization", "known_industry", "known_other"),
)
"""Kinds of rule hits that mark the pieces they cover; a kind unknown here counts as `known_other`."""
BUCKETS = 4096
"""Letter runs are hashed into 1..BUCKETS; 0 is none."""
GRAMS, MARKS = 8, 3
"""At most so many letter runs and kinds a piece."""
LONGEST = 96
"""Pieces that are read; of longer utterances the first three quarters of these and the last quarter."""
_SPELT = frozenset({"time"})
"""Masked kinds whose words still show: 四点 is not 下个月."""
_NUMBER = re.compile(r"\d")


class Piece(NamedTuple):
    """One piece and its stretch of the text (code points)."""

    token: str
    sound: str
    grams: tuple[int, ...]
    kinds: tuple[int, ...]
    start: int
    end: int


@dataclass(frozen=True)
class Vocabulary:
    """Tokens and sounds by id. The first tokens are SPECIALS and the masked kinds."""

    tokens: tuple[str, ...]
    sounds: tuple[str, ...]

    @cached_property
    def _token_ids(self) -> dict[str, int]:
        return {token: place for place, token in enumerate(self.tokens)}

    @cached_property
    def _sound_ids(self) -> dict[str, int]:
        return {heard: place + 1 for place, heard in enumerate(self.sounds)}

    def token(self, word: str) -> int:
        """The id of a token, UNKNOWN where it is none."""
        return self._token_ids.get(word, UNKNOWN)

    def sound(self, heard: str) -> int:
        """The id of a sound from 1 on, 0 where it is none."""
        return self._sound_ids.get(heard, 0)

    def save(self, file: Path) -> None:
        """Write the vocabulary as JSON."""
        text = json.dumps({"tokens": self.tokens, "sounds": self.sounds}, ensure_ascii=False)
        file.write_text(text, encoding="utf-8")

    @classmethod
    def load(cls, file: Path) -> Vocabulary:
        """Read what `save` wrote."""
        read = json.loads(file.read_text(encoding="utf-8"))
        return cls(tuple(read["tokens"]), tuple(read["sounds"]))


class Inputs(NamedTuple):
    """A batch for the encoder; B utterances of at most T pieces, 0 where there is none."""

    tokens: Ints
    """B x T."""
    sounds: Ints
    """B x T."""
    grams: Ints
    """B x T x GRAMS."""
    kinds: Ints
    """B x T x MARKS."""


def cut(text: str, hits: Sequence[Hit]) -> list[Piece]:
    """The pieces of `text`; `hits` are those of the rule readers, for masking and for marks."""
    covers = _covers(hits)
    pieces: list[Piece] = []
    for token in tokenise(text):
        cover = next((hit for hit in covers if hit.start < token.end and token.start < hit.end), None)
        if cover is None:
            pieces.append(_piece(token.text, token.start, token.end, hits))
        elif not pieces or pieces[-1].start != cover.start:
            grams = _grams(text[cover.start : cover.end]) if cover.kind in _SPELT else ()
            pieces.append(
                Piece(f"<{cover.kind}>", "", grams, _kinds(cover.start, hits), cover.start, cover.end)
            )
    return pieces


def _covers(hits: Sequence[Hit]) -> list[Hit]:
    """The hits that stand as one piece, none over another; an earlier kind of MASKED wins."""
    chosen: list[Hit] = []
    for hit in sorted((hit for hit in hits if hit.kind in MASKED), key=lambda hit: MASKED.index(hit.kind)):
        if not any(hit.start < other.end and other.start < hit.end for other in chosen):
            chosen.append(hit)
    return chosen


def _piece(word: str, start: int, end: int, hits: Sequence[Hit]) -> Piece:
    low = fold(word)
    if HAN.match(low):
        return Piece(low, sound(low), (), _kinds(start, hits), start, end)
    if _NUMBER.match(low):
        return Piece("<number>", "", (), _kinds(start, hits), start, end)
    grams = _grams(f"<{low}>") if low[0].isalpha() else ()
    return Piece(low, "", grams, _kinds(start, hits), start, end)


def _grams(word: str) -> tuple[int, ...]:
    """Hashed runs of three characters (two where the word is short), at most GRAMS."""
    size = 3 if len(word) > 3 else 2
    runs = [word[at : at + size] for at in range(max(1, len(word) - size + 1))]
    return tuple(crc32(run.encode()) % BUCKETS + 1 for run in runs[:GRAMS])


def _kinds(start: int, hits: Sequence[Hit]) -> tuple[int, ...]:
    """Numbers from 1 on of the kinds that cover a place; the odd one begins there, the even one goes on."""
    marks = []
    for hit in hits:
        if hit.start <= start < hit.end and hit.kind not in MASKED:
            kind = hit.kind if hit.kind in KINDS else "known_other"
            marks.append(2 * KINDS.index(kind) + (1 if hit.start == start else 2))
    return tuple(dict.fromkeys(marks))[:MARKS]


def shorten(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces that are read of a long utterance: its beginning and its end."""
    if len(pieces) <= LONGEST:
        return list(pieces)
    head = LONGEST * 3 // 4
    return [*pieces[:head], *pieces[head - LONGEST :]]


def encode(batch: Sequence[Sequence[Piece]], vocabulary: Vocabulary) -> Inputs:
    """Numbers for the encoder; every utterance begins with START and is read up to LONGEST pieces."""
    longest = 1 + max((min(len(pieces), LONGEST) for pieces in batch), default=0)
    tokens = np.zeros((len(batch), longest), dtype=np.int64)
    sounds = np.zeros_like(tokens)
    grams = np.zeros((*tokens.shape, GRAMS), dtype=np.int64)
    kinds = np.zeros((*tokens.shape, MARKS), dtype=np.int64)
    tokens[:, 0] = START
    for row, pieces in enumerate(batch):
        for place, piece in enumerate(shorten(pieces), start=1):
            tokens[row, place] = vocabulary.token(piece.token)
            sounds[row, place] = vocabulary.sound(piece.sound)
            grams[row, place, : len(piece.grams)] = piece.grams
            kinds[row, place, : len(piece.kinds)] = piece.kinds
    return Inputs(tokens, sounds, grams, kinds)
