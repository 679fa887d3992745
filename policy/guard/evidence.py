"""The facts of a pack as clauses in the reader's form, ready to be compared with what a sentence says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from core.pack import Condition, Fact, Offer, Pack, Product
from core.types import Lang
from policy.guard.extract_names import Names
from policy.guard.extract_places import beyond, names_rest
from policy.guard.lexicon import Pattern, any_of, at_word_start, data
from policy.guard.read import Clause, Reader
from policy.guard.text import bare, clean, terms

_UNPLACED = frozenset({"site", "customers", "founded", "demo", "training"})
"""Concepts whose facts name places without putting a condition on them."""


_PLACED = frozenset({"install", "response", "travel"})
"""Concepts whose facts keep the place that the clause before them named."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One clause of a fact, with what the whole fact says about when it holds."""

    fact: str
    topic: str
    clause: Clause
    whole: frozenset[str]
    """Terms of the whole fact."""
    concepts: frozenset[str]
    products: frozenset[str]
    regions: frozenset[str]
    not_regions: frozenset[str]
    amount_at_least: float | None = None
    quantity_at_least: int | None = None
    lang: Lang | None = None
    """The language it is in, None where the fact has no other."""
    claim: bool = False
    """Whether it comes from a policy claim, a customer's case aside."""

    def allows(self, provinces: frozenset[str]) -> bool:
        """Whether it holds in every one of `provinces`; nothing said about the place is no bar here."""
        if "*" in provinces:
            return not self.regions and not self.not_regions
        return (not self.regions or provinces <= self.regions) and not (provinces & self.not_regions)

    def placed(self) -> bool:
        """Whether it holds in some places only."""
        return bool(self.regions or self.not_regions)


class Evidence:
    """Everything the facts say, in force on a day."""

    def __init__(self, pack: Pack, facts: Iterable[Fact]) -> None:
        self.pack = pack
        self.names = Names(pack)
        self.attributes = {
            attribute.id: any_of(
                [_literal(word) for word in attribute.names.get("zh", ())]
                + at_word_start([_literal(word) for word in attribute.names.get("en", ())])
            )
            for attribute in pack.attributes
        }
        self.reader = Reader(self.names, self.attributes, _showing(pack))
        self.kinds = _kinds(pack)
        self.catalogue_texts = {product.id: _row_texts(product) for product in pack.products}
        self._own_names = frozenset(
            term
            for names in (
                *(text for p in pack.products for text in (*p.name.values(), *p.aliases)),
                *(
                    word
                    for category in pack.categories
                    for words in category.names.values()
                    for word in words
                ),
            )
            for term in terms(names)
        )
        self.features = frozenset(
            plain
            for product in pack.products
            for text in (*product.features, *product.specs.values())
            if len(plain := clean(text).lower()) >= 3 and not re.search(r"\d", plain)
        )
        self.offer_words = {offer.id: _own_words(offer, pack) for offer in pack.offers}
        self._stated = tuple(facts)
        self._facts = tuple(fact for fact in self._stated if fact.topic not in ("price", "offer"))
        self._at = lru_cache(maxsize=12)(self._build)

    def segments(self, day: date, lang: Lang | None = None) -> tuple[Segment, ...]:
        """The segments in force on `day`, of a fact in two languages those in `lang`."""
        return self._at(day, lang)

    def verbatim(self, day: date) -> frozenset[str]:
        """The facts in force word for word, as `bare` strips them."""
        return self._verbatim(day)

    @lru_cache(maxsize=4)  # noqa: B019
    def _verbatim(self, day: date) -> frozenset[str]:
        texts = [text for fact in self._stated if fact.in_force(day) for text in fact.text.values()]
        texts += [note for offer in self.pack.offers if offer.in_force(day) for note in offer.note.values()]
        texts += [chunk.text for chunk in self.pack.knowledge if chunk.in_force(day)]
        return frozenset(bare(text) for text in texts)

    def vocabulary(self, day: date) -> frozenset[str]:
        """Every content term of the facts in force and of the pack's own names."""
        return self._vocabulary(day)

    @lru_cache(maxsize=4)  # noqa: B019  one guard lives as long as its process
    def _vocabulary(self, day: date) -> frozenset[str]:
        words = [term for segment in self.segments(day) for term in segment.whole]
        for product in self.pack.products:
            for word in (
                *product.name.values(),
                *product.aliases,
                *product.features,
                *product.specs.values(),
            ):
                words += terms(word)
        for category in self.pack.categories:
            words += [term for names in category.names.values() for name in names for term in terms(name)]
        for ways in self.pack.lexicon.values():
            words += [
                term for way in (*ways, *(w for ws in ways.values() for w in ws)) for term in terms(way)
            ]
        return frozenset(words)

    @lru_cache(maxsize=4)  # noqa: B019
    def conditional(self, day: date) -> frozenset[str]:
        """Content terms that only facts with a least amount or quantity use."""
        asked: set[str] = set()
        free: set[str] = set(self._own_names)
        for segment in self.segments(day):
            (asked if segment.amount_at_least or segment.quantity_at_least else free).update(segment.whole)
        return frozenset(asked - free)

    @lru_cache(maxsize=4)  # noqa: B019
    def holders(self, day: date) -> dict[str, frozenset[str]]:
        """Content term to the products that facts use it of; terms that any general fact uses are left out."""
        found: dict[str, set[str]] = {}
        general: set[str] = set()
        for segment in self.segments(day):
            if not segment.products:
                general |= segment.clause.terms
            for term in segment.clause.terms if segment.products and segment.claim else ():
                found.setdefault(term, set()).update(segment.products)
        return {
            term: frozenset(held) for term, held in found.items() if term not in general | self._own_names
        }

    def _build(self, day: date, lang: Lang | None) -> tuple[Segment, ...]:
        if lang is not None:
            return tuple(s for s in self._at(day, None) if s.lang in (lang, None))
        found = [s for fact in self._facts if fact.in_force(day) for s in self._of_fact(fact, day)]
        for chunk in self.pack.knowledge:
            if chunk.in_force(day):
                found += self._of_text(chunk.text, day, chunk.source, "knowledge", frozenset(), None)
        return tuple(found)

    def _of_fact(self, fact: Fact, day: date) -> Iterator[Segment]:
        products = {*fact.when.products, *fact.about.products, *([fact.product] if fact.product else [])}
        for category in (*fact.when.categories, *fact.about.categories):
            products |= self.names.members.get(category, frozenset())
        extra = {f"attr:{fact.topic}"} if fact.topic in self.attributes else set()
        for lang, text in fact.text.items():
            segments = self._of_text(
                text, day, fact.id, fact.topic, frozenset(products), fact, frozenset(extra)
            )
            yield from (replace(s, lang=lang if len(fact.text) > 1 else None) for s in segments)

    def _of_text(
        self,
        text: str,
        day: date,
        fact_id: str,
        topic: str,
        products: frozenset[str],
        fact: Fact | None,
        extra: frozenset[str] = frozenset(),
    ) -> Iterator[Segment]:
        reading = self.reader.read(text, day)
        whole = reading.terms
        when = fact.when if fact else None
        seen_places: frozenset[str] = frozenset()
        carried: frozenset[str] = frozenset()
        last: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())
        for clause in reading.clauses:
            concepts = reading.about(clause) | extra
            regions, not_regions = _regions(clause, concepts, seen_places, when)
            if not clause.places and not (regions or not_regions) and concepts & _PLACED:
                regions, not_regions = last
            last = (regions, not_regions)
            seen_places |= clause.provinces
            named = frozenset(clause.products) or frozenset(
                member for family in clause.families for member in self.names.members.get(family, ())
            )
            carried = named or carried
            yield Segment(
                fact=fact_id,
                topic=topic,
                clause=clause,
                whole=whole,
                concepts=concepts,
                products=products & carried or products or carried,
                regions=regions,
                not_regions=not_regions,
                amount_at_least=when.amount_at_least if when else None,
                quantity_at_least=when.quantity_at_least if when else None,
                claim=fact is not None and not fact.source.startswith("catalogue:") and topic != "case",
            )


