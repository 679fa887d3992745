"""Whether a claim's condition holds in a deal: yes, no, or the deal does not say."""

from __future__ import annotations

from collections.abc import Iterable

from engines.normalise.places import province_of

from core.pack import Condition, Pack
from core.types import Situation
from policy.pricing import best_quote


def holds(condition: Condition, situation: Situation, pack: Pack) -> bool | None:
    """True, False, or None where the deal lacks what the condition asks about."""
    answers = [
        _regions(condition, situation),
        _goods(condition, situation, pack),
        _quantity(condition, situation),
        _amount(condition, situation, pack),
    ]
    if False in answers:
        return False
    return None if None in answers else True


def place_within(place: str, regions: Iterable[str]) -> bool | None:
    """Whether `place` lies in one of `regions` (provinces or cities); None: wider than a region, or unknown."""
    province = province_of(place)
    undecided = province is None
    for region in regions:
        if region in place or province == region or province_of(region) == province == place:
            return True
        if _is_province(region):
            undecided = undecided or False
            if province is not None and province_of(region) == province:
                return True
        elif (
            province is not None and province_of(region) == province and place in (province, f"{province}省")
        ):
            undecided = True
    return None if undecided else False


def _is_province(region: str) -> bool:
    province = province_of(region)
    return province is not None and region.startswith(province)


def _regions(condition: Condition, situation: Situation) -> bool | None:
    if not condition.names_region():
        return True
    if not situation.location:
        return None
    if condition.not_regions:
        inside = place_within(situation.location, condition.not_regions)
        if inside is not False:
            return None if inside is None else False
    return place_within(situation.location, condition.regions) if condition.regions else True


def _goods(condition: Condition, situation: Situation, pack: Pack) -> bool | None:
    if not condition.products and not condition.categories:
        return True
    product = pack.product(situation.product)
    if product is None:
        return None
    return product.id in condition.products or product.category in condition.categories


def _quantity(condition: Condition, situation: Situation) -> bool | None:
    if condition.quantity_at_least is None:
        return True
    return None if situation.quantity is None else situation.quantity >= condition.quantity_at_least


def _amount(condition: Condition, situation: Situation, pack: Pack) -> bool | None:
    if condition.amount_at_least is None:
        return True
    if pack.product(situation.product) is None or situation.product is None or not situation.quantity:
        return None
    quote = best_quote(pack, situation.product, situation.quantity, situation)
    return quote.total >= condition.amount_at_least
