"""Product linking: which rows of the pack's catalogue an utterance names, and where."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from core.pack import Pack, Product
from engines.understanding.measures import Measure, find_measures
from engines.understanding.surfaces import Surfaces, squeeze, surfaces
from engines.understanding.text import HAN, fold, sounds

_LATIN = re.compile(r"[a-z0-9]")
_COUNTING = re.compile(r"[零一二三四五六七八九十百千万0-9]")
_OWN = re.compile(
    r"(?:自己的|自有的?|自己有|自己用的|现有的|现在用的|原来的|已有的?|已经有|别家的|别人的|人家的"
    r"|(?:our|my) own|existing|current|another vendor's|somebody else's)\s*[一-龥]{0,2}\s*$"
)
_MEASURES = "个款台套种条辆只批"
_THAT = rf"(?:[那这哪][{_MEASURES}])"
_LINK = re.compile(
    rf"(?:的|{_THAT}|[那这]|里面?|中|,|，|\s|版本?|款|级|class|rated|payload|负载|载重|规格|就?要|选|one|the)*"
)
_POINTED_ZH = re.compile(rf"(?:{_THAT}|[那这]|就是|要|换成?)\s*$")
_AFTER_ZH = re.compile(
    rf"的?\s*{_THAT}|的(?=$|[\s,，。.?？!！、;；]"
    r"|多少|什么|怎么|几|现在|能|有|是|要|给|来|呢|吧|吗|啊|报|贵|打|拿|行|跟|和|比|与|还)"
)
_AFTER_EN = re.compile(r"\s*(?:one|ones|model|version|unit)\b")
_SMALLER = re.compile(
    r"(?P<small>最?小(?![时心伙姐])|small(?:er|est)?)(?:一?点|一号)?"
    r"|(?P<large>最?大(?![概约致家多约])|big(?:ger|gest)?|larg(?:er|est))(?:一?点|一号)?"
)
_OFFERED = re.compile(
    r"你们?(?:公司|家)?(?:有没有|有无|是否有|有|也?做|卖|生产|供)|贵司(?:有无|是否)|有做|做不做|卖不卖|(?:做|卖)(?:没|吗|么|不)"
    r"|do you (?:make|sell|offer|carry|have)"
)
_NAME = re.compile(r"(?<![A-Za-z@.])[A-Z]{3,}(?![A-Za-z@.])")
_MODIFIER = re.compile(
    r"[一-龥](?<![的了有没做卖吗么这那些个款种买用])[一-龥](?<![的了有没做卖吗么这那些个款种买用])"
)
_MODEL = re.compile(r"(?<![a-z0-9])([a-z]{1,4})-?(\d{1,4})(?![a-z0-9])")


class Link(NamedTuple):
    """A catalogue row named in an utterance; `product` is None for a thing the catalogue does not have."""

    product: str | None
    start: int
    end: int
    confidence: float


class Part(NamedTuple):
    """A family word or a piece of a name, and the rows that it may mean."""

    start: int
    end: int
    products: frozenset[str]


class ProductLinker:
    """Finds the products of one pack in what a customer says."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self._surfaces: Surfaces = surfaces(pack)
        self._sounding = {
            tuple(sounds(form)): product
            for form, product in self._surfaces.names.items()
            if len(form) >= 3 and all(HAN.match(char) for char in form)
        }
        self._longest = max(map(len, self._surfaces.names), default=0)
        self._sizes = sorted({len(form) for form in self._sounding}, reverse=True)
        self._specs = {row.id: list(_spec_measures(row)) for row in pack.products}
        self._ranked = _rank(pack)
        self._written = _written(pack)

    def link(self, text: str) -> list[Link]:
        """The products of `text` from left to right; spans do not overlap."""
        squeezed, places = squeeze(text)
        named = [*self._by_name(text, squeezed, places), *self._by_sound(squeezed, places)]
        found = _apart(link for link in named if not _OWN.search(text, 0, link.start))
        taken = [(link.start, link.end) for link in named]
        parts = [part for part in self.parts(text) if not _touches(part.start, part.end, taken)]
        readings = (self._by_specification, self._by_size, self._by_pointing)
        described = [link for reading in readings for link in reading(text, parts)]
        described = [link for link in described if not _touches(link.start, link.end, taken)]
        found = _apart([*found, *described])
        return found or self._unknown(text, taken)

    def parts(self, text: str) -> list[Part]:
        """Family words and pieces of product names in `text`, longest first; none lies within another."""
        low = fold(text)
        squeezed, places = squeeze(text)
        found: list[Part] = []
        for form, ids in self._surfaces.parts.items():
            start = squeezed.find(form)
            while start >= 0:
                part = Part(places[start], places[start + len(form) - 1] + 1, ids)
                if _whole(low, part.start, part.end) and not any(
                    part.start >= other.start and part.end <= other.end for other in found
                ):
                    found.append(part)
                start = squeezed.find(form, start + 1)
        return found

    def _by_name(self, text: str, squeezed: str, places: list[int]) -> Iterator[Link]:
        low = fold(text)
        for start in range(len(squeezed)):
            for size in range(min(self._longest, len(squeezed) - start), 0, -1):
                product = self._surfaces.names.get(squeezed[start : start + size])
                begin, end = places[start], places[start + size - 1] + 1
                if product and _whole(low, begin, end):
                    yield Link(product, begin, end, 0.95)
                    break

    def _by_sound(self, squeezed: str, places: list[int]) -> Iterator[Link]:
        heard = tuple(sounds(squeezed))
        for size in self._sizes:
            for start in range(len(heard) - size + 1):
                product = self._sounding.get(heard[start : start + size])
                if product:
                    yield Link(product, places[start], places[start + size - 1] + 1, 0.8)

    def _by_specification(self, text: str, parts: Sequence[Part]) -> Iterator[Link]:
        """六轴的二十公斤的: a family and a value that one of it has; or 那个五公斤的 alone."""
        low = fold(text)
        for measure in find_measures(text):
            fitting = {row for row, specs in self._specs.items() if _has(specs, measure)}
            for part in parts:
                meant = fitting & part.products
                if len(meant) == 1 and _linked(low, part, measure):
                    start, end = min(part.start, measure.start), max(part.end, measure.end)
                    yield Link(next(iter(meant)), start, end, 0.85)
            if len(fitting) == 1 and (end_of := _pointed(low, measure.start, measure.end)):
                yield Link(next(iter(fitting)), measure.start, end_of, 0.8)

    def _by_size(self, text: str, parts: Sequence[Part]) -> Iterator[Link]:
        """六轴里小的那个: the smaller of a family, by the attribute that customers' needs are put on."""
        low = fold(text)
        for part in parts:
            size = _SMALLER.search(low, max(0, part.start - 12), min(len(low), part.end + 6))
            if len(part.products) < 2 or size is None or not self._ranked.keys() >= part.products:
                continue
            if _linked(low, part, Part(size.start(), size.end(), part.products)):
                best = min if size.group("small") else max
                product = best(sorted(part.products), key=self._ranked.__getitem__)
                yield Link(product, min(part.start, size.start()), max(part.end, size.end()), 0.75)

    def _by_pointing(self, text: str, parts: Sequence[Part]) -> Iterator[Link]:
        """这台协作的, where one product alone has 协作 in its name."""
        low = fold(text)
        for part in parts:
            family = squeeze(text[part.start : part.end])[0] in self._surfaces.family_words
            end = None if family else _pointed(low, part.start, part.end)
            if len(part.products) == 1 and end is not None:
                yield Link(next(iter(part.products)), part.start, end, 0.7)

    def _unknown(self, text: str, taken: list[tuple[int, int]]) -> list[Link]:
        """A thing asked for by a model code, or by a word before a family's, that the catalogue lacks."""
        low = fold(text)
        for model in _MODEL.finditer(low):
            if model.group(1) in self._surfaces.codes and not _touches(model.start(), model.end(), taken):
                return [Link(None, model.start(), model.end(), 0.6)]
        if not taken and _OFFERED.search(low):
            return [Link(None, start, end, 0.5) for start, end in self._strangers(text)][:1]
        return []

    def _strangers(self, text: str) -> Iterator[tuple[int, int]]:
        """Latin names that the pack never writes, and family words with a modifier that no product has."""
        for name in _NAME.finditer(text):
            if name.group().lower() not in self._written:
                yield name.start(), name.end()
        for part in self.parts(text):
            modifier = text[max(0, part.start - 2) : part.start]
            family = squeeze(text[part.start : part.end])[0] in self._surfaces.family_words
            if family and _MODIFIER.fullmatch(modifier) and modifier not in self._written:
                yield part.start - 2, part.end


