"""Amounts of money: each must be a price, or follow from one by an offer in force, a count, a share, a sum."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from itertools import product as cross

from core.pack import Offer, Product
from core.types import Violation
from policy.guard.align import aligned
from policy.guard.check import Check, violation
from policy.guard.read import Clause
from policy.guard.values import Value, near
from policy.pricing import discounted, list_price

MAX_LINES = 4
"""Products of one sentence that sums are formed over."""


@dataclass(frozen=True, slots=True)
class _Line:
    """What one product may cost: (quantity, amount) pairs, list and offer prices alike."""

    product: Product
    amounts: frozenset[tuple[int, float]]


def resolve_money(check: Check) -> Iterator[Violation]:
    """Amounts that nothing supports."""
    for clause in check.statements():
        for value in clause.values:
            if (
                "money" in value.families
                and not is_order(value, check)
                and not _supported(value, clause, check)
            ):
                yield violation(
                    _kind(clause, check), clause, f"no fact or offer in force gives {value.text!r}"
                )


def _kind(clause: Clause, check: Check) -> str:
    return "price_total" if check.words.has("total", clause.text) else "price"


_ORDER = re.compile(
    r"\s*(?:元|块)?(?:的|左右的)?(?:单子|订单|合同|项目|生意)|\s*(?:yuan)?[ -]?(?:order|contract|deal|"
    r"project)\b",
    re.IGNORECASE,
)
_YOUR_ORDER = re.compile(
    r"(?:预算|您这[单笔批次]|您那[单笔批]|贵司这[单笔]|budget|your order)\D{0,12}$", re.IGNORECASE
)


def is_order(value: Value, check: Check) -> bool:
    """Whether an amount is that of the customer's order or budget, not a price of ours."""
    text = check.reading.text
    return bool(_ORDER.match(text, value.end) or _YOUR_ORDER.search(text[: value.start]))


def _supported(value: Value, clause: Clause, check: Check) -> bool:
    amount = value.low * next(factor for family, factor in value.scales if family == "money")
    if any(near(amount, known, value.hedged) for known in _quoted(check)):
        return True
    lines = [_line(row, check) for row in _rows(clause, check)]
    totals = {money for line in lines for _, money in line.amounts}
    everything = [_line(row, check) for row in _all_rows(check)][:MAX_LINES]
    sums = _sums(everything) if len(everything) > 1 else set()
    candidates = totals | (sums if _sum_talk(clause, check) else set())
    candidates |= _shares(totals | sums, clause, check) | _differences(lines, everything, clause, check)
    candidates |= _held(clause, check)
    return any(near(amount, known, value.hedged) for known in candidates)


def _rows(clause: Clause, check: Check) -> list[Product]:
    return check.products(clause) or list(check.pack.products)


def _all_rows(check: Check) -> list[Product]:
    ids = dict.fromkeys(
        (
            *check.reading.products,
            *check.situation.products,
            *([check.situation.product] if check.situation.product else []),
        )
    )
    return [row for row in map(check.pack.product, ids) if row is not None]


def _quoted(check: Check) -> set[float]:
    return {
        money for quote in check.quotes for money in (quote.list_price, quote.unit_price, quote.total)
    } | {sum(quote.total for quote in check.quotes)}


def _line(row: Product, check: Check) -> _Line:
    counts = check.quantities(row.id) | {1} | years_of(check)
    unit = float(list_price(row))
    amounts = {(count, unit * count) for count in counts}
    day = check.situation.now.date()
    for offer in check.pack.offers:
        if row.id in offer.products and offer_may_apply(offer, row, check, day):
            reduced = float(discounted(row, offer))
            amounts.add((1, reduced))
            floor = offer.rule.threshold if offer.rule.kind in ("quantity", "years") else 1
            amounts |= {(count, round(reduced * count, 2)) for count in counts if count >= floor}
            if floor > 1:
                amounts.add((floor, round(reduced * floor, 2)))
    return _Line(row, frozenset(amounts))


