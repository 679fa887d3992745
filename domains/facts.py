"""Every statement a pack stands behind, as one list of facts with sentences in each language."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache

from core.pack import About, Attribute, Claim, Fact, Offer, Pack, Product, Text, Texts, localise
from core.types import Lang
from domains.fields import Reader
from domains.load import COMMON
from domains.read import Faults, read_yaml


def facts_of(pack: Pack) -> tuple[Fact, ...]:
    """Catalogue cells, offers and claims, each with its source, validity and conditions.

    Ids: `catalogue:ID#price`, `catalogue:ID#ATTRIBUTE`, `catalogue:ID#feature1`, `promotions:ID`,
    `policies:HEADING#CLAIM`. Topics: `price`, an attribute id, `feature`, `offer`, a claim's topic.
    """
    wording = _wording()
    facts = [fact for product in pack.products for fact in _product_facts(product, pack, wording)]
    facts += [_offer_fact(offer, pack, wording) for offer in pack.offers]
    facts += [_claim_fact(claim) for claim in pack.claims]
    return tuple(facts)


@cache
def _wording() -> dict[str, Texts]:
    """Sentence templates and questions of domains/common/facts.yaml, as lists by language."""
    faults = Faults()
    reader = Reader(faults)
    wording = {
        key: reader.texts(spot) for key, spot in reader.entries(read_yaml(COMMON / "facts.yaml", faults))
    }
    faults.raise_any()
    return wording


def money(amount: float) -> str:
    """Whole amounts without decimals: `89000`, `12.5`."""
    return f"{amount:.0f}" if amount == int(amount) else f"{amount:.2f}".rstrip("0")


def say_day(day: date, lang: Lang) -> str:
    """`2026年12月31日` or `2026-12-31`."""
    return f"{day.year}年{day.month}月{day.day}日" if lang == "zh" else day.isoformat()


def _product_facts(product: Product, pack: Pack, wording: dict[str, Texts]) -> Iterator[Fact]:
    yield _price_fact(product, pack, wording)
    for attribute in pack.attributes:
        if attribute.id in product.specs:
            yield _attribute_fact(product, attribute, pack, wording)
    for number, _ in enumerate(product.features):
        yield _feature_fact(product, number, pack, wording)


def _cell(product: Product, cell: str, topic: str, intent: str, text: Text, asks: Texts) -> Fact:
    return Fact(
        id=f"catalogue:{product.id}#{cell}",
        source=f"catalogue:{product.id}",
        topic=topic,
        intent=intent,
        product=product.id,
        text=text,
        asks=asks,
        about=_about_product(product),
        valid_from=product.valid_from,
        valid_until=product.valid_until,
    )


def _about_product(product: Product) -> About:
    return About(products=(product.id,), categories=(product.category,) if product.category else ())


def _price_fact(product: Product, pack: Pack, wording: dict[str, Texts]) -> Fact:
    key = "price" if pack.currency == "CNY" else "price_other"
    text: Text = {
        lang: wording[key][lang][0].format(
            product=localise(product.name, lang),
            price=money(product.list_price),
            unit=localise(product.unit, lang),
            currency=pack.currency,
        )
        for lang in pack.languages
    }
    return _cell(product, "price", "price", "ask_price", text, _asks(wording["price_asks"], pack))


def _asks(asks: Texts, pack: Pack) -> Texts:
    return {lang: asks[lang] for lang in pack.languages}


def _attribute_fact(product: Product, attribute: Attribute, pack: Pack, wording: dict[str, Texts]) -> Fact:
    text: Text = {}
    for lang in pack.languages:
        say = (attribute.say or {}).get(lang) or wording["attribute"][lang][0]
        text[lang] = say.format(
            product=localise(product.name, lang),
            name=localise(attribute.names, lang)[0],
            value=product.spec(attribute.id, lang),
        )
    return _cell(product, attribute.id, attribute.id, attribute.intent, text, attribute.asks)


def _feature_fact(product: Product, number: int, pack: Pack, wording: dict[str, Texts]) -> Fact:
    text: Text = {}
    for lang in pack.languages:
        features = product.features_in(lang)
        value = features[number] if number < len(features) else product.features[number]
        text[lang] = wording["feature"][lang][0].format(product=localise(product.name, lang), value=value)
    return _cell(product, f"feature{number + 1}", "feature", "ask_product", text, {})


def _offer_fact(offer: Offer, pack: Pack, wording: dict[str, Texts]) -> Fact:
    text: Text = {lang: _offer_text(offer, lang, wording) for lang in pack.languages}
    return Fact(
        id=f"promotions:{offer.id}",
        source=f"promotions:{offer.id}",
        topic="offer",
        intent="ask_discount",
        product=offer.products[0] if len(offer.products) == 1 else None,
        text=text,
        asks=_asks(wording["offer_asks"], pack),
        about=About(products=offer.products),
        valid_from=offer.valid_from,
        valid_until=offer.valid_until,
    )


def _offer_text(offer: Offer, lang: Lang, wording: dict[str, Texts]) -> str:
    """The note of an offer and the days it is in force."""
    first, last = offer.valid_from, offer.valid_until
    key = (
        "offer_between" if first and last else "offer_since" if first else "offer_until" if last else "offer"
    )
    return wording[key][lang][0].format(
        note=localise(offer.note, lang),
        first=say_day(first, lang) if first else "",
        last=say_day(last, lang) if last else "",
    )


def _claim_fact(claim: Claim) -> Fact:
    """A claim belongs to no single catalogue row: `when` and `about` say which products it concerns."""
    return Fact(
        id=f"policies:{claim.heading}#{claim.id}",
        source=f"policies:{claim.heading}",
        topic=claim.topic,
        intent=claim.intent,
        text=claim.text,
        asks=claim.asks,
        when=claim.when,
        about=claim.about,
        default=claim.default,
        valid_from=claim.valid_from,
        valid_until=claim.valid_until,
    )
