"""Which goods meet a need: a slot that an attribute of the pack answers to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.pack import Attribute, Product
from engines.normalise.numbers import find_numbers
from policy.deal import Deal


def fitting(deal: Deal, needs: Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Products that meet the need among `needs` (slot to value), closest first, and the focus if it does not."""
    attribute = measured_by(deal, needs)
    if attribute is None or attribute.requirement is None:
        return (), ()
    need = float(needs[attribute.requirement.slot])
    rows = [row for row in deal.pack.products if attribute.id in row.specs]
    good = [row for row in rows if meets(row, attribute, need)]
    good.sort(key=lambda row: abs((number_in(row, attribute) or 0.0) - need))
    bad = [row.id for row in rows if row.id == deal.focus and row not in good]
    chosen = [row.id for row in good if row.id == deal.focus] or [row.id for row in good]
    return tuple(chosen), tuple(bad)


def measured_by(deal: Deal, needs: Mapping[str, Any]) -> Attribute | None:
    """The attribute that a need is held against: one that the product in focus has goes first."""
    own = deal.product.specs if deal.product else {}
    answering = [
        attribute
        for attribute in deal.pack.attributes
        if attribute.requirement and isinstance(needs.get(attribute.requirement.slot), int | float)
    ]
    return min(answering, key=lambda attribute: attribute.id not in own, default=None)


def recommended(deal: Deal) -> str | None:
    """The product that fits best what the talk has told of the need."""
    fits, _ = fitting(deal, {slot: held.value for slot, held in deal.slots.items()})
    return fits[0] if fits else None


def meets(row: Product, attribute: Attribute, need: float) -> bool:
    """Whether the product's value reaches (or keeps under) the need."""
    value = number_in(row, attribute)
    if value is None or attribute.requirement is None:
        return False
    return value >= need if attribute.requirement.at == "least" else value <= need


def number_in(row: Product, attribute: Attribute) -> float | None:
    """The number of a spec value such as 6kg."""
    found = find_numbers(row.specs.get(attribute.id, ""))
    return found[0].value if found else None
