"""What an objection is answered with: an offer, a reference from the customer's own trade, a claim."""

from __future__ import annotations

from collections.abc import Iterable

from core.pack import Fact, localise
from core.types import Act
from policy.answers.offers import offer_act
from policy.answers.prices import offer_of, price_act, quote_for
from policy.answers.statements import fact_act
from policy.claims import holds
from policy.deal import Deal
from policy.pricing import offer_state


def argument(deal: Deal, kinds: Iterable[str]) -> Act | None:
    """The first kind of argument that this deal bears out and that was not used yet.

    None over the phone, where an objection is answered in one breath.
    """
    if deal.channel == "voice":
        return None
    for kind in kinds:
        found = _offer(deal) if kind == "offer" else _claim(deal, kind)
        if found is not None:
            return found
    return None


def _offer(deal: Deal) -> Act | None:
    """The best offer in force on the product in focus, applied where the deal meets it."""
    if deal.product is None:
        return None
    quote = quote_for(deal, deal.product.id, deal.quantity_of(deal.product.id) or 1)
    if (applied := offer_of(deal, quote.offer)) is not None:
        return None if _said(deal, localise(applied.note, deal.lang)) else price_act(deal, quote)
    situation = deal.situation(deal.product.id)
    open_ = [
        offer
        for offer in deal.pack.offers
        if deal.product.id in offer.products
        and offer_state(offer, deal.product.id, situation) == "needs"
        and not _said(deal, localise(offer.note, deal.lang))
    ]
    if not open_:
        return None
    best = min(open_, key=lambda offer: offer.discount)
    return offer_act(deal, "answer.offer_needs", [best], deal.product.id)


def _claim(deal: Deal, topic: str) -> Act | None:
    """A claim of the topic that holds here; one about trades or applications only for the customer's own."""
    for fact in deal.book.topic(topic, deal.now.date()):
        fits = _own_trade(deal, fact) and holds(fact.when, deal.situation(), deal.pack) is not False
        if fits and not _said(deal, localise(fact.text, deal.lang)):
            return fact_act(deal, fact)
    return None


def _own_trade(deal: Deal, fact: Fact) -> bool:
    about = (*fact.about.industries, *fact.about.applications)
    own = [str(deal.value(slot)) for slot in ("industry", "application") if deal.known(slot)]
    return not about or any(word in said or said in word for word in about for said in own)


def _said(deal: Deal, text: str) -> bool:
    return any(text in line.text for line in deal.lines if line.who != "customer")
