"""What every resolver is handed, and what it answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from core.pack import Pack, Product
from core.types import Quote, Situation, Violation
from policy.guard.evidence import Evidence, Segment
from policy.guard.extract_places import ELSEWHERE, elsewhere, places_in
from policy.guard.lexicon import Lexicon, lexicon
from policy.guard.read import Clause, Reading
from policy.guard.values import Value


@dataclass(frozen=True)
class Check:
    """One sentence under examination."""

    reading: Reading
    evidence: Evidence
    situation: Situation
    quotes: tuple[Quote, ...] = ()
    words: Lexicon = field(default_factory=lexicon)

    @property
    def pack(self) -> Pack:
        return self.evidence.pack

    @property
    def segments(self) -> tuple[Segment, ...]:
        return self.evidence.segments(self.situation.now.date(), self.reading.lang)

    def statements(self) -> Iterator[Clause]:
        """Clauses that state or offer something: no denials, no questions, nothing the customer said."""
        for clause in self.reading.clauses:
            if not clause.negated and not self.asks(clause):
                yield clause

    def asks(self, clause: Clause) -> bool:
        """Whether a clause only asks; an offer put as a question (给您打八折怎么样) is none."""
        return clause.question and not self.words.has("offering", clause.text)

    def scope(self, clause: Clause) -> tuple[str, ...]:
        """Product ids the clause is about, the deal's product where the sentence names none."""
        if not clause.products and clause.families:
            return self._members(clause.families)
        named = self.reading.scope(clause) or self._members(self.reading.families(clause))
        if named:
            return named
        return (self.situation.product,) if self.situation.product else ()

    def matter(self, clause: Clause) -> frozenset[str]:
        """What the clause is about, with the side of a contrast that a bare clause before it has set."""
        concepts = self.reading.about(clause)
        place = self.reading.clauses.index(clause)
        if place == 0:
            return concepts
        before = self.reading.clauses[place - 1]
        if before.values or before.tags or before.shares:
            return concepts
        sides = [group for group in self.words.exclusive if not group & concepts]
        return concepts | frozenset(name for group in sides for name in group & before.concepts)

    def _members(self, families: frozenset[str]) -> tuple[str, ...]:
        members = self.evidence.names.members
        return tuple(product for family in sorted(families) for product in sorted(members.get(family, ())))

    def products(self, clause: Clause) -> list[Product]:
        """The catalogue rows of `scope`."""
        return [row for row in map(self.pack.product, self.scope(clause)) if row is not None]

    def provinces(self, clause: Clause) -> frozenset[str]:
        """Provinces the clause is about, the customer's where the sentence names none."""
        place = self.reading.clauses.index(clause)
        order = (clause, *reversed(self.reading.clauses[:place]), *self.reading.clauses[place + 1 :])
        named = next((provinces for other in order if (provinces := _where(other))), frozenset())
        if named or not self.situation.location:
            return named
        return frozenset().union(*places_in(self.situation.location).values())

    def quantities(self, product: str | None = None) -> set[int]:
        """Counts of goods the sentence states, and the deal's own."""
        found = {
            round(v.low) for c in self.reading.clauses for v in c.values if _counts_goods(v) and v.low >= 1
        }
        if len(found) > 1 and self.words.has("adding", self.reading.text):
            found.add(sum(found))
        if self.situation.quantity and product in (None, self.situation.product):
            found.add(self.situation.quantity)
        return found


def _where(clause: Clause) -> frozenset[str]:
    """Provinces a clause names; ELSEWHERE for all beyond the ones that conditions name."""
    return frozenset({ELSEWHERE}) if elsewhere(clause.text) else clause.provinces


def _counts_goods(value: Value) -> bool:
    return bool(value.families & {"goods", "pieces"})


def violation(kind: str, clause: Clause, reason: str) -> Violation:
    """A violation whose text is the clause it stands in."""
    return Violation(kind=kind, text=clause.text.strip(" ,;。."), reason=reason)
