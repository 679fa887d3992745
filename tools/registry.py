"""The tools a plan may call, by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from core.errors import InputError
from core.pack import Pack
from core.types import Action, Situation, ToolCall
from crm.store import Store
from tools.book_demo import book_demo
from tools.common import Tool
from tools.do_not_call import do_not_call
from tools.end_call import end_call
from tools.handoff import handoff
from tools.quote import quote
from tools.save_lead import save_lead
from tools.send_material import send_material

TOOLS: Mapping[str, Tool] = {
    "book_demo": book_demo,
    "do_not_call": do_not_call,
    "end_call": end_call,
    "handoff": handoff,
    "quote": quote,
    "save_lead": save_lead,
    "send_material": send_material,
}


def run_tool(
    call: ToolCall, *, store: Store, pack: Pack, thread: str, turn_id: str, situation: Situation
) -> Action:
    """Run the tool once for this turn and these arguments; a repeat gives the stored result.

    Raises InputError for an unknown tool or bad arguments (nothing is written then), StoreError when the
    database fails.
    """
    tool = TOOLS.get(call.name)
    if tool is None:
        raise InputError(f"no tool {call.name!r}; there are {', '.join(TOOLS)}")

    def effect(session: Session) -> dict[str, Any]:
        found = tool(
            call.args, session=session, tenant=store.tenant, thread=thread, now=situation.now, pack=pack
        )
        return dict(found)

    return store.run_once(thread, turn_id, call, effect, now=situation.now)
