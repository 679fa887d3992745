"""How objections are met: one play an attempt, then respect."""

from __future__ import annotations

from core.pack import localise
from core.types import Act
from policy.deal import Deal


def objections(deal: Deal) -> list[Act]:
    """The next line of the play for the first objection heard."""
    for score in deal.understanding.intents:
        play = deal.pack.playbook.play_for(score.id)
        if play:
            attempt = deal.attempts.get(score.id, 0)
            script = play.situations[attempt] if attempt < len(play.situations) else "objection.respect"
            values = {
                "intent": score.id,
                "product": localise(deal.product.name, deal.lang) if deal.product else "",
            }
            return [Act(act="handle_objection", script=script, values=values)]
    return []
