"""The example turns most like the line at hand, and how state and answer are written down for a model."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from core.diff import StateDiff
from core.pack import DialogueExample
from core.types import Lang, LineItem
from engines.understanding.nearest import Likeness, mixed

EXAMPLE_NOW = datetime(2026, 11, 22, 10, 0)
"""The minute that every example turn is set in: a Sunday."""


class ExampleTurns:
    """Examples by likeness of what was asked for and what was said; one index a language, built at once."""

    def __init__(self, turns: Iterable[DialogueExample]) -> None:
        self._turns: dict[Lang, list[DialogueExample]] = {}
        for turn in turns:
            self._turns.setdefault(turn.lang, []).append(turn)
        self._likeness = {
            lang: Likeness([_key(turn.expecting, turn.customer) for turn in listed])
            for lang, listed in self._turns.items()
        }

    def find(self, expecting: str | None, line: str, lang: Lang, count: int) -> list[DialogueExample]:
        """Up to `count` turns of the language, the most alike first, of several kinds."""
        if lang not in self._turns:
            return []
        listed = self._turns[lang]
        ranked = (listed[at] for at in self._likeness[lang].rank(_key(expecting, line)))
        return mixed(ranked, count, kind=lambda turn: turn.kind)


def _key(expecting: str | None, line: str) -> str:
    return f"{(expecting or '').replace(':', ' ')} {line}"


def state_shown(
    slots: Mapping[str, Any],
    earlier: Mapping[str, Iterable[Any]],
    items: Iterable[LineItem],
    focus: str | None,
) -> dict[str, Any]:
    """The state as a model sees it: values alone, amounts without their currency, nothing that is empty."""
    told = {
        "slots": {slot: _bare(value) for slot, value in slots.items()},
        "earlier": {slot: [_bare(value) for value in values] for slot, values in earlier.items()},
        "items": [{"product": item.product, "quantity": _bare(item.quantity)} for item in items],
        "focus": focus,
    }
    return {name: value for name, value in told.items() if value}


def _bare(value: Any) -> Any:
    return {"min": value.get("min"), "max": value.get("max")} if isinstance(value, dict) else value


def turn_shown(now: datetime, state: Mapping[str, Any], robot: str, expecting: str | None, line: str) -> str:
    """One turn as JSON on one line: everything in it is data."""
    minute = now.isoformat(timespec="minutes")
    told = {"now": minute, "state": state, "robot": robot, "asked_for": expecting, "customer": line}
    return json.dumps({name: value for name, value in told.items() if value}, ensure_ascii=False)


def example_shown(turn: DialogueExample) -> str:
    """An example as its turn was."""
    state = state_shown(turn.slots, turn.earlier, turn.items, turn.focus)
    return turn_shown(EXAMPLE_NOW, state, turn.robot, turn.expecting, turn.customer)


def answer_shown(diff: StateDiff) -> str:
    """A difference as a model should have told it."""
    return diff.model_dump_json()
