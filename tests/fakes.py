"""Small fakes beside the ports, and builders that put them into a graph or a plain state."""

from __future__ import annotations

from collections.abc import AsyncIterator, Coroutine, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

from core.errors import EngineError, InputError
from core.pack import Pack
from core.state import TalkState
from core.types import (
    Act,
    CustomerCard,
    Excerpt,
    IntentScore,
    Lang,
    LineItem,
    Mention,
    Passage,
    SlotValue,
    Stage,
    Transcript,
    Understanding,
    Word,
)
from crm.scripts import Library
from crm.store import Store
from domains.facts import facts_of
from domains.load import load_pack
from engines.chat.base import Brief, Sentence
from engines.chat.script import ScriptRealiser
from graph.engines import Engines
from nodes.ground import ground
from nodes.receive import cleared
from policy.book import FactBook
from policy.deal import Deal
from policy.guard.guard import Guard
from policy.tracking.rules import RuleTracker

T = TypeVar("T")
NOW = datetime(2026, 11, 22, 10, 0)
"""A Sunday; the demo packs' offers are set around it."""


def mention(slot: str, value: Any, start: int = 0, end: int = 0, **more: Any) -> Mention:
    return Mention(slot=slot, value=value, text=str(value), start=start, end=end, **more)


def heard(*intents: str, mentions: Iterable[Mention] = (), **slots: Any) -> Understanding:
    """An understanding: intents, the main one first; slots in normal form, a list for several products."""
    scores = tuple(IntentScore(id=name, confidence=0.9 - 0.2 * rank) for rank, name in enumerate(intents))
    told = [
        mention(slot, one)
        for slot, value in slots.items()
        for one in (value if isinstance(value, list) else [value])
    ]
    return Understanding(intents=scores, mentions=(*mentions, *told))


@dataclass
class ScriptedUnderstander:
    """Understands exactly the lines it was told of; anything else is out of scope."""

    script: Mapping[str, Understanding]
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    name: str = "scripted"

    def read(self, text: str, *, now: datetime, expecting: str | None = None) -> Understanding:
        self.asked.append((text, expecting))
        return self.script.get(text, Understanding())


@dataclass
class ScriptedRecogniser:
    """Hears what is written down for a file name; raises what is written down as an error."""

    script: Mapping[str, str | Exception]
    name: str = "scripted"

    def transcribe(self, path: Path, *, lang: Lang = "zh") -> Transcript:
        told = self.script.get(path.name, InputError(f"no audio: {path.name}"))
        if isinstance(told, Exception):
            raise told
        words = tuple(
            Word(text=text, start=float(place), end=place + 1.0, confidence=0.9)
            for place, text in enumerate(told.split())
        )
        return Transcript(text=told, words=words, engine=self.name)


@dataclass
class ScriptedRealiser:
    """Says given sentences whatever the plan; with `fails`, breaks after them."""

    said: tuple[str, ...]
    fails: bool = False
    briefs: list[Brief] = field(default_factory=list)
    name: str = "scripted"

    async def sentences(self, brief: Brief) -> AsyncIterator[Sentence]:
        self.briefs.append(brief)
        for text in self.said:
            yield Sentence(text=text, acts=tuple(range(len(brief.acts))))
        if self.fails:
            raise EngineError("the model is late", transient=True)


@dataclass
class ScriptedIndex:
    """Finds the facts written down for a line: fact id to score."""

    pack: Pack
    script: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def search(self, query: str, *, now: datetime, k: int = 6, **options: Any) -> tuple[Passage, ...]:
        found = self.script.get(query, {})
        return tuple(passage(self.pack, fact, score) for fact, score in found.items())[:k]


class ScriptedLibrary:
    """Quotes what it is told to for each question."""

    def __init__(self, quoted: Mapping[str, tuple[Excerpt, ...]]) -> None:
        self._quoted = quoted

    def excerpts(self, question: str, *, now: datetime, room: int) -> tuple[Excerpt, ...]:
        return self._quoted.get(question, ())

    def close(self) -> None: ...


def passage(pack: Pack, fact_id: str, score: float) -> Passage:
    """The passage that retrieval gives for a fact."""
    fact = book_of(pack.name).get(fact_id)
    assert fact is not None, f"no fact {fact_id}"
    text = next(iter(fact.text.values()))
    return Passage(source=fact.source, text=text, score=score, kind="fact", fact_id=fact_id, topic=fact.topic)


