"""Reads places and the provinces they lie in."""

from __future__ import annotations

import re
from functools import lru_cache

from engines.normalise.places import find_places, provinces_of

_ALL = re.compile(
    r"全国|全中国|各省|各地|全球|哪里都|哪儿都|不管哪|(?:all (?:over|across)|throughout|anywhere in|across) china|nationwide|worldwide"
    r"|every province|wherever you are|any province",
    re.IGNORECASE,
)
EVERYWHERE = "*"


@lru_cache(maxsize=4096)
def _read(text: str) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for place in find_places(text):
        provinces = frozenset({place.province} if place.province else provinces_of(place.text))
        heard_right = not place.name[:1] > "\u4e00" or place.name[:2] in text
        if provinces and heard_right:
            found[place.name] = provinces
    if _ALL.search(text):
        found[EVERYWHERE] = frozenset({EVERYWHERE})
    return found


def places_in(text: str) -> dict[str, frozenset[str]]:
    """Place by its short name to its provinces; EVERYWHERE for the whole country."""
    return _read(text)
