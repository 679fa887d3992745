"""The business tables. Every row belongs to a tenant; times are naive local minutes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Dialect, ForeignKeyConstraint, Index, String, TypeDecorator, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Text(TypeDecorator[str]):
    """Text that every database can hold: NUL and halves of surrogate pairs are dropped on the way in."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else value.replace("\0", "").encode(errors="ignore").decode()


class Base(DeclarativeBase):
    """Maps `str` columns to Text, `dict` and `list` columns to JSON."""

    type_annotation_map = {str: Text, dict[str, Any]: JSON, list[Any]: JSON, list[str]: JSON}


def _tenant_key() -> Mapped[str]:
    return mapped_column(primary_key=True)


def _of_talk() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["tenant", "thread"], ["talk.tenant", "talk.thread"])


class PackRow(Base):
    """Which pack was written last, and from which files."""

    __tablename__ = "pack"
    tenant: Mapped[str] = _tenant_key()
    name: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[str]
    digest: Mapped[str]


class ProductRow(Base):
    """A catalogue row."""

    __tablename__ = "product"
    tenant: Mapped[str] = _tenant_key()
    pack: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[dict[str, Any]]
    list_price: Mapped[float]
    currency: Mapped[str]
    data: Mapped[dict[str, Any]]
    """The whole row, as JSON."""


class OfferRow(Base):
    """An offer and its days, both included."""

    __tablename__ = "offer"
    tenant: Mapped[str] = _tenant_key()
    pack: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    discount: Mapped[float]
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    data: Mapped[dict[str, Any]]


class ScriptEditRow(Base):
    """An edit of the script library; rows are only ever added."""

    __tablename__ = "script_edit"
    tenant: Mapped[str] = _tenant_key()
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    pack: Mapped[str]
    line_id: Mapped[str]
    data: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """core.pack.ScriptLine as JSON; NULL withdraws the line."""
    at: Mapped[datetime]
    by: Mapped[str]


class Customer(Base):
    """Who we talk to. `extra` keeps what has no column of its own."""

    __tablename__ = "customer"
    __table_args__ = (
        Index("customer_phone", "tenant", "phone"),
        Index("customer_email", "tenant", "email"),
    )
    tenant: Mapped[str] = _tenant_key()
    id: Mapped[str] = mapped_column(primary_key=True)
    company: Mapped[str | None]
    contact_name: Mapped[str | None]
    title: Mapped[str | None]
    industry: Mapped[str | None]
    location: Mapped[str | None]
    phone: Mapped[str | None]
    email: Mapped[str | None]
    product: Mapped[str | None]
    extra: Mapped[dict[str, Any]] = mapped_column(default=dict)
    updated: Mapped[datetime]


class Talk(Base):
    """One thread: with whom, how far, how it ended."""

    __tablename__ = "talk"
    __table_args__ = (
        ForeignKeyConstraint(["tenant", "customer_id"], ["customer.tenant", "customer.id"]),
        Index("talk_customer", "tenant", "customer_id"),
    )
    tenant: Mapped[str] = _tenant_key()
    thread: Mapped[str] = mapped_column(primary_key=True)
    customer_id: Mapped[str | None]
    stage: Mapped[str] = mapped_column(default="opening")
    outcome: Mapped[str | None]
    """Why the call ended; None while it is open."""
    started: Mapped[datetime]
    updated: Mapped[datetime]


class StageChange(Base):
    """A step of the funnel and its reason."""

    __tablename__ = "stage_change"
    __table_args__ = (_of_talk(),)
    tenant: Mapped[str] = _tenant_key()
    thread: Mapped[str] = mapped_column(primary_key=True)
    turn: Mapped[int] = mapped_column(primary_key=True)
    stage: Mapped[str]
    reason: Mapped[str]
    at: Mapped[datetime]


class TalkLine(Base):
    """One line said; `place` orders the lines of one turn."""

    __tablename__ = "talk_line"
    __table_args__ = (_of_talk(),)
    tenant: Mapped[str] = _tenant_key()
    thread: Mapped[str] = mapped_column(primary_key=True)
    turn_id: Mapped[str] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    turn: Mapped[int]
    who: Mapped[str]
    text: Mapped[str]
    tags: Mapped[list[str]]
    at: Mapped[datetime]


class AnswerRow(Base):
    """A finished turn, so that a repeated turn id gets its stored answer."""

    __tablename__ = "answer"
    tenant: Mapped[str] = _tenant_key()
    thread: Mapped[str] = mapped_column(primary_key=True)
    turn_id: Mapped[str] = mapped_column(primary_key=True)
    answer: Mapped[dict[str, Any]]
    """core.types.TurnAnswer as JSON."""
    at: Mapped[datetime]


