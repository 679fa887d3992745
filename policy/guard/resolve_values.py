"""Durations, sizes, counts, shares: a figure must be one that a fact about the same matter holds."""

from __future__ import annotations

from collections.abc import Iterator

from core.types import Violation
from policy.guard.align import aligned, closest, serves
from policy.guard.check import Check, violation
from policy.guard.evidence import Segment
from policy.guard.extract_discounts import Share
from policy.guard.extract_values import BARE, is_trifle, unit_at
from policy.guard.read import Clause
from policy.guard.values import Value, agree, below, near

_FREE = frozenset({"goods", "money", "stars"})
"""Families that others look after, or that commit to nothing."""
_MEASURES = frozenset({"length", "mass", "power", "voltage", "volume", "temperature", "speed_rot", "pixel"})
"""Families that speak of goods whatever the rest of the clause is about."""
_SHARED = frozenset(
    {"payment", "pay_sign", "pay_ship", "pay_accept", "ext_warranty", "invoice", "instalment"}
)
"""Concepts whose percentages are no reductions."""
_LOOSE = frozenset({"pieces", "people", "times", "points"})
"""Counts that commit only where a fact about the matter counts the same thing."""


def resolve_values(check: Check) -> Iterator[Violation]:
    """Figures that no fact holds for this product, place and matter."""
    for clause in check.statements():
        for value in clause.values:
            if _commits(value, clause, check) and not _supported(value, clause, check):
                yield violation(_kind(clause, check), clause, f"no fact holds {value.text!r} here")
        for share in clause.shares:
            if not share.reduction and not clause.own and not _share_supported(share, clause, check):
                yield violation(_kind(clause, check), clause, f"no fact holds {share.text!r} here")


def _kind(clause: Clause, check: Check) -> str:
    concepts = clause.concepts or check.reading.about(clause)
    generic = sorted(name for name in concepts if not name.startswith("attr:"))
    for name in sorted(concepts & check.words.narrow) + generic:
        return name
    return "spec"


def _commits(value: Value, clause: Clause, check: Check) -> bool:
    if value.families & _FREE or is_trifle(value, check.reading.text):
        return False
    if check.reading.text[value.start - 2 : value.start] == "最后":
        return False
    if value.high <= 1 and value.families <= {"firms", "people", "times", "pieces", "users"}:
        return False
    if clause.own and clause.start <= value.start:
        return False
    if value.families == {BARE}:
        return any(name.startswith("attr:") for name in clause.concepts)
    if "terms" in value.families and "charged" in clause.tags:
        return False
    return not ("month" in value.families and _term_of_choice(value, clause, check))


def _term_of_choice(value: Value, clause: Clause, check: Check) -> bool:
    """Whole years that need no fact of their own: since the founding, or of the customer's choice.

    The customer chooses years of extra cover, of goods sold by the year, of an offer's condition.
    """
    months = value.within("month")
    if months is None or months[0] % 12:
        return False
    if "founded" in check.matter(clause):
        today = check.situation.now.year
        return any(
            abs(today - day.year - months[0] / 12) < 1
            for s in check.segments
            for day in s.clause.days
            if "founded" in s.concepts
        )
    if "ext_warranty" in (clause.concepts | check.reading.about(clause)):
        return True
    yearly = any(
        "month" in dict(unit_at(text)[0]) for row in check.products(clause) for text in row.unit.values()
    )
    matters = clause.concepts & {"warranty", "lead_time"}
    scope = set(check.scope(clause))
    return not matters and (
        yearly
        or any(
            offer.rule.kind == "years"
            and offer.rule.threshold * 12 == months[0]
            and (not scope or scope & set(offer.products))
            for offer in check.pack.offers
        )
    )


def _candidates(clause: Clause, check: Check) -> list[Segment]:
    """Facts that speak of the clause's matter; without one, those that share its words; else all."""
    own = check.matter(clause)
    if own:
        return [s for s in check.segments if aligned(s, own, check.words)]
    words, scope = clause.terms or check.reading.terms, set(check.scope(clause))
    alike = [s for s in check.segments if s.clause.terms & words or s.products & scope]
    return alike or list(check.segments)


def _supported(value: Value, clause: Clause, check: Check) -> bool:
    pool = [s for s in _candidates(clause, check) if _families(s) & _asked(value)]
    if not pool and (value.families & _MEASURES or not check.matter(clause) & check.words.narrow):
        pool = [s for s in check.segments if _families(s) & _asked(value) and _near_in_words(s, clause)]
    if not pool and value.families & _LOOSE and "company_size" not in clause.concepts:
        return True
    scope = check.scope(clause)
    if not scope:
        return any(_holds(value, s, clause, check) for s in _general(closest(pool, clause), clause))
    return all(_for_product(value, product, pool, clause, check) for product in scope)


