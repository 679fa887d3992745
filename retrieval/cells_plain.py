"""Text made plain for look-up in tables, and where words end in it."""

from __future__ import annotations

import re
import unicodedata

_SPACES = re.compile(r"[\s\-_·•()（）《》\"'“”]+")


def plain(text: str) -> str:
    """Lower-cased, in one width, without spaces, hyphens and brackets."""
    return _SPACES.sub("", unicodedata.normalize("NFKC", text).lower())


def breaks(text: str) -> set[int]:
    """Places in `plain(text)` where spaces or marks were left out."""
    places, length = set(), 0
    for piece in _SPACES.split(unicodedata.normalize("NFKC", text).lower()):
        length += len(piece)
        places.add(length)
    return places


def is_edge(text: str, place: int, apart: set[int]) -> bool:
    """Whether no Latin word or number of a plain text runs on across a place (R2 of R20)."""
    before, after = text[place - 1 : place] if place else "", text[place : place + 1]
    inside = before.isascii() and before.isalnum() and after.isascii() and after.isalnum()
    return place in apart or not inside
