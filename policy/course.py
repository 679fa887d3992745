"""Which stage a turn leads to, by the playbook's conditions."""

from __future__ import annotations

from collections.abc import Iterable

from core.types import Act, Stage, ToolCall
from policy.deal import Deal
from policy.when import holds


def stage_after(deal: Deal, acts: Iterable[Act], tools: Iterable[ToolCall] = ()) -> Stage:
    """The first stage of the playbook whose entry holds for this turn; else the one the talk is in."""
    acts, tools = tuple(acts), tuple(tools)
    for plan in deal.pack.playbook.stages:
        if any(holds(condition, deal, acts=acts, tools=tools) for condition in plan.enter):
            return plan.stage
    return deal.stage
