"""Speaks the plan, sentence by sentence, each let through by the guard before it leaves this node."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any

from langgraph.config import get_stream_writer

from core.errors import EngineError, StoreError
from core.pack import Fact, localise
from core.state import TalkState
from core.types import Citation, Excerpt, GuardResult, Lang, Plan, Situation, Violation
from crm.store import Store
from engines.chat.base import Brief, Realiser, Sentence
from engines.normalise.contact import mask
from policy.book import FactBook
from policy.deal import Deal
from policy.guard.guard import Guard
from policy.keep import ruling
from policy.persona import personas

log = logging.getLogger(__name__)

RANK = {"pass": 0, "repaired": 1, "replaced": 2}


async def respond(
    state: TalkState, *, realiser: Realiser, script: Realiser, guard: Guard, book: FactBook, store: Store
) -> dict[str, Any]:
    """The guarded reply, the citations behind it, and the plan cut to the acts that were said.

    Each sentence is checked and sent as soon as the realiser has it. After one that fails or is late,
    `script` says the whole plan: better a thing said twice than a question left unanswered. The violating
    words go to the audit table only: state and streams carry the kind of violation. A rule that the plan
    broke before it was mended is shown and audited in the same way.
    """
    brief = brief_of(state, book)
    rules = ruling(state["plan"], state["lang"])
    if rules.violations:
        await audit(store, state, rules.safe_text, rules)
    reply = Reply(state, guard, Deal.of(state, book).situation(), store)
    try:
        await reply.take(realiser.sentences(brief))
    except StoreError:
        raise
    except EngineError as error:
        log.warning("the realiser %s failed in turn %s: %s", realiser.name, state["turn"], mask(str(error)))
        reply.spoken.clear()
        await reply.take(script.sentences(brief))
    said = said_plan(state["plan"], reply.spoken)
    return {
        "reply": joined(reply.kept, state["lang"]),
        "plan": said,
        "guard": overall([rules, *reply.results]),
        "citations": citations(said, book, state["lang"]),
        "used_lines": count_lines(state.get("used_lines", {}), reply.spoken),
    }


class Reply:
    """The reply as it grows: what the realiser gave, what the guard made of it, what went out."""

    def __init__(self, state: TalkState, guard: Guard, situation: Situation, store: Store) -> None:
        self.spoken: list[Sentence] = []
        self.results: list[GuardResult] = []
        self.kept: list[str] = []
        self._state, self._guard, self._situation, self._store = state, guard, situation, store
        self._excerpts = tuple(one.text for one in excerpts(state["plan"]) if one.in_force)

    async def take(self, sentences: AsyncIterator[Sentence]) -> None:
        """Check, audit and send each sentence as it comes. Raises EngineError, or StoreError of the audit."""
        async for sentence in sentences:
            self.spoken.append(sentence)
            result = self._guard.check(
                sentence.text, self._situation, quotes=self._state["plan"].quotes, excerpts=self._excerpts
            )
            self.results.append(result)
            if result.verdict != "pass":
                await audit(self._store, self._state, sentence.text, result)
            if result.safe_text and result.safe_text not in self.kept:
                self.kept.append(result.safe_text)
                get_stream_writer()({"sentence": result.safe_text})


def brief_of(state: TalkState, book: FactBook) -> Brief:
    """What the realiser may use: the plan, its facts, the last lines, and what is known of the customer."""
    planned, deal = state["plan"], Deal.of(state, book)
    ids = dict.fromkeys(fact for act in planned.acts for fact in act.facts)
    return Brief(
        acts=planned.acts,
        facts=(*(fact for fact in map(book.get, ids) if fact), *map(as_fact, excerpts(planned))),
        lang=state["lang"],
        channel=state["channel"],
        customer=deal.profile.model_copy(update={"industry": deal.value("industry")}),
        lines=tuple(state.get("lines", []))[-6:],
        customer_text=state.get("text", ""),
        used_lines=state.get("used_lines", {}),
        stage=planned.stage,
        personas=personas(deal),
        role=deal.value("decision_role"),
        returning=bool(deal.profile.history),
        day=deal.now.date(),
        revision=deal.scripts_revision,
    )


def joined(sentences: list[str], lang: Lang) -> str:
    """The sentences as one reply."""
    return ("" if lang == "zh" else " ").join(sentences)


async def audit(store: Store, state: TalkState, original: str, result: GuardResult) -> None:
    """Keep what the guard changed or stopped, words and all, in the audit table alone."""
    await asyncio.to_thread(
        store.audit_guard,
        state["thread"],
        state["turn_id"],
        original,
        result.verdict,
        result.violations,
        now=state["now"],
    )


def said_plan(planned: Plan, spoken: list[Sentence]) -> Plan:
    """The plan without the acts that the realiser left out for length."""
    said = {position for sentence in spoken for position in sentence.acts}
    return planned.model_copy(
        update={"acts": tuple(act for position, act in enumerate(planned.acts) if position in said)}
    )


def overall(results: list[GuardResult]) -> GuardResult:
    """The hardest verdict of the sentences; violations by kind, without the words."""
    worst = max((result.verdict for result in results), key=RANK.__getitem__, default="pass")
    kinds = dict.fromkeys(violation.kind for result in results for violation in result.violations)
    return GuardResult(
        verdict=worst, violations=tuple(Violation(kind=kind, text="", reason="") for kind in kinds)
    )


def citations(planned: Plan, book: FactBook, lang: Lang) -> tuple[Citation, ...]:
    """Sources of the facts and files that were said, each once."""
    facts = [book.get(fact_id) for act in planned.acts for fact_id in act.facts]
    found = {fact.id: Citation(source=fact.source, text=localise(fact.text, lang)) for fact in facts if fact}
    found |= {one.source: Citation(source=one.source, text=one.text) for one in excerpts(planned)}
    return tuple(found.values())


def excerpts(planned: Plan) -> tuple[Excerpt, ...]:
    """The words of the library that the acts rest on."""
    return tuple(act.excerpt for act in planned.acts if act.excerpt)


def as_fact(excerpt: Excerpt) -> Fact:
    """The words of the library as the realiser knows facts."""
    return Fact(
        id=excerpt.source,
        source=excerpt.source,
        topic="library",
        intent="ask_product",
        text={"zh": excerpt.text},
    )


def count_lines(used: dict[str, int], spoken: list[Sentence]) -> dict[str, int]:
    """How often each script line was said in this talk."""
    counts = dict(used)
    for sentence in spoken:
        if sentence.line_id:
            counts[sentence.line_id] = counts.get(sentence.line_id, 0) + 1
    return counts
