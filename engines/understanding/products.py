"""Product linking: which rows of the pack's catalogue an utterance names, and where."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from itertools import chain
from typing import NamedTuple

from core.pack import Pack, Product
from engines.understanding.described import Features
from engines.understanding.hearing import Hearing
from engines.understanding.measures import Measure, find_measures
from engines.understanding.strangers import Strangers
from engines.understanding.surfaces import Surfaces, squeeze, surfaces
from engines.understanding.text import HAN, fold
from engines.words import is_cut

_LATIN = re.compile(r"[a-z0-9]")
_PLURAL = re.compile(r"e?s(?![a-z0-9])")
_COUNTING = re.compile(r"[零一二三四五六七八九十百千万0-9]")
_OWN = re.compile(
    r"(?:自己的|自有的?|自己有|自己用的|现有的|现在用的|原来的|已有的?|已经有|别家的|别人的|人家的"
    r"|(?:our|my) own|existing|current|another vendor's|somebody else's)\s*[一-龥]{0,2}\s*$"
)
_MEASURES = "个款台套种条辆只批"
_THAT = rf"(?:[那这哪][{_MEASURES}])"
_LINK = re.compile(
    rf"(?:的|{_THAT}|[那这]|里面?|中|,|，|\s|版本?|款|级|class|rated|payload|负载|载重|规格|就?要|选|one"
    rf"|the)*"
)
_POINTED_ZH = re.compile(rf"(?:{_THAT}|[那这]|就是|要|换成?)\s*$")
_AFTER_ZH = re.compile(
    rf"的?\s*{_THAT}|的(?=$|[\s,，。.?？!！、;；]"
    r"|多少|什么|怎么|几|现在|能|有|是|要|给|来|呢|吧|吗|啊|报|贵|打|拿|行|跟|和|比|与|还)"
)
_AFTER_EN = re.compile(r"\s*(?:one|ones|model|version|unit)\b")
_REACH = 40
"""How far apart a family word and a value may stand."""
_ONE_WITH = re.compile(
    r"\bones? (?:with|for|of|at|rated(?: at| for)?|that (?:lifts|carries|takes|does))(?: an?| the)? $"
)
_ONE = re.compile(r"\bones? (?:that )?$")
_SMALLER = re.compile(
    r"(?P<small>最?小(?![时心伙姐])|small(?:er|est)?)(?:一?点|一号)?"
    r"|(?P<large>最?大(?![概约致家多约])|big(?:ger|gest)?|larg(?:er|est))(?:一?点|一号)?"
)
_THE = re.compile(r"\b(?:the|that|your) $")
_STRANGE_MODEL = re.compile(
    r"(?:^|那|有没有|有|你们的?|the )(?P<model>(?<![A-Za-z])(?![QH][1-4](?![0-9]))[A-Z]{1,2}-?[0-9]{1,4}(?![A-Za-z0-9]))"
    r"(?=呢|吗|有吗|有没有|多少钱|什么价|怎么卖|几钱|怎么样|款|那款|那台| robots?\b|\?)"
)
"""A model code such as nobody here sells, where it is asked for: 那T9呢."""
_MODEL = re.compile(r"(?<![a-z0-9])([a-z]{1,4})-?(\d{1,4})(?![a-z0-9]|\s*(?:million|thousand|[万亿]))")


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
        self._hearing = Hearing(self._surfaces.names, self._surfaces.family_words)
        sizes: defaultdict[str, set[int]] = defaultdict(set)
        for form in self._surfaces.names:
            sizes[form[0]].add(len(form))
        self._sizes = {first: sorted(each, reverse=True) for first, each in sizes.items()}
        self._specs = {row.id: list(_spec_measures(row)) for row in pack.products}
        self._ranked = _rank(pack)
        self._strangers = Strangers(pack, self._surfaces.family_words)
        self._features = Features(pack, self._surfaces.family_words | self._surfaces.names.keys())
        self._heads = _heads(pack)

    def link(self, text: str) -> list[Link]:
        """The products of `text` from left to right; spans do not overlap."""
        squeezed, places = squeeze(text)
        named = list(self._by_name(text, squeezed, places))
        owners = {place: link for link in named for place in range(link.start, link.end)}
        named += [link for link in self._by_sound(squeezed, places) if _outdoes(link, owners)]
        found = _apart(link for link in named if not _OWN.search(text, max(0, link.start - 24), link.start))
        taken = _places(named)
        parts = sorted(part for part in self.parts(text) if taken.isdisjoint(range(part.start, part.end)))
        readings = (self._by_specification, self._by_size, self._by_pointing, self._by_feature)
        described = [link for reading in readings for link in reading(text, parts)]
        described = [link for link in described if taken.isdisjoint(range(link.start, link.end))]
        found = _joined(fold(text), _apart([*found, *described]))
        return found or self._unknown(text, taken)

    def parts(self, text: str) -> list[Part]:
        """Family words and pieces of product names in `text`, longest first; none lies within another."""
        low = fold(text)
        squeezed, places = squeeze(text)
        found: list[Part] = []
        ends: dict[int, int] = {}
        for form, ids in self._surfaces.parts.items():
            start = squeezed.find(form)
            while start >= 0:
                part = Part(places[start], places[start + len(form) - 1] + 1, ids)
                if _whole(low, part.start, part.end) and ends.get(part.start, 0) < part.end:
                    found.append(part)
                    for place in range(part.start, part.end):
                        ends[place] = max(ends.get(place, 0), part.end)
                start = squeezed.find(form, start + 1)
        return found

    def _by_name(self, text: str, squeezed: str, places: list[int]) -> Iterator[Link]:
        low = fold(text)
        for start, first in enumerate(squeezed):
            for size in self._sizes.get(first, ()):
                product = self._surfaces.names.get(squeezed[start : start + size])
                if product is None or start + size > len(squeezed):
                    continue
                begin, end = places[start], places[start + size - 1] + 1
                if _whole(low, begin, end) and not _is_cut(text, begin, end):
                    yield Link(product, begin, end, 0.95)
                    break

    def _by_sound(self, squeezed: str, places: list[int]) -> Iterator[Link]:
        for heard in self._hearing.find(squeezed):
            yield Link(heard.product, places[heard.start], places[heard.end - 1] + 1, heard.confidence)

    def _by_specification(self, text: str, parts: Sequence[Part]) -> Iterator[Link]:
        """六轴的二十公斤的: a family and a value that one of it has; or 那个五公斤的 alone."""
        low = fold(text)
        for measure in find_measures(text):
            fitting = {row for row, specs in self._specs.items() if _has(specs, measure)}
            for part in _near(parts, measure.start, measure.end) if fitting else ():
                meant = fitting & part.products
                if len(meant) == 1 and _linked(low, part, measure):
                    start, end = min(part.start, measure.start), max(part.end, measure.end)
                    yield Link(next(iter(meant)), start, end, 0.85)
            end_of = measure.end if _ONE_WITH.search(low, max(0, measure.start - 30), measure.start) else None
            end_of = end_of or _pointed(low, measure.start, measure.end)
            end_of = end_of or self._headed(low, measure.start, measure.end)
            if len(fitting) == 1 and end_of:
                yield Link(next(iter(fitting)), measure.start, end_of, 0.8)

    def _headed(self, low: str, start: int, end: int) -> int | None:
        """Where `the 20 kg arm` ends, by a noun that names of goods end in; None where there is none."""
        head = self._heads.match(low, end) if _THE.search(low, 0, start) else None
        return head.end() if head else None

    def _by_feature(self, text: str, parts: Sequence[Part]) -> Iterator[Link]:
        """带碰撞检测那个: pointed at by what one product alone has."""
        low = fold(text)
        for feature in self._features.find(text):
            end = None
            if _ONE_WITH.search(low, 0, feature.start) or _ONE.search(low, 0, feature.start):
                end = feature.end
            end = end or _pointed(low, feature.start, feature.end)
            if end is not None:
                yield Link(feature.product, feature.start, end, 0.75)

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

    def _unknown(self, text: str, taken: Set[int]) -> list[Link]:
        """A thing asked for by a model code, or by a word before a family's, that the catalogue lacks."""
        low = fold(text)
        for model in _MODEL.finditer(low):
            if model.group(1) in self._surfaces.codes and taken.isdisjoint(range(*model.span())):
                return [Link(None, model.start(), model.end(), 0.6)]
        strange = _STRANGE_MODEL.search(text)
        if strange and taken.isdisjoint(range(*strange.span("model"))):
            return [Link(None, *strange.span("model"), 0.6)]
        if taken:
            return []
        spans = [(part.start, part.end) for part in self.parts(text)]
        return [Link(None, start, end, 0.5) for start, end in self._strangers.find(text, spans)][:1]


