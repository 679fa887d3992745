"""The rules that hold in every turn of every talk, each stated once."""

from __future__ import annotations

from policy.invariants.effects import EFFECTS
from policy.invariants.limits import LIMITS
from policy.invariants.manners import MANNERS
from policy.invariants.turn import Invariant

INVARIANTS: tuple[Invariant, ...] = (*LIMITS, *EFFECTS, *MANNERS)
"""In the order in which a plan that breaks several is mended."""
