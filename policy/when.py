"""Whether a condition of the playbook holds in a turn."""

from __future__ import annotations

from collections.abc import Iterable

from core.pack import When
from core.types import Act, Stage, ToolCall
from policy.deal import Deal


def holds(when: When, deal: Deal, *, acts: Iterable[Act] = (), tools: Iterable[ToolCall] = ()) -> bool:
    """Whether every field that `when` gives holds; `acts` and `tools` are this turn's."""
    acts = tuple(acts)
    heard = [score.id for score in deal.understanding.intents]
    return (
        _one_of(when.stages, [deal.stage])
        and _one_of(when.intents, heard)
        and _one_of(when.acts, [act.act for act in acts])
        and _one_of(when.tools, [call.name for call in tools])
        and _one_of(when.topics, [str(act.values.get("topic")) for act in acts])
        and all(deal.known(slot) for slot in when.known)
        and not any(deal.known(slot) for slot in when.unknown)
        and answered(deal) >= when.at_least
        and (not when.heard or any(times(deal, name) >= count for name, count in when.heard.items()))
        and _one_of(when.categories, [deal.product.category if deal.product else ""])
        and (not when.titles or _titled(deal, when.titles))
        and _one_of(when.roles, [str(deal.value("decision_role"))])
        and when.channel in (None, deal.channel)
    )


def _one_of(wanted: Iterable[str | Stage], found: Iterable[str | Stage]) -> bool:
    wanted = tuple(wanted)
    return not wanted or any(name in wanted for name in found)


def answered(deal: Deal) -> int:
    """How many of the playbook's questions about the need are answered."""
    return sum(deal.known(ask.slot) for ask in deal.pack.playbook.asks if ask.stage is not Stage.CLOSING)


def times(deal: Deal, name: str) -> int:
    """How often an intent was heard in this talk, this turn included."""
    return deal.attempts.get(name, 0) + deal.understanding.has(name)


def _titled(deal: Deal, words: Iterable[str]) -> bool:
    title = str(deal.value("title") or "").lower()
    return any(word.lower() in title for word in words)
