"""Offers: a reduction must be one in force, for that product, on its condition, alone; ended is said as ended."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from core.pack import Offer
from core.types import Violation
from policy.guard.check import Check, violation
from policy.guard.extract_discounts import Share
from policy.guard.read import Clause
from policy.guard.resolve_money import bundle_named, offer_may_apply
from policy.guard.values import near

NAMED = 0.6
"""Share of an offer's own words that a clause must have to be about it."""


def resolve_offers(check: Check) -> Iterator[Violation]:
    """Reductions without an offer behind them, offers out of force, offers stacked."""
    for clause in check.reading.clauses:
        if check.asks(clause):
            continue
        yield from _reductions(clause, check)
        if clause.negated:
            continue
        yield from _named(clause, check)
    yield from _stacked(check)


def _reductions(clause: Clause, check: Check) -> Iterator[Violation]:
    for share in clause.shares:
        if not share.reduction or _declined(clause, check):
            continue
        if clause.negated:
            if check.words.has("scope", clause.text) and _denied_wrongly(share, clause, check):
                yield violation("promo_scope", clause, f"{share.text} does cover it")
            continue
        reason = _refused(share, clause, check)
        if reason:
            yield violation("promo", clause, reason)


def _declined(clause: Clause, check: Check) -> bool:
    """Whether it is the customer's wish, which the sentence goes on to decline (您要八折,这个给不了)."""
    place = check.reading.clauses.index(clause)
    return clause.own and any(other.negated for other in check.reading.clauses[place + 1 :])


def _refused(share: Share, clause: Clause, check: Check) -> str | None:
    """Why a reduction may not be said; None where an offer carries it."""
    day = check.situation.now.date()
    same = [offer for offer in check.pack.offers if near(offer.discount, share.rate)]
    scope = _targets(clause, check)
    for product in scope or [""]:
        fitting = [offer for offer in same if not product or product in offer.products]
        if not fitting:
            if product != _subject(share, clause) and any(
                product in offer.rule.products and set(scope) & set(offer.products) for offer in same
            ):
                continue
            return f"no offer gives {share.text} on {product or 'anything'}"
        reasons = [
            _out_of_force(offer, clause, check, day) or _unmet(offer, product, clause, check)
            for offer in fitting
        ]
        if all(reasons):
            return reasons[0]
    return None


_LINK = re.compile(
    r"\s*(?:也|就|都|可以|能|给|您|按|走|是|有|享受|享|一样|打|(?:is|are|gets?|also|at|a|the|"
    r"another)\b|\s)*\s*",
    re.IGNORECASE,
)


def _subject(share: Share, clause: Clause) -> str | None:
    """The product named right before a reduction, which it is then said of."""
    before = [name for name in clause.mentions if name.end <= share.start]
    if not before:
        return None
    between = clause.text[before[-1].end - clause.start : share.start - clause.start]
    return before[-1].id if _LINK.fullmatch(between) else None


def _targets(clause: Clause, check: Check) -> list[str]:
    named = list(clause.products) or list(check.reading.scope(clause))
    if named:
        return named
    return [check.situation.product] if check.situation.product else []


def _out_of_force(offer: Offer, clause: Clause, check: Check, day: date) -> str | None:
    text = check.reading.text
    if offer.ended(day) and not check.words.has("ended", text):
        return f"the offer ended on {offer.valid_until}"
    if offer.upcoming(day) and not check.words.has("upcoming", text):
        return f"the offer starts on {offer.valid_from}"
    return None


def _unmet(offer: Offer, product: str, clause: Clause, check: Check) -> str | None:
    day = check.situation.now.date()
    row = check.pack.product(product)
    if not offer.in_force(day) or _tells_dates(check):
        return None
    if check.words.has("scope_talk", clause.text) and not check.quantities() - {1}:
        return None
    if row is None:
        counts = check.quantities() - {1}
        if counts and offer.rule.kind == "quantity" and max(counts) < offer.rule.threshold:
            return f"the offer asks for {offer.rule.threshold}"
        stated = counts or offer.rule.kind == "always" or check.words.has("conditional", check.reading.text)
        return None if stated else f"the condition of {offer.id} is not said"
    if offer.rule.kind in ("quantity", "bundle") and check.words.has("unconditional", check.reading.text):
        return f"{offer.id} has a condition"
    if offer.rule.kind == "quantity":
        counts = {
            round(v.low) for v in clause.values if v.families & {"goods", "pieces"}
        } or check.quantities(row.id)
        counts = (counts if len(counts - {1}) else check.quantities(row.id)) - {1}
        if counts and max(counts) < offer.rule.threshold:
            return f"the offer asks for {offer.rule.threshold}"
    if offer.rule.kind == "bundle" and bundle_named(offer, row, check):
        others = set(clause.products) - {row.id}
        wrong = others and not others & set(offer.rule.products)
        return "the offer asks for another product beside it" if wrong else None
    return None if offer_may_apply(offer, row, check, day) else f"the condition of {offer.id} is not met"


def _tells_dates(check: Check) -> bool:
    """Whether the sentence says how long an offer runs, and no price under it."""
    priced = any("money" in value.families for clause in check.reading.clauses for value in clause.values)
    return not priced and any(clause.days for clause in check.reading.clauses)


def _denied_wrongly(share: Share, clause: Clause, check: Check) -> bool:
    day = check.situation.now.date()
    counts = check.quantities() - {1}
    return any(
        near(offer.discount, share.rate)
        and offer.in_force(day)
        and set(clause.products) & set(offer.products)
        and offer.rule.kind == "quantity"
        and (not counts or max(counts) >= offer.rule.threshold)
        for offer in check.pack.offers
    )


def _named(clause: Clause, check: Check) -> Iterator[Violation]:
    """An offer called by its own words (trade-in) though it is not in force."""
    day = check.situation.now.date()
    for offer in check.pack.offers:
        if (
            offer.rule.kind != "flag"
            or offer.in_force(day)
            or _out_of_force(offer, clause, check, day) is None
        ):
            continue
        own = check.evidence.offer_words[offer.id]
        if own and any(len(words & clause.terms) >= NAMED * len(words) for words in own):
            yield violation("promo_expired", clause, _out_of_force(offer, clause, check, day) or "")


def _stacked(check: Check) -> Iterator[Violation]:
    """Offers never combine on one line item; on different products they stand side by side."""
    reductions = [(clause, s) for clause in check.reading.clauses for s in clause.shares if s.reduction]
    shares = [share for clause in check.reading.clauses for share in clause.shares]
    offer_talk = bool(reductions) or len(shares) > 1 or "promo" in check.reading.concepts
    for clause in check.reading.clauses:
        if (
            clause.negated
            or check.asks(clause)
            or not offer_talk
            or not check.words.has("stack", clause.text)
        ):
            continue
        targets = {product for c, _ in reductions for product in c.products}
        if len(reductions) >= 2 and len(targets) >= 2 and len({s.rate for _, s in reductions}) >= 2:
            continue
        yield violation("promo_stack", clause, "offers do not combine")
