"""Keeps what was learned of the customer and the deal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypedDict

from sqlalchemy.orm import Session

from core.errors import InputError
from core.pack import Pack
from crm import customers


class LeadResult(TypedDict):
    """The customer's id and the names of the fields kept."""

    customer_id: str
    saved: list[str]


def save_lead(
    args: Mapping[str, Any], *, session: Session, tenant: str, thread: str, now: datetime, pack: Pack
) -> LeadResult:
    """Upsert customer and lead from `args`: slots in normal form, and `customer_id` where it is known."""
    fields = {
        name: value for name, value in args.items() if name != "customer_id" and value not in (None, "")
    }
    if not fields:
        raise InputError("save_lead needs at least one field")
    customer_id = customers.save(session, tenant, thread, args.get("customer_id"), fields, now)
    return LeadResult(customer_id=customer_id, saved=sorted(fields))
