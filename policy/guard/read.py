"""Reads a sentence into clauses with everything in them that could commit the company.

Sentences to check and facts to check against go through the same reader, so that they meet in one form.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from core.types import Lang
from policy.guard.extract_contacts import Contact, read_contacts
from policy.guard.extract_discounts import Share, read_shares
from policy.guard.extract_money import Scale, settle
from policy.guard.extract_names import Name, Names
from policy.guard.extract_places import places_in
from policy.guard.extract_times import Clock, Day, read_clocks, read_days, read_weekdays
from policy.guard.extract_values import read_values
from policy.guard.lexicon import Lexicon, Pattern, lexicon
from policy.guard.text import clauses, clean, language, terms
from policy.guard.values import Value

_OWN = re.compile(
    r"(?:您|你|贵司|贵公司|客户)(?:们|那边|这边|自己|现在|目前|刚才|刚刚|之前|的)*(?:说|提|讲|要|需要|"
    r"想要|打算|准备|计划|预算|报|有|问|想|目标)"
    r"|按您|照您|根据您|\byou(?:'ve| have| had)? (?:just )?(?:said|mentioned|need|want|asked|plan|told|"
    r"require|have|are looking)|\byour (?:budget|plan|requirement|target|order|need)",
    re.IGNORECASE,
)


WEAK = frozenset({"price"})
Item = TypeVar("Item", Name, Contact, Day, Clock, Share, Value)
FLOOR = 0.3
"""Below this share of the cheapest list price a number is no price."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause and what it holds. Spans are code points of the whole cleaned sentence."""

    text: str
    start: int
    end: int
    products: tuple[str, ...]
    mentions: tuple[Name, ...]
    families: frozenset[str]
    rivals: tuple[str, ...]
    codes: tuple[Name, ...]
    places: dict[str, frozenset[str]]
    values: tuple[Value, ...]
    shares: tuple[Share, ...]
    days: tuple[Day, ...]
    clocks: tuple[Clock, ...]
    weekdays: frozenset[int]
    contacts: tuple[Contact, ...]
    concepts: frozenset[str]
    tags: frozenset[str]
    """Tags of words.yaml that the clause affirms."""
    negated: bool
    question: bool
    own: bool
    """Whether the clause speaks of what the customer has or wants."""
    terms: frozenset[str]

    @property
    def provinces(self) -> frozenset[str]:
        return frozenset().union(*self.places.values()) if self.places else frozenset()


@dataclass(frozen=True, slots=True)
class Reading:
    """A sentence, cleaned and read."""

    text: str
    lang: Lang
    clauses: tuple[Clause, ...]

    @property
    def products(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(product for clause in self.clauses for product in clause.products))

    @property
    def concepts(self) -> frozenset[str]:
        return frozenset().union(*(clause.concepts for clause in self.clauses))

    @property
    def terms(self) -> frozenset[str]:
        return frozenset().union(*(clause.terms for clause in self.clauses))

    def scope(self, clause: Clause) -> tuple[str, ...]:
        """The products a clause is about: its own, else those named last before it, else the next named."""
        if clause.products:
            return clause.products
        place = self.clauses.index(clause)
        before = next((other.products for other in reversed(self.clauses[:place]) if other.products), ())
        if before:
            return before
        own = _families(clause)
        behind = next((other for other in self.clauses[place + 1 :] if other.products), None)
        return behind.products if behind is not None and not own & _families(behind) else ()

    def families(self, clause: Clause) -> frozenset[str]:
        """The families a clause is about, its own or those named before it."""
        place = self.clauses.index(clause)
        return next(
            (c.families for c in (clause, *reversed(self.clauses[:place])) if c.families), frozenset()
        )

    def about(self, clause: Clause) -> frozenset[str]:
        """The concepts of a clause, else of the nearest clause before it that has any, else of the next.

        A concept of WEAK does not tell what a clause is about: it keeps that of the clause before it.
        """
        if clause.concepts - WEAK:
            return clause.concepts
        place = self.clauses.index(clause)
        order = (*reversed(self.clauses[:place]), *self.clauses[place + 1 :])
        return clause.concepts | next((o.concepts for o in order if o.concepts - WEAK), frozenset())


