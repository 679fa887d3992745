"""The facts of a pack as clauses in the reader's form, ready to be compared with what a sentence says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from core.pack import Fact, Pack
from policy.guard.extract_names import Names
from policy.guard.lexicon import Pattern, any_of, at_word_start, lexicon
from policy.guard.read import Clause, Reader

_ELSEWHERE = any_of(["其他地区", "其它地区", "其余", "外地", "外省", "其他省", *at_word_start(["elsewhere", "other (regions|provinces|areas)"])])
_BEYOND = any_of(["以外", "之外", *at_word_start(["outside", "beyond"])])
_UNPLACED = frozenset({"site", "customers", "founded", "demo", "training"})
"""Concepts whose facts name places without putting a condition on them."""


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
    source: str = ""

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
        self.reader = Reader(self.names, self.attributes)
        self._facts = tuple(fact for fact in facts if fact.topic not in ("price", "offer"))
        self._at = lru_cache(maxsize=4)(self._build)

    def segments(self, day: date) -> tuple[Segment, ...]:
        """The segments in force on `day`."""
        return self._at(day)

    def vocabulary(self, day: date) -> frozenset[str]:
        """Every content term of the facts in force and of the pack's own names."""
        return self._vocabulary(day)

    @lru_cache(maxsize=4)  # noqa: B019  one guard lives as long as its process
    def _vocabulary(self, day: date) -> frozenset[str]:
        from policy.guard.text import terms

        words = [term for segment in self.segments(day) for term in segment.whole]
        for product in self.pack.products:
            for word in (*product.name.values(), *product.aliases, *product.features, *product.specs.values()):
                words += terms(word)
        for category in self.pack.categories:
            words += [term for names in category.names.values() for name in names for term in terms(name)]
        for ways in self.pack.lexicon.values():
            words += [term for way in (*ways, *(w for ws in ways.values() for w in ws)) for term in terms(way)]
        return frozenset(words)

    def _build(self, day: date) -> tuple[Segment, ...]:
        found = [s for fact in self._facts if fact.in_force(day) for s in self._of_fact(fact, day)]
        for chunk in self.pack.knowledge:
            if chunk.in_force(day):
                found += self._of_text(chunk.text, day, chunk.source, "knowledge", frozenset(), Fact_WHEN)
        return tuple(found)

    def _of_fact(self, fact: Fact, day: date) -> Iterator[Segment]:
        products = {*fact.when.products, *fact.about.products, *([fact.product] if fact.product else [])}
        for category in (*fact.when.categories, *fact.about.categories):
            products |= self.names.members.get(category, frozenset())
        extra = {f"attr:{fact.topic}"} if fact.topic in self.attributes else set()
        for text in fact.text.values():
            yield from self._of_text(text, day, fact.id, fact.topic, frozenset(products), fact, frozenset(extra))

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
        for clause in reading.clauses:
            concepts = (clause.concepts or reading.about(clause)) | extra
            regions, not_regions = _regions(clause, concepts, seen_places, when)
            seen_places |= clause.provinces
            named = frozenset(clause.products) or frozenset(
                member for family in clause.families for member in self.names.members.get(family, ())
            )
            yield Segment(
                fact=fact_id,
                topic=topic,
                clause=clause,
                whole=whole,
                concepts=concepts,
                products=(named if named and not products else products & named or products),
                regions=regions,
                not_regions=not_regions,
                amount_at_least=when.amount_at_least if when else None,
                source=fact.source if fact else fact_id,
            )
