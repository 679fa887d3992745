"""Promises without a figure: free, given away, interest-free, not needed, returnable."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from core.types import Violation
from policy.guard.align import aligned, overlap, serves
from policy.guard.check import Check, violation
from policy.guard.evidence import Segment
from policy.guard.lexicon import data
from policy.guard.read import Clause
from policy.guard.text import terms
from policy.guard.values import Value, agree


def resolve_tags(check: Check) -> Iterator[Violation]:
    """Promises that no fact makes for this product, place and matter."""
    for clause in check.reading.clauses:
        if check.asks(clause):
            continue
        for tag in sorted(clause.tags):
            if not _stands(tag, clause, check):
                yield violation(tag, clause, f"no fact makes this promise ({tag}) here")
        if not clause.negated and not clause.tags and _denied_by_facts(clause, check):
            yield violation("polarity", clause, "the facts say the opposite")


def _stands(tag: str, clause: Clause, check: Check) -> bool:
    if tag == "no_need":
        return _may_skip(clause, check)
    alike = [s for s in check.segments if _alike(s, clause, check)]
    if any(tag in s.clause.tags and _applies(s, clause, check) for s in alike):
        return True
    if tag != "charged":
        return False
    return not any("free" in s.clause.tags and _applies(s, clause, check) for s in alike)


def _alike(segment: Segment, clause: Clause, check: Check) -> bool:
    """Whether a fact's clause speaks of the same matter: a shared concept, or shared words beside it."""
    own = check.matter(clause) if clause.concepts or not _object_terms(clause) else frozenset()
    if own and aligned(segment, own, check.words):
        return True
    if own and segment.concepts and not own & check.words.narrow:
        return bool(segment.clause.terms & _object_terms(clause))
    return not own and bool(segment.whole & (_object_terms(clause) or check.reading.terms))


@cache
def _promise_words() -> frozenset[str]:
    return terms(data("stop.yaml")["promise"])


def _object_terms(clause: Clause) -> frozenset[str]:
    return clause.terms - _promise_words()


def _applies(segment: Segment, clause: Clause, check: Check) -> bool:
    """Whether the fact holds where, for what, and with the figures that the clause says."""
    provinces = check.provinces(clause)
    if not segment.allows(provinces) or (segment.placed() and not provinces):
        return False
    scope = check.scope(clause)
    if scope and not all(serves(segment, product) for product in scope):
        return False
    terms_said = [] if _terms(clause) else [v for c in check.reading.clauses for v in _terms(c)]
    return all(
        any(agree(value, held) for held in segment.clause.values if held.families & value.families)
        for value in (*clause.values, *terms_said)
        if any(held.families & value.families for held in segment.clause.values)
        and "goods" not in value.families
    )


def _terms(clause: Clause) -> list[Value]:
    """Numbers of instalments, which a clause may leave to the one before it."""
    return [value for value in clause.values if "terms" in value.families]


def _may_skip(clause: Clause, check: Check) -> bool:
    """Whether what is said to be unneeded is so by a fact, or is nothing that the facts ask for."""
    words = check.words
    if words.has("harmless_no_need", clause.text):
        return True
    wanted = clause.terms
    asked = [
        s
        for s in check.segments
        if not s.clause.negated
        and s.topic != "offer"
        and serves(s, next(iter(check.scope(clause)), None))
        and (
            s.clause.terms & wanted
            or (clause.concepts & s.concepts & (words.narrow | {"payment", "invoice"}))
        )
    ]
    if not asked:
        return True
    return any("no_need" in s.clause.tags for s in asked) or _feature(clause, check)


def _feature(clause: Clause, check: Check) -> bool:
    """A feature written as a compound (免围栏) shares its noun with the clause."""
    for product in check.products(clause):
        for feature in (*product.features, *product.specs.values()):
            noun = feature[1:]
            if feature[:1] in "免无" and noun and noun in clause.text:
                return True
    return False


def _denied_by_facts(clause: Clause, check: Check) -> bool:
    """A fact denies exactly what the clause affirms (定制件不退 against 定制件也能退)."""
    alike = [s for s in check.segments if s.concepts and s.concepts <= clause.concepts]
    against = [s for s in alike if s.clause.negated and s.clause.terms and overlap(s, clause.terms) >= 0.5]
    if not against:
        return False
    matter = against[0].concepts & check.words.narrow
    shared = len(against[0].clause.terms & clause.terms)
    return not any(
        not s.clause.negated and matter <= s.concepts and len(s.clause.terms & clause.terms) >= shared
        for s in alike
    )