def years_of(check: Check) -> set[int]:
    """Years the sentence names, for goods sold or covered by the year."""
    return {
        round(value.low / 12 * dict(value.scales)["month"])
        for clause in check.reading.clauses
        for value in clause.values
        if "month" in value.families and value.low * dict(value.scales)["month"] % 12 == 0
    }


def offer_may_apply(offer: Offer, row: Product, check: Check, day: date) -> bool:
    """Whether what the sentence and the deal say can meet the offer's condition; only offers in force."""
    rule = offer.rule
    if not offer.in_force(day) and not (
        offer.upcoming(day) and check.words.has("upcoming", check.reading.text)
    ):
        return False
    if rule.kind == "always":
        return True
    if rule.kind in ("quantity", "years"):
        counts = check.quantities(row.id) | (years_of(check) if rule.kind == "years" else set())
        if counts - {1}:
            return max(counts) >= rule.threshold
        return check.words.has("conditional", check.reading.text)
    if rule.kind == "bundle":
        return bundle_named(offer, row, check)
    return False


def bundle_named(offer: Offer, row: Product, check: Check) -> bool:
    """Whether a partner of a bundle is in the sentence or in the deal."""
    partners = set(offer.rule.products) - {row.id}
    named = set(check.reading.products) | set(check.situation.products) | {check.situation.product}
    families = {family for clause in check.reading.clauses for family in clause.families}
    return bool(partners & named) or any(
        partners & check.evidence.names.members.get(f, frozenset()) for f in families
    )


def _sum_talk(clause: Clause, check: Check) -> bool:
    return (
        check.words.has("total", clause.text) or len(clause.products) > 1 or len(check.reading.products) > 1
    )


def _sums(lines: list[_Line]) -> set[float]:
    """Sums over two or more products, one amount of each."""
    found: set[float] = set()
    for size in range(2, len(lines) + 1):
        for chosen in combinations(lines, size):
            pools = [sorted({money for _, money in line.amounts})[:12] for line in chosen]
            found |= {round(sum(parts), 2) for parts in cross(*pools)}
    return found


def _shares(amounts: set[float], clause: Clause, check: Check) -> set[float]:
    """Shares of an amount: a payment stage, an extended warranty a year, an instalment."""
    said = {s.rate for c in check.reading.clauses for s in c.shares if not s.reduction}
    concepts = check.reading.about(clause) | clause.concepts
    held = {
        share.rate
        for segment in check.segments
        if aligned(segment, concepts, check.words)
        for share in segment.clause.shares
        if not share.reduction
    }
    rates = (
        (said & held or held)
        if concepts & {"payment", "ext_warranty", "pay_sign", "pay_ship", "pay_accept", "instalment"}
        else held & said
    )
    rates |= {rate for rate in held if not concepts & {"payment", "price", "promo"}}
    years = years_of(check) | {1}
    found = {round(amount * rate * count, 2) for amount in amounts for rate in rates for count in years}
    if "instalment" in check.reading.concepts:
        parts = {
            v.low for c in check.reading.clauses for v in c.values if "terms" in v.families and v.low > 0
        }
        found |= {round(amount / part, 2) for amount in amounts for part in parts}
    return found


def _differences(lines: list[_Line], everything: list[_Line], clause: Clause, check: Check) -> set[float]:
    """What an offer saves, and how far two products are apart; only where the sentence speaks of it."""
    if not check.words.has("saving", check.reading.text):
        return set()
    found = set()
    for line in lines:
        for count, money in line.amounts:
            found |= {round(other - money, 2) for n, other in line.amounts if n == count and other > money}
    for one, two in combinations(everything, 2):
        found |= {abs(a - b) for n, a in one.amounts for m, b in two.amounts if n == m}
    return found


def _held(clause: Clause, check: Check) -> set[float]:
    """Amounts that facts about the same matter state themselves."""
    concepts = check.reading.about(clause)
    return {
        value.low
        for segment in check.segments
        if aligned(segment, concepts, check.words) or len(segment.whole & clause.terms) >= 2
        for value in segment.clause.values
        if "money" in value.families
    }
