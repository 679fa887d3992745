"""A limit said after a limit narrows the range: 八十到一百二十万, then 最多一百万, leaves 80 to 100."""

from __future__ import annotations

from typing import Any

RANGED = ("budget", "quantity")


def narrowed(slot: str, held: Any, said: Any) -> Any:
    """What is held of a range once `said` is known: the part of both where `said` is one-sided and inside.

    Everything else replaces: a number, a whole range, or a limit that the range held does not reach.
    """
    if slot not in RANGED or not isinstance(held, dict) or not isinstance(said, dict):
        return said
    low, high = held.get("min"), held.get("max")
    if low == high:
        return said
    new_low, new_high = said.get("min"), said.get("max")
    if new_low is None and new_high is not None and low is not None and low < new_high:
        return {**said, "min": low}
    if new_high is None and new_low is not None and high is not None and new_low < high:
        return {**said, "max": high}
    return said
