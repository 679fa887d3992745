"""Books a demonstration at a settled time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypedDict

from sqlalchemy import update
from sqlalchemy.orm import Session

from core.errors import InputError
from core.pack import Pack
from crm.schema import DemoBooking
from tools.common import contact_of, required, talk_customer


class BookingResult(TypedDict):
    """`time` is ISO, as given; `mode` an id of the pack's demo modes or None; `contact` what is known."""

    booking: int
    mode: str | None
    time: str
    contact: dict[str, str]
    status: str


def book_demo(
    args: Mapping[str, Any], *, session: Session, tenant: str, thread: str, now: datetime, pack: Pack
) -> BookingResult:
    """Book `time` (ISO day or minute) in `mode`; an earlier booking of the talk is replaced.

    Contact details may be in `args` (company, contact_name, title, phone, email) or follow later.
    """
    time = str(required("book_demo", args, "time"))
    _check_time(time)
    mode = args.get("mode")
    if mode is not None and all(known.id != mode for known in pack.demo_modes):
        raise InputError(f"book_demo: the pack has no demo mode {mode!r}")
    earlier = update(DemoBooking).where(DemoBooking.tenant == tenant, DemoBooking.thread == thread)
    session.execute(earlier.values(status="replaced"))
    contact = contact_of(args, talk_customer(session, tenant, thread))
    row = DemoBooking(
        tenant=tenant, thread=thread, at=now, mode=mode, time=time, contact=contact, status="booked"
    )
    session.add(row)
    session.flush()
    return BookingResult(booking=row.id, mode=mode, time=time, contact=contact, status=row.status)


def _check_time(time: str) -> None:
    try:
        datetime.fromisoformat(time)
    except ValueError as error:
        raise InputError(f"book_demo: {time!r} is no ISO day or time") from error