@cache
def pack_of(name: str = "qiheng") -> Pack:
    return load_pack(name)


@cache
def book_of(name: str = "qiheng") -> FactBook:
    return FactBook(pack_of(name), facts_of(pack_of(name)))


@cache
def tracker_of(name: str = "qiheng") -> RuleTracker:
    return RuleTracker(pack_of(name))


@cache
def guard_of(name: str = "qiheng") -> Guard:
    return Guard(pack_of(name), book_of(name).facts)


def fake_engines(
    pack: Pack,
    folder: Path,
    *,
    script: Mapping[str, Understanding] | None = None,
    recall: Mapping[str, Mapping[str, float]] | None = None,
    sounds: Mapping[str, str | Exception] | None = None,
    quoted: Mapping[str, tuple[Excerpt, ...]] | None = None,
    realiser: Any = None,
    tracker: Any = None,
) -> Engines:
    """Engines of a shipped pack: pack, policy, guard and store are real, what is trained is scripted."""
    store = Store(f"sqlite:///{folder / 'business.db'}", clock=lambda: NOW)
    store.sync_pack(pack)
    library = Library(pack, store)
    spoken = ScriptRealiser(pack, library)
    return Engines(
        pack=pack,
        book=book_of(pack.name),
        understander=ScriptedUnderstander(script or {}),
        tracker=tracker or RuleTracker(pack),
        index=cast("Any", ScriptedIndex(pack, recall or {})),
        knowledge=cast("Any", ScriptedLibrary(quoted or {})),
        recogniser=ScriptedRecogniser(sounds or {}),
        realiser=realiser or spoken,
        script=spoken,
        library=library,
        guard=guard_of(pack.name),
        store=store,
    )


def opened(**fields: Any) -> TalkState:
    """A turn as `receive` opens it, with `fields` in place."""
    state: dict[str, Any] = {
        **cleared(),
        "thread": "t",
        "turn": 1,
        "turn_id": "t-1",
        "now": NOW,
        "channel": "text",
        "lang": "zh",
        "text": "",
        "trouble": None,
        "profile": CustomerCard(),
        "stage": Stage.OPENING,
        "barrier": None,
        "sensitive": (),
        "minor": False,
    }
    return cast("TalkState", {**state, **fields})


def done(work: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine that never waits: most nodes are such."""
    try:
        work.send(None)
    except StopIteration as end:
        return cast("T", end.value)
    work.close()
    raise AssertionError("it waited for something")


def ruin(folder: Path, name: str) -> None:
    """Makes a SQLite file and its companions unreadable."""
    for file in folder.glob(f"{name}*"):
        file.write_bytes(b"this is no database" * 400)


def held(**slots: Any) -> dict[str, SlotValue]:
    """Tracked slots, as an earlier turn heard them."""
    return {slot: SlotValue(value=value, turn=1, text=str(value)) for slot, value in slots.items()}


def a_deal(
    understanding: Understanding | None = None,
    *,
    name: str = "qiheng",
    recall: Mapping[str, float] | None = None,
    quantity: Any = None,
    **fields: Any,
) -> Deal:
    """The deal as policy sees it after `ground`; `quantity` counts units of the product in focus."""
    book = book_of(name)
    if focus := fields.get("focus"):
        fields.setdefault("line_items", (LineItem(product=focus, quantity=quantity),))
    found = tuple(passage(pack_of(name), fact, score) for fact, score in (recall or {}).items())
    state = opened(**{"understanding": understanding or Understanding(), "recalled": found, **fields})
    state.update(cast("TalkState", done(ground(state, book=book))))
    return Deal.of(state, book)


def say(deal: Deal, acts: Iterable[Act], **brief: Any) -> list[str]:
    """The acts as the script says them."""
    acts = tuple(acts)
    script = ScriptRealiser(deal.pack)
    told = Brief(acts=acts, lang=deal.lang, channel=deal.channel, customer=deal.profile, **brief)

    async def spoken() -> list[str]:
        return [sentence.text async for sentence in script.sentences(told)]

    return done(spoken())