def _asked_measures(clause: Clause) -> frozenset[str]:
    return frozenset(family for value in clause.values for family in value.families & _MEASURES)


def _near_in_words(segment: Segment, clause: Clause) -> bool:
    """Two shared words, a physical measure, or, for a clause without a matter, a fact about its product."""
    if _families(segment) & _asked_measures(clause):
        return True
    own = not clause.concepts and bool(segment.products & set(clause.products))
    return own or len(segment.clause.terms & clause.terms) >= 2


def _families(segment: Segment) -> frozenset[str]:
    return (
        frozenset().union(*(v.families for v in segment.clause.values))
        if segment.clause.values
        else frozenset()
    )


def _asked(value: Value) -> frozenset[str]:
    """Families to look for; a bare number is compared with any."""
    if value.families == {BARE}:
        return frozenset(
            {
                BARE,
                "length",
                "mass",
                "clock",
                "month",
                "workday",
                "power",
                "points",
                "users",
                "bits",
                "pieces",
                "axes",
            }
        )
    return value.families


def _for_product(value: Value, product: str, pool: list[Segment], clause: Clause, check: Check) -> bool:
    """A fact about the product itself overrides the general ones of the same matter."""
    mine = [s for s in pool if product in s.products]
    fitting = closest(mine or [s for s in pool if serves(s, product)], clause)
    return any(_holds(value, s, clause, check) for s in fitting)


def _general(segments: list[Segment], clause: Clause) -> list[Segment]:
    """Without a product in view, facts about some products only count where the clause has their words."""
    open_to_all = [s for s in segments if not s.products or s.clause.terms & clause.terms]
    return open_to_all or segments


def _holds(value: Value, segment: Segment, clause: Clause, check: Check) -> bool:
    if not segment.allows(check.provinces(clause)):
        return False
    if value.families == {BARE}:
        return any(near(value.low, v.low) and near(value.high, v.high) for v in segment.clause.values)
    if any(agree(value, held) for held in segment.clause.values):
        return True
    return _capacity(segment, clause, check) and any(below(value, held) for held in segment.clause.values)


def _capacity(segment: Segment, clause: Clause, check: Check) -> bool:
    """Whether the fact is a capacity and the clause speaks of a need it covers, not of the figure itself."""
    attribute = check.pack.attribute(segment.topic)
    if attribute is None or attribute.requirement is None or attribute.requirement.at != "least":
        return False
    return f"attr:{segment.topic}" not in clause.concepts


def _share_supported(share: Share, clause: Clause, check: Check) -> bool:
    pool = [s for s in _candidates(clause, check) if s.clause.shares]
    if _of_offer(share, clause, check) or share.rate in _running_totals(clause, check):
        return True
    scope = check.scope(clause) or (None,)
    for product in scope:
        mine = [s for s in pool if product is not None and product in s.products]
        fitting = mine or [s for s in pool if serves(s, product)]
        if not any(
            near(share.rate, held.rate) and s.allows(check.provinces(clause))
            for s in (closest(fitting, clause) if product else _general(closest(fitting, clause), clause))
            for held in s.clause.shares
        ):
            return False
    return True


def _of_offer(share: Share, clause: Clause, check: Check) -> bool:
    """Whether it is the reduction of an offer in force, said without `off` (the five percent starts at five)."""
    if check.matter(clause) & _SHARED:
        return False
    scope = set(check.scope(clause))
    day = check.situation.now.date()
    return any(
        near(1 - share.rate, offer.discount)
        and offer.in_force(day)
        and (not scope or scope & set(offer.products))
        for offer in check.pack.offers
    )


def _running_totals(clause: Clause, check: Check) -> set[float]:
    """What stages of payment add up to, and what then remains; only where the sentence counts together."""
    if not check.words.has("running", clause.text):
        return set()
    found: set[float] = set()
    for fact in {s.fact for s in check.segments if "payment" in s.concepts}:
        total = 0.0
        for segment in (s for s in check.segments if s.fact == fact and s.clause.shares):
            for share in segment.clause.shares:
                total = round(total + share.rate, 6)
                found |= {total, round(1 - total, 6)} if total <= 1 else set()
    return found
