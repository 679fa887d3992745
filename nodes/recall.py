"""Fetches passages for the raw text, beside `understand` and before the focus is known."""

from __future__ import annotations

import asyncio
from typing import Any

from core.state import TalkState
from retrieval.facts.index import KnowledgeIndex

PASSAGES = 12


async def recall(state: TalkState, *, index: KnowledgeIndex) -> dict[str, Any]:
    """The best passages, ended offers included: they can be named as ended."""
    passages = await asyncio.to_thread(
        index.search, state["text"], now=state["now"], k=PASSAGES, include_ended=True
    )
    return {"recalled": passages}