def _heads(pack: Pack) -> re.Pattern[str]:
    """Matches the English nouns that names of the pack's goods end in: arm, robot, station."""
    said = [*(text for row in pack.products for text in (*row.name.values(), *row.aliases))]
    said += [word for category in pack.categories for word in chain(*category.names.values())]
    nouns = {found.group() for text in said if (found := re.search(r"(?<=[a-z] )[a-z]{3,}$", fold(text)))}
    return re.compile(rf"[ -]*(?:{'|'.join(sorted(nouns, key=len, reverse=True)) or '(?!)'})s?\b")


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
    return after.end() if pointed_after or _POINTED_ZH.search(low, max(0, start - 12), start) else None


def _whole(low: str, start: int, end: int) -> bool:
    """Whether a form is not a part of a longer Latin word or number; an English plural is let through."""
    if start and _LATIN.match(low[start]) and _LATIN.match(low[start - 1]):
        return False
    if end < len(low) and _LATIN.match(low[end - 1]) and _LATIN.match(low[end]):
        return _PLURAL.match(low, end) is not None
    if end < len(low) and _COUNTING.match(low[end - 1]) and not low[end - 1].isdigit():
        return not _COUNTING.match(low[end])
    return True


def _is_cut(text: str, start: int, end: int) -> bool:
    """Whether two Han characters are halves of other words: the 小车 of 小车间."""
    return end - start == 2 and all(HAN.match(char) for char in text[start:end]) and is_cut(text, start, end)


