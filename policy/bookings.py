"""Effects that the customer's words settle: leads, documents, demo times."""

from __future__ import annotations

from datetime import datetime

from core.pack import DemoMode, localise
from core.types import Act, ToolCall
from policy import wording
from policy.deal import Deal
from policy.lead import ask_slot

CONTACT = ("contact_name", "phone", "email", "company")


def contact_tools(deal: Deal) -> tuple[ToolCall, ...]:
    """`save_lead`, where this utterance gave a way to reach the customer."""
    if not any(slot in deal.told for slot in CONTACT):
        return ()
    fields = {slot: held.value for slot, held in deal.slots.items() if held.value is not None}
    return (ToolCall(name="save_lead", args={"customer_id": deal.profile.id, **fields}),)


def wants_material(deal: Deal) -> bool:
    """Documents are asked for now, or an address was just given for them."""
    if deal.understanding.has("request_material"):
        return True
    awaited = deal.expecting in {"email", "propose:quote", "propose:material"}
    if deal.attempts.get("posted") and "email" in deal.mentions:
        return True
    return awaited and ("email" in deal.mentions or deal.understanding.has("affirm"))


def material(deal: Deal) -> tuple[list[Act], list[ToolCall]]:
    """Sends documents where the address is known, else asks for it."""
    email = str(deal.value("email") or "")
    if "@" not in email:
        return [ask_slot(deal, "email")], []
    call = ToolCall(
        name="send_material",
        args={"email": email, "what": deal.text[:200], "product": deal.focus},
    )
    return [Act(act="answer", script="material.sent", values={"topic": "material", "email": email})], [call]


def wants_demo(deal: Deal) -> bool:
    """A demo is asked for, or its time is being settled."""
    heard = deal.understanding
    if heard.has("request_demo") or "demo_time" in deal.told:
        return True
    if deal.expecting == "propose:demo":
        return heard.has("affirm")
    return False


def demo(deal: Deal) -> tuple[list[Act], list[ToolCall]]:
    """Books the demo where its time is settled and open; else asks, or says when it is open.

    A demo that is booked stays so until another time is named.
    """
    if deal.attempts.get("booked") and "demo_time" not in deal.told:
        return [], []
    asked = deal.value("demo_time")
    mode = demo_mode(deal)
    if mode is None:
        return [], []
    when = _moment(asked)
    if when is None:
        return [ask_slot(deal, "demo_time")], []
    values = {
        "topic": "demo",
        "when": wording.moment(when, deal.lang),
        "mode": localise(mode.name, deal.lang),
        "hours": wording.hours(mode, deal.lang),
    }
    if not is_open(mode, when) or when <= deal.now:
        return [Act(act="ask_slot", slot="demo_time", script="demo.closed", values=values)], []
    args = {
        "time": when.isoformat(timespec="minutes"),
        "mode": mode.id,
        "product": deal.focus,
        "contact_name": deal.value("contact_name"),
        "phone": deal.value("phone"),
    }
    return [Act(act="answer", script="demo.booked", values=values)], [ToolCall(name="book_demo", args=args)]


def demo_mode(deal: Deal) -> DemoMode | None:
    """The way to see the goods that the customer named, else the pack's usual one."""
    modes = deal.pack.demo_modes
    text = deal.text.lower()
    named = next((mode for mode in modes if any(word.lower() in text for word in mode.words)), None)
    return named or next((mode for mode in modes if mode.default), modes[0] if modes else None)


def is_open(mode: DemoMode, when: datetime) -> bool:
    """Whether a visit may begin at `when`."""
    return when.weekday() in mode.weekdays and mode.opens <= f"{when:%H:%M}" < mode.closes


def _moment(value: object) -> datetime | None:
    """A demo time with its hour; a bare day is not settled yet."""
    if not isinstance(value, str) or "T" not in value:
        return None
    return datetime.fromisoformat(value)
