"""Products named by what one alone has: 带碰撞检测那个, 免围栏的那款, the one with laser navigation."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Set
from itertools import chain
from typing import NamedTuple

from core.pack import Pack, Product
from engines.understanding.surfaces import squeeze
from engines.understanding.text import HAN

_HAVING = re.compile(
    r"(?:自带|带有?|具备|有|能|可以?|支持|是)?的?\s*$|\b(?:has|have|having|with)(?: the| an?)? $"
)
_LED = re.compile(r"^(?:有|带|支持|可)")
_NOTES = re.compile(r"[(（].*?[)）]")


class Feature(NamedTuple):
    """The one product that has what stands at `start` to `end`; `start` takes in 带 and the like."""

    product: str
    start: int
    end: int


class Features:
    """What single products of one pack have: attributes that no other has, their values, other features."""

    def __init__(self, pack: Pack, families: Set[str]) -> None:
        owners: defaultdict[str, set[str]] = defaultdict(set)
        for row in pack.products:
            for form in _forms(row, pack):
                owners[form].add(row.id)
        self._forms = {
            form: next(iter(ids)) for form, ids in owners.items() if len(ids) == 1 and form not in families
        }

    def find(self, text: str) -> Iterator[Feature]:
        """Every feature in `text`; whether it is pointed at is the caller's to see."""
        squeezed, places = squeeze(text)
        for form, product in self._forms.items():
            start = squeezed.find(form)
            if start >= 0:
                begin, end = places[start], places[start + len(form) - 1] + 1
                led = _HAVING.search(text, max(0, begin - 8), begin)
                yield Feature(product, led.start() if led else begin, end)


def _forms(row: Product, pack: Pack) -> Iterator[str]:
    """Squeezed words for what a product has; those of numbers are left to the readers of measures."""
    said = [*row.specs.values(), *row.features]
    said += chain.from_iterable(row.features_by_lang.values())
    said += chain.from_iterable(specs.values() for specs in row.specs_by_lang.values())
    for attribute in pack.attributes:
        if attribute.id in row.specs:
            said += chain.from_iterable(attribute.names.values())
    for words in said:
        form = squeeze(_LED.sub("", _NOTES.sub("", words)))[0]
        long_enough = len(form) >= (3 if HAN.search(form) else 7)
        if long_enough and not re.search(r"\d", form):
            yield form
