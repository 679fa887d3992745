"""What is read back: what is dear to get wrong and was perhaps heard wrong."""

from __future__ import annotations

from core.types import Mention
from policy.deal import Deal

SPOKEN = 0.1
"""Doubt over anything that came through a recogniser, however sure that was."""
WORTH_ASKING = 0.5
"""Cost times doubt from which a value is read back."""


def dearest_doubt(deal: Deal) -> str | None:
    """The slot of this turn whose mistake would cost most, where it is worth a question; None by text."""
    if deal.channel != "voice":
        return None
    costs = {
        mention.slot: deal.pack.playbook.confirm.get(mention.slot, 0.0) * doubt(deal, mention)
        for mention in deal.understanding.mentions
        if not mention.negated and _newly_heard(deal, mention)
    }
    worst = max(costs, key=costs.__getitem__, default=None)
    return worst if worst is not None and costs[worst] >= WORTH_ASKING else None


def _newly_heard(deal: Deal, mention: Mention) -> bool:
    held = deal.slots.get(mention.slot)
    return held is not None and held.status == "heard" and held.value == mention.value


def doubt(deal: Deal, mention: Mention) -> float:
    """How likely the recogniser misheard the words of a mention, 0 to 1: by its own confidence in them."""
    place, sure = 0, 1.0
    begin, end = (len("".join(deal.text[:at].split())) for at in (mention.start, mention.end))
    for word in deal.words:
        first, place = place, place + len("".join(word.text.split()))
        if first < end and begin < place:
            sure = min(sure, word.confidence)
    return max(SPOKEN, 1 - sure)
