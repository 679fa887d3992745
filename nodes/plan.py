"""Decides what this turn does: stage, acts, tools. Deterministic; prices come from policy."""

from __future__ import annotations

from typing import Any

from core.state import TalkState
from core.types import Plan
from policy.answers.prices import quotes_of
from policy.book import FactBook
from policy.business import business, with_lead
from policy.deal import Deal
from policy.ending import ending
from policy.events import on_event, on_trouble
from policy.move import Move
from policy.small_talk import introduced
from policy.stages import move as move_stage


async def plan(state: TalkState, *, book: FactBook) -> dict[str, Any]:
    """The plan of the turn."""
    deal = Deal.of(state, book)
    move = choose(state, deal)
    planned = Plan(
        stage=move_stage(deal.stage, move.stage),
        reason=move.reason,
        acts=move.acts,
        tools=move.tools,
        quotes=quotes_of(deal),
    )
    return {"plan": planned}


def choose(state: TalkState, deal: Deal) -> Move:
    """The strongest rule: events and unreadable input, then endings, then business."""
    if event := state.get("event"):
        return on_event(event, deal, barred=state.get("barred", False))
    if trouble := state.get("trouble"):
        return on_trouble(trouble, deal)
    return ending(deal) or introduced(deal, with_lead(deal, business(deal)))
