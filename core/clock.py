"""Time is injected: nothing in a turn reads the wall clock but through here."""

from __future__ import annotations

from datetime import datetime

from core.errors import InputError

YEARS = range(2000, 2200)
"""Years that a time may lie in."""


def local_minute() -> datetime:
    """The wall clock as a naive local minute."""
    return datetime.now().replace(second=0, microsecond=0)


def parse_minute(text: str) -> datetime:
    """A naive local minute from `YYYY-MM-DDTHH:MM` (seconds and a bare date are accepted).

    Raises InputError on anything else, an offset included: times here are local.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"not a time like 2026-11-22T10:00: {text!r}") from error
    if moment.tzinfo is not None:
        raise InputError(f"times are local, without an offset: {text!r}")
    if moment.year not in YEARS:
        raise InputError(f"a year from {YEARS.start} to {YEARS.stop - 1}, not {moment.year}")
    return moment.replace(second=0, microsecond=0)