def _places(links: Iterable[Link | Part]) -> set[int]:
    """The code points that any of some stretches takes."""
    return {place for link in links for place in range(link.start, link.end)}


def _near(parts: Sequence[Part], start: int, end: int) -> Sequence[Part]:
    """Those of the `parts`, sorted, that begin within reach of a stretch."""
    first = bisect_left(parts, start - _REACH, key=lambda part: part.start)
    return parts[first : bisect_left(parts, end + _REACH, key=lambda part: part.start)]


def _outdoes(heard: Link, written: Mapping[int, Link]) -> bool:
    """Whether a name heard lies apart from those written, or is longer than all that it holds."""
    ends = (written.get(heard.start), written.get(heard.end - 1))
    return all(
        each is None or (heard.start <= each.start and each.end <= heard.end and each[1:3] != heard[1:3])
        for each in ends
    )


def _joined(low: str, links: list[Link]) -> list[Link]:
    """One link of two that name the same product side by side: C5协作机器人, 协作那台C5."""
    joined: list[Link] = []
    for link in links:
        last = joined[-1] if joined else None
        if last and last.product == link.product and _LINK.fullmatch(low, last.end, link.start):
            joined[-1] = Link(link.product, last.start, link.end, max(last.confidence, link.confidence))
        else:
            joined.append(link)
    return joined


def _apart(links: Iterable[Link]) -> list[Link]:
    """The surest and longest of overlapping links, in the order said."""
    chosen: list[Link] = []
    taken: set[int] = set()
    for link in sorted(links, key=lambda each: (each.start - each.end, -each.confidence, each.start)):
        places = range(link.start, link.end)
        if taken.isdisjoint(places):
            taken.update(places)
            chosen.append(link)
    return sorted(chosen, key=lambda each: each.start)
