"""Rules that end a talk or give it away; they come before all business."""

from __future__ import annotations

from core.types import Act, Stage, ToolCall
from policy.bookings import contact_tools
from policy.cues import ABOUT_CALLS, COMPLAINT, spoken
from policy.deal import Deal
from policy.human import hand_over, waiting
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
    about_goods = complains and not spoken(ABOUT_CALLS, deal.text)
    if heard.has("do_not_call", least=SURE) and not about_goods:
        return _do_not_call(deal)
    if about_goods and deal.stage is not Stage.HANDOFF:
        return no_show(deal) or hand_over(deal, "complaint")
    if heard.intent == "refuse":
        return _end("refuse", "end.refuse")
    if heard.intent == "thanks_bye" and len(heard.intents) == 1:
        return _end("thanks_bye", "end.bye", tools=contact_tools(deal))
    if deal.stage is Stage.HANDOFF:
        return waiting(deal)
    if _wants_human(deal) or complains:
        return no_show(deal) or hand_over(deal, "request_human")
    if heard.intent == "wrong_person":
        return _wrong_person(deal)
    return None


def _wants_human(deal: Deal) -> bool:
    """A wish for a human; beside another wish it must be plain."""
    heard = deal.understanding
    return heard.has("request_human", least=LIKELY if heard.intent == "request_human" else SURE)


def _end(reason: str, script: str, tools: tuple[ToolCall, ...] = ()) -> Move:
    return Move(
        reason=f"customer: {reason}",
        stage=Stage.ENDED,
        acts=(Act(act="farewell", script=script),),
        tools=(*tools, ToolCall(name="end_call", args={"reason": reason})),
    )


def _do_not_call(deal: Deal) -> Move:
    """Bars the number that was called and the one that was told, else the customer or the address."""
    numbers = dict.fromkeys(number for number in (deal.value("phone"), deal.profile.phone) if number)
    who = {"customer_id": deal.profile.id}
    if not numbers and deal.profile.id is None and (email := deal.value("email")):
        who["email"] = email
    calls = [ToolCall(name="do_not_call", args={"phone": phone, **who}) for phone in (*numbers,) or (None,)]
    script = "end.do_not_call" if numbers or deal.channel == "voice" else "end.not_again"
    return _end("do_not_call", script, tuple(calls))


def no_show(deal: Deal) -> Move | None:
    """Nothing more, where nobody came: who asks again where the human is shall not be queued again at once."""
    if deal.handoff != "missed":
        return None
    return Move(reason="nobody came", stage=deal.stage)


def _wrong_person(deal: Deal) -> Move:
    """Asks who is in charge, once; who names the person and how to reach them is thanked."""
    if referred := contact_tools(deal):
        thanks = Act(act="answer", script="wrong_person.referred", values={"topic": "noted"})
        reason = "customer: wrong_person, and says who is in charge"
        return Move(reason=reason, stage=Stage.QUALIFICATION, acts=(thanks,), tools=referred)
    if deal.attempts.get("wrong_person", 0) >= REFERRALS or deal.stage is Stage.ENDED:
        return _end("wrong_person", "end.wrong_person")
    act = Act(act="ask_slot", slot="decision_role", script="wrong_person.referral")
    return Move(reason="customer: wrong_person", stage=Stage.QUALIFICATION, acts=(act,))
