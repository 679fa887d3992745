"""What is answered to each kind of question: facts first, prices by policy, never a guess."""

from __future__ import annotations

from collections.abc import Callable

from core.pack import Fact, Offer, localise
from core.types import Act, Quote
from policy import wording
from policy.cues import ADDING, LIST_PRICE, MORE, RANGE_OF_GOODS, TOGETHER, TOTAL, spoken
from policy.deal import Deal
from policy.pricing import best_quote

SEPARATOR = {"zh": ";", "en": "; "}
FACTS_A_TURN = {"text": 2, "voice": 1}
NAMES_A_TURN = {"text": 6, "voice": 3}
"""Products named where no list of them was asked for."""


def answer(intent: str, deal: Deal) -> list[Act]:
    """Acts that answer `intent`; empty where the intent asks nothing."""
    rule = RULES.get(intent)
    return rule(deal) if rule else []


def fact_act(deal: Deal, fact: Fact) -> Act:
    """Says a fact in the company's own words."""
    return Act(
        act="answer",
        script="answer.fact",
        values={"topic": fact.topic, "text": localise(fact.text, deal.lang)},
        facts=(fact.id,),
    )


def from_facts(deal: Deal) -> list[Act]:
    """The grounded facts, or an honest not-knowing where the facts do not say."""
    facts = [fact for fact in map(deal.book.get, deal.grounding.facts) if fact]
    if facts:
        return [fact_act(deal, fact) for fact in facts[: FACTS_A_TURN[deal.channel]]]
    return [not_known(deal)] if deal.grounding.unsaid else []


def not_known(deal: Deal) -> Act:
    """Says that the facts do not hold the answer."""
    if deal.product:
        return Act(
            act="decline",
            script="decline.unknown_product",
            values={"product": localise(deal.product.name, deal.lang)},
        )
    return Act(act="decline", script="decline.unknown")


def about_product(deal: Deal) -> list[Act]:
    """Parameters, fitness for a need, or what there is to buy."""
    if deal.grounding.unsold:
        return [not_sold(deal)]
    if acts := fitness(deal):
        return acts
    if acts := from_facts(deal):
        return acts
    if deal.product and not spoken(RANGE_OF_GOODS, deal.text):
        return [introduction(deal)]
    return [range_of_goods(deal)]


def not_sold(deal: Deal) -> Act:
    """Says that the catalogue does not hold what was asked for."""
    return Act(
        act="answer",
        script="answer.not_sold",
        values={"topic": "catalogue", "products": goods(deal, NAMES_A_TURN[deal.channel])},
    )


def range_of_goods(deal: Deal) -> Act:
    """Names what the company sells."""
    return Act(
        act="answer",
        script="answer.products",
        values={"topic": "catalogue", "products": goods(deal, NAMES_A_TURN["text"])},
    )


def goods(deal: Deal, most: int) -> str:
    """Names of what is sold now, at most `most` of them."""
    rows = [row.id for row in deal.pack.products if row.in_force(deal.now.date())]
    return wording.names(deal.pack, rows, deal.lang, most=most)


def introduction(deal: Deal) -> Act:
    """The product in focus by its main parameters."""
    product = deal.product
    assert product is not None
    facts = [
        fact
        for attribute in product.specs
        if (fact := deal.book.cell(product.id, attribute)) and fact.intent == "ask_product"
    ][:3]
    attributes = [deal.pack.attribute(fact.topic) for fact in facts]
    specs = [
        f"{localise(attribute.names, deal.lang)[0]}{' ' if deal.lang == 'en' else ''}{product.spec(attribute.id, deal.lang)}"
        for attribute in attributes
        if attribute
    ]
    joined = ("、" if deal.lang == "zh" else ", ").join(specs)
    return Act(
        act="answer",
        script="answer.intro" if specs else "answer.price",
        values={
            "topic": "introduction",
            "product": localise(product.name, deal.lang),
            "specs": joined,
            "price": wording.money(product.list_price, deal.pack.currency, deal.lang),
            "unit": wording.unit_of(product, deal.lang),
        },
        facts=tuple(fact.id for fact in facts) or (f"catalogue:{product.id}#price",),
    )


