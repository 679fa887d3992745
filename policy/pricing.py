"""What a product costs in this deal: list price, the best offer in force, totals. Exact money.

Offers never combine on one line item; the best one in force whose condition the deal meets applies. An
offer that hangs on a flag (something a person must verify) is named but never applied.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Literal

from core.errors import InputError
from core.pack import Offer, Pack, Product
from core.types import Quote, Situation

OfferState = Literal["applies", "needs", "ended", "upcoming"]


def offer_state(offer: Offer, product_id: str, situation: Situation) -> OfferState:
    """How `offer` stands to `product_id` in this deal; `needs`: in force, its condition not met (yet).

    `situation.quantity` counts units of `product_id` (years, for goods sold by the year).
    """
    day = situation.now.date()
    if offer.ended(day):
        return "ended"
    if offer.upcoming(day):
        return "upcoming"
    return "applies" if product_id in offer.products and _met(offer, situation) else "needs"


def _met(offer: Offer, situation: Situation) -> bool:
    rule = offer.rule
    if rule.kind == "always":
        return True
    if rule.kind in ("quantity", "years"):
        return situation.quantity is not None and situation.quantity >= rule.threshold
    if rule.kind == "bundle":
        deal = {*situation.products, *([situation.product] if situation.product else [])}
        return bool(deal & set(rule.products))
    return False


def list_price(product: Product) -> Decimal:
    """The list price as an exact decimal."""
    return Decimal(str(product.list_price))


def discounted(product: Product, offer: Offer) -> Decimal:
    """List price times discount, exact."""
    return list_price(product) * Decimal(str(offer.discount))


def best_quote(pack: Pack, product_id: str, quantity: int, situation: Situation) -> Quote:
    """The price of `quantity` units under the best single offer that applies.

    Raises InputError for a product that is not in the catalogue or a quantity below one.
    """
    product = pack.product(product_id)
    if product is None:
        raise InputError(f"not in the catalogue: {product_id!r}")
    if quantity < 1:
        raise InputError(f"a quantity is at least one: {quantity}")
    deal = situation.model_copy(
        update={"product": product_id, "quantity": quantity, "products": _others(situation, product_id)}
    )
    applying = [offer for offer in pack.offers if offer_state(offer, product_id, deal) == "applies"]
    best = min(applying, key=lambda offer: offer.discount, default=None)
    unit = discounted(product, best) if best else list_price(product)
    return Quote(
        product=product_id,
        quantity=quantity,
        list_price=float(list_price(product)),
        unit_price=float(unit),
        offer=best.id if best else None,
        total=float(unit * quantity),
        currency=pack.currency,
    )


def _others(situation: Situation, product_id: str) -> tuple[str, ...]:
    """The deal's products, the one that was in focus included."""
    focus = (situation.product,) if situation.product and situation.product != product_id else ()
    return tuple(dict.fromkeys((*situation.products, *focus)))


def total(quotes: Iterable[Quote]) -> float:
    """The sum of several line items, exact to the cent."""
    return float(sum((Decimal(str(quote.total)) for quote in quotes), Decimal(0)))
