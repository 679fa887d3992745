"""The facts of a pack by id, topic and product: where plan and guard look them up."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from core.pack import Fact, Pack


class FactBook:
    """An immutable index over a pack's facts."""

    def __init__(self, pack: Pack, facts: Iterable[Fact]) -> None:
        self.pack = pack
        self.facts = tuple(facts)
        self._by_id = {fact.id: fact for fact in self.facts}
        self._cells = {(fact.product, fact.topic): fact for fact in self.facts if fact.product}

    def get(self, fact_id: str | None) -> Fact | None:
        """The fact of `fact_id`, None where there is none."""
        return self._by_id.get(fact_id) if fact_id else None

    def cell(self, product: str | None, topic: str) -> Fact | None:
        """The catalogue cell of `product` for `topic` (`price` or an attribute id)."""
        return self._cells.get((product, topic)) if product else None

    def topic(self, topic: str, day: date) -> tuple[Fact, ...]:
        """Claims of one topic that are in force on `day`, in the pack's order."""
        return tuple(
            fact for fact in self.facts if fact.topic == topic and not fact.product and fact.in_force(day)
        )

    def defaults(self, intent: str, day: date) -> tuple[Fact, ...]:
        """What is said on `intent` when no wording picks a better claim."""
        return tuple(
            fact for fact in self.facts if fact.default and fact.intent == intent and fact.in_force(day)
        )