def fitness(deal: Deal) -> list[Act]:
    """Whether the goods meet the need just stated, and which do."""
    needs = [
        attribute
        for attribute in deal.pack.attributes
        if attribute.requirement and attribute.requirement.slot in deal.mentions
    ]
    if not needs:
        return []
    attribute = needs[0]
    assert attribute.requirement is not None
    need = wording.slot_value(
        attribute.requirement.slot, deal.mentions[attribute.requirement.slot], deal.pack, deal.lang
    )
    values = {"topic": attribute.id, "need": need + (attribute.unit or "")}
    acts = [_fit(deal, attribute.id, "answer.unfit", pid, values) for pid in deal.grounding.unfit[:1]]
    acts += [_fit(deal, attribute.id, "answer.fit", pid, values) for pid in deal.grounding.fits[:1]]
    return acts or [Act(act="answer", script="answer.none_fit", values=values)]


def _fit(deal: Deal, attribute_id: str, script: str, product_id: str, values: dict[str, str]) -> Act:
    product, attribute = deal.pack.product(product_id), deal.pack.attribute(attribute_id)
    assert product is not None and attribute is not None
    return Act(
        act="answer",
        script=script,
        values={
            **values,
            "product": localise(product.name, deal.lang),
            "name": localise(attribute.names, deal.lang)[0],
            "value": product.spec(attribute_id, deal.lang),
        },
        facts=(f"catalogue:{product_id}#{attribute_id}",),
    )


def about_price(deal: Deal) -> list[Act]:
    """List price, or the total worked out for the quantity with the best offer in force."""
    if deal.grounding.unsold:
        return [not_sold(deal)]
    if _facts_on_price(deal):
        return from_facts(deal)
    wanted = _products_meant(deal)
    if not wanted:
        names = goods(deal, NAMES_A_TURN[deal.channel])
        return [Act(act="clarify", script="answer.price_which", values={"products": names})]
    if len(wanted) > 1:
        return [_several(deal, wanted)]
    quantity = deal.quantity_of(wanted[0]) or 1
    only_list = spoken(LIST_PRICE, deal.text) and not spoken(TOTAL, deal.text)
    return [price_act(deal, quote_for(deal, wanted[0], 1 if only_list else quantity))]


def _facts_on_price(deal: Deal) -> bool:
    """Whether a grounded fact, rather than a price to work out, answers the question for the price."""
    others = {score.id for score in deal.understanding.intents} - {"ask_price"}
    facts = [fact for fact in map(deal.book.get, deal.grounding.facts) if fact]
    return any(fact.intent not in others for fact in facts)


def _products_meant(deal: Deal) -> list[str]:
    named = deal.mentions.get("product")
    listed = [named] if isinstance(named, str) else list(named or [])
    joined = not listed or (len(listed) == 1 and spoken(ADDING, deal.text))
    if joined and spoken(TOTAL, deal.text) and len(deal.line_items) > 1:
        listed = [item.product for item in deal.line_items]
    if not listed and deal.focus:
        listed = [deal.focus]
    return [product for product in listed if deal.pack.product(product)]


def quote_for(deal: Deal, product_id: str, quantity: int) -> Quote:
    """The best price in force for `quantity` units."""
    return best_quote(deal.pack, product_id, quantity, deal.situation(product_id))


def quotes_of(deal: Deal) -> tuple[Quote, ...]:
    """Every price that this turn's answers may name, for the guard and for the record."""
    products = dict.fromkeys([*_products_meant(deal), *(item.product for item in deal.line_items)])
    found: list[Quote] = []
    for product_id in products:
        for quantity in dict.fromkeys([1, deal.quantity_of(product_id) or 1]):
            found.append(quote_for(deal, product_id, quantity))
    return tuple(found)


