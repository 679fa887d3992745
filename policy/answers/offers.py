"""Offers as they stand to the deal: applying, waiting for their condition, ended, not begun."""

from __future__ import annotations

from core.pack import Offer, localise
from core.types import Act
from policy import wording
from policy.answers.prices import offer_of, price_act, quote_for
from policy.answers.statements import FACTS_A_TURN, fact_act, from_facts, not_sold
from policy.cues import BARGAINING, COMBINING, MORE, UNTIL_WHEN, spoken
from policy.deal import Deal

SEPARATOR = {"zh": ";", "en": ". "}


def about_discount(deal: Deal) -> list[Act]:
    """Offers on the product in focus, as they stand now; who may grant more."""
    if deal.grounding.unsold:
        return [not_sold(deal)]
    stacking = deal.book.topic("offer_stacking", deal.now.date())
    if stacking and spoken(COMBINING, deal.text):
        return [fact_act(deal, fact) for fact in stacking[:1]]
    acts = offer_acts(deal)[: FACTS_A_TURN[deal.channel]]
    authority = deal.book.topic("discount_authority", deal.now.date())
    if until := _until(deal):
        return [until]
    if authority and (spoken(MORE, deal.text) or spoken(BARGAINING, deal.text)):
        return [*acts[:1], *(fact_act(deal, fact) for fact in authority[: FACTS_A_TURN[deal.channel]])]
    if acts:
        return acts
    if deal.grounding.facts:
        return from_facts(deal)
    if deal.product:
        quote = quote_for(deal, deal.product.id, 1)
        return [price_act(deal, quote).model_copy(update={"script": "answer.offer_none"})]
    return [_all_offers(deal)]


def _until(deal: Deal) -> Act | None:
    """The last day of the offer talked of, where that is asked."""
    offers = [offer for view in deal.grounding.offers if (offer := offer_of(deal, view.offer))]
    dated = [offer for offer in offers if offer.in_force(deal.now.date()) and offer.valid_until]
    if not spoken(UNTIL_WHEN, deal.text) or not dated:
        return None
    return offer_act(deal, "answer.offer_until", dated[:1], deal.focus or dated[0].products[0])


def offer_acts(deal: Deal) -> list[Act]:
    """What is said of the offers around the deal: one that applies, or all whose condition is open or missed."""
    acts: list[Act] = []
    for view in deal.grounding.offers:
        offer = offer_of(deal, view.offer)
        assert offer is not None
        quote = quote_for(deal, view.product, deal.quantity_of(view.product) or 1)
        if quote.offer == offer.id:
            acts.append(price_act(deal, quote))
        elif view.state in {"ended", "upcoming"}:
            acts.append(offer_act(deal, f"answer.offer_{view.state}", [offer], view.product))
    waiting = [view for view in deal.grounding.offers if view.state == "needs"]
    flags = {offer.id for offer in deal.pack.offers if offer.rule.kind == "flag"}
    if waiting and not any(act.values["topic"] == "price" for act in acts):
        missed = deal.quantity_of(waiting[0].product) and waiting[0].offer not in flags
        script = "answer.offer_not_met" if missed else "answer.offer_needs"
        found = [offer for view in waiting if (offer := offer_of(deal, view.offer))]
        acts.append(offer_act(deal, script, found[: FACTS_A_TURN[deal.channel]], waiting[0].product))
    return acts


def offer_act(deal: Deal, script: str, offers: list[Offer], product_id: str) -> Act:
    """Says how offers stand to the deal: ended, not begun, their condition, or that it is not met."""
    product = deal.pack.product(product_id)
    assert product is not None
    offer = offers[0]
    turns = offer.valid_from if script == "answer.offer_upcoming" else offer.valid_until
    return Act(
        act="answer",
        script=script,
        values={
            "topic": "offer",
            "product": localise(product.name, deal.lang),
            "offer": SEPARATOR[deal.lang].join(localise(offer.note, deal.lang) for offer in offers),
            "date": wording.day(turns, deal.lang) if turns else "",
            "quantity": deal.quantity_of(product_id) or 1,
            "unit": wording.unit_of(product, deal.lang),
            "price": wording.money(product.list_price, deal.pack.currency, deal.lang),
            "discount": wording.discount(offer.discount, deal.lang),
        },
        facts=tuple(f"promotions:{offer.id}" for offer in offers),
    )


def repriced(deal: Deal, before: int) -> list[Act]:
    """The price after the quantity changed from `before`; an offer that is lost by it is named as lost."""
    assert deal.focus is not None
    now = quote_for(deal, deal.focus, deal.quantity_of(deal.focus) or 1)
    lost = offer_of(deal, quote_for(deal, deal.focus, before).offer)
    if lost and now.offer is None:
        return [offer_act(deal, "answer.offer_not_met", [lost], deal.focus), price_act(deal, now)]
    return [price_act(deal, now)]


def _all_offers(deal: Deal) -> Act:
    running = [offer for offer in deal.pack.offers if offer.in_force(deal.now.date())]
    if not running:
        return Act(act="answer", script="answer.offers_none", values={"topic": "offer"})
    shown = running[: 1 if deal.channel == "voice" else 3]
    return Act(
        act="answer",
        script="answer.offers",
        values={
            "topic": "offer",
            "offers": SEPARATOR[deal.lang].join(localise(offer.note, deal.lang) for offer in shown),
        },
        facts=tuple(f"promotions:{offer.id}" for offer in shown),
    )
