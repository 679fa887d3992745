"""Prices and totals, worked out by `policy.pricing`, never by a model."""

from __future__ import annotations

from core.pack import Offer, localise
from core.types import Act, Quote
from policy import wording
from policy.answers.statements import NAMES_A_TURN, from_facts, goods, not_sold
from policy.cues import ADDING, LIST_PRICE, QUOTE_UP, TOTAL, WITHIN_BUDGET, spoken
from policy.deal import Deal
from policy.fit import recommended
from policy.pricing import best_quote, total


def about_price(deal: Deal) -> list[Act]:
    """List price, or the total worked out for the quantity with the best offer in force."""
    if deal.grounding.unsold:
        return [not_sold(deal)]
    if spoken(WITHIN_BUDGET, deal.text) and (weighed := against_budget(deal)):
        return [weighed]
    if _facts_on_price(deal):
        return _with_list_price(deal, from_facts(deal))
    wanted = products_meant(deal)
    if not wanted:
        names = goods(deal, NAMES_A_TURN[deal.channel])
        return [Act(act="ask_slot", slot="product", script="answer.price_which", values={"products": names})]
    if len(wanted) > 1:
        return [_several(deal, wanted)]
    if ranged := _over_range(deal, wanted[0]):
        return ranged
    quantity = deal.quantity_of(wanted[0]) or 1
    only_list = spoken(LIST_PRICE, deal.text) and not spoken(TOTAL, deal.text)
    return [price_act(deal, quote_for(deal, wanted[0], 1 if only_list else quantity))]


def _with_list_price(deal: Deal, facts: list[Act]) -> list[Act]:
    """What the facts say of a product's price, behind it the price itself; facts of a service stand alone."""
    own = deal.product and any(fact.startswith(f"catalogue:{deal.product.id}#") for fact in facts[0].facts)
    if not own or deal.product is None:
        return facts
    quote = quote_for(deal, deal.product.id, deal.quantity_of(deal.product.id) or 1)
    return [*facts[:1], price_act(deal, quote)]


def _over_range(deal: Deal, product_id: str) -> list[Act]:
    """For a number that is still a range: the price of one, and the offer that its upper end would reach."""
    item = next((item for item in deal.line_items if item.product == product_id), None)
    if item is None or not isinstance(item.quantity, dict):
        return []
    most = item.quantity.get("max") or item.quantity.get("min")
    acts = [price_act(deal, quote_for(deal, product_id, 1))]
    reached = quote_for(deal, product_id, int(most)) if most else None
    if reached and reached.offer:
        acts.append(price_act(deal, reached))
    return acts[: 1 if deal.channel == "voice" else 2]


def against_budget(deal: Deal) -> Act | None:
    """Whether the counted goods, or the product in focus, fit the budget; None where one of the two is unknown."""
    budget = deal.value("budget")
    limit = (budget.get("max") or budget.get("min")) if isinstance(budget, dict) else None
    products = [item.product for item in deal.line_items if item.quantity] or [deal.focus or ""]
    if limit is None or not all(map(deal.pack.product, products)):
        return None
    quotes = [quote_for(deal, product, deal.quantity_of(product) or 1) for product in products]
    amount = total(quotes)
    return Act(
        act="answer",
        script="answer.within_budget" if amount <= limit else "answer.over_budget",
        values={
            "topic": "price",
            "total": wording.money(amount, deal.pack.currency, deal.lang),
            "budget": wording.slot_value("budget", budget, deal.pack, deal.lang),
        },
        facts=tuple(fact for quote in quotes for fact in quoted_facts(quote)),
    )


def quoted_facts(quote: Quote) -> tuple[str, ...]:
    """Ids of the facts that a worked-out price rests on."""
    offer = (f"promotions:{quote.offer}",) if quote.offer else ()
    return (f"catalogue:{quote.product}#price", *offer)


def _facts_on_price(deal: Deal) -> bool:
    """Whether a grounded fact, rather than a price to work out, answers the question for the price."""
    others = {score.id for score in deal.understanding.intents} - {"ask_price"}
    facts = [fact for fact in map(deal.book.get, deal.grounding.facts) if fact]
    return any(fact.intent not in others for fact in facts)


def products_meant(deal: Deal) -> list[str]:
    """Products whose price is asked: those named, else the one in focus, else the one that fits the need.

    A total asked of several line items is that of the counted ones, or of all where none is counted.
    """
    named = deal.mentions.get("product")
    listed = [named] if isinstance(named, str) else list(named or [])
    joined = not listed or (len(listed) == 1 and spoken(ADDING, deal.text))
    whole = (joined and spoken(TOTAL, deal.text)) or (not listed and spoken(QUOTE_UP, deal.text))
    if whole and len(deal.line_items) > 1:
        counted = [item.product for item in deal.line_items if item.quantity]
        listed = [*listed, *(counted or [item.product for item in deal.line_items])]
    if not listed and (product := deal.focus or recommended(deal)):
        listed = [product]
    return [product for product in dict.fromkeys(listed) if deal.pack.product(product)]


def quote_for(deal: Deal, product_id: str, quantity: int) -> Quote:
    """The best price in force for `quantity` units."""
    return best_quote(deal.pack, product_id, quantity, deal.situation(product_id))


def quotes_of(deal: Deal) -> tuple[Quote, ...]:
    """Every price that this turn's answers may name, for the guard and for the record."""
    products = dict.fromkeys([*products_meant(deal), *(item.product for item in deal.line_items)])
    found: list[Quote] = []
    for product_id in filter(deal.pack.product, products):
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
    return Act(act="answer", script=script, values=values, facts=quoted_facts(quote))


def _several(deal: Deal, products: list[str]) -> Act:
    quotes = [quote_for(deal, product, deal.quantity_of(product) or 1) for product in products]
    as_deal = spoken(TOTAL, deal.text) or any(quote.offer or quote.quantity > 1 for quote in quotes)
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
    return Act(
        act="answer",
        script="answer.deal_total" if as_deal else "answer.price_list",
        values={
            "topic": "price",
            "items": ("、" if deal.lang == "zh" else ", ").join(items),
            "total": wording.money(total(quotes), deal.pack.currency, deal.lang),
        },
        facts=tuple(facts),
    )


def offer_of(deal: Deal, offer_id: str | None) -> Offer | None:
    """The offer of `offer_id`, None where there is none."""
    return next((offer for offer in deal.pack.offers if offer.id == offer_id), None)
