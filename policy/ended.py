"""A talk that is over: manners go on, selling does not, until the customer asks about business himself."""

from __future__ import annotations

from core.types import Act, Stage
from policy.deal import Deal
from policy.move import Move

BUSINESS = ("ask_", "compare_", "request_", "inform")
"""How intents begin with which a customer asks about business of his own accord, or tells of a need."""
MANNERS = frozenset({"noted", "repeat", "handoff", "sensitive", "minor"})
"""Topics of answers that sell nothing."""
RESPECT = "objection.respect"
SALES = frozenset({"quote", "book_demo", "send_material"})
"""Tools that a sale is furthered by."""


def wants_business(deal: Deal) -> bool:
    """Whether the customer asks about business or tells something of his need."""
    intents = (score.id for score in deal.understanding.intents)
    return bool(deal.mentions) or any(
        intent.startswith(BUSINESS) and intent != "ask_identity" for intent in intents
    )


def at_rest(deal: Deal, move: Move) -> Move:
    """`move` without what it sells, and the talk as ended as it was, where nobody asked for more."""
    if deal.stage is not Stage.ENDED or move.stage is Stage.HANDOFF or wants_business(deal):
        return move
    told = deal.understanding.has("ask_identity")
    acts = tuple(respected(act) for act in move.acts if not _leads(act) and (told or not _pitches(act)))
    lost = Act(act="clarify", script="clarify")
    tools = tuple(call for call in move.tools if call.name not in SALES)
    return move.model_copy(update={"acts": acts or (lost,), "tools": tools, "stage": Stage.ENDED})


def respected(act: Act) -> Act:
    """The act, an objection met by respect alone."""
    return act.model_copy(update={"script": RESPECT}) if act.act == "handle_objection" else act


def _leads(act: Act) -> bool:
    return act.act in {"ask_slot", "confirm_slot", "propose"}


def _pitches(act: Act) -> bool:
    return act.act == "answer" and act.values.get("topic") not in MANNERS
