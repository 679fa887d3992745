"""Who leads the talk on: the one question or proposal that follows the answers."""

from __future__ import annotations

from core.pack import localise
from core.types import Act, Stage
from policy import wording
from policy.deal import Deal
from policy.qualify import aim_reached
from policy.recap import recap
from policy.when import holds

ASK_AT_MOST = 2
"""Times one question is asked in a talk before it is left alone."""


def lead(deal: Deal, stage: Stage, after: tuple[Act, ...] = ()) -> Act | None:
    """The next step proposed, or the next thing asked; None when all is known or was asked enough.

    `stage` is the one this turn leads to, `after` its acts: a product just recommended is not asked for.
    Once a step is settled, only what it needs is asked, and the arrangement is summed up. Behind an
    objection a step may be proposed, nothing is asked.
    """
    if stage is Stage.CLOSING:
        open_question = None if aim_reached(deal, stage) else ask_next(deal, stage)
        return open_question or recap(deal)
    proposal = propose(deal) if aim_reached(deal, Stage.QUALIFICATION) else None
    if proposal or any(act.act == "handle_objection" for act in after):
        return proposal
    recommended = any(act.script == "answer.fit" for act in after)
    return ask_next(deal, Stage.QUALIFICATION, frozenset({"product"} if recommended else ()))


def ask_next(deal: Deal, stage: Stage, settled: frozenset[str] = frozenset()) -> Act | None:
    """The first question of the playbook for `stage` that is neither known, settled, nor worn out."""
    for ask in deal.pack.playbook.asks:
        wanted = (ask.stage is Stage.CLOSING) == (stage is Stage.CLOSING) and holds(ask.when, deal)
        worn_out = deal.asked.get(ask.slot, 0) >= ASK_AT_MOST
        if wanted and not (deal.known(ask.slot) or ask.slot in settled or worn_out):
            return ask_slot(deal, ask.slot)
    return None


def ask_slot(deal: Deal, slot: str) -> Act:
    """Asks for one slot."""
    rows = [row.id for row in deal.pack.products if row.in_force(deal.now.date())]
    modes = deal.pack.demo_modes
    mode = next((mode for mode in modes if mode.default), modes[0] if modes else None)
    return Act(
        act="ask_slot",
        slot=slot,
        script=f"ask.{slot}",
        values={
            "products": wording.names(deal.pack, rows, deal.lang, most=3),
            "unit": wording.unit_of(deal.product, deal.lang),
            "hours": wording.hours(mode, deal.lang) if mode else "",
        },
    )


def propose(deal: Deal) -> Act | None:
    """The first next step of the playbook that makes sense now and was not offered before."""
    for step in deal.pack.playbook.steps:
        possible = step.id != "demo" or bool(deal.pack.demo_modes)
        if possible and not deal.asked.get(f"propose:{step.id}") and holds(step.when, deal):
            return Act(act="propose", script=f"propose.{step.id}", values={"step": step.id, **_named(deal)})
    return None


def _named(deal: Deal) -> dict[str, str]:
    return {"product": localise(deal.product.name, deal.lang)} if deal.product else {}