def _written(pack: Pack) -> frozenset[str]:
    """Latin words, and pairs of Han characters, that the pack's catalogue, attributes and families use."""
    texts = [text for row in pack.products for text in (*row.name.values(), *row.aliases, *row.features)]
    texts += [value for row in pack.products for value in row.specs.values()]
    named = [*(row.names for row in pack.categories), *(row.names for row in pack.attributes)]
    texts += [word for names in named for word in chain(*names.values())]
    texts += [
        word for known in pack.lexicon.values() for name, said in known.items() for word in (name, *said)
    ]
    words: set[str] = set()
    for text in texts:
        low = fold(text)
        words |= set(re.findall(r"[a-z]+", low))
        words |= {low[place : place + 2] for place in range(len(low) - 1) if HAN.match(low[place])}
    return frozenset(words)


def _spec_measures(row: Product) -> Iterator[Measure]:
    for value in row.specs.values():
        yield from find_measures(value)


def _rank(pack: Pack) -> dict[str, float]:
    """How large a product is: its value of the first attribute that a need can be put on, by product."""
    for attribute in pack.attributes:
        if attribute.requirement is None or attribute.requirement.at != "least":
            continue
        ranked = {}
        for row in pack.products:
            measures = find_measures(row.specs.get(attribute.id, ""))
            if measures:
                ranked[row.id] = measures[0].value
        return ranked
    return {}


