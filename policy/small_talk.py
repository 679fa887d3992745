"""Turns that hold the thread without business: greeting, waiting, repeating, small talk."""

from __future__ import annotations

from core.types import Act, Stage
from policy.answers import RULES, answer
from policy.answers.products import introduction
from policy.answers.statements import fact_act
from policy.cues import NUMBER_SOURCE, spoken
from policy.deal import Deal
from policy.move import Move

QUESTIONS = frozenset(RULES)
"""Intents that the facts answer."""


def small_talk(deal: Deal) -> Move | None:
    """Moves that hold the thread without business: greeting, waiting, repeating, small talk."""
    intent = deal.understanding.intent
    if len(deal.understanding.intents) > 1 and deal.understanding.has(*QUESTIONS):
        return None
    if intent == "greet":
        return greeting(deal)
    simple = {
        "hold_on": ("small_talk", "hold_on", False),
        "chitchat": ("small_talk", "small_talk", True),
        "out_of_scope": ("small_talk", "redirect", True),
    }
    if intent == "repeat":
        return Move(reason="customer: repeat", stage=deal.stage, acts=(repetition(deal),))
    if intent == "ask_identity":
        acts = (Act(act="disclose", script="disclose"), *_beyond_identity(deal)[:1])
        return Move(reason="customer: ask_identity", stage=_begun(deal), acts=acts)
    if intent in simple and not _found(deal):
        act, script, leads = simple[intent]
        return Move(
            reason=f"customer: {intent}", stage=_begun(deal), acts=(Act(act=act, script=script),), leads=leads
        )
    return None


def _found(deal: Deal) -> bool:
    """Whether the words alone found something to say to them."""
    grounding = deal.grounding
    return bool(grounding.facts or grounding.excerpt or grounding.missing)


def _beyond_identity(deal: Deal) -> list[Act]:
    """What else was asked beside who speaks, above all where the number came from."""
    if spoken(NUMBER_SOURCE, deal.text):
        return [fact_act(deal, fact) for fact in deal.book.topic("privacy", deal.now.date())]
    said = [act for act in answer("ask_company", deal) if act.act == "answer"]
    return [act for act in said if act.values["topic"] != "identity"]


def _begun(deal: Deal) -> Stage:
    return Stage.QUALIFICATION if deal.stage is Stage.ENDED else deal.stage


def greeting(deal: Deal) -> Move:
    """The opening, with the disclosure that a robot speaks; later greetings are short."""
    if deal.attempts.get("greet") and "product" not in deal.mentions:
        return Move(
            reason="customer: greet",
            stage=_begun(deal),
            acts=(Act(act="greet", script="greet.again"),),
            leads=True,
        )
    known = deal.profile.contact_name
    contact = f"{known or ''}{deal.profile.title or ''}" if deal.lang == "zh" else (known or "")
    act = Act(act="greet", script="greet.known" if known else "greet", values={"contact": contact})
    if "product" in deal.mentions and deal.product:
        intro = introduction(deal, deal.product)
        acts = (intro,) if deal.attempts.get("greet") else (act, intro)
        return Move(reason="the talk begins with a product", stage=Stage.PRESENTATION, acts=acts)
    return Move(reason="the talk begins", stage=Stage.OPENING, acts=(act,))


def introduced(deal: Deal, move: Move) -> Move:
    """`move` behind a word of who speaks, where it is the first the customer hears, or what was asked."""
    said = {act.act for act in move.acts}
    if said <= {"farewell"}:
        return move
    if deal.understanding.has("ask_identity") and not said & {"disclose", "farewell"}:
        rest = tuple(act for act in move.acts if act.act != "greet")
        return move.model_copy(update={"acts": (Act(act="disclose", script="disclose"), *rest)})
    begun = deal.attempts.get("greet") or any(line.who == "robot" for line in deal.lines)
    if begun or said & {"greet", "disclose"}:
        return move
    return move.model_copy(update={"acts": (Act(act="greet", script="greet.brief"), *move.acts)})


def repetition(deal: Deal) -> Act:
    """The robot's last line of substance once more; a repetition is not repeated as such."""
    repeated = {line.turn for line in deal.lines if line.who == "customer" and "repeat" in line.tags}
    said = (
        line.text
        for line in reversed(deal.lines)
        if line.who == "robot" and line.turn not in repeated and set(line.tags) != {"small_talk"}
    )
    last = next(said, "")
    if not last:
        return Act(act="greet", script="greet")
    return Act(act="answer", script="repeat", values={"topic": "repeat", "last": last})
