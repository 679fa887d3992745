"""Values as sentences state them: a number with its unit, comparable across units."""

from __future__ import annotations

from dataclasses import dataclass

HEDGE = 0.02
"""A figure said with `about` may be this far off, relatively."""


@dataclass(frozen=True, slots=True)
class Value:
    """A number or range with a unit. `scales` maps unit families to the factor into their base unit."""

    low: float
    high: float
    scales: tuple[tuple[str, float], ...]
    text: str
    start: int
    end: int
    hedged: bool = False

    @property
    def families(self) -> frozenset[str]:
        return frozenset(family for family, _ in self.scales)

    def within(self, family: str) -> tuple[float, float] | None:
        """Low and high in the base unit of `family`, None where the unit is of another family."""
        factor = dict(self.scales).get(family)
        return None if factor is None else (self.low * factor, self.high * factor)


def near(said: float, true: float, hedged: bool = False) -> bool:
    """Equal up to rounding noise; up to HEDGE where the sentence says `about`."""
    slack = HEDGE if hedged else 1e-6
    return abs(said - true) <= slack * max(abs(said), abs(true), 1e-9)


def agree(said: Value, fact: Value) -> bool:
    """Whether a sentence may say `said` where the facts hold `fact`.

    Equal in any unit family both share. Of a fact's range the upper end may stand alone (`at most`), or the
    whole range; the lower end alone promises too much.
    """
    for family in said.families & fact.families:
        mine, theirs = said.within(family), fact.within(family)
        if mine is None or theirs is None:
            continue
        if near(mine[0], theirs[0], said.hedged) and near(mine[1], theirs[1], said.hedged):
            return True
        if mine[0] == mine[1] and theirs[0] != theirs[1] and near(mine[1], theirs[1], said.hedged):
            return True
    return False


def below(said: Value, fact: Value) -> bool:
    """Whether `said` is no more than `fact` (a need that a capacity covers)."""
    shared = said.families & fact.families
    pairs = [(said.within(family), fact.within(family)) for family in shared]
    return any(mine and theirs and mine[1] <= theirs[1] * (1 + 1e-9) for mine, theirs in pairs)
