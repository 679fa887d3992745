"""Sayings that are wrong by themselves: superlatives, guarantees, leaks, claims to be human, disparagement."""

from __future__ import annotations

from collections.abc import Iterator

from core.types import Violation
from policy.guard.check import Check, violation
from policy.guard.lexicon import Rule
from policy.guard.read import Clause


def resolve_rules(check: Check) -> Iterator[Violation]:
    """Violations of the rules of the house."""
    for clause in check.reading.clauses:
        if check.asks(clause):
            continue
        for rule in check.words.rules:
            said = _broken(rule, clause, check)
            if said:
                yield violation(rule.kind, clause, f"nothing supports {said!r}")
        if _disparages(clause, check):
            yield violation("competitor", clause, "speaks ill of another supplier")


def _broken(rule: Rule, clause: Clause, check: Check) -> str | None:
    match = rule.saying.search(_without_robot(clause.text, check))
    if rule.ended and check.words.has("ended", check.reading.text):
        return None
    if match is None or rule.unless.search(clause.text) or _denied(match.start(), clause, check):
        return None
    said = match.group()
    if rule.fact and any(
        said in segment.clause.text for segment in check.segments if not segment.clause.negated
    ):
        return None
    return said


def _without_robot(text: str, check: Check) -> str:
    """The text without the robot's own name, which may be said."""
    for name in check.pack.robot.values():
        text = text.replace(name, " " * len(name))
    return text


def _denied(start: int, clause: Clause, check: Check) -> bool:
    """Whether a negation stands right before the saying (不是行业第一)."""
    before = check.words.words["harmless"].sub(" ", clause.text[max(0, start - 7) : start])
    return check.words.has("negation", before)


def _disparages(clause: Clause, check: Check) -> bool:
    words = check.words
    if words.not_bad.search(clause.text):
        return False
    rival = clause.rivals or words.rival.search(clause.text)
    named = any(other.rivals for other in check.reading.clauses)
    return bool((rival or named) and words.bad.search(clause.text))
