"""Whether a claim's condition holds in a deal: yes, no, or the deal does not say."""

from __future__ import annotations

from collections.abc import Iterable

from core.pack import Condition, Pack
from core.types import Situation
from engines.normalise.places import provinces_of
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
    """Whether `place` lies in one of `regions` (provinces or cities).

    None where it is unknown, or wider than a region of which it holds a part (浙江 against 宁波).
    """
    own = provinces_of(place)
    if not own:
        return True if any(region in place for region in regions) else None
    undecided = False
    for region in regions:
        held = provinces_of(region)
        if region in place or region == place:
            return True
        if not set(own) & set(held or (region,)):
            continue
        if region in held or not held or len(held) > 1:
            if set(own) <= set(held or (region,)):
                return True
            undecided = True
        elif place.removesuffix("省").removesuffix("市") in own:
            undecided = True
    return None if undecided else False


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
