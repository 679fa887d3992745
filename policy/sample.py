"""A true example of each variable of a script line, from the pack's own data: what a line sounds like."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from core.pack import Attribute, DemoMode, Offer, Pack, Product, localise
from core.types import Lang, Quote, Situation
from policy import wording
from policy.pricing import best_quote

PERSON: dict[Lang, str] = {"zh": "王女士", "en": "Ms Wang"}
PHONE = "13800001234"
EMAIL = "wang@example.com"
TOLD = {"phone": PHONE, "email": EMAIL}
"""What the customer has said, so that a line may repeat it."""
COUNTED = ("answer.total", "answer.total_offer", "answer.unit_offer", "answer.offer_not_met")
"""Situations in which it is known how many are wanted."""


class Sample(NamedTuple):
    """Values by the name of the variable, and the deal in which they are true."""

    values: dict[str, str]
    situation: Situation
    quotes: tuple[Quote, ...]


def sample_for(pack: Pack, situation: str, lang: Lang, day: date) -> Sample:
    """Values for a line of `situation`; a variable that the pack has no value for is empty."""
    offer = _offer(pack, situation, day)
    product = _product(pack, situation, offer, day)
    now = datetime.combine(day, time(10))
    if product is None:
        return Sample(_plain(pack, lang, now), Situation(now=now, lang=lang, slots=TOLD), ())
    quote = _quote(pack, product, situation, offer, now, lang)
    quantity = quote.quantity if situation in COUNTED else None
    told = {**TOLD, "budget": {"max": quote.total}}
    deal = Situation(now=now, lang=lang, product=product.id, quantity=quantity, slots=told)
    values = {
        **_plain(pack, lang, now),
        **_priced(pack, product, quote, lang),
        **_offered(pack, offer, lang, situation, day),
        **_described(pack, product, lang, day),
    }
    return Sample(values, deal, (quote,))


def _offer(pack: Pack, situation: str, day: date) -> Offer | None:
    """The offer that a line of this situation speaks of."""
    if situation == "answer.offer_ended":
        return next((offer for offer in pack.offers if offer.ended(day)), None)
    if situation == "answer.offer_upcoming":
        return next((offer for offer in pack.offers if offer.upcoming(day)), None)
    running = [offer for offer in pack.offers if offer.in_force(day)]
    counted = [offer for offer in running if offer.rule.kind == "quantity"]
    return next(iter([*counted, *running]), None)


def _product(pack: Pack, situation: str, offer: Offer | None, day: date) -> Product | None:
    """A product that the line can be about: one with the offer, one without, or the first."""
    sold = [row for row in pack.products if row.in_force(day)]
    offered = {pid for other in pack.offers if other.in_force(day) for pid in other.products}
    if situation in ("answer.offer_none", "answer.price", "answer.total"):
        return next((row for row in sold if row.id not in offered), next(iter(sold), None))
    wanted = [row for row in sold if offer and row.id in offer.products]
    return next(iter([*wanted, *sold]), None)


def _quote(
    pack: Pack, product: Product, situation: str, offer: Offer | None, now: datetime, lang: Lang
) -> Quote:
    """The price of one unit, or of as many as the offer asks for where the line is about that."""
    least = offer.rule.threshold if offer and offer.rule.kind == "quantity" else 1
    counts = {"answer.total_offer": max(least, 2), "answer.unit_offer": least, "answer.total": 2}
    count = counts.get(situation, 1)
    return best_quote(pack, product.id, count, Situation(now=now, lang=lang))


def _plain(pack: Pack, lang: Lang, now: datetime) -> dict[str, str]:
    """Names, numbers and times that hang on no product."""
    mode = next((mode for mode in pack.demo_modes if mode.default), next(iter(pack.demo_modes), None))
    return {
        "company": localise(pack.short_name, lang),
        "robot": localise(pack.robot, lang),
        "contact": PERSON[lang],
        "phone": PHONE,
        "email": EMAIL,
        "last": "您请讲。" if lang == "zh" else "Please go ahead.",
        "name": "联系人" if lang == "zh" else "the contact",
        "value": PERSON[lang],
        "summary": PERSON[lang],
        "mode": localise(mode.name, lang) if mode else "",
        "hours": wording.hours(mode, lang) if mode else "",
        "when": wording.moment(_open_moment(mode, now), lang) if mode else "",
        "unit": wording.unit_of(None, lang),
    }


def _open_moment(mode: DemoMode, now: datetime) -> datetime:
    """The first opening of the mode after `now`."""
    days = (now.date() + timedelta(days=ahead) for ahead in range(1, 8))
    day = next((day for day in days if day.weekday() in mode.weekdays), now.date())
    return datetime.combine(day, time.fromisoformat(mode.opens))


def _priced(pack: Pack, product: Product, quote: Quote, lang: Lang) -> dict[str, str]:
    name, price = localise(product.name, lang), wording.money(quote.list_price, quote.currency, lang)
    return {
        "product": name,
        "unit": wording.unit_of(product, lang),
        "quantity": str(quote.quantity),
        "price": price,
        "unit_price": wording.money(quote.unit_price, quote.currency, lang),
        "total": wording.money(quote.total, quote.currency, lang),
        "budget": wording.money(quote.total, quote.currency, lang),
        "items": f"{name} {price}",
        "products": wording.names(pack, [row.id for row in pack.products], lang, most=3),
    }


def _offered(pack: Pack, offer: Offer | None, lang: Lang, situation: str, day: date) -> dict[str, str]:
    if offer is None:
        return {}
    turn = offer.valid_from if situation == "answer.offer_upcoming" else offer.valid_until
    return {
        "offer": localise(offer.note, lang),
        "offers": localise(offer.note, lang),
        "discount": wording.discount(offer.discount, lang),
        "date": wording.day(turn, lang) if turn else "",
    }


def _described(pack: Pack, product: Product, lang: Lang, day: date) -> dict[str, str]:
    """What the catalogue says of the product, beside another one where there is one of its kind."""
    attribute = next((row for row in pack.attributes if row.id in product.specs), None)
    if attribute is None:
        return {}
    alike = [
        row
        for row in pack.products
        if row.id != product.id and attribute.id in row.specs and row.in_force(day)
    ]
    other = next(iter(alike), product)
    name, value = localise(attribute.names, lang)[0], product.spec(attribute.id, lang)
    return {
        "text": _said(attribute, name, value, product, lang),
        "specs": f"{name}{value}" if lang == "zh" else f"{name} {value}",
        "need": value,
        "name": name,
        "value": value,
        "first": localise(product.name, lang),
        "second": localise(other.name, lang),
        "first_value": value,
        "second_value": other.spec(attribute.id, lang),
    }


def _said(attribute: Attribute, name: str, value: str, product: Product, lang: Lang) -> str:
    said = (attribute.say or {}).get(lang, "{product} {name} {value}")
    return said.format(product=localise(product.name, lang), name=name, value=value)
