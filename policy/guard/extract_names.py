"""Reads names: products by any alias, product families, competitors, places, codes such as IP65."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from core.pack import Pack, Product
from policy.guard.text import stop_words

_CODE = re.compile(
    r"(?<![A-Za-z\d@._])(?:[A-Za-z]{1,6}[-/]?\d+[A-Za-z\d]*|[A-Z]{2,}[A-Za-z]*(?:-[A-Z\d]+)?"
    r")(?![A-Za-z\d@])"
)
_UNIT_LIKE = re.compile(
    r"^(?:kg|mm|cm|rpm|kw|hz|khz|mhz|db|ml|gb|mb|tb|rmb|cny|kwh|mpa|px|dpi|mp)$", re.IGNORECASE
)
_TIME_UNITS = frozenset({"年", "月", "year", "month"})


@dataclass(frozen=True, slots=True)
class Name:
    """A name and where it stands: a product id, a family id, a competitor, a code."""

    id: str
    text: str
    start: int
    end: int


def _alternation(words: Iterable[str]) -> re.Pattern[str]:
    """Any of `words`, the longest first; a Latin word is matched whole only."""
    ordered = sorted({word.lower() for word in words if word.strip()}, key=len, reverse=True)
    parts = []
    for word in ordered:
        left = r"(?<![a-z\d])" if word[0].isascii() and word[0].isalnum() else ""
        right = r"(?![a-z\d])" if word[-1].isascii() and word[-1].isalnum() else ""
        plural = "(?:e?s)?" if word[-1].isascii() and word[-1].isalnum() else ""
        parts.append(f"{left}{re.escape(word)}{plural}{right}")
    return re.compile("|".join(parts) if parts else r"(?!)")


def product_words(product: Product) -> set[str]:
    """Every way to name one product."""
    return {product.id, *product.aliases, *product.name.values()}


def _own_words(pack: Pack) -> frozenset[str]:
    """Latin words of the company's, the robot's and the currency's names, which are no codes."""
    texts = (*pack.company.values(), *pack.short_name.values(), *pack.robot.values(), pack.currency)
    return frozenset(word.lower() for text in texts for word in re.findall(r"[A-Za-z][A-Za-z\d]*", text))


def _unit_words(pack: Pack) -> re.Pattern[str]:
    """Any unit that goods are counted in; a unit of time counts no goods."""
    units = {unit for product in pack.products for unit in product.unit.values()} - _TIME_UNITS
    parts = [re.escape(unit) + (r"(?:e?s)?\b" if unit.isascii() else "") for unit in sorted(units)]
    return re.compile(rf"[ -]?(?:{'|'.join([*parts, '(?!)'])})", re.IGNORECASE)


class Names:
    """Finds the names of one pack."""

    def __init__(self, pack: Pack) -> None:
        self._products = {
            word.lower(): product.id for product in pack.products for word in product_words(product)
        }
        self._families = {
            word.lower(): category.id
            for category in pack.categories
            for words in category.names.values()
            for word in words
        }
        self._rivals = {
            way.lower(): name
            for name, ways in pack.lexicon.get("competitor", {}).items()
            for way in (name, *ways)
        }
        self._product = _alternation(self._products)
        self._family = _alternation(word for word in self._families if word not in self._products)
        self._rival = _alternation(self._rivals)
        self._own = _own_words(pack)
        self.cheapest = min((product.list_price for product in pack.products), default=0.0)
        self.unit_words = _unit_words(pack)
        self.members = {
            category.id: frozenset(p.id for p in pack.products if p.category == category.id)
            for category in pack.categories
        }

    def products(self, text: str) -> list[Name]:
        """Products named, left to right, one entry a mention."""
        return self._find(self._product, self._products, text)

    def families(self, text: str, taken: list[Name]) -> list[Name]:
        """Families named outside the spans of `taken`."""
        found = self._find(self._family, self._families, text)
        return [name for name in found if not any(name.start < t.end and name.end > t.start for t in taken)]

    def rivals(self, text: str) -> list[Name]:
        """Competitors named."""
        return self._find(self._rival, self._rivals, text)

    def _find(self, pattern: re.Pattern[str], ids: dict[str, str], text: str) -> list[Name]:
        found = []
        for match in pattern.finditer(text.lower()):
            word = match.group()
            name = next((ids[w] for w in (word, word[:-1], word[:-2]) if w in ids), None)
            if name is not None:
                found.append(Name(name, text[match.start() : match.end()], *match.span()))
        return found

    def codes(self, text: str, taken: list[Name]) -> list[Name]:
        """Codes that could be a model, a standard or a protocol; common ones and taken spans left out."""
        found = []
        for match in _CODE.finditer(text):
            key = match.group().lower()
            free = not any(match.start() < name.end and match.end() > name.start for name in taken)
            if free and key not in stop_words("codes") and key not in self._own and not _UNIT_LIKE.match(key):
                found.append(Name(key, match.group(), *match.span()))
        return found