def _families(clause: Clause) -> frozenset[str]:
    return frozenset().union(*(value.families for value in clause.values))


class Reader:
    """Reads texts with the names of one pack.

    `attributes` maps attribute ids to the words for them; `showing` are the words for ways to see the goods.
    """

    def __init__(self, names: Names, attributes: dict[str, Pattern], showing: Pattern) -> None:
        self.names = names
        self._attributes = attributes
        self._showing = showing
        self._words: Lexicon = lexicon()
        self._scale = Scale(names.unit_words, FLOOR * names.cheapest)

    def read(self, text: str, today: date) -> Reading:
        """The reading of one sentence."""
        plain = clean(text)
        products = self.names.products(plain)
        families = self.names.families(plain, products)
        rivals = self.names.rivals(plain)
        codes = self.names.codes(plain, [*products, *families, *rivals])
        contacts = read_contacts(plain)
        days = [day for day in read_days(plain, today) if not _inside(day, products)]
        clocks = [clock for clock in read_clocks(plain) if not _inside(clock, products)]
        shares = read_shares(plain)
        taken = [
            (x.start, x.end) for group in (products, codes, contacts, days, clocks, shares) for x in group
        ]
        values = [settle(value, plain, products, self._scale) for value in read_values(plain, taken)]
        found = []
        for start, end in clauses(plain):
            masked = _mask(plain, start, end, products)
            found.append(
                self._clause(
                    plain[start:end],
                    masked,
                    (start, end),
                    products=tuple(dict.fromkeys(name.id for name in _within(products, start, end))),
                    mentions=tuple(_within(products, start, end)),
                    families=frozenset(name.id for name in _within(families, start, end)),
                    rivals=tuple(name.id for name in _within(rivals, start, end)),
                    codes=tuple(_within(codes, start, end)),
                    contacts=tuple(_within(contacts, start, end)),
                    days=tuple(_within(days, start, end)),
                    clocks=tuple(_within(clocks, start, end)),
                    shares=tuple(_within(shares, start, end)),
                    values=tuple(_within(values, start, end)),
                )
            )
        return Reading(plain, language(text), tuple(found))

    def _clause(self, text: str, masked: str, span: tuple[int, int], **found: object) -> Clause:
        tags, bare = self._tags(masked)
        plain = self._words.without_sides(masked)
        concepts = self._words.concepts_of(masked) | {
            f"attr:{name}" for name, pattern in self._attributes.items() if pattern.search(plain)
        }
        if self._showing.search(masked):
            concepts |= {"demo"}
        return Clause(
            text=text,
            start=span[0],
            end=span[1],
            places=places_in(masked),
            weekdays=read_weekdays(text),
            concepts=concepts,
            tags=tags,
            negated=self._denies(bare),
            question=self._words.has("question", text.strip()),
            own=_OWN.search(text) is not None,
            terms=terms(plain),
            **found,  # type: ignore[arg-type]
        )

    def _tags(self, text: str) -> tuple[frozenset[str], str]:
        """The affirmed tags, and the text without the words that made them."""
        found: set[str] = set()
        for tag, pattern in self._words.tags.items():
            match = pattern.search(text)
            if match is None:
                continue
            before = self._words.words["harmless"].sub(" ", text[max(0, match.start() - 8) : match.start()])
            text = pattern.sub(" ", text) if not self._denied(before) else text
            if not self._denied(before):
                found.add(tag)
        return frozenset(found), text

    def _denied(self, before: str) -> bool:
        return self._words.has("negation", before)

    def _denies(self, text: str) -> bool:
        return self._words.has("negation", self._words.words["harmless"].sub(" ", text))


def _inside(item: Day | Clock, names: list[Name]) -> bool:
    return any(item.start < name.end and item.end > name.start for name in names)


def _within(items: list[Item], start: int, end: int) -> list[Item]:
    return [item for item in items if start <= item.start < end or (item.end == 0 and start == 0)]


def _mask(text: str, start: int, end: int, names: list[Name]) -> str:
    """The clause with product names blanked, so that a word inside a name means nothing by itself."""
    chars = list(text[start:end])
    for name in names:
        for place in range(max(name.start, start), min(name.end, end)):
            chars[place - start] = " "
    return "".join(chars)
