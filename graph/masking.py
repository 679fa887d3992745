"""Keeps personal data out of the logs: every record is masked when it is made, whoever will write it."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from typing import Any

from core.types import CustomerCard, SlotValue
from engines.normalise.contact import mask

Make = Callable[..., logging.LogRecord]

TALKATIVE = ("aiosqlite",)
"""Libraries that at DEBUG write down the stored state whole, in bytes that no mask can read."""

_names: ContextVar[set[str] | None] = ContextVar("names", default=None)


def install() -> None:
    """Masks every record made from now on in this process; a second call changes nothing."""
    make = logging.getLogRecordFactory()
    if not isinstance(make, Discreet):
        logging.setLogRecordFactory(Discreet(make))
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.INFO)


def begin_turn() -> None:
    """Forgets the names of other talks; what `remember` is told from now on holds for this turn alone."""
    _names.set(set())


def remember(state: Mapping[str, Any]) -> None:
    """The customer's name, where a state, an update or an input holds one, is not to be logged."""
    known = _names.get()
    if known is None:
        known = set()
        _names.set(known)
    known.update(_named(state))


def _named(state: Mapping[str, Any]) -> Iterator[str]:
    profile, given = state.get("profile"), state.get("customer")
    held = (state.get("slots") or {}).get("contact_name")
    found = (
        profile.contact_name if isinstance(profile, CustomerCard) else None,
        given.get("contact_name") if isinstance(given, Mapping) else None,
        held.value if isinstance(held, SlotValue) else None,
    )
    yield from (name for name in found if isinstance(name, str) and name.strip())


class Discreet:
    """Makes records as `make` does, then masks message, traceback and stack.

    Text arguments are masked one by one, so that a formatter that reads them still finds them.
    """

    def __init__(self, make: Make) -> None:
        self._make = make

    def __call__(self, *args: Any, **kwargs: Any) -> logging.LogRecord:
        record = self._make(*args, **kwargs)
        names = _names.get() or ()

        def hide(text: str) -> str:
            return mask(text, names)

        if isinstance(record.args, tuple):
            record.args = tuple(hide(one) if isinstance(one, str) else one for one in record.args)
        message = _message(record)
        if message is None:
            record.msg, record.args = hide(_template(record)), ()
        elif hide(message) != message:
            record.msg, record.args = hide(message), ()
        if record.exc_info and record.exc_info[0] is not None:
            record.exc_text = hide("".join(traceback.format_exception(*record.exc_info)).rstrip("\n"))
            record.exc_info = None
        if record.stack_info:
            record.stack_info = hide(record.stack_info)
        return record


def _message(record: logging.LogRecord) -> str | None:
    """The message, None where it cannot be made: an argument does not fit, or fails to say what it is."""
    try:
        return record.getMessage()
    except Exception:  # whatever a stranger's __str__ raises must not reach who only wanted to log
        return None


def _template(record: logging.LogRecord) -> str:
    """What is left of a message that cannot be made; its arguments are dropped, for no mask has read them."""
    words = record.msg if isinstance(record.msg, str) else type(record.msg).__name__
    return f"{words} (arguments that cannot be written)"
