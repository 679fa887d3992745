"""Opens a turn: its number, clock, language and customer; text made readable; last turn's work cleared."""

from __future__ import annotations

import asyncio
import re
import unicodedata
from typing import Any
from uuid import uuid4

from langchain_core.runnables import RunnableConfig
from langgraph.runtime import Runtime

from core.context import MAX_TEXT, TalkContext, context_or_default
from core.grounding import Grounding
from core.state import TalkState, Trouble
from core.types import CustomerCard, GuardResult, Lang, Plan, Stage, Understanding
from crm.store import Store

HAN = re.compile(r"[\u3400-\u9fff]")
ADDRESS = re.compile(r"\S+@\S+|https?://\S+|www\.\S+")
ENGLISH_WORD = re.compile(r"\b[A-Za-z]?[a-z]+(?:'[a-z]+)?\b")
"""A word with small letters: names in capitals (ABB, MES) belong to every language."""


async def receive(
    state: TalkState, config: RunnableConfig, runtime: Runtime[TalkContext], *, store: Store
) -> dict[str, Any]:
    """The opened turn. A turn id that was answered before is marked `repeated` and brings its answer."""
    context = context_or_default(runtime.context)
    thread = str(config["configurable"].get("thread_id", "default"))
    turn = state.get("turn", 0) + 1
    turn_id = state.get("turn_id") or uuid4().hex
    if stored := await asyncio.to_thread(store.answer, thread, turn_id):
        return {
            **taken(),
            "repeated": True,
            "answer": stored,
            "reply": stored.reply,
            "latency_ms": {"turn": turn},
        }
    card = CustomerCard.model_validate(state.get("customer") or {})
    known = state.get("profile", CustomerCard())
    merged = CustomerCard.model_validate({**known.model_dump(), **card.model_dump(exclude_none=True)})
    profile = await asyncio.to_thread(store.customer, merged, context.customer_id, thread=thread)
    text = readable(state.get("text") or "")
    return {
        **cleared(),
        "thread": thread,
        "turn": turn,
        "turn_id": turn_id,
        "now": context.moment(),
        "channel": context.channel,
        "lang": context.lang or language_of(text, state.get("lang")),
        "text": text[:MAX_TEXT],
        "trouble": trouble_with(state, text),
        "profile": profile,
        "stage": state.get("stage", Stage.OPENING),
        "barred": await asyncio.to_thread(store.barred, profile.phone, profile.id, thread),
        "latency_ms": {"turn": turn},
    }


def taken() -> dict[str, Any]:
    """The input, emptied: what one turn was given must not stand in for what the next is not given."""
    return {"text": "", "turn_id": "", "event": "", "audio": {}, "image": ""}


def cleared() -> dict[str, Any]:
    """Everything the last turn worked out, emptied."""
    return {
        "repeated": False,
        "transcript": None,
        "understanding": Understanding(),
        "recalled": (),
        "grounding": Grounding(),
        "plan": Plan(stage=Stage.OPENING, reason="not planned yet"),
        "actions": (),
        "citations": (),
        "guard": GuardResult(),
        "reply": "",
    }


def readable(text: str) -> str:
    """The text without control characters, its white space single."""
    kept = "".join(" " if char.isspace() else char for char in text if char.isspace() or printable(char))
    return " ".join(kept.split())


def printable(char: str) -> bool:
    """Whether a character can be shown: no control, surrogate or unassigned one."""
    return unicodedata.category(char) not in {"Cc", "Cs", "Cn", "Co"}


def language_of(text: str, before: Lang | None) -> Lang:
    """Chinese where there is a Han character, English where there are words; else as before."""
    if HAN.search(text):
        return "zh"
    plain = ADDRESS.sub(" ", text)
    words = ENGLISH_WORD.findall(plain)
    shouted = plain.isupper() and len(plain.split()) > 2
    if len(words) >= 2 or shouted or (words and before is None):
        return "en"
    return before or "zh"


def trouble_with(state: TalkState, text: str) -> Trouble | None:
    """Why this input cannot be read as words, None where it can."""
    if state.get("event") or state.get("audio"):
        return None
    if state.get("image") and not text:
        return "image"
    if not text:
        return "unreadable" if (state.get("text") or "").strip() else "empty"
    if len(text) > MAX_TEXT:
        return "long"
    return None if any(char.isalnum() for char in text) else "unreadable"
