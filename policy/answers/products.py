"""What a product is, how two compare, and whether one meets the need."""

from __future__ import annotations

from core.pack import Attribute, Product, localise
from core.types import Act
from policy import wording
from policy.answers.statements import from_facts, not_known, not_sold, range_of_goods
from policy.cues import BOTH, COMPARING, QUESTION, RANGE_OF_GOODS, THAT_ONE, WHICH_OF_THEM, spoken
from policy.deal import Deal
from policy.fit import measured_by


def about_product(deal: Deal) -> list[Act]:
    """What there is to buy, how products compare, fitness for a need, parameters."""
    if deal.grounding.unsold:
        return [not_sold(deal)]
    if spoken(RANGE_OF_GOODS, deal.text) and "product" not in deal.mentions:
        return [range_of_goods(deal)]
    if deal.grounding.missing:
        return [not_known(deal)]
    if acts := comparison(deal) or fitness(deal):
        return acts
    general = not deal.grounding.facts and not spoken(QUESTION, deal.text)
    found = [] if deal.product and general else from_facts(deal)
    return found or ([introduction(deal, deal.product)] if deal.product else [range_of_goods(deal)])


def comparison(deal: Deal) -> list[Act]:
    """Two products side by side: in what was asked, else in what both have first."""
    rows = [row for row in map(deal.pack.product, _compared(deal)) if row]
    if len(rows) != 2:
        return []
    asked = [fact.topic for fact in map(deal.book.get, deal.grounding.facts) if fact and fact.product]
    shared = [row.id for row in deal.pack.attributes if all(row.id in product.specs for product in rows)]
    both = [topic for topic in dict.fromkeys(asked) if topic in shared]
    if not both and not spoken(COMPARING, deal.text):
        return []
    topics = both or shared[:2]
    attributes = [attribute for attribute in map(deal.pack.attribute, topics[:2]) if attribute]
    return [_side_by_side(deal, attribute, rows[0], rows[1]) for attribute in attributes]


def _compared(deal: Deal) -> list[str]:
    """The two products that are compared: both named, or one named beside 它, or the last two talked of."""
    named = deal.mentions.get("product")
    if isinstance(named, list):
        return list(dict.fromkeys(named))
    talked_of = [item.product for item in deal.line_items]
    if named and spoken(COMPARING, deal.text) and spoken(THAT_ONE, deal.text):
        others = [product for product in talked_of if product != named]
        return [*others[-1:], named]
    of_both = spoken(WHICH_OF_THEM, deal.text) or (spoken(BOTH, deal.text) and spoken(COMPARING, deal.text))
    return talked_of[-2:] if not named and of_both else []


def _side_by_side(deal: Deal, attribute: Attribute, first: Product, second: Product) -> Act:
    return Act(
        act="answer",
        script="answer.compare",
        values={
            "topic": attribute.id,
            "first": localise(first.name, deal.lang),
            "second": localise(second.name, deal.lang),
            "name": localise(attribute.names, deal.lang)[0],
            "first_value": first.spec(attribute.id, deal.lang),
            "second_value": second.spec(attribute.id, deal.lang),
        },
        facts=tuple(f"catalogue:{row.id}#{attribute.id}" for row in (first, second)),
    )


def introduction(deal: Deal, product: Product) -> Act:
    """A product by its main parameters."""
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
    attribute = measured_by(deal, deal.mentions)
    if attribute is None or attribute.requirement is None:
        return []
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
            **({"recommends": product_id} if script == "answer.fit" else {}),
            "product": localise(product.name, deal.lang),
            "name": localise(attribute.names, deal.lang)[0],
            "value": product.spec(attribute_id, deal.lang),
        },
        facts=(f"catalogue:{product_id}#{attribute_id}",),
    )