def _showing(pack: Pack) -> Pattern:
    """Words for the pack's ways to see the goods."""
    words = [word for mode in pack.demo_modes for word in mode.words]
    return any_of([_literal(w) if not w.isascii() else rf"(?<![a-z]){_literal(w)}" for w in words])


def _literal(word: str) -> str:
    return re.escape(word)


def _regions(
    clause: Clause, concepts: frozenset[str], before: frozenset[str], when: Condition | None
) -> tuple[frozenset[str], frozenset[str]]:
    """Where a clause of a fact holds, and where not: as its condition says, else as its own words say."""
    if when is not None and when.names_region():
        return frozenset(when.regions), frozenset(when.not_regions)
    if names_rest(clause.text):
        return frozenset(), before
    if not clause.places or concepts & _UNPLACED:
        return frozenset(), frozenset()
    if beyond(clause.text):
        return frozenset(), clause.provinces
    return clause.provinces, frozenset()


def _kinds(pack: Pack) -> Pattern:
    """A modifier before a noun that the goods of the pack are called by: 喷涂 + 机器人, palletising + robot."""
    zh, en = set(), set()
    for product in pack.products:
        for word in (*product.name.values(), *product.aliases):
            bare = re.sub(r"[\sA-Za-z\d]+$", "", word)
            if len(bare) >= 4 and "\u4e00" <= bare[-1] <= "\u9fff":
                zh.add(bare[-3:])
                zh.add(bare[-2:])
        for word in re.findall(r"[a-z]{4,}", product.name.get("en", "").lower())[-1:]:
            en.add(word)
    patterns = (
        [rf"([\u4e00-\u9fff]{{2}})(?:{'|'.join(map(re.escape, sorted(zh, key=len, reverse=True)))})"]
        if zh
        else []
    )
    if en:
        patterns.append(rf"\b([a-z]{{4,}}) (?:{'|'.join(sorted(en))})s?\b")
    return re.compile("|".join(patterns) or r"(?!)", re.IGNORECASE)


def _row_texts(product: Product) -> tuple[str, ...]:
    """Everything one catalogue row says or is called, cleaned, in lower case."""
    texts = (*product.specs.values(), *product.features, *product.name.values(), *product.aliases)
    return tuple(clean(text).lower() for text in texts)


def _own_words(offer: Offer, pack: Pack) -> tuple[frozenset[str], ...]:
    """What names an offer, by language: its note without brackets, product names and words every offer has."""
    goods = frozenset(
        t for p in pack.products for name in (*p.name.values(), *p.aliases) for t in terms(name)
    )
    general = terms(data("stop.yaml")["offer"])
    found = (terms(clean(note).split("(")[0]) - general - goods for note in offer.note.values())
    return tuple(words for words in found if words)
