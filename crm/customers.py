"""Who we talk to: found by id, else phone, else e-mail; saved without losing what was known."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from pydantic_core import to_jsonable_python
from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from core.types import CustomerCard
from crm.schema import Barred, Customer, Lead, Talk

CARD_FIELDS = ("company", "contact_name", "title", "industry", "location", "phone", "email", "product")
_MAINLAND_MOBILE = re.compile(r"(?:00)?86(1\d{10})")


def clean_phone(phone: str | None) -> str | None:
    """Digits only; the country code of a mainland mobile number is dropped, so that one line has one form."""
    digits = re.sub(r"\D", "", phone or "")
    mobile = _MAINLAND_MOBILE.fullmatch(digits)
    return (mobile.group(1) if mobile else digits) or None


def clean_email(email: str | None) -> str | None:
    """Lower case, without blanks around it."""
    return (email or "").strip().lower() or None


def find(
    session: Session, tenant: str, customer_id: str | None, phone: str | None, email: str | None
) -> Customer | None:
    """The customer by id, else by number, else by e-mail; the last one talked to where several share one."""
    if customer_id and (found := session.get(Customer, (tenant, customer_id))):
        return found
    for column, value in ((Customer.phone, clean_phone(phone)), (Customer.email, clean_email(email))):
        if value:
            same = select(Customer).where(Customer.tenant == tenant, column == value)
            found = session.scalars(same.order_by(Customer.updated.desc(), Customer.id).limit(1)).first()
            if found is not None:
                return found
    return None


def card_of(row: Customer) -> CustomerCard:
    """The stored profile, without a history."""
    return CustomerCard(id=row.id, **{name: getattr(row, name) for name in CARD_FIELDS})


def talk_card(session: Session, tenant: str, thread: str) -> CustomerCard | None:
    """The profile of the customer of a talk, None while nobody is known."""
    talk = session.get(Talk, (tenant, thread))
    row = session.get(Customer, (tenant, talk.customer_id)) if talk and talk.customer_id else None
    return card_of(row) if row is not None else None


def merged(card: CustomerCard, stored: Customer | None, history: tuple[str, ...]) -> CustomerCard:
    """The card given, its gaps filled from what is stored; the caller's own history comes first.

    Phone and e-mail come out in the form they are stored in.
    """
    tidy = card.model_copy(update={"phone": clean_phone(card.phone), "email": clean_email(card.email)})
    if stored is None:
        return tidy
    known = card_of(stored)
    filled = {name: getattr(tidy, name) or getattr(known, name) for name in CARD_FIELDS}
    return CustomerCard(id=known.id, **filled, history=tuple(dict.fromkeys([*card.history, *history])))


def open_talk(
    session: Session, tenant: str, thread: str, now: datetime, customer_id: str | None = None
) -> Talk:
    """The talk of `thread`, begun where there is none; linked to the customer if that one is known."""
    talk = session.get(Talk, (tenant, thread))
    if talk is None:
        talk = Talk(tenant=tenant, thread=thread, stage="opening", started=now, updated=now)
        session.add(talk)
    if customer_id and session.get(Customer, (tenant, customer_id)):
        talk.customer_id = customer_id
    talk.updated = now
    session.flush()
    return talk


def save(
    session: Session,
    tenant: str,
    thread: str,
    customer_id: str | None,
    fields: Mapping[str, Any],
    now: datetime,
) -> str:
    """Upsert the customer and the deal of `thread`; the customer's id.

    Fields of the card become the customer's; every field, nulls left out, is kept with the talk's lead.
    A talk that began nameless and turns out to be with a known customer is joined to that one.
    """
    talk = open_talk(session, tenant, thread, now)
    known = {name: to_jsonable_python(value) for name, value in fields.items() if value not in (None, "")}
    row = find(session, tenant, customer_id, known.get("phone"), known.get("email"))
    before = session.get(Customer, (tenant, talk.customer_id)) if talk.customer_id else None
    if row is None:
        row = before if before is not None and customer_id in (None, before.id) else None
    if row is None:
        row = Customer(tenant=tenant, id=customer_id or uuid4().hex, extra={}, updated=now)
        session.add(row)
    _fill(row, known, now)
    session.flush()
    talk.customer_id = row.id
    session.flush()
    if before is not None and before is not row:
        _absorb(session, before, row)
    _save_lead(session, tenant, thread, known, now)
    return row.id


def threads_of(session: Session, tenant: str, customer_id: str | None) -> tuple[str, ...]:
    """Every talk of a customer; none where nobody is known."""
    if customer_id is None:
        return ()
    found = select(Talk.thread).where(Talk.tenant == tenant, Talk.customer_id == customer_id)
    return tuple(session.scalars(found))


def bar(
    session: Session, tenant: str, thread: str, phone: str | None, customer_id: str | None, now: datetime
) -> Barred:
    """Never call this number, this customer, or whoever is on this thread again."""
    row = Barred(tenant=tenant, thread=thread, phone=clean_phone(phone), customer_id=customer_id, at=now)
    session.add(row)
    session.flush()
    return row


def is_barred(
    session: Session, tenant: str, phone: str | None, customer_id: str | None, thread: str | None = None
) -> bool:
    """Whether any ban names this number, customer or thread; each is looked up in an index of its own."""
    names = (
        (Barred.phone, clean_phone(phone)),
        (Barred.customer_id, customer_id),
        (Barred.thread, thread),
    )
    named = [exists().where(Barred.tenant == tenant, column == name) for column, name in names if name]
    return bool(named) and bool(session.scalar(select(or_(*named))))


def _fill(row: Customer, known: Mapping[str, Any], now: datetime) -> None:
    for name, value in known.items():
        if name in CARD_FIELDS:
            setattr(row, name, _card_value(name, value))
    row.updated = now


def _card_value(name: str, value: Any) -> str | None:
    """A card holds one string a field: of several products the first."""
    first = value[0] if isinstance(value, list) and value else value
    if name == "phone":
        return clean_phone(str(first))
    return clean_email(str(first)) if name == "email" else str(first)


def _absorb(session: Session, nameless: Customer, row: Customer) -> None:
    """Fold a customer whom no other talk knows, and who left no number or address, into `row`."""
    talks = select(Talk.thread).where(Talk.tenant == nameless.tenant, Talk.customer_id == nameless.id)
    if nameless.phone or nameless.email or session.scalars(talks.limit(1)).first() is not None:
        return
    for name in CARD_FIELDS:
        if getattr(row, name) is None:
            setattr(row, name, getattr(nameless, name))
    session.delete(nameless)
    session.flush()


def _save_lead(session: Session, tenant: str, thread: str, known: Mapping[str, Any], now: datetime) -> None:
    lead = session.get(Lead, (tenant, thread))
    if lead is None:
        lead = Lead(tenant=tenant, thread=thread, fields={}, updated=now)
        session.add(lead)
    lead.fields = {**lead.fields, **known}
    lead.updated = now
    session.flush()
