"""What is answered to each kind of question: facts first, prices by policy, never a guess."""

from __future__ import annotations

from collections.abc import Callable

from core.types import Act
from policy.answers.advice import advice
from policy.answers.offers import about_discount
from policy.answers.prices import about_price
from policy.answers.products import about_product, introduction
from policy.answers.statements import fact_act, from_facts, not_known, range_of_goods
from policy.cues import RECOMMEND, TOGETHER, spoken
from policy.deal import Deal


def answer(intent: str, deal: Deal) -> list[Act]:
    """Acts that answer `intent`; empty where the intent asks nothing."""
    rule = RULES.get(intent)
    if rule and deal.grounding.missing and intent in WORKED_OUT:
        return [not_known(deal)]
    return rule(deal) if rule else []


def about_competitor(deal: Deal) -> list[Act]:
    """Own strengths by fact; never a word against the other."""
    if "competitor" not in deal.mentions and "product" in deal.mentions:
        return about_discount(deal) if spoken(TOGETHER, deal.text) else about_product(deal)
    stance = deal.book.topic("comparison", deal.now.date())
    acts = from_facts(deal) if not deal.product else own_strengths(deal)
    said = {fact for act in acts for fact in act.facts}
    return [*acts, *(fact_act(deal, fact) for fact in stance[:1] if fact.id not in said)][:2]


def about_goods(deal: Deal) -> list[Act]:
    """Advice where it is asked for: by the need that was told, else what there is; or what is asked about the goods."""
    if spoken(RECOMMEND, deal.text) and "product" not in deal.mentions:
        return advice(deal) or from_facts_found(deal) or [range_of_goods(deal)]
    return about_product(deal)


def from_facts_found(deal: Deal) -> list[Act]:
    """What the facts say, without an honest not-knowing."""
    return from_facts(deal) if deal.grounding.facts else []


def own_strengths(deal: Deal) -> list[Act]:
    """What the facts say of the product in focus: what was asked, else its main parameters."""
    assert deal.product is not None
    own = [act for act in from_facts(deal) if any(deal.product.id in fact for fact in act.facts)]
    return own or [introduction(deal, deal.product)]


WORKED_OUT = frozenset({"ask_price", "ask_discount", "compare_competitor"})
"""Intents whose answer does not come from the facts that were found: what is asked may be unknown all the same."""
RULES: dict[str, Callable[[Deal], list[Act]]] = {
    "ask_product": about_goods,
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
