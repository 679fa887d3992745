"""How far the customer is qualified: budget, authority, need, timing."""

from __future__ import annotations

from core.types import Stage
from policy.deal import Deal
from policy.when import holds


def qualified(deal: Deal) -> dict[str, tuple[str, ...]]:
    """Part of the qualification to the slots known of it; a part with nothing known has none."""
    found: dict[str, tuple[str, ...]] = {"budget": (), "authority": (), "need": (), "timing": ()}
    for ask in deal.pack.playbook.asks:
        if ask.bant and deal.known(ask.slot):
            found[ask.bant] = (*found[ask.bant], ask.slot)
    return found


def aim_reached(deal: Deal, stage: Stage) -> bool:
    """Whether the exit of `stage` holds; a stage without one has none to reach."""
    plan = deal.pack.playbook.stage(stage)
    return plan is not None and any(holds(condition, deal) for condition in plan.exit)
