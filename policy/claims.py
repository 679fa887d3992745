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
    """Whether `place` lies in one of `regions` (provinces, groups of them, or cities).

    None where it is unknown, or wider than what the regions cover of it (浙江 against 宁波, 华东 against 江苏).
    """
    own, names = set(provinces_of(place)), tuple(regions)
    if any(name in place for name in names):
        return True
    if not own:
        return None
    whole = {name for name in names if _is_wide(name)}
    covered = {province for name in whole for province in provinces_of(name)}
    if own <= covered:
        return True
    parts = {province for name in names if name not in whole for province in provinces_of(name)}
    return None if own & covered or (_is_wide(place) and own & parts) else False


def _is_wide(name: str) -> bool:
    """Whether a name means a whole province, or several."""
    provinces = provinces_of(name)
    return len(provinces) > 1 or name.removesuffix("省").removesuffix("市") in provinces


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
