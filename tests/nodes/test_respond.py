"""`respond` alone, in a graph of one node: what is said, guarded, cited and counted."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from langgraph.graph import END, START, StateGraph

from core.errors import EngineError
from core.state import TalkState
from core.types import Act, Plan, Quote, Stage
from crm.store import Store
from engines.chat.base import Brief, Sentence
from engines.chat.script import ScriptRealiser
from graph.timing import timed
from nodes.respond import respond
from tests.fakes import ScriptedRealiser, book_of, guard_of, opened, pack_of

PRICE = Act(
    act="answer",
    script="answer.price",
    values={"topic": "price", "product": "六轴工业机器人 R20", "price": "138,000元", "unit": "台"},
    facts=("catalogue:QH-R20#price",),
)
ASK = Act(act="ask_slot", slot="application", script="ask.application")
QUOTE = Quote(
    product="QH-R20", quantity=1, list_price=138000, unit_price=138000, total=138000, currency="CNY"
)
LIE = "R20给您打5折,明天就免费送货。"


@pytest.fixture
def script() -> Iterator[ScriptRealiser]:
    yield ScriptRealiser(pack_of())


async def spoken(store: Store, realiser: Any, *acts: Act, **state: Any) -> tuple[dict[str, Any], list[str]]:
    """The node's update and the sentences it streamed."""
    node = timed(
        respond,
        realiser=realiser,
        script=ScriptRealiser(pack_of()),
        guard=guard_of(),
        book=book_of(),
        store=store,
    )
    graph: Any = StateGraph(TalkState)
    graph.add_node("respond", node)
    graph.add_edge(START, "respond")
    graph.add_edge("respond", END)
    plan = Plan(stage=Stage.PRESENTATION, reason="test", acts=acts, quotes=(QUOTE,))
    given = opened(plan=plan, focus="QH-R20", **state)
    update: dict[str, Any] = {}
    sentences: list[str] = []
    async for mode, part in graph.compile().astream(given, stream_mode=["custom", "updates"]):
        if mode == "custom":
            sentences.append(part["sentence"])
        else:
            update = part["respond"]
    return update, sentences


async def test_the_plan_is_spoken_cited_and_streamed(store: Store, script: ScriptRealiser) -> None:
    update, sentences = await spoken(store, script, PRICE, ASK)
    assert "138,000元" in update["reply"]
    assert update["reply"] == "".join(sentences) and len(sentences) == 2
    assert [citation.source for citation in update["citations"]] == ["catalogue:QH-R20"]
    assert update["guard"].verdict == "pass"


async def test_variants_turn_round(store: Store, script: ScriptRealiser) -> None:
    first, _ = await spoken(store, script, ASK)
    second, _ = await spoken(store, script, ASK, used_lines=first["used_lines"])
    assert first["reply"] != second["reply"]
    assert sum(second["used_lines"].values()) == 2


async def test_a_lie_never_leaves_the_node(store: Store) -> None:
    update, sentences = await spoken(store, ScriptedRealiser((LIE,)), PRICE)
    told = f"{update} {sentences}"
    assert "5折" not in told and "免费送货" not in told
    assert update["guard"].verdict in {"repaired", "replaced"}
    assert update["reply"], "a safe line goes out instead"
    assert {violation.text for violation in update["guard"].violations} == {""}


async def test_a_stopped_sentence_is_audited_once_with_its_words(store: Store) -> None:
    for _ in range(2):
        await spoken(store, ScriptedRealiser((LIE,)), PRICE)
    (audit,) = store.audits()
    assert (audit.thread, audit.turn_id, audit.original) == ("t", "t-1", LIE)
    assert audit.violations


async def test_a_model_that_breaks_at_once_is_replaced_by_the_script(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    update, sentences = await spoken(store, ScriptedRealiser((), fails=True), PRICE, ASK)
    assert "138,000元" in update["reply"] and len(sentences) == 2
    assert [act.act for act in update["plan"].acts] == ["answer", "ask_slot"]
    (note,) = caplog.records
    assert note.levelname == "WARNING" and "the model is late" in note.getMessage()
    assert "138,000" not in note.getMessage()


async def test_after_a_model_that_breaks_off_the_script_says_the_plan(store: Store) -> None:
    broken = ScriptedRealiser(("好的,我明白。",), fails=True)
    update, sentences = await spoken(store, broken, PRICE, ASK)
    assert update["reply"].startswith("好的,我明白。") and "138,000元" in update["reply"]
    assert sentences[0] == "好的,我明白。" and len(sentences) == 3
    assert [act.act for act in update["plan"].acts] == ["answer", "ask_slot"]


async def test_the_reason_of_a_failure_is_logged_without_personal_data(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    class Leaky(ScriptedRealiser):
        async def sentences(self, brief: Brief) -> AsyncIterator[Sentence]:
            raise EngineError("refused: call 13812345678", transient=True)
            yield Sentence(text="")

    await spoken(store, Leaky(()), PRICE)
    (note,) = caplog.records
    assert "refused" in note.getMessage() and "13812345678" not in note.getMessage()


async def test_a_sentence_goes_out_before_the_next_one_is_there(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    out: list[str] = []
    monkeypatch.setattr("nodes.respond.get_stream_writer", lambda: lambda part: out.append(part["sentence"]))

    class Watched(ScriptedRealiser):
        async def sentences(self, brief: Brief) -> AsyncIterator[Sentence]:
            yield Sentence(text="好的。", acts=(0,))
            out.append("asked for the next")
            yield Sentence(text="明白了。")

    await spoken(store, Watched(()), PRICE)
    assert out == ["好的。", "asked for the next", "明白了。"]


async def test_the_same_sentence_is_not_said_twice(store: Store) -> None:
    update, _ = await spoken(store, ScriptedRealiser(("好的。", "好的。")), PRICE)
    assert update["reply"] == "好的。"


async def test_a_lead_that_has_no_room_is_left_out_of_reply_and_plan(
    store: Store, script: ScriptRealiser
) -> None:
    long = Act(act="answer", script="answer.fact", values={"text": "六轴机器人" * 23})
    update, _ = await spoken(store, script, long, ASK)
    assert [act.act for act in update["plan"].acts] == ["answer"]


async def test_what_the_realiser_may_use(store: Store) -> None:
    realiser = ScriptedRealiser(("好的。",))
    await spoken(store, realiser, PRICE, ASK, text="多少钱", channel="voice")
    (brief,) = realiser.briefs
    assert [fact.id for fact in brief.facts] == ["catalogue:QH-R20#price"]
    assert (brief.customer_text, brief.channel, brief.lang) == ("多少钱", "voice", "zh")


async def test_nothing_planned_nothing_said(store: Store, script: ScriptRealiser) -> None:
    update, sentences = await spoken(store, script)
    assert update["reply"] == "" and sentences == [] and update["guard"].verdict == "pass"


async def test_a_dead_audit_table_is_a_store_error(store: Store, tmp_path: Path) -> None:
    from core.errors import StoreError
    from tests.fakes import ruin

    store.close()
    ruin(tmp_path, "business.db")
    with pytest.raises(StoreError):
        await spoken(store, ScriptedRealiser((LIE,)), PRICE)
