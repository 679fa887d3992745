"""Queues documents for sending. Nothing is mailed here: the outbox is where a mailer hooks in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypedDict

from sqlalchemy.orm import Session

from core.errors import InputError
from core.pack import Pack
from crm.customers import clean_email
from crm.schema import MaterialRequest
from tools.common import required


class MaterialResult(TypedDict):
    """`what` names the documents; `status` is `queued`."""

    request: int
    email: str
    what: str
    product: str | None
    status: str


def send_material(
    args: Mapping[str, Any], *, session: Session, tenant: str, thread: str, now: datetime, pack: Pack
) -> MaterialResult:
    """Queue `what` (default `brochure`), of `product` where one is named, for `email`."""
    email = clean_email(str(required("send_material", args, "email")))
    if email is None or "@" not in email:
        raise InputError("send_material needs an e-mail address")
    what, product = str(args.get("what") or "brochure"), args.get("product")
    row = MaterialRequest(
        tenant=tenant, thread=thread, at=now, email=email, what=what, product=product, status="queued"
    )
    session.add(row)
    session.flush()
    return MaterialResult(request=row.id, email=email, what=what, product=product, status=row.status)
