"""Reads intents and slot mentions from the text of the turn."""

from __future__ import annotations

from typing import Any

from core.state import TalkState
from engines.understanding.base import Understander, read_aside
from policy.minors import unheard


async def understand(state: TalkState, *, understander: Understander) -> dict[str, Any]:
    """At most two ranked intents and the mentions, read in the light of what the robot asked."""
    awaited = (state.get("expecting") or "").removeprefix("confirm:")
    found = await read_aside(
        understander,
        state["text"],
        now=state["now"],
        expecting=awaited if awaited and ":" not in awaited else None,
    )
    return {"understanding": unheard(found) if state.get("minor") else found}
