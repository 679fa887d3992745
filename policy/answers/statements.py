"""Facts, words of the library, and what there is to buy, in the company's own words."""

from __future__ import annotations

from datetime import date

from core.pack import Fact, localise
from core.types import Act, Excerpt
from policy import wording
from policy.deal import Deal

FACTS_A_TURN = {"text": 2, "voice": 1}
NAMES_A_TURN = {"text": 6, "voice": 3}
"""Products named where no list of them was asked for."""


def fact_act(deal: Deal, fact: Fact) -> Act:
    """Says a fact in the company's own words."""
    return Act(
        act="answer",
        script="answer.fact",
        values={
            "topic": fact.topic,
            "text": localise(fact.text, deal.lang),
            **_pointed_to(deal, fact),
        },
        facts=(fact.id,),
    )


def _pointed_to(deal: Deal, fact: Fact) -> dict[str, str]:
    """The product that a fact speaks of beside the one in focus: the customer may mean it next."""
    product = fact.product or (fact.about.products[0] if len(fact.about.products) == 1 else None)
    return {"recommends": product} if product and product != deal.focus else {}


def from_facts(deal: Deal) -> list[Act]:
    """The grounded facts, or an honest not-knowing where the facts do not say."""
    facts = [fact for fact in map(deal.book.get, deal.grounding.facts) if fact]
    if facts:
        return [fact_act(deal, fact) for fact in facts[: FACTS_A_TURN[deal.channel]]]
    if deal.grounding.excerpt:
        return [excerpt_act(deal, deal.grounding.excerpt)]
    return [not_known(deal)] if deal.grounding.unsaid else []


def excerpt_act(deal: Deal, excerpt: Excerpt) -> Act:
    """Quotes a file of the library, or says until when it was in force."""
    if excerpt.in_force:
        return Act(
            act="answer",
            script="answer.excerpt",
            values={"topic": "library", "text": excerpt.text},
            excerpt=excerpt,
        )
    today, last = deal.now.date().isoformat(), excerpt.valid_until
    over = last is not None and last < today
    day = date.fromisoformat(str(last if over else excerpt.valid_from))
    return Act(
        act="answer",
        script="answer.excerpt_ended" if over else "answer.excerpt_upcoming",
        values={"topic": "library", "date": wording.day(day, deal.lang)},
        excerpt=excerpt,
    )


def not_known(deal: Deal) -> Act:
    """Says that the facts do not hold the answer."""
    missing = {"topic": deal.grounding.missing} if deal.grounding.missing else {}
    if deal.product:
        return Act(
            act="decline",
            script="decline.unknown_product",
            values={**missing, "product": localise(deal.product.name, deal.lang)},
        )
    return Act(act="decline", script="decline.unknown", values=missing)


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
