"""The normal form of each slot: a value that a model tells, or None where it has not the form."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from core.diff import Range

ROLES = frozenset({"decision_maker", "influencer", "user", "none"})
TERMS = frozenset({"full", "instalments", "monthly", "yearly"})
"""The classes of `payment_term`; other wordings stand as they are said."""
LONGEST = 60
"""Code points of a value in free words."""
_PERIOD = re.compile(r"\d{4}(?:-(?:\d{2}|Q[1-4]|H[12]|W\d{2}))?|P\d{1,4}[DWMY]")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MINUTE = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}")


def normal_form(slot: str, value: int | float | str | Range) -> Any | None:
    """The value as the state holds it, amounts as `{min, max}` without a currency; None where it is none."""
    return _FORMS.get(slot, _words)(value)


def count(value: int | float | Range | None) -> int | dict[str, Any] | None:
    """A number of goods, at least one, or a range of them; None where it is none."""
    if isinstance(value, Range):
        bounds = _bounds(value, least=1)
        return bounds["min"] if bounds and bounds["min"] == bounds["max"] else bounds
    return value if isinstance(value, int) and value >= 1 else None


def bounds_of(value: object) -> set[int | float]:
    """The figures of a number or a range; open sides have none."""
    sides = (value.get("min"), value.get("max")) if isinstance(value, dict) else (value,)
    return {side for side in sides if isinstance(side, int | float)}


def _bounds(value: Range, *, least: int) -> dict[str, Any] | None:
    sides = [side for side in (value.min, value.max) if side is not None]
    whole = all(_is_whole(side) and side >= least for side in sides)
    if not sides or not whole or sides != sorted(sides):
        return None
    low, high = (None if side is None else int(side) for side in (value.min, value.max))
    return {"min": low, "max": high}


def _budget(value: object) -> dict[str, Any] | None:
    if isinstance(value, int):
        value = Range(min=value, max=value)
    return _bounds(value, least=0) if isinstance(value, Range) else None


def _weight(value: object) -> int | float | None:
    if not isinstance(value, int | float) or not 0 < value < 1e9:
        return None
    return int(value) if _is_whole(value) else value


def _is_whole(value: int | float) -> bool:
    return isinstance(value, int) or value.is_integer()


def _period(value: object) -> str | None:
    if not isinstance(value, str):
        return None
    return value if _PERIOD.fullmatch(value) else _day(value)


def _day(value: str) -> str | None:
    try:
        return value if _DAY.fullmatch(value) and date.fromisoformat(value) else None
    except ValueError:
        return None


def _meeting(value: object) -> str | None:
    if not isinstance(value, str) or not _MINUTE.fullmatch(value):
        return _day(value) if isinstance(value, str) else None
    try:
        return value if datetime.fromisoformat(value) else None
    except ValueError:
        return None


def _role(value: object) -> str | None:
    return value if isinstance(value, str) and value in ROLES else None


def _words(value: object) -> str | None:
    """One line of words."""
    if not isinstance(value, str):
        return None
    said = value.strip()
    return said if 0 < len(said) <= LONGEST and said.isprintable() else None


_FORMS: dict[str, Callable[[Any], Any]] = {
    "budget": _budget,
    "payload_kg": _weight,
    "timeline": _period,
    "demo_time": _meeting,
    "decision_role": _role,
}
