"""Who leads the talk on: the one question or proposal that follows the answers."""

from __future__ import annotations

from core.pack import localise
from core.types import Act
from policy import wording
from policy.deal import Deal

ASK_AT_MOST = 2
"""Times one question is asked in a talk before it is left alone."""


def lead(deal: Deal, after: tuple[Act, ...] = ()) -> Act | None:
    """The next step proposed, or the next thing asked; None when all is known or was asked enough.

    `after` are the acts of this turn: a product just recommended is not asked for.
    """
    recommended = any(act.script == "answer.fit" for act in after)
    return propose(deal) or ask_next(deal, frozenset({"product"} if recommended else ()))


def ask_next(deal: Deal, settled: frozenset[str] = frozenset()) -> Act | None:
    """The first question of the playbook that is neither known, settled, nor worn out."""
    for ask in deal.pack.playbook.asks:
        worn_out = deal.asked.get(ask.slot, 0) >= ASK_AT_MOST
        if not (deal.known(ask.slot) or ask.slot in settled or worn_out):
            return ask_slot(deal, ask.slot)
    return None


def ask_slot(deal: Deal, slot: str) -> Act:
    """Asks for one slot."""
    rows = [row.id for row in deal.pack.products if row.in_force(deal.now.date())]
    mode = next((mode for mode in deal.pack.demo_modes if mode.default), None)
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
    """A next step, once enough of the need is known and it was not offered before."""
    known = sum(deal.known(ask.slot) for ask in deal.pack.playbook.asks)
    if not deal.focus or known < deal.pack.playbook.propose_after:
        return None
    steps = ["demo"] if deal.pack.demo_modes and not deal.known("demo_time") else []
    if deal.quantity_of(deal.focus) and not deal.known("email"):
        steps.insert(0, "quote")
    for step in steps:
        if not deal.asked.get(f"propose:{step}"):
            return Act(
                act="propose", slot=None, script=f"propose.{step}", values={"step": step, **_named(deal)}
            )
    return None


def _named(deal: Deal) -> dict[str, str]:
    return {"product": localise(deal.product.name, deal.lang)} if deal.product else {}
