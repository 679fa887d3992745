"""Reads places and the provinces they lie in."""

from __future__ import annotations

import re
from functools import lru_cache

from engines.normalise.places import find_places, provinces_of

_ALL = re.compile(
    r"全国|全中国|各省|各地|全球|哪里都|哪儿都|不管哪|(?:all (?:over|across)|throughout|anywhere in|"
    r"across) china|nationwide|worldwide"
    r"|every province|wherever you are|any province",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"其他地区|其它地区|其余|外地|外省|其他省|别的(?:省|地方)|\b(?:elsewhere|other (?:regions|"
    r"provinces|areas)|rest of (?:china|the country))",
    re.IGNORECASE,
)
_BEYOND = re.compile(r"以外|之外|\b(?:outside|beyond)\b", re.IGNORECASE)
EVERYWHERE = "*"
ELSEWHERE = "~"
"""Stands for every province beyond those that a fact's condition names."""


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


def names_rest(text: str) -> bool:
    """Whether the text speaks of all other places (其他地区)."""
    return _OTHER.search(text) is not None


def beyond(text: str) -> bool:
    """Whether the text speaks of what lies outside the places it names (江浙沪以外)."""
    return _BEYOND.search(text) is not None


def elsewhere(text: str) -> bool:
    """Whether the text speaks of places beyond some others."""
    return names_rest(text) or (beyond(text) and bool(places_in(text)))
