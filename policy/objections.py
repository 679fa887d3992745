"""How objections are met: understood, answered with a fact where one fits, one step an attempt, then respected."""

from __future__ import annotations

from core.pack import PlayStep, localise
from core.types import Act
from policy.argue import argument
from policy.deal import Deal

ARGUED = "objection.argued"
"""The situation that shows the objection was understood, in front of an argument."""
RESPECT = "objection.respect"


def objections(deal: Deal) -> list[Act]:
    """The next step of the play for the first objection heard."""
    for score in deal.understanding.intents:
        if play := deal.pack.playbook.play_for(score.id):
            attempt = deal.attempts.get(score.id, 0)
            if attempt >= len(play.steps):
                return [_handled(deal, RESPECT, score.id)]
            return _answered(deal, play.steps[attempt], score.id)
    return []


def _answered(deal: Deal, step: PlayStep, intent: str) -> list[Act]:
    """The step's own line; or, where an argument is at hand and nothing else was asked, understanding and the argument."""
    asked_more = any(score.id.startswith("ask_") for score in deal.understanding.intents)
    found = None if asked_more else argument(deal, step.argue)
    if found is None:
        return [_handled(deal, step.say, intent)]
    return [_handled(deal, ARGUED, intent), found]


def _handled(deal: Deal, script: str, intent: str) -> Act:
    """An act of the play, spoken from the script library as it stood when the play began in this talk."""
    product = localise(deal.product.name, deal.lang) if deal.product else ""
    begun = deal.plays.get(intent, deal.scripts_revision)
    values = {"intent": intent, "product": product}
    return Act(act="handle_objection", script=script, values=values, revision=begun)
