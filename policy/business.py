"""The ordinary turn: answer what was asked, note what was said, then lead on."""

from __future__ import annotations

from core.types import Act, Stage, ToolCall
from policy.acknowledge import with_acknowledgements
from policy.answers import answer
from policy.answers.prices import quote_for
from policy.answers.products import fitness
from policy.answers.statements import from_facts, not_known
from policy.bookings import contact_tools, demo, material, wants_demo, wants_material
from policy.course import stage_after
from policy.deal import Deal
from policy.lead import lead
from policy.move import Move
from policy.objections import ARGUED, objections
from policy.small_talk import small_talk

TOTALS = frozenset(
    {"answer.total", "answer.total_offer", "answer.deal_total", "answer.within_budget", "answer.over_budget"}
)
"""Situations that name the price of a quantity."""


def business(deal: Deal) -> Move:
    """Everything that neither ends the talk nor failed to be read."""
    if small := small_talk(deal):
        return small
    acts: list[Act] = []
    tools: list[ToolCall] = list(contact_tools(deal))
    for score in deal.understanding.intents:
        acts += [act for act in answer(score.id, deal) if act not in acts]
    acts += [] if deal.understanding.has("thanks_bye") else objections(deal)
    for wanted, settle in ((wants_demo, demo), (wants_material, material)):
        if wanted(deal):
            more, effects = settle(deal)
            acts, tools = [*acts, *more], [*tools, *effects]
    acts = [act for act in acts if act.act != "decline"] or acts[:1] or unasked(deal)
    acts = one_question(with_acknowledgements(deal, acts))
    tools += quote_tools(deal, acts)
    objected = any(act.act == "handle_objection" and act.script != ARGUED for act in acts)
    asks = any(_asks(act) for act in acts)
    if deal.understanding.has("thanks_bye") and not asks:
        return parting(deal, acts, tools)
    return Move(
        reason=f"customer: {deal.understanding.intent}",
        stage=stage_after(deal, acts, tools),
        acts=tuple(acts),
        tools=tuple(tools),
        leads=not objected and not asks,
    )


def parting(deal: Deal, acts: list[Act], tools: list[ToolCall]) -> Move:
    """What was wanted is done, then the talk ends: 资料发我邮箱,谢谢,再见."""
    return Move(
        reason="customer: thanks_bye",
        stage=Stage.ENDED,
        acts=(*acts, Act(act="farewell", script="end.bye")),
        tools=(*tools, ToolCall(name="end_call", args={"reason": "thanks_bye"})),
    )


def unasked(deal: Deal) -> list[Act]:
    """What helps though no intent asked for it: what the words alone found, goods that fit the need."""
    if deal.grounding.facts or deal.grounding.excerpt:
        return from_facts(deal)
    if deal.grounding.missing:
        return [not_known(deal)]
    misfit = deal.grounding.unfit or not deal.focus
    return fitness(deal) if misfit else []


def one_question(acts: list[Act]) -> list[Act]:
    """The acts with the first question alone, behind the rest; an objection beside it is met without one."""
    first = next((act for act in acts if _asks(act)), None)
    if first is None:
        return acts
    kept = [*(act for act in acts if not _asks(act)), first]
    respect = {"script": "objection.respect"}
    return [act.model_copy(update=respect) if act.act == "handle_objection" else act for act in kept]


def _asks(act: Act) -> bool:
    return act.act in {"ask_slot", "confirm_slot", "propose", "clarify"}


def quote_tools(deal: Deal, acts: list[Act]) -> list[ToolCall]:
    """Records a quote of each product whose total was named: those of the price facts that the acts rest on."""
    totals = [act for act in acts if act.script in TOTALS]
    facts = [
        fact for act in totals for fact in map(deal.book.get, act.facts) if fact and fact.topic == "price"
    ]
    products = dict.fromkeys(fact.product for fact in facts if fact.product)
    quotes = [quote_for(deal, product, deal.quantity_of(product) or 1) for product in products]
    return [ToolCall(name="quote", args=quote.model_dump()) for quote in quotes]


def with_lead(deal: Deal, move: Move) -> Move:
    """`move` followed by the next question or proposal, where it lets one follow."""
    if not move.leads:
        return move
    following = lead(deal, move.stage, move.acts)
    if following is None:
        lost = Act(act="clarify", script="clarify")
        return move if move.acts else move.model_copy(update={"acts": (lost,)})
    acts = (*move.acts, following)
    stage = stage_after(deal, acts, move.tools) if following.act == "propose" else move.stage
    return move.model_copy(update={"acts": acts, "stage": stage})
