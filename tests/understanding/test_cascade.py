"""The cascade's laws: the sure are never asked about, and whatever fails leaves the first reading as it is."""

from __future__ import annotations

import asyncio
import json
import logging
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import MissingEngineError
from core.settings import Settings
from core.types import IntentScore, Understanding
from engines.failure import Failure, Trouble
from engines.understanding.base import Understander
from engines.understanding.cascade import Cascade
from engines.understanding.embedded import EmbeddedUnderstander
from engines.understanding.fewshot import FewShotUnderstander
from graph.engines import Prepared
from nodes.understand import understand
from policy.book import FactBook
from tests.fakes import ScriptedUnderstander, heard, mention, opened
from tests.openai_server import Reply, serving
from tests.understanding.shop import shop

NOW = datetime(2026, 11, 22, 10, 0)
BETTER = heard("ask_price", product="CM-D2")
NEVER = "never"


@dataclass
class ScriptedReader:
    """Answers, fails or raises as told; told NEVER, it does not answer at all."""

    answer: Any = BETTER
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    given: list[Future[Any]] = field(default_factory=list)
    begun: Event = field(default_factory=Event)
    name: str = "scripted"

    def ask(self, text: str, *, now: datetime, expecting: str | None = None) -> Future[Any]:
        self.asked.append((text, expecting))
        reading: Future[Any] = Future()
        self.given.append(reading)
        self.begun.set()
        if isinstance(self.answer, Exception):
            reading.set_exception(self.answer)
        elif self.answer != NEVER:
            reading.set_result(self.answer)
        return reading


def unsure(confidence: float, *more: IntentScore) -> Understanding:
    return Understanding(
        intents=(IntentScore(id="inform", confidence=confidence), *more),
        mentions=(mention("quantity", 12, 0, 2),),
    )


def cascade(first: Understanding, second: Any, *, below: float = 0.6, within: float = 0.2) -> Cascade:
    return Cascade(ScriptedUnderstander({"话": first}), second, below=below, within=within)


def both_ways(engine: Cascade, expecting: str | None = None) -> Understanding:
    """The same by `read` and by `aread`."""
    read = engine.read("话", now=NOW, expecting=expecting)
    assert asyncio.run(engine.aread("话", now=NOW, expecting=expecting)) == read
    return read


chances = st.floats(0, 1)
troubles = st.sampled_from(Trouble).map(lambda trouble: Failure(trouble, "why"))
answers = st.one_of(st.just(BETTER), troubles, st.builds(ValueError, st.text(max_size=5)))


@given(confidence=chances, below=chances, answer=answers)
def test_the_laws(confidence: float, below: float, answer: Any) -> None:
    first, second = unsure(confidence), ScriptedReader(answer)
    engine = cascade(first, second, below=below)
    found = engine.read("话", now=NOW)
    asked = confidence < below
    assert len(second.asked) == asked
    assert found is (answer if asked and isinstance(answer, Understanding) else first)
    stats = engine.stats
    assert (stats.turns, stats.escalated, stats.share) == (1, asked, float(asked))
    assert sum(stats.failures.values()) == (asked and not isinstance(answer, Understanding))


@pytest.mark.parametrize("confidence", [0.6, 0.9, 1.0])
def test_the_sure_are_never_asked_about(confidence: float) -> None:
    second = ScriptedReader()
    engine = cascade(unsure(confidence), second)
    assert both_ways(engine) == unsure(confidence)
    assert second.asked == [] and engine.latency == {}


def test_where_the_first_is_unsure_the_second_reading_stands() -> None:
    second = ScriptedReader()
    engine = cascade(unsure(0.3), second)
    assert both_ways(engine, "quantity") == BETTER
    assert second.asked == [("话", "quantity")] * 2
    assert engine.stats.share == 1 and set(engine.latency) == {"p50", "p95"}


