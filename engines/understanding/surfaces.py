"""The ways customers name the products of a pack, derived from its catalogue: words, codes, families."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from core.pack import Category, Pack, Product
from engines.understanding.text import HAN, fold

_CODE = re.compile(r"([A-Za-z]+)[\s-]*(\d+)(?![A-Za-z\d])")
_DROPPED = re.compile(r"[\s\-_·.]+")
_ZH_DIGITS = "零一二三四五六七八九"
_EN_ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
    *(
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ),
)
_EN_TENS = ("zero", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")


def squeeze(text: str) -> tuple[str, list[int]]:
    """Folded text without white space, hyphens and dots, and where each kept code point stood."""
    kept = [(char, place) for place, char in enumerate(fold(text)) if not _DROPPED.match(char)]
    return "".join(char for char, _ in kept), [place for _, place in kept]


@dataclass(frozen=True)
class Surfaces:
    """Squeezed forms: `names` name one product; `parts` are words that several may share."""

    names: dict[str, str]
    """Form to product id."""
    parts: dict[str, frozenset[str]]
    """Family words and pieces of names, to the ids they may mean."""
    codes: frozenset[str]
    """Letters that the catalogue's model codes begin with, where a number follows, e.g. `r`."""
    family_words: frozenset[str]
    """Words of the pack's categories: they name a family, never one product."""


def surfaces(pack: Pack) -> Surfaces:
    """Work out every form under which the pack's products may be named."""
    families = {
        squeeze(word)[0]: members
        for category in pack.categories
        if (members := frozenset(row.id for row in pack.products if row.category == category.id))
        for word in chain.from_iterable(category.names.values())
    }
    owners: defaultdict[str, set[str]] = defaultdict(set)
    for row in pack.products:
        for form in _forms(row, pack.categories):
            owners[form].add(row.id)
    names = {form: next(iter(ids)) for form, ids in owners.items() if len(ids) == 1 and form}
    shared = {form: frozenset(ids) for form, ids in owners.items() if len(ids) > 1}
    parts = _pieces(pack.products) | shared | families
    return Surfaces(
        names={form: names[form] for form in sorted(names, key=len, reverse=True)},
        parts={form: parts[form] for form in sorted(parts, key=len, reverse=True)},
        codes=frozenset(letters for row in pack.products for letters, _ in _codes(row)),
        family_words=frozenset(families),
    )


def _said(row: Product) -> tuple[str, ...]:
    return (*row.name.values(), *row.aliases)


def _codes(row: Product) -> Iterator[tuple[str, str]]:
    """Model codes of a product as letters and digits: `r`, `20`."""
    for text in (row.id, *_said(row)):
        for found in _CODE.finditer(text):
            yield found.group(1).lower(), found.group(2)


def _forms(row: Product, categories: tuple[Category, ...]) -> Iterator[str]:
    """Squeezed forms of one product; some may turn out to be another's as well."""
    families = {squeeze(word)[0] for category in categories for word in chain(*category.names.values())}
    for text in (row.id, *_said(row)):
        yield squeeze(text)[0]
        bare = _CODE.sub("", text).strip()
        short = squeeze(bare)[0]
        if bare != text.strip() and len(short) >= 3 and short not in families:
            yield short
            yield from _shortened(bare, categories)
    for letters, digits in _codes(row):
        yield from (letters + number for number in spoken_numbers(digits))


def _shortened(name: str, categories: tuple[Category, ...]) -> Iterator[str]:
    """The name without one inner family word: a 'welding robot workstation' is a 'welding workstation'."""
    low = fold(name)
    for word in {fold(word) for category in categories for word in chain(*category.names.values())}:
        place = low.find(word)
        if place > 0 and place + len(word) < len(low):
            yield squeeze(low[:place] + low[place + len(word) :])[0]


def _pieces(products: tuple[Product, ...]) -> dict[str, frozenset[str]]:
    """Runs of two to four Han characters, and Latin words, of names: which products have them."""
    owners: defaultdict[str, set[str]] = defaultdict(set)
    for row in products:
        for text in row.name.values():
            for run in re.findall(r"[㐀-鿿]+", text):
                for size in (2, 3, 4):
                    for start in range(len(run) - size + 1):
                        owners[run[start : start + size]].add(row.id)
            if not HAN.search(text):
                for word in re.findall(r"[a-z]{4,}", fold(text)):
                    owners[word].add(row.id)
    return {piece: frozenset(ids) for piece, ids in owners.items()}


def spoken_numbers(digits: str) -> set[str]:
    """Squeezed ways to say a model number: `20` is 20, 二十, 二零, twenty, twozero."""
    spelt_zh = "".join(_ZH_DIGITS[int(digit)] for digit in digits)
    said = {digits, spelt_zh, spelt_zh.replace("一", "幺"), "".join(_EN_ONES[int(digit)] for digit in digits)}
    number = int(digits)
    if 10 <= number < 10_000 and not digits.startswith("0"):
        said |= {counted_zh(number), _counted_en(number)}
        if number >= 100 and number % 10 == 0 and number % 100:
            said.add(counted_zh(number).removesuffix("十"))
        if 100 <= number < 1000 and number % 100 >= 10:
            said.add(_EN_ONES[number // 100] + _counted_en(number % 100))
    return said


def counted_zh(number: int) -> str:
    """1..9999 as counted in Chinese: 750 is 七百五十."""
    text, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit:
            text += ("零" if gap and text else "") + _ZH_DIGITS[digit] + name
        gap = digit == 0
    return text.removeprefix("一") if 10 <= number < 20 else text


def _counted_en(number: int) -> str:
    if number < 20:
        return _EN_ONES[number] if number else ""
    if number < 100:
        return _EN_TENS[number // 10] + _counted_en(number % 10)
    if number < 1000:
        return _EN_ONES[number // 100] + "hundred" + _counted_en(number % 100)
    return _counted_en(number // 1000) + "thousand" + _counted_en(number % 1000)
