"""What to say instead: the fact itself where one cell of the catalogue settles it, else a safe line."""

from __future__ import annotations

from functools import cache

from core.pack import Fact, localise
from core.types import Lang, Violation
from policy.guard.check import Check
from policy.guard.lexicon import data

_CELLS = {"price": "price"}
_ALIKE = {
    "promo_scope": "promo",
    "promo_expired": "promo",
    "promo_stack": "promo",
    "guarantee": "superlative",
    "site": "company",
    "customers": "company",
    "founded": "company",
    "demo": "hours",
    "office_hours": "hours",
    "variant": "product",
}


@cache
def _lines() -> dict[str, dict[Lang, str]]:
    lines: dict[str, dict[Lang, str]] = data("safe_lines.yaml")
    return lines


def safe_line(violations: tuple[Violation, ...], lang: Lang) -> str:
    """The safe line for the first kind of violation that has one."""
    kinds = [_ALIKE.get(violation.kind, violation.kind) for violation in violations]
    kind = next((kind for kind in kinds if kind in _lines()), "default")
    return _lines()[kind][lang]


def repair(violations: tuple[Violation, ...], check: Check, facts: dict[tuple[str, str], Fact]) -> str | None:
    """The catalogue's own statement in place of a wrong one about a single cell; None where that is unsure.

    Sure means: one violation, one product named, no reduction talked of, one cell that it is about.
    """
    if len(violations) != 1 or len(check.reading.products) != 1 or len(check.reading.clauses) > 2:
        return None
    if any(clause.shares or clause.tags or "promo" in clause.concepts for clause in check.reading.clauses):
        return None
    topics = [violations[0].kind] if violations[0].kind in _CELLS else _topics(violations[0], check)
    fact = facts.get((check.reading.products[0], topics[0])) if len(topics) == 1 else None
    if fact is None or check.reading.lang not in fact.text or max(check.quantities() | {1}) > 1:
        return None
    return localise(fact.text, check.reading.lang) + ("。" if check.reading.lang == "zh" else ".")


def _topics(violation: Violation, check: Check) -> list[str]:
    clause = next((c for c in check.reading.clauses if violation.text in c.text), None)
    concepts = clause.concepts if clause else frozenset()
    return sorted(name.removeprefix("attr:") for name in concepts if name.startswith("attr:"))
