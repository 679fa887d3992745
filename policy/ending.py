"""Rules that end a talk or give it away; they come before all business."""

from __future__ import annotations

from core.types import Act, Stage, ToolCall
from policy.bookings import contact_tools
from policy.cues import ABOUT_CALLS, COMPLAINT, spoken
from policy.deal import Deal
from policy.move import Move

SURE = 0.5
"""Confidence from which a wish never to be called again is carried out: it cannot be taken back."""
LIKELY = 0.35
"""The same for a wish for a human, whose false alarm costs less."""
REFERRALS = 1
"""Times the person in charge is asked for before a wrong number is left in peace."""


def ending(deal: Deal) -> Move | None:
    """The move of the strongest ending intent, None where the talk goes on."""
    heard = deal.understanding
    complains = spoken(COMPLAINT, deal.text)
    if complains and deal.stage is not Stage.HANDOFF and not spoken(ABOUT_CALLS, deal.text):
        return _handoff(deal, "complaint")
    if heard.has("do_not_call", least=SURE):
        return _do_not_call(deal)
    if heard.intent == "refuse":
        return _end("refuse", "end.refuse")
    if heard.intent == "thanks_bye" and len(heard.intents) == 1:
        return _end("thanks_bye", "end.bye", tools=contact_tools(deal))
    if deal.stage is Stage.HANDOFF:
        return _waiting(deal)
    if heard.has("request_human", least=LIKELY) or complains:
        return _handoff(deal, "request_human")
    if heard.intent == "wrong_person":
        return _wrong_person(deal)
    return None


def _end(reason: str, script: str, tools: tuple[ToolCall, ...] = ()) -> Move:
    return Move(
        reason=f"customer: {reason}",
        stage=Stage.ENDED,
        acts=(Act(act="farewell", script=script),),
        tools=(*tools, ToolCall(name="end_call", args={"reason": reason})),
    )


def _do_not_call(deal: Deal) -> Move:
    args = {"phone": deal.value("phone"), "customer_id": deal.profile.id}
    return _end("do_not_call", "end.do_not_call", (ToolCall(name="do_not_call", args=args),))


def _waiting(deal: Deal) -> Move:
    return Move(
        reason="a human has the talk",
        stage=Stage.HANDOFF,
        acts=(Act(act="answer", script="handoff.waiting", values={"topic": "handoff"}),),
        tools=contact_tools(deal),
    )


def _handoff(deal: Deal, reason: str) -> Move:
    phone = deal.value("phone")
    script = "handoff.callback" if phone and deal.channel == "text" else "handoff"
    act = Act(act="answer", script=script, values={"topic": "handoff", "phone": phone or ""})
    return Move(
        reason=f"customer: {reason}",
        stage=Stage.HANDOFF,
        acts=(act,),
        tools=(*contact_tools(deal), ToolCall(name="handoff", args={"reason": reason})),
    )


def _wrong_person(deal: Deal) -> Move:
    if deal.attempts.get("wrong_person", 0) >= REFERRALS:
        return _end("wrong_person", "end.wrong_person")
    act = Act(act="ask_slot", slot="decision_role", script="wrong_person.referral")
    return Move(reason="customer: wrong_person", stage=Stage.QUALIFICATION, acts=(act,))
