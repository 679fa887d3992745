"""The rules of a talk that a human colleague shall have, has, gave back, or never came to."""

from __future__ import annotations

from core.types import Act, Stage, ToolCall
from policy.answers import answer
from policy.bookings import contact_tools
from policy.cues import CALL_BACK, spoken
from policy.deal import Deal
from policy.handover import handover, in_words
from policy.move import Move

QUESTIONS = frozenset({"ask_slot", "confirm_slot", "propose", "clarify"})
"""Acts that ask something of the customer."""


def hand_over(deal: Deal, reason: str) -> Move:
    """Puts the talk in the queue with its summary; promises a call where one is wanted and a number known."""
    phone = deal.value("phone")
    wanted = spoken(CALL_BACK, deal.text)
    promised = bool(phone) and (wanted or deal.channel == "text")
    summary = handover(deal, "callback" if wanted and reason == "request_human" else reason)
    args = {
        "reason": reason,
        "summary": in_words(summary, deal),
        "details": summary.model_dump(mode="json"),
        **({"callback": str(phone)} if promised else {}),
    }
    script = "handoff.callback" if promised else "handoff"
    acts = [Act(act="answer", script=script, values={"topic": "handoff", "phone": phone or ""})]
    if wanted and not phone:
        acts.append(ask_phone())
    return Move(
        reason=f"customer: {reason}",
        stage=Stage.HANDOFF,
        acts=tuple(acts),
        tools=(*contact_tools(deal), ToolCall(name="handoff", args=args)),
    )


def waiting(deal: Deal) -> Move:
    """A short word while a human is asked for or has the talk; a number given for a call back is taken.

    While nobody has taken the talk yet, a question is still answered from the facts; nothing is proposed.
    """
    phone = deal.value("phone")
    given = "phone" in deal.mentions and deal.expecting == "phone"
    call = ToolCall(name="handoff", args={"reason": "callback", "callback": str(phone)})
    promised = bool(phone) and (given or spoken(CALL_BACK, deal.text))
    script = "handoff.held" if deal.handoff == "held" else "handoff.waiting"
    act = Act(
        act="answer",
        script="handoff.callback" if promised else script,
        values={"topic": "handoff", "phone": phone or ""},
    )
    return Move(
        reason="a human has the talk" if deal.handoff == "held" else "a human is asked for",
        stage=Stage.HANDOFF,
        acts=(*meanwhile(deal), act),
        tools=(*contact_tools(deal), *([call] if promised else [])),
    )


def meanwhile(deal: Deal) -> list[Act]:
    """What the facts say to a question while nobody has taken the talk."""
    if deal.handoff == "held" or deal.minor:
        return []
    said = [act for score in deal.understanding.intents for act in answer(score.id, deal)]
    return [act for act in said if act.act == "answer" and act.facts][:1]


def resumed(deal: Deal, move: Move) -> Move:
    """`move` as it is said after a talk came back: who speaks now, or, where nobody came, that a call will."""
    if deal.handoff not in ("returned", "missed") or _parts(move):
        return move
    if deal.handoff == "returned":
        act = Act(act="disclose", script="handoff.returned")
        return move.model_copy(update={"acts": (act, *move.acts)})
    return _excused(deal, move)


def _excused(deal: Deal, move: Move) -> Move:
    phone = deal.value("phone")
    script = "handoff.missed" if phone else "handoff.missed_phone"
    sorry = Act(act="answer", script=script, values={"topic": "handoff", "phone": phone or ""})
    acts = (sorry, *move.acts)
    if not phone:
        acts = (*(act for act in acts if act.act not in QUESTIONS), ask_phone())
    args = {"reason": "missed", **({"callback": str(phone)} if phone else {})}
    tools = (*move.tools, ToolCall(name="handoff", args=args))
    return move.model_copy(update={"acts": acts, "tools": tools})


def ask_phone() -> Act:
    """Asks where to call back."""
    return Act(act="ask_slot", slot="phone", script="handoff.phone")


def _parts(move: Move) -> bool:
    """Whether the talk ends with this move, or is handed over anew."""
    return move.stage in (Stage.ENDED, Stage.HANDOFF)
