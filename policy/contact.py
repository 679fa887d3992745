"""Whether the robot may call a customer now: the ban, the hours, the attempts."""

from __future__ import annotations

from datetime import datetime

from core.errors import InputError
from core.pack import Contact
from core.types import Barrier, Channel, CustomerCard, Direction, Frozen
from crm.customers import clean_phone
from crm.store import Store
from crm.views import Standing


def direction_of(given: Direction | None, channel: Channel) -> Direction:
    """Who began a talk: where nobody says, a voice call is ours and a text comes from the customer."""
    return given or ("outbound" if channel == "voice" else "inbound")


def bans(given: Direction | None) -> bool:
    """Whether a ban holds for a start: always, unless it is said that the customer came to us."""
    return given != "inbound"


def barrier(
    standing: Standing, contact: Contact, now: datetime, given: Direction | None, channel: Channel
) -> Barrier | None:
    """What stands in the way of a talk that starts now, the ban first; None where nothing does.

    Hours and attempts bind our own calls alone.
    """
    if standing.barred and bans(given):
        return "do_not_call"
    if direction_of(given, channel) == "inbound":
        return None
    if not is_open(contact, now):
        return "hours"
    return "attempts" if worn_out(standing, contact) else None


def is_open(contact: Contact, now: datetime) -> bool:
    """Whether a call may begin in this minute."""
    return now.weekday() in contact.weekdays and contact.opens <= f"{now:%H:%M}" < contact.closes


def worn_out(standing: Standing, contact: Contact) -> bool:
    """Whether enough calls stayed unanswered."""
    return standing.today >= contact.attempts_a_day or standing.this_month >= contact.attempts_a_month


class CallCheck(Frozen):
    """Whether a call may begin, and what that rests on."""

    allowed: bool
    reason: Barrier | None
    today: int
    """Our calls of this day that stayed unanswered."""
    this_month: int
    """The same within 30 days."""
    hours: str
    days: tuple[int, ...]
    """Weekdays on which we call, 0 = Monday."""
    at: datetime


def may_call(
    store: Store, contact: Contact, *, phone: str | None, customer_id: str | None, now: datetime
) -> CallCheck:
    """Whether we may call this number or customer now; of a known customer id and number go together.

    Raises InputError where there is neither a number nor a customer.
    """
    check_named(phone, customer_id)
    card = store.customer(CustomerCard(phone=phone), customer_id)
    standing = store.standing(card.phone, card.id, now=now)
    reason = barrier(standing, contact, now, "outbound", "voice")
    return CallCheck(
        allowed=reason is None,
        reason=reason,
        today=standing.today,
        this_month=standing.this_month,
        hours=f"{contact.opens}-{contact.closes}",
        days=contact.weekdays,
        at=now,
    )


def check_named(phone: str | None, customer_id: str | None) -> None:
    """Raises InputError where there is neither a number nor a customer, or the number is none."""
    if phone and clean_phone(phone) is None:
        raise InputError("a phone number has digits")
    if not phone and not customer_id:
        raise InputError("whom: a phone number or a customer id is needed")