def _has(specs: Iterable[Measure], wanted: Measure) -> bool:
    return any(
        spec.dimension == wanted.dimension and abs(spec.value - wanted.value) <= 1e-6 * max(1.0, spec.value)
        for spec in specs
    )


def _linked(low: str, one: Part | Measure, other: Part | Measure) -> bool:
    """Whether two stretches stand side by side with nothing but 的, 那个 and the like between them."""
    first, second = sorted((one, other), key=lambda stretch: stretch.start)
    return first.end <= second.start and _LINK.fullmatch(low, first.end, second.start) is not None


def _pointed(low: str, start: int, end: int) -> int | None:
    """Where 那个五公斤的, 五公斤那款 or `the 5 kg one` ends; None where the stretch is not pointed at."""
    if found := _AFTER_EN.match(low, end):
        return found.end()
    after = _AFTER_ZH.match(low, end)
    if after is None:
        return None
    pointed_after = re.search(_THAT, after.group()) is not None
    return after.end() if pointed_after or _POINTED_ZH.search(low, 0, start) else None


def _whole(low: str, start: int, end: int) -> bool:
    """Whether a form is not a part of a longer Latin word or number; an English plural is let through."""
    if start and _LATIN.match(low[start]) and _LATIN.match(low[start - 1]):
        return False
    if end < len(low) and _LATIN.match(low[end - 1]) and _LATIN.match(low[end]):
        return re.match(r"e?s(?![a-z0-9])", low[end:]) is not None
    if end < len(low) and _COUNTING.match(low[end - 1]) and not low[end - 1].isdigit():
        return not _COUNTING.match(low[end])
    return True


def _touches(start: int, end: int, taken: Iterable[tuple[int, int]]) -> bool:
    return any(start < stop and begin < end for begin, stop in taken)


def _apart(links: Iterable[Link]) -> list[Link]:
    """The surest and longest of overlapping links, in the order said."""
    chosen: list[Link] = []
    for link in sorted(links, key=lambda each: (each.start - each.end, -each.confidence, each.start)):
        if not _touches(link.start, link.end, [(each.start, each.end) for each in chosen]):
            chosen.append(link)
    return sorted(chosen, key=lambda each: each.start)