def test_a_reading_without_intents_is_unsure() -> None:
    assert both_ways(cascade(Understanding(), ScriptedReader())) == BETTER


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        *((Failure(trouble, "why"), trouble.value) for trouble in Trouble),
        (NEVER, "timeout"),
        (RuntimeError("a fault of the engine"), "broken"),
    ],
)
def test_each_failure_leaves_the_first_reading(
    answer: Any, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    second = ScriptedReader(answer)
    engine = cascade(unsure(0.3), second, within=0.05)
    with caplog.at_level(logging.INFO):
        assert both_ways(engine) == unsure(0.3)
    assert engine.stats.failures == {reason: 2}
    assert all(reading.done() for reading in second.given)
    assert f"scripted gave no reading: {reason}" in caplog.text
    assert "2 of 2 utterances escalated (100.0%)" in caplog.text
    assert "fault of the engine" not in caplog.text


async def test_a_slow_second_holds_neither_the_loop_nor_other_talks() -> None:
    second = ScriptedReader(NEVER)
    slow = cascade(unsure(0.3), second, within=60)
    quick = ScriptedUnderstander({"话": heard("greet")})
    waiting = [asyncio.create_task(understand(opened(text="话"), understander=slow)) for _ in range(100)]
    await asyncio.wait_for(asyncio.to_thread(second.begun.wait), 30)
    other = await asyncio.wait_for(understand(opened(text="话"), understander=quick), 30)
    assert other["understanding"].intent == "greet"
    assert not any(turn.done() for turn in waiting)
    second.answer = BETTER
    for reading in second.given:
        reading.set_result(BETTER)
    found = await asyncio.wait_for(asyncio.gather(*waiting), 30)
    assert [update["understanding"] for update in found] == [BETTER] * 100
    assert slow.stats.escalated == slow.stats.turns == 100


async def test_a_turn_that_is_given_up_gives_up_the_asking() -> None:
    second = ScriptedReader(NEVER)
    turn = asyncio.create_task(cascade(unsure(0.3), second, within=5).aread("话", now=NOW))
    await asyncio.wait_for(asyncio.to_thread(second.begun.wait), 5)
    turn.cancel()
    with pytest.raises(asyncio.CancelledError):
        await turn
    assert second.given[0].cancelled()


async def test_over_an_endpoint_and_through_the_node() -> None:
    told = {"intents": ["ask_price"], "slots": [{"slot": "product", "words": "小晨"}]}
    with serving(Reply(json.dumps(told, ensure_ascii=False)), Reply("", status=500)) as server:
        settings = Settings(understanding_base_url=server.url, understanding_model="scripted")
        engine = Cascade(
            ScriptedUnderstander({"小晨咋说": unsure(0.2)}),
            FewShotUnderstander(settings, shop()),
            below=0.6,
            within=5,
        )
        first = await understand(opened(text="小晨咋说"), understander=engine)
        second = await understand(opened(text="小晨咋说"), understander=engine)
    assert first["understanding"].intent == "ask_price"
    assert first["understanding"].values() == {"product": "CM-D1"}
    assert second["understanding"] == unsure(0.2)
    assert engine.stats.failures == {"server_error": 1}


def test_settings_choose_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    embedded = ScriptedUnderstander({"话": unsure(0.3)})
    monkeypatch.setattr(EmbeddedUnderstander, "load", lambda pack, folder: embedded)

    def chosen(**settings: Any) -> Understander:
        pack = shop()
        return Prepared(pack, FactBook(pack, ()), Path(), Settings(**settings)).understander()

    assert chosen() is embedded
    with pytest.raises(MissingEngineError, match="TALKTRACK_UNDERSTANDING_MODEL"):
        chosen(understanding="cascade")
    engine = chosen(understanding="cascade", understanding_model="m", understanding_below=0.3)
    assert isinstance(engine, Cascade) and engine.first is embedded
    assert engine.read("话", now=NOW) == unsure(0.3)
    assert engine.stats.escalated == 0