def price_act(deal: Deal, quote: Quote) -> Act:
    """Names a price: the list price, the total, or the total under an offer."""
    product = deal.pack.product(quote.product)
    assert product is not None
    price = wording.money(quote.list_price, quote.currency, deal.lang)
    values = {
        "topic": "price",
        "product": localise(product.name, deal.lang),
        "unit": wording.unit_of(product, deal.lang),
        "quantity": quote.quantity,
        "price": price,
        "total": wording.money(quote.total, quote.currency, deal.lang),
        "unit_price": wording.money(quote.unit_price, quote.currency, deal.lang),
    }
    offer = offer_of(deal, quote.offer)
    if offer:
        values |= {
            "discount": wording.discount(offer.discount, deal.lang),
            "offer": localise(offer.note, deal.lang),
        }
        script = "answer.total_offer" if quote.quantity > 1 else "answer.unit_offer"
    else:
        script = "answer.total" if quote.quantity > 1 else "answer.price"
    facts = [f"catalogue:{product.id}#price", *([f"promotions:{offer.id}"] if offer else [])]
    return Act(act="answer", script=script, values=values, facts=tuple(facts))


def _several(deal: Deal, products: list[str]) -> Act:
    quotes = [quote_for(deal, product, deal.quantity_of(product) or 1) for product in products]
    as_deal = spoken(TOTAL, deal.text) or any(quote.offer for quote in quotes)
    items, facts = [], []
    for quote in quotes:
        product = deal.pack.product(quote.product)
        assert product is not None
        name, unit = localise(product.name, deal.lang), wording.unit_of(product, deal.lang)
        amount = wording.money(quote.total if as_deal else quote.list_price, quote.currency, deal.lang)
        count = f"{quote.quantity}{unit}" if deal.lang == "zh" else f"{quote.quantity} "
        items.append(f"{count if as_deal else ''}{name} {amount}")
        facts.append(f"catalogue:{product.id}#price")
        if quote.offer and as_deal:
            facts.append(f"promotions:{quote.offer}")
    total = sum(quote.total for quote in quotes)
    return Act(
        act="answer",
        script="answer.deal_total" if as_deal else "answer.price_list",
        values={
            "topic": "price",
            "items": ("、" if deal.lang == "zh" else ", ").join(items),
            "total": wording.money(total, deal.pack.currency, deal.lang),
        },
        facts=tuple(facts),
    )


def offer_of(deal: Deal, offer_id: str | None) -> Offer | None:
    """The offer of `offer_id`, None where there is none."""
    return next((offer for offer in deal.pack.offers if offer.id == offer_id), None)


def about_discount(deal: Deal) -> list[Act]:
    """Offers on the product in focus, as they stand now; who may grant more."""
    if deal.grounding.unsold:
        return [not_sold(deal)]
    acts = offer_acts(deal)[: FACTS_A_TURN[deal.channel]]
    authority = deal.book.topic("discount_authority", deal.now.date())
    if authority and spoken(MORE, deal.text):
        return [*acts[:1], *(fact_act(deal, fact) for fact in authority[: FACTS_A_TURN[deal.channel]])]
    if acts:
        return acts
    if deal.grounding.facts:
        return from_facts(deal)
    if deal.product:
        quote = quote_for(deal, deal.product.id, 1)
        return [price_act(deal, quote).model_copy(update={"script": "answer.offer_none"})]
    return [_all_offers(deal)]


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
    turns = offer.valid_until if script == "answer.offer_ended" else offer.valid_from
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


def about_competitor(deal: Deal) -> list[Act]:
    """Own strengths by fact; never a word against the other."""
    if "competitor" not in deal.mentions and "product" in deal.mentions:
        return about_discount(deal) if spoken(TOGETHER, deal.text) else about_product(deal)
    stance = deal.book.topic("comparison", deal.now.date())
    acts = from_facts(deal)
    said = {fact for act in acts for fact in act.facts}
    return [*acts, *(fact_act(deal, fact) for fact in stance[:1] if fact.id not in said)][:2]


RULES: dict[str, Callable[[Deal], list[Act]]] = {
    "ask_product": about_product,
    "ask_price": about_price,
    "ask_discount": about_discount,
    "ask_customization": from_facts,
    "ask_service": from_facts,
    "ask_delivery": from_facts,
    "ask_payment": from_facts,
    "ask_case": from_facts,
    "ask_company": from_facts,
    "compare_competitor": about_competitor,
}