class Lead(Base):
    """What one talk is about: the deal as it stands."""

    __tablename__ = "lead"
    __table_args__ = (_of_talk(),)
    tenant: Mapped[str] = _tenant_key()
    thread: Mapped[str] = mapped_column(primary_key=True)
    fields: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Slot to value in normal form."""
    updated: Mapped[datetime]


class Effect(Base):
    """A tool call that has had its effect: the key that makes it happen once."""

    __tablename__ = "effect"
    __table_args__ = (_of_talk(), UniqueConstraint("tenant", "thread", "turn_id", "name", "digest"))
    id: Mapped[int] = mapped_column(primary_key=True)
    tenant: Mapped[str]
    thread: Mapped[str]
    turn_id: Mapped[str]
    name: Mapped[str]
    digest: Mapped[str]
    """SHA-256 of the arguments as canonical JSON."""
    args: Mapped[dict[str, Any]]
    result: Mapped[dict[str, Any]]
    at: Mapped[datetime]


class _OfThread:
    """Columns of what a tool leaves behind."""

    id: Mapped[int] = mapped_column(primary_key=True)
    tenant: Mapped[str] = mapped_column(index=True)
    thread: Mapped[str]
    at: Mapped[datetime]


class Barred(_OfThread, Base):
    """Never to be called again: by number, by customer, by thread."""

    __tablename__ = "barred"
    __table_args__ = (
        Index("barred_phone", "tenant", "phone"),
        Index("barred_customer", "tenant", "customer_id"),
        Index("barred_thread", "tenant", "thread"),
    )
    phone: Mapped[str | None]
    customer_id: Mapped[str | None]


class CallRow(_OfThread, Base):
    """A call of ours; `answered` once the customer has said something in it."""

    __tablename__ = "call"
    __table_args__ = (
        UniqueConstraint("tenant", "thread", "turn_id"),
        Index("call_phone", "tenant", "phone"),
        Index("call_customer", "tenant", "customer_id"),
    )
    turn_id: Mapped[str]
    phone: Mapped[str | None]
    customer_id: Mapped[str | None]
    answered: Mapped[bool]


class DemoBooking(_OfThread, Base):
    """A demonstration agreed on; a later one of the same talk replaces it."""

    __tablename__ = "demo_booking"
    mode: Mapped[str | None]
    time: Mapped[str]
    contact: Mapped[dict[str, Any]]
    status: Mapped[str]
    """`booked` or `replaced`."""


class MaterialRequest(_OfThread, Base):
    """The outbox: documents to send. Whoever sends them takes `queued` rows and marks them `sent`."""

    __tablename__ = "material_request"
    email: Mapped[str]
    what: Mapped[str]
    product: Mapped[str | None]
    status: Mapped[str]


class HandoffRow(_OfThread, Base):
    """A talk that waits for, is or was held by, a human; `at` is when one was asked for."""

    __tablename__ = "handoff"
    __table_args__ = (
        Index("handoff_thread", "tenant", "thread"),
        Index("handoff_status", "tenant", "status"),
    )
    reason: Mapped[str]
    summary: Mapped[str]
    status: Mapped[str]
    """core.types.HandoffStatus."""
    details: Mapped[dict[str, Any] | None]
    """The summary as data, None where the caller gave only words."""
    operator: Mapped[str | None]
    note: Mapped[str | None]
    """What the operator left behind."""
    taken: Mapped[datetime | None]
    ended: Mapped[datetime | None]


class CallbackRow(_OfThread, Base):
    """A call back that a customer was promised; at most one a handoff."""

    __tablename__ = "callback"
    __table_args__ = (UniqueConstraint("tenant", "thread", "handoff"),)
    handoff: Mapped[int]
    phone: Mapped[str | None]
    """The number given for it; without one, the lead and the customer may know it by now."""
    reason: Mapped[str]
    status: Mapped[str]
    """`open` or `done`."""
    done: Mapped[datetime | None]


class QuoteRow(_OfThread, Base):
    """A price told to a customer, as policy worked it out."""

    __tablename__ = "quote"
    product: Mapped[str]
    quantity: Mapped[int]
    list_price: Mapped[float]
    unit_price: Mapped[float]
    offer: Mapped[str | None]
    total: Mapped[float]
    currency: Mapped[str]


class GuardAudit(Base):
    """A sentence that the guard changed or stopped."""

    __tablename__ = "guard_audit"
    __table_args__ = (UniqueConstraint("tenant", "thread", "turn_id", "digest"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    tenant: Mapped[str]
    thread: Mapped[str]
    turn_id: Mapped[str]
    digest: Mapped[str]
    original: Mapped[str]
    verdict: Mapped[str]
    violations: Mapped[list[Any]]
    at: Mapped[datetime]
