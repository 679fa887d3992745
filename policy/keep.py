"""The plan as it may leave: what breaks a rule is dropped, what a rule demands is put in front."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from core.pack import localise
from core.types import GuardResult, Lang, Plan, Violation
from policy.invariants import INVARIANTS
from policy.invariants.turn import Breach, Invariant, TurnView

T = TypeVar("T")
ROUNDS = 3
"""Times the rules are gone through: what one of them puts in may concern another."""


def kept(turn: TurnView) -> Plan:
    """The turn's plan, mended until it breaks no rule; `broken` names those that it broke."""
    broken: list[str] = []
    for _ in range(ROUNDS):
        before = turn
        for rule in INVARIANTS:
            turn = _mended(turn, rule, broken)
        if turn is before:
            break
    if not broken:
        return turn.plan
    return turn.plan.model_copy(update={"broken": tuple(dict.fromkeys(broken))})


def _mended(turn: TurnView, rule: Invariant, broken: list[str]) -> TurnView:
    breach = rule.check(turn)
    if breach is None:
        return turn
    broken.append(rule.id)
    return turn.with_plan(without(turn.plan, breach))


def without(plan: Plan, breach: Breach) -> Plan:
    """The plan with the breach taken out of it."""
    return plan.model_copy(
        update={
            "stage": breach.stage or plan.stage,
            "acts": (*breach.first, *_rest(plan.acts, breach.acts)),
            "tools": (*breach.first_tools, *_rest(plan.tools, breach.tools)),
        }
    )


def _rest(whole: Sequence[T], gone: Sequence[T]) -> tuple[T, ...]:
    """Taken out by identity and from behind: of two equal questions the first one stays."""
    left = list(whole)
    for one in reversed(gone):
        del left[max(place for place, other in enumerate(left) if other is one)]
    return tuple(left)


def ruling(plan: Plan, lang: Lang) -> GuardResult:
    """The rules that a plan broke before it was mended, in the form of the guard's rulings.

    `safe_text` is what the audit keeps: which acts were left.
    """
    violations = tuple(
        Violation(kind=f"rule:{rule.id}", text="", reason=localise(rule.says, lang))
        for rule in INVARIANTS
        if rule.id in plan.broken
    )
    if not violations:
        return GuardResult()
    left = ", ".join(act.act for act in plan.acts)
    return GuardResult(verdict="repaired", violations=violations, safe_text=left)
