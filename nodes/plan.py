"""Decides what this turn does: stage, acts, tools. Deterministic; prices come from policy."""

from __future__ import annotations

import logging
from typing import Any

from core.state import TalkState
from core.types import Plan
from policy.answers.prices import quotes_of
from policy.book import FactBook
from policy.business import business, with_lead
from policy.deal import Deal
from policy.ended import at_rest
from policy.ending import ending
from policy.events import on_event, on_trouble
from policy.human import resumed
from policy.invariants.turn import TurnView
from policy.keep import kept
from policy.minors import minor
from policy.move import Move
from policy.sensitive import refused
from policy.small_talk import introduced
from policy.stages import move as move_stage

log = logging.getLogger(__name__)


async def plan(state: TalkState, *, book: FactBook) -> dict[str, Any]:
    """The plan of the turn, mended where it breaks a rule that holds on every path."""
    deal = Deal.of(state, book)
    planned = kept(TurnView.of(state, deal, proposed(state, deal)))
    if planned.broken:
        log.warning("the plan of turn %s broke %s", state["turn"], ", ".join(planned.broken))
    return {"plan": planned}


def proposed(state: TalkState, deal: Deal) -> Plan:
    """The plan as the rules of business make it, not checked yet."""
    move = choose(state, deal)
    unsaid = deal.handoff == "missed" and deal.minor
    move = introduced(deal, move if unsaid else resumed(deal, move))
    return Plan(
        stage=move_stage(deal.stage, move.stage),
        reason=move.reason,
        acts=move.acts,
        tools=move.tools,
        quotes=quotes_of(deal),
    )


def choose(state: TalkState, deal: Deal) -> Move:
    """The strongest rule: events and unreadable input, then children, endings, business."""
    if event := state.get("event"):
        return on_event(event, deal, barrier=state.get("barrier"))
    if trouble := state.get("trouble"):
        return on_trouble(trouble, deal)
    if deal.minor:
        return refused(deal, minor(deal))
    if ends := ending(deal):
        return refused(deal, ends)
    return refused(deal, at_rest(deal, with_lead(deal, business(deal))))
