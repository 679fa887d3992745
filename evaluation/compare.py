"""When two slot values are the same: exact normal forms, free text by likeness, accepted alternatives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

FREE_TEXT = frozenset(
    [
        "industry",
        "application",
        "customization",
        "company",
        "location",
        "competitor",
        "current_supplier",
        "payment_term",
    ]
)
"""Slots whose value is words as said; every other slot has an exact normal form."""
LIKE = 0.6
"""Sequence similarity, 0..1, from which two free texts are the same."""
LONGEST = 3
"""How many times longer than the other one free text may be."""


def same_text(one: str, other: str) -> bool:
    """Whether two free texts say the same: one holds the other, or they are alike; neither much longer.

    Spaces, punctuation and case do not count.
    """
    a, b = _bare(one), _bare(other)
    if len(a) > LONGEST * len(b) or len(b) > LONGEST * len(a):
        return False
    return a in b or b in a or SequenceMatcher(None, a, b, autojunk=False).ratio() >= LIKE


def _bare(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())


def same_value(slot: str, expected: Any, got: Any) -> bool:
    """Whether `got` is the value `expected` of `slot`; numbers by size, so 18 is 18.0."""
    if slot in FREE_TEXT and isinstance(expected, str) and isinstance(got, str):
        return same_text(expected, got)
    return bool(expected == got)


@dataclass(frozen=True)
class SlotCheck:
    """One slot of one state: what was expected, what was got (None: nothing), and whether it will do."""

    slot: str
    expected: Any
    got: Any
    right: bool


def check_state(
    expected: Mapping[str, Any], got: Mapping[str, Any], alternatives: Mapping[str, Sequence[Any]]
) -> tuple[SlotCheck, ...]:
    """Every slot that either side holds, the expected ones first.

    A slot expected as None is left out: it is not checked. An alternative of None lets the slot be
    absent; alternatives of a slot that is not expected make it optional. Any other extra slot is wrong.
    """
    held = {slot: value for slot, value in got.items() if value is not None}
    checks = []
    for slot in dict.fromkeys([*expected, *held]):
        if slot in expected and expected[slot] is None:
            continue
        right = _accepted(slot, expected, held, alternatives.get(slot, ()))
        checks.append(SlotCheck(slot, expected.get(slot), held.get(slot), right))
    return tuple(checks)


def _accepted(
    slot: str, expected: Mapping[str, Any], held: Mapping[str, Any], alternatives: Sequence[Any]
) -> bool:
    if slot not in held:
        return None in alternatives
    values = [*([expected[slot]] if slot in expected else []), *alternatives]
    return any(value is not None and same_value(slot, value, held[slot]) for value in values)
