"""Bars a number, a customer and the talk from every later call."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypedDict

from sqlalchemy.orm import Session

from core.pack import Pack
from crm import customers, desk
from tools.common import talk_customer


class BarResult(TypedDict):
    """What is barred; the thread always is."""

    barred: bool
    phone: str | None
    customer_id: str | None


def do_not_call(
    args: Mapping[str, Any], *, session: Session, tenant: str, thread: str, now: datetime, pack: Pack
) -> BarResult:
    """Bar `phone` and `customer_id`; what the call leaves out is taken from the talk's customer.

    Of someone known by `email` alone a customer is made, so that there is something to bar.
    Calls back that any talk of the customer was promised are off.
    """
    email = args.get("email")
    named = customers.find(session, tenant, args.get("customer_id"), args.get("phone"), email)
    customer = named or talk_customer(session, tenant, thread)
    phone = args.get("phone") or (customer.phone if customer else None)
    customer_id = args.get("customer_id") or (customer.id if customer else None)
    if email and not (phone or customer_id):
        customer_id = customers.save(session, tenant, thread, None, {"email": email}, now)
    row = customers.bar(session, tenant, thread, phone, customer_id, now)
    for talk in {thread, *customers.threads_of(session, tenant, row.customer_id)}:
        desk.forget(session, tenant, talk, now)
    return BarResult(barred=True, phone=row.phone, customer_id=row.customer_id)
