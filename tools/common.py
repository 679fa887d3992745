"""What every tool is given, and small readings of its arguments."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy.orm import Session

from core.errors import InputError
from core.pack import Pack
from crm.schema import Customer, Talk

CONTACT_FIELDS = ("company", "contact_name", "title", "phone", "email")


class Tool(Protocol):
    """Writes through `session`, commits nothing, returns plain JSON. Raises InputError on bad arguments."""

    def __call__(
        self,
        args: Mapping[str, Any],
        *,
        session: Session,
        tenant: str,
        thread: str,
        now: datetime,
        pack: Pack,
    ) -> Mapping[str, Any]: ...


def required(tool: str, args: Mapping[str, Any], name: str) -> Any:
    """The argument `name`; InputError where it is absent or empty."""
    value = args.get(name)
    if value in (None, ""):
        raise InputError(f"{tool} needs {name}")
    return value


def talk_customer(session: Session, tenant: str, thread: str) -> Customer | None:
    """The customer of the talk, once one is known."""
    talk = session.get(Talk, (tenant, thread))
    return session.get(Customer, (tenant, talk.customer_id)) if talk and talk.customer_id else None


def contact_of(args: Mapping[str, Any], customer: Customer | None) -> dict[str, str]:
    """Contact details given with the call, the gaps filled from the customer's profile."""
    stored = {name: getattr(customer, name, None) for name in CONTACT_FIELDS}
    given = {name: args.get(name) or stored[name] for name in CONTACT_FIELDS}
    return {name: str(value) for name, value in given.items() if value}
