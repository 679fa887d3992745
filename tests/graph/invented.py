"""Invents talks, and rehearses them through the nodes that decide."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from hypothesis import strategies as st

from core.pack import Pack
from core.state import TalkState
from core.types import (
    Channel,
    CustomerCard,
    Lang,
    Line,
    Mention,
    Passage,
    Plan,
    Stage,
    Understanding,
)
from domains.labels import INTENTS
from engines.chat.base import Brief
from engines.chat.script import ScriptRealiser
from nodes.ground import ground
from nodes.plan import plan
from nodes.receive import cleared
from nodes.record import asked_in, attempts, counted, expecting
from nodes.track import track
from tests.fakes import book_of, done, heard, mention, opened, pack_of, passage, tracker_of

PACKS = ("qiheng", "qingshui")

VALUES: dict[str, st.SearchStrategy[Any]] = {
    "quantity": st.one_of(st.integers(1, 40), st.just({"min": 20, "max": 30})),
    "budget": st.sampled_from(
        [
            {"min": 100000, "max": 100000, "currency": "CNY"},
            {"min": None, "max": 500000, "currency": "CNY"},
            {"min": 2000000, "max": None, "currency": "CNY"},
        ]
    ),
    "timeline": st.sampled_from(["2026-12", "2026-12-31", "P2M", "2027-Q1", "2027-H1"]),
    "payload_kg": st.sampled_from([3, 5.5, 10, 20, 5000]),
    "industry": st.sampled_from(["auto parts", "food"]),
    "application": st.sampled_from(["welding", "pantry"]),
    "customization": st.just("ATEX"),
    "company": st.just("Hengda"),
    "contact_name": st.just("Wang"),
    "title": st.just("manager"),
    "phone": st.sampled_from(["13800001234", "13900005678"]),
    "email": st.just("li@x.cn"),
    "location": st.sampled_from(["Suzhou", "Chengdu"]),
    "decision_role": st.sampled_from(["decision_maker", "influencer", "user", "none"]),
    "competitor": st.just("Fanuc"),
    "current_supplier": st.just("Kuka"),
    "payment_term": st.sampled_from(["full", "instalments", "yearly"]),
    "demo_time": st.sampled_from(["2026-11-25T10:00", "2026-11-29T10:00", "2026-11-25"]),
}
"""Values in normal form, in Latin letters so that English talks stay English."""
OFTEN = [*VALUES, *["product"] * 12, *["quantity"] * 6]
BUSINESS = ("inform", "deny", "affirm", "ask_price", "ask_discount", "ask_product", "request_demo")


@dataclass(frozen=True)
class Turn:
    """One invented turn: what was heard, in which words, and what recall brought."""

    understanding: Understanding
    text: str = ""
    event: str = ""
    recalled: tuple[Passage, ...] = ()


@dataclass
class Heard:
    """One turn as it went: the state that was planned on, the plan, the sentences."""

    turn: Turn
    state: TalkState
    plan: Plan
    said: list[str]


@cache
def script_of(name: str) -> ScriptRealiser:
    return ScriptRealiser(pack_of(name))


def products(pack: Pack) -> st.SearchStrategy[Any]:
    return st.sampled_from([*(row.id for row in pack.products), None])


@st.composite
def mentions(draw: st.DrawFn, pack: Pack) -> tuple[Mention, ...]:
    """At most four slots, each once but products."""
    slots = draw(st.lists(st.sampled_from(OFTEN), min_size=1, max_size=4))
    found: list[Mention] = []
    for place, slot in enumerate(slots):
        if slot != "product" and any(one.slot == slot for one in found):
            continue
        value = draw(products(pack) if slot == "product" else VALUES[slot])
        found.append(mention(slot, value, place * 4, place * 4 + 2))
    return tuple(found)


@st.composite
def turns(draw: st.DrawFn, pack: Pack) -> Turn:
    if draw(st.integers(0, 9)) == 9:
        return Turn(Understanding(), event=draw(st.sampled_from(["start", "silence"])))
    likely = st.one_of(st.sampled_from(BUSINESS), st.sampled_from(INTENTS))
    intents = draw(st.lists(likely, min_size=1, max_size=2, unique=True))
    facts = draw(
        st.lists(st.sampled_from(book_of(pack.name).facts), max_size=3, unique_by=lambda fact: fact.id)
    )
    recalled = tuple(passage(pack, fact.id, draw(st.sampled_from([0.3, 0.5, 0.9]))) for fact in facts)
    text = draw(st.sampled_from(["", "total", "list price", "lower", "online", "what do you sell", "which"]))
    return Turn(heard(*intents, mentions=draw(mentions(pack))), text=text, recalled=recalled)


@st.composite
def talks(draw: st.DrawFn) -> tuple[str, Lang, Channel, CustomerCard, list[Turn]]:
    name = draw(st.sampled_from(PACKS))
    card = draw(st.sampled_from([CustomerCard(), CustomerCard(contact_name="Wang", location="Suzhou")]))
    lang: Lang = draw(st.sampled_from(["zh", "en"]))
    channel: Channel = draw(st.sampled_from(["text", "voice"]))
    return name, lang, channel, card, draw(st.lists(turns(pack_of(name)), min_size=3, max_size=8))


def rehearsed(talk: tuple[str, Lang, Channel, CustomerCard, list[Turn]]) -> Iterator[Heard]:
    """The talk through the nodes that decide, with what `record` hands to the next turn."""
    name, lang, channel, card, told = talk
    book = book_of(name)
    kept: dict[str, Any] = {"profile": card, "stage": Stage.OPENING}
    for number, turn in enumerate(told, start=1):
        now = {"turn": number, "lang": lang, "channel": channel, "text": turn.text, "event": turn.event}
        state = opened(
            **{**cleared(), **now, **kept, "understanding": turn.understanding, "recalled": turn.recalled}
        )
        if not turn.event:
            state.update(cast("TalkState", done(track(state, tracker=tracker_of(name)))))
            state.update(cast("TalkState", done(ground(state, book=book))))
        planned: Plan = done(plan(state, book=book))["plan"]
        said = spoken(name, state, planned)
        yield Heard(turn, state, planned, said)
        after: Any = {**state, "plan": planned}
        kept = {
            **{key: state.get(key) for key in ("slots", "line_items", "focus") if key in state},
            "profile": card,
            "stage": planned.stage,
            "expecting": expecting(planned.acts, state.get("expecting")),
            "asked": counted(cast("dict[str, int]", state.get("asked", {})), asked_in(planned.acts)),
            "attempts": attempts(after),
            "lines": [
                *state.get("lines", []),
                Line(
                    turn=number,
                    who="customer",
                    text=turn.text,
                    tags=tuple(one.id for one in turn.understanding.intents),
                ),
                Line(turn=number, who="robot", text=" ".join(said)),
            ],
        }


def spoken(name: str, state: TalkState, planned: Plan) -> list[str]:
    brief = Brief(acts=planned.acts, lang=state["lang"], channel=state["channel"], customer=state["profile"])

    async def sentences() -> list[str]:
        return [sentence.text async for sentence in script_of(name).sentences(brief)]

    return done(sentences())
