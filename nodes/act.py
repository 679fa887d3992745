"""Runs the plan's tools, each once a turn id."""

from __future__ import annotations

import asyncio
from typing import Any

from core.pack import Pack
from core.state import TalkState
from core.types import Action, Situation
from crm.store import Store
from tools.registry import run_tool


async def act(state: TalkState, *, store: Store, pack: Pack) -> dict[str, Any]:
    """What was done and what came of it; a repeated or resumed turn gets the stored results."""
    calls = state["plan"].tools
    situation = Situation(now=state["now"])
    done: list[Action] = []
    for call in calls:
        done.append(
            await asyncio.to_thread(
                run_tool,
                call,
                store=store,
                pack=pack,
                thread=state["thread"],
                turn_id=state["turn_id"],
                situation=situation,
            )
        )
    return {"actions": tuple(done)}
