"""Conditions of claims: an amount the order must reach, and goods a claim is restricted to."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from core.types import Violation
from policy.guard.align import aligned
from policy.guard.check import Check, violation
from policy.guard.read import Clause
from policy.guard.resolve_money import is_order
from policy.guard.text import clean, terms
from policy.pricing import best_quote

_CAN = re.compile(
    r"能|可以|可|支持|有|带|做|是|也|\b(?:can|could|also|available|supports?|has|have|with|build|made?|"
    r"comes?|offers?|is|are)\b",
    re.IGNORECASE,
)


def resolve_conditions(check: Check) -> Iterator[Violation]:
    """Claims said of orders too small for them, or of goods they are not about."""
    for clause in check.statements():
        if _too_small(clause, check):
            yield violation("condition", clause, "the order is too small for this")
        word = _of_other_goods(clause, check)
        if word:
            yield violation("spec", clause, f"the facts say {word!r} of other products only")


def _too_small(clause: Clause, check: Check) -> bool:
    """Whether every fact on the clause's matter asks for a larger order than the one named."""
    matter = clause.concepts - {"payment", "price", "promo"}
    said = _beside_offers(clause, check)
    alike = [
        s
        for s in check.segments
        if (s.amount_at_least or s.quantity_at_least)
        and (
            aligned(s, matter, check.words)
            or len(s.whole & said) >= 2
            or said & s.whole & check.evidence.conditional(check.situation.now.date())
        )
    ]
    amounts = [s.amount_at_least for s in alike if s.amount_at_least]
    counts = [s.quantity_at_least for s in alike if s.quantity_at_least]
    if counts and check.quantities() - {1} and max(check.quantities()) < min(counts):
        return True
    return bool(amounts) and _ordered(clause, check) < min(amounts)


def _beside_offers(clause: Clause, check: Check) -> frozenset[str]:
    """The clause's terms without those of an offer in force that it quotes: that one has its own condition."""
    day = check.situation.now.date()
    notes = (
        clean(note) for offer in check.pack.offers if offer.in_force(day) for note in offer.note.values()
    )
    quoted = next((note for note in notes if note in clause.text), "")
    return terms(clause.text.replace(quoted, " ")) if quoted else clause.terms


def _ordered(clause: Clause, check: Check) -> float:
    """What the order of the sentence comes to; without end where it names none."""
    orders = [
        v.low for c in check.reading.clauses for v in c.values if "money" in v.families and is_order(v, check)
    ]
    if orders:
        return max(orders)
    if len(clause.products) != 1 or not check.quantities():
        return math.inf
    return best_quote(check.pack, clause.products[0], max(check.quantities()), check.situation).total


def _of_other_goods(clause: Clause, check: Check) -> str | None:
    """A word that the facts use of other products and never of this one nor in general."""
    mine = set(clause.products)
    if not mine or clause.own or clause.rivals or not _CAN.search(clause.text):
        return None
    holders = check.evidence.holders(check.situation.now.date())
    for term in sorted(clause.terms):
        held = holders.get(term)
        if held and not held & mine:
            return term
    return None
