"""Writes the turn down: history, profile and funnel in the business data, the answer for repeats."""

from __future__ import annotations

import asyncio
from typing import Any

from core.state import TalkState
from core.types import Act, Evidence, Line, Quote, Stage, TurnAnswer
from crm.store import Store
from nodes.receive import taken
from policy.deal import PROFILE_SLOTS

COUNTED_TOPICS = {"price": "priced", "offer": "priced", "recap": "recapped"}
"""Topics of what was said that later turns count."""
COUNTED_ACTIONS = {"book_demo": "booked", "send_material": "posted"}
"""The same for what was done."""


async def record(state: TalkState, *, store: Store) -> dict[str, Any]:
    """The finished turn; every write is keyed by the turn id, so that a rerun adds nothing."""
    answer = answer_of(state)
    lines = lines_of(state)
    learned = {
        slot: held.value
        for slot, held in state.get("slots", {}).items()
        if slot in PROFILE_SLOTS and held.value
    }
    await asyncio.to_thread(
        store.record_turn,
        state["thread"],
        state["turn_id"],
        turn=state["turn"],
        lines=lines,
        stage=answer.stage,
        reason=state["plan"].reason,
        customer_id=state["profile"].id,
        fields=learned,
        answer=answer,
        now=state["now"],
    )
    return {
        "answer": answer,
        "lines": lines,
        "stage": state["plan"].stage,
        "stage_reason": state["plan"].reason,
        "expecting": expecting(state["plan"].acts, state.get("expecting")),
        "asked": counted(state.get("asked", {}), asked_in(state["plan"].acts)),
        "attempts": attempts(state),
        "recommended": recommended(state),
        "topics": topics(state),
        "plays": plays(state.get("plays", {}), state["plan"].acts),
        "stage_before": stage_before(state),
        "quoted": quoted(state),
        **taken(),
    }


def answer_of(state: TalkState) -> TurnAnswer:
    """The turn in the form of the contract."""
    slots = {slot: held for slot, held in state.get("slots", {}).items() if held.value is not None}
    return TurnAnswer(
        thread=state["thread"],
        turn=state["turn"],
        turn_id=state["turn_id"],
        reply=state["reply"],
        intents=state["understanding"].intents,
        mentions=state["understanding"].values(),
        slots={slot: held.value for slot, held in slots.items()},
        line_items=state.get("line_items", ()),
        evidence={
            slot: Evidence(turn=held.turn, text=held.text, status=held.status) for slot, held in slots.items()
        },
        stage=state["plan"].stage,
        acts=tuple(public_act(act) for act in state["plan"].acts),
        actions=state["actions"],
        citations=state["citations"],
        guard=state["guard"],
    )


def public_act(act: Act) -> dict[str, Any]:
    """An act as the contract shows it: its name, slot, and topic."""
    shown: dict[str, Any] = {"act": act.act}
    if act.slot:
        shown["slot"] = act.slot
    return shown | {key: act.values[key] for key in ("topic", "step", "intent") if key in act.values}


def lines_of(state: TalkState) -> list[Line]:
    """The customer's line and the robot's, tagged with intents and acts."""
    turn = state["turn"]
    lines = []
    if heard := state.get("text") or "":
        intents = tuple(score.id for score in state["understanding"].intents)
        lines.append(Line(turn=turn, who="customer", text=heard, tags=intents))
    if state["reply"]:
        acts = tuple(act.act for act in state["plan"].acts)
        lines.append(Line(turn=turn, who="robot", text=state["reply"], tags=acts))
    return lines


def stage_before(state: TalkState) -> Stage:
    """The stage that a human took over from, or shall; kept while the talk is with the human."""
    begun = state.get("stage", Stage.OPENING)
    if state["plan"].stage is Stage.HANDOFF and begun is not Stage.HANDOFF:
        return begun
    return state.get("stage_before", Stage.QUALIFICATION)


def quoted(state: TalkState) -> tuple[Quote, ...]:
    """The last price told of each product, this turn's after the earlier ones."""
    told = [Quote.model_validate(call.args) for call in state["plan"].tools if call.name == "quote"]
    newest = {quote.product: quote for quote in (*state.get("quoted", ()), *told)}
    return tuple(newest.values())


def recommended(state: TalkState) -> str | None:
    """The product that was just named as the one that fits."""
    named = [act.values["recommends"] for act in state["plan"].acts if "recommends" in act.values]
    if named:
        return str(named[0])
    return state.get("recommended") if all(map(holds_thread, state["plan"].acts)) else None


def topics(state: TalkState) -> tuple[str, ...]:
    """What was answered from facts, or not known, in this turn; where nothing was, what was answered last."""
    answers = [act for act in state["plan"].acts if act.facts or act.act == "decline"]
    said = [act.values["topic"] for act in answers if "topic" in act.values]
    return tuple(dict.fromkeys(said)) or state.get("topics", ())


def expecting(acts: tuple[Act, ...], before: str | None) -> str | None:
    """What the robot waits for after these acts; one that only holds the thread still waits for what it did."""
    for act in reversed(acts):
        if act.act == "ask_slot" and act.slot:
            return act.slot
        if act.act == "confirm_slot" and act.slot:
            return f"confirm:{act.slot}"
        if act.act == "propose":
            return f"propose:{act.values['step']}"
    return before if all(map(holds_thread, acts)) else None


def holds_thread(act: Act) -> bool:
    """Whether an act says nothing of the matter: 稍等, 没听清, small talk."""
    return act.act in {"small_talk", "clarify", "disclose"} or act.values.get("topic") == "repeat"


def asked_in(acts: tuple[Act, ...]) -> list[str]:
    """Questions and proposals of these acts, as counted."""
    asked = [act.slot for act in acts if act.act == "ask_slot" and act.slot]
    return asked + [f"propose:{act.values['step']}" for act in acts if act.act == "propose"]


def plays(before: dict[str, int], acts: tuple[Act, ...]) -> dict[str, int]:
    """The revision of the script library that each play was begun with; a later attempt changes nothing."""
    begun = {act.values["intent"]: act.revision for act in acts if act.revision is not None}
    return {**begun, **before}


def attempts(state: TalkState) -> dict[str, int]:
    """How often each intent was heard; silences count only in a row, and not while a human is waited for."""
    heard = [score.id for score in state["understanding"].intents]
    if any(act.act == "greet" for act in state["plan"].acts):
        heard = [*(intent for intent in heard if intent != "greet"), "greet"]
    topics = {act.values.get("topic") for act in state["plan"].acts}
    heard += [count for topic, count in COUNTED_TOPICS.items() if topic in topics]
    done = {action.name for action in state["actions"]}
    heard += [count for name, count in COUNTED_ACTIONS.items() if name in done]
    before = {key: count for key, count in state.get("attempts", {}).items() if key != "silence"}
    if state.get("event") == "silence" and state["plan"].stage is not Stage.HANDOFF:
        before["silence"] = state.get("attempts", {}).get("silence", 0)
        heard.append("silence")
    return counted(before, heard)


def counted(before: dict[str, int], keys: list[str]) -> dict[str, int]:
    """`before` with one more for each of `keys`."""
    counts = dict(before)
    for key in keys:
        counts[key] = counts.get(key, 0) + 1
    return counts
