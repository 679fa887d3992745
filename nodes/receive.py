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
from core.pack import Contact
from core.state import TalkState, Trouble
from core.types import Barrier, CustomerCard, GuardResult, Lang, Plan, Stage, Understanding
from crm.store import Store
from crm.views import CallView, DeskNews, Standing
from engines.normalise.private import marked, without_marks
from policy.contact import barrier, direction_of
from policy.minors import minor_after
from policy.sensitive import fit_to_keep

HAN = re.compile(r"[\u3400-\u9fff]")
ADDRESS = re.compile(r"\S+@\S+|https?://\S+|www\.\S+")
ENGLISH_WORD = re.compile(r"\b[A-Za-z]?[a-z]+(?:'[a-z]+)?\b")
"""A word with small letters: names in capitals (ABB, MES) belong to every language."""


async def receive(
    state: TalkState, config: RunnableConfig, runtime: Runtime[TalkContext], *, store: Store, contact: Contact
) -> dict[str, Any]:
    """The opened turn. A turn id that was answered before is marked `repeated` and brings its answer."""
    context = context_or_default(runtime.context)
    thread = str(config["configurable"].get("thread_id", "default"))
    turn = state.get("turn", 0) + 1
    turn_id = state.get("turn_id") or uuid4().hex
    card = CustomerCard.model_validate(state.get("customer") or {})
    known = state.get("profile", CustomerCard())
    merged = CustomerCard.model_validate(
        {**known.model_dump(), **card.model_dump(exclude_unset=True, exclude_none=True)}
    )
    heard = state.get("operator_lines", 0)
    found = await asyncio.to_thread(store.opening, thread, turn_id, merged, context.customer_id, heard=heard)
    if stored := found.answer:
        return {
            **taken(),
            "repeated": True,
            "answer": stored,
            "reply": stored.reply,
            "latency_ms": {"turn": turn},
        }
    now = context.moment()
    call = CallView(
        thread=thread, turn_id=turn_id, phone=found.profile.phone, customer_id=found.profile.id, at=now
    )
    return {
        **cleared(),
        "thread": thread,
        "turn": turn,
        "turn_id": turn_id,
        "now": now,
        "channel": context.channel,
        **words_of(state, context.lang),
        "profile": found.profile,
        "stage": state.get("stage", Stage.OPENING),
        "barrier": await barrier_before(call, state, context, found.barred, store, contact),
        "scripts_revision": found.scripts_revision,
        **from_desk(found.desk, state),
        "latency_ms": {"turn": turn},
    }


def words_of(state: TalkState, lang: Lang | None) -> dict[str, Any]:
    """What the customer said, as it may be kept, in which language, and what it says of the speaker."""
    said = readable(state.get("text") or "")
    child = minor_after(said[:MAX_TEXT], state.get("minor", False))
    words = state.get("words") or []
    told = fit_to_keep(said[:MAX_TEXT], [str(word.get("text", "")) for word in words], child=child)
    return {
        "lang": lang or language_of(without_marks(told.text), state.get("lang")),
        "text": told.text,
        "words": [words[place] for place in told.words],
        "trouble": trouble_with(state, said),
        "sensitive": marked(told.text),
        "minor": child,
    }


async def barrier_before(
    call: CallView, state: TalkState, context: TalkContext, barred: bool, store: Store, contact: Contact
) -> Barrier | None:
    """Why the talk should not have begun; a call of ours that may go on is kept in the books."""
    if state.get("event") != "start":
        return None
    given = state.get("direction")

    def ruling(standing: Standing) -> Barrier | None:
        return barrier(standing, contact, call.at, given, context.channel)

    if direction_of(given, context.channel) == "inbound":
        return ruling(Standing(barred=barred))
    return await asyncio.to_thread(store.begin_call, call, ruling)


def from_desk(news: DeskNews, state: TalkState) -> dict[str, Any]:
    """How the talk stands with the humans, and their lines, in front of what the customer says now."""
    open_or_new = news.status in ("waiting", "held") or state.get("stage") is Stage.HANDOFF
    return {
        "handoff": news.status if open_or_new else None,
        "handoff_asked": news.asked if open_or_new else None,
        "operator_lines": state.get("operator_lines", 0) + len(news.lines),
        "lines": list(news.lines),
    }


def taken() -> dict[str, Any]:
    """The input, emptied: what one turn was given must not stand in for what the next is not given."""
    return {"text": "", "turn_id": "", "event": "", "direction": None, "audio": {}, "image": ""}


def cleared() -> dict[str, Any]:
    """Everything the last turn worked out, emptied."""
    return {
        "repeated": False,
        "transcript": None,
        "understanding": Understanding(),
        "recalled": (),
        "excerpts": (),
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
