"""Fetches what facts and library say to the raw text, beside `understand` and before the focus is known."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime
from typing import Any

from core.errors import StoreError
from core.state import TalkState
from core.types import Excerpt
from retrieval.facts.index import KnowledgeIndex
from retrieval.knowledge import Knowledge

log = logging.getLogger(__name__)

PASSAGES = 12
ROOM = {"text": 120, "voice": 60}
"""Characters of a quotation from the library, at most."""


async def recall(state: TalkState, *, index: KnowledgeIndex, knowledge: Knowledge) -> dict[str, Any]:
    """The best facts, ended offers included (they can be named as ended), and the best quotations."""
    text, now = state["text"], state["now"]
    passages, excerpts = await asyncio.gather(
        asyncio.to_thread(index.search, text, now=now, k=PASSAGES, include_ended=True),
        asyncio.to_thread(quotations, knowledge, text, now, ROOM[state["channel"]]),
    )
    return {"recalled": passages, "excerpts": excerpts}


def quotations(knowledge: Knowledge, text: str, now: datetime, room: int) -> tuple[Excerpt, ...]:
    """What the library says; nothing where it cannot be reached: the facts answer without it."""
    try:
        return knowledge.excerpts(text, now=now, room=room)
    except StoreError as error:
        log.warning("answering without the library: %s", error)
        return ()
