"""Looks the facts up for what was asked, now that the product in focus is known."""

from __future__ import annotations

from typing import Any

from core.grounding import Grounding, OfferView
from core.pack import Attribute, Fact, Product
from core.state import TalkState
from core.types import Passage
from engines.normalise.numbers import find_numbers
from policy.book import FactBook
from policy.claims import holds
from policy.deal import Deal
from policy.pricing import offer_state

ANSWERS = 0.42
"""Score from which a recalled fact is taken to answer the question; set on the demo questions."""
SAME = 0.75
"""Share of the best score that a second fact must reach to be said beside it."""
ASKING = ("ask_", "compare_", "request_demo")


async def ground(state: TalkState, *, book: FactBook) -> dict[str, Any]:
    """Facts, offers and fitting products for this turn."""
    deal = Deal.of(state, book)
    facts = relevant(deal, state["recalled"])
    fits, unfit = fitting(deal)
    return {
        "grounding": Grounding(
            focus=deal.focus,
            facts=tuple(fact.id for fact in facts),
            offers=offers(deal, state["recalled"]),
            passages=tuple(passage for passage in state["recalled"] if passage.kind == "chunk")[:2],
            fits=fits,
            unfit=unfit,
            unsold=unsold(deal),
            unsaid=asks(deal) and not facts,
        )
    }


def asks(deal: Deal) -> bool:
    """Whether the turn asks something that facts should answer."""
    return any(score.id.startswith(ASKING) for score in deal.understanding.intents)


def unsold(deal: Deal) -> bool:
    """Whether the turn names goods that the catalogue does not hold, and none that it does."""
    named = [mention for mention in deal.understanding.mentions if mention.slot == "product"]
    return bool(named) and all(mention.value is None for mention in named)


def relevant(deal: Deal, passages: tuple[Passage, ...]) -> list[Fact]:
    """The facts that answer, best first: recalled ones turned to the focus, those that do not hold dropped."""
    if not asks(deal) and not deal.understanding.has("ask_identity"):
        return []
    scored: dict[str, tuple[Fact | None, float]] = {}
    for passage in passages:
        if passage.kind != "chunk":
            fact = turned_to_focus(deal, passage)
            if fact is None or usable(deal, fact):
                score = passage.score * (suits(deal, fact) if fact else 1.0)
                scored.setdefault(fact.id if fact else f"?{passage.topic}", (fact, score))
    ranked = sorted(scored.values(), key=lambda pair: -pair[1])
    best = ranked[0][1] if ranked else 0.0
    if best >= ANSWERS:
        return answering(ranked, max(ANSWERS, best * SAME))
    intent = deal.understanding.intent
    return [fact for fact in deal.book.defaults(intent, deal.now.date()) if usable(deal, fact)][:2]


def answering(ranked: list[tuple[Fact | None, float]], least: float) -> list[Fact]:
    """The facts from the top down, one a topic; none where the best is a question without an answer."""
    found: dict[str, Fact] = {}
    for fact, score in ranked:
        if fact is None or score < least:
            break
        found.setdefault(fact.topic if not fact.product else fact.id, fact)
    return list(found.values())[:3]


def turned_to_focus(deal: Deal, passage: Passage) -> Fact | None:
    """The fact recalled, in the column of the product in focus.

    None where the question is known and the answer is not: no product has such a value, or not this one.
    """
    fact = deal.book.get(passage.fact_id)
    if fact is None or fact.product is None or deal.focus is None or fact.product == deal.focus:
        return fact
    named = [mention.value for mention in deal.understanding.mentions if mention.slot == "product"]
    return fact if fact.product in named else deal.book.cell(deal.focus, fact.topic)


def usable(deal: Deal, fact: Fact) -> bool:
    """In force, not refuted by what is known of the deal, and no price or offer (those are worked out)."""
    if fact.topic in {"price", "offer"} or not fact.in_force(deal.now.date()):
        return False
    return holds(fact.when, deal.situation(), deal.pack) is not False


def suits(deal: Deal, fact: Fact) -> float:
    """How well the fact's intent and subject agree with the turn: a factor on its score."""
    factor = 1.15 if deal.understanding.has(fact.intent) else 0.85
    if fact.about.products or fact.about.industries:
        industry = str(deal.value("industry") or "")
        subject = deal.focus in fact.about.products or any(
            trade in industry for trade in fact.about.industries if industry
        )
        factor *= 1.15 if subject else 0.95
    if fact.when.names_region() and deal.known("location"):
        factor *= 1.1
    return factor


def offers(deal: Deal, passages: tuple[Passage, ...]) -> tuple[OfferView, ...]:
    """Offers on the product in focus: the one asked about, then those that apply, then those in force."""
    if not deal.understanding.has("ask_discount", "ask_price", "object_price"):
        return ()
    asked = [
        passage.source.removeprefix("promotions:") for passage in passages[:4] if passage.score >= ANSWERS
    ]
    views = [
        OfferView(offer=offer.id, product=product, state=offer_state(offer, product, deal.situation(product)))
        for offer in deal.pack.offers
        if (
            product := deal.focus
            if deal.focus in offer.products
            else None
            if deal.focus
            else offer.products[0]
        )
    ]
    order = {"applies": 1, "needs": 2, "upcoming": 3, "ended": 3}
    ranked = sorted(views, key=lambda view: (view.offer not in asked, order[view.state]))
    if deal.focus is None:
        return tuple(view for view in ranked if view.offer in asked)
    return tuple(view for view in ranked if view.state in {"applies", "needs"} or view.offer in asked)


def fitting(deal: Deal) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Products that meet the stated need, closest first, and the named ones that do not."""
    for attribute in deal.pack.attributes:
        need = deal.mentions.get(attribute.requirement.slot) if attribute.requirement else None
        if isinstance(need, int | float):
            rows = [row for row in deal.pack.products if attribute.id in row.specs]
            good = [row for row in rows if meets(row, attribute, float(need))]
            good.sort(key=lambda row: abs((number_in(row, attribute) or 0.0) - float(need)))
            bad = [row.id for row in rows if row.id == deal.focus and row not in good]
            chosen = [row.id for row in good if deal.focus is None or bad or row.id == deal.focus]
            return tuple(chosen), tuple(bad)
    return (), ()


def meets(row: Product, attribute: Attribute, need: float) -> bool:
    """Whether the product's value reaches (or keeps under) the need."""
    value = number_in(row, attribute)
    if value is None or attribute.requirement is None:
        return False
    return value >= need if attribute.requirement.at == "least" else value <= need


def number_in(row: Product, attribute: Attribute) -> float | None:
    """The number of a spec value such as 6kg."""
    found = find_numbers(row.specs.get(attribute.id, ""))
    return found[0].value if found else None
