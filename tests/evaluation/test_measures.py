"""The four measurements, with engines that answer from a table."""

from __future__ import annotations

import io
import json
from datetime import datetime
from typing import Any

import pytest
from rich.console import Console

from core.context import TalkContext
from core.state import TalkInput
from core.types import (
    Action,
    Citation,
    GuardResult,
    IntentScore,
    Mention,
    Situation,
    TurnAnswer,
    Understanding,
)
from engines.understanding.cascade import Stats
from evaluation.dialogues import evaluate_dialogues
from evaluation.guard import evaluate_guard
from evaluation.questions import evaluate_questions
from evaluation.report import Report, show, to_json
from evaluation.rows import Dialogue, GuardLine, Question, Utterance
from evaluation.utterances import escalations, evaluate_utterances

NOW = datetime(2026, 11, 22, 10)


class TableReader:
    """An understander that looks its answers up."""

    name = "table"

    def __init__(self, table: dict[str, tuple[list[str], dict[str, Any]]]) -> None:
        self.table = table

    def read(self, text: str, *, now: datetime, expecting: str | None = None) -> Understanding:
        intents, slots = self.table[text]
        return Understanding(
            intents=tuple(IntentScore(id=name, confidence=0.5) for name in intents),
            mentions=tuple(
                Mention(slot=slot, value=value, text="", start=0, end=0) for slot, value in slots.items()
            ),
        )


class TableTalk:
    """A talk that looks its answers up and keeps what it was given."""

    def __init__(self, table: dict[str, TurnAnswer]) -> None:
        self.table = table
        self.given: list[tuple[str, TalkInput, TalkContext | None]] = []

    async def turn(self, given: TalkInput, *, thread: str, context: TalkContext | None = None) -> TurnAnswer:
        self.given.append((thread, given, context))
        return self.table[given["text"]]


def answer(reply: str, **fields: Any) -> TurnAnswer:
    return TurnAnswer(thread="t", turn=1, turn_id="t#1", reply=reply, **fields)


def utterance(number: int, text: str, intent: str, **fields: Any) -> Utterance:
    return Utterance(id=f"u{number}", lang=fields.pop("lang", "zh"), text=text, intent=intent, **fields)


def utterance_report() -> Report:
    rows = [
        utterance(1, "a", "ask_price", style="terse", slots={"product": "P", "quantity": 2}),
        utterance(2, "b", "ask_case", style="long", second_intent="request_material"),
        utterance(3, "c", "out_of_scope", style="terse", slots={"product": None}),
        utterance(4, "d", "affirm", style="long", lang="en"),
    ]
    table: dict[str, tuple[list[str], dict[str, Any]]] = {
        "a": (["ask_price"], {"product": "P", "quantity": 3}),
        "b": (["request_material", "ask_case"], {}),
        "c": (["chitchat"], {"product": None, "location": "苏州"}),
        "d": (["affirm"], {}),
    }
    return evaluate_utterances(rows, TableReader(table), now=NOW)


def test_utterances_figures() -> None:
    report = utterance_report()
    assert report.figure("intent macro-F1 zh") == pytest.approx(1 / 3)
    assert report.figure("intent macro-F1 zh, second accepted") == pytest.approx(2 / 3)
    assert report.figure("intent macro-F1 en") == 1
    assert report.figure("intent accuracy zh") == pytest.approx(1 / 3)
    assert report.figure("slot precision zh") == pytest.approx(2 / 4)
    assert report.figure("slot recall zh") == pytest.approx(2 / 3)
    assert report.figure("out-of-scope recall") == 0
    assert report.figure("both of two intents found") == 1


def test_utterances_tables_and_misses() -> None:
    report = utterance_report()
    assert report.grid("by style").rows[1][:3] == ("terse", 2, 0.5)
    assert ("quantity", 1, 0.0, 0.0, 0.0) in report.grid("by slot").rows
    assert report.grid("confusions").rows == (
        ("ask_case", "request_material", 1, "u2"),
        ("out_of_scope", "chitchat", 1, "u3"),
    )
    missed = {(miss.id, miss.check): (miss.expected, miss.got) for miss in report.misses}
    assert missed == {
        ("u1", "slot quantity"): (2, 3),
        ("u2", "intent"): ("ask_case", ["request_material 0.50", "ask_case 0.50"]),
        ("u3", "intent"): ("out_of_scope", ["chitchat 0.50"]),
        ("u3", "slot location"): ("(absent)", "苏州"),
    }


def dialogue() -> Dialogue:
    return Dialogue.model_validate(
        {
            "id": "d1",
            "lang": "zh",
            "channel": "voice",
            "known_customer": {"id": "c7", "company": "某厂"},
            "turns": [
                {
                    "user": "one",
                    "intent": "greet",
                    "state": {},
                    "expect": {
                        "stage_in": ["opening"],
                        "reply_any": ["x", "WELCOME"],
                        "reply_none": [],
                        "action": None,
                    },
                },
                {
                    "user": "two",
                    "intent": "inform",
                    "intent_alt": ["affirm"],
                    "state": {"location": "苏州"},
                    "state_alt": {"industry": ["五金"]},
                    "expect": {
                        "stage_in": ["closing"],
                        "reply_any": ["ok"],
                        "reply_none": ["88"],
                        "action": "quote",
                    },
                },
                {
                    "user": "three",
                    "intent": "request_human",
                    "state": {"location": "苏州"},
                    "expect": {"stage_in": None, "reply_any": None, "reply_none": None, "action": "handoff"},
                },
            ],
        }
    )


def talk() -> TableTalk:
    greet, affirm = (IntentScore(id=name, confidence=1) for name in ("greet", "affirm"))
    return TableTalk(
        {
            "one": answer("Welcome", intents=(greet,)),
            "two": answer(
                "ok, 88",
                intents=(affirm,),
                slots={"location": "苏州市", "industry": "五金"},
                acts=({"act": "a"},),
            ),
            "three": answer("", slots={"location": "宁波"}, actions=(Action(name="handoff"),)),
        }
    )


async def test_dialogues_figures() -> None:
    report = await evaluate_dialogues([dialogue()], talk(), now=NOW)
    assert report.rows == 1
    assert report.figure("joint goal accuracy") == pytest.approx(2 / 3)
    assert report.figure("slot accuracy") == pytest.approx(2 / 3)
    assert report.figure("intent accuracy") == pytest.approx(2 / 3)
    assert report.figure("reply checks satisfied") == 0.5
    assert report.figure("reply says what it must") == 1
    assert report.figure("replies with forbidden content") == 1
    assert report.figure("action accuracy") == 0.5
    assert report.figure("stage accuracy") == 0.5
    assert 0 <= report.figure("latency mean") <= report.figure("latency p95")
    assert [(miss.id, miss.check) for miss in report.misses] == [
        ("d1.2", "reply_none"),
        ("d1.2", "action"),
        ("d1.2", "stage"),
        ("d1.3", "slot location"),
        ("d1.3", "intent"),
    ]


async def test_an_act_counts_as_the_expected_action() -> None:
    table = talk()
    table.table["two"] = answer("ok", acts=({"act": "quote"},))
    report = await evaluate_dialogues([dialogue()], table, now=NOW)
    assert report.figure("action accuracy") == 1


async def test_a_dialogue_is_one_thread_with_its_customer_channel_and_clock() -> None:
    held = talk()
    await evaluate_dialogues([dialogue()], held, now=NOW, run="r")
    assert {thread for thread, _, _ in held.given} == {"r-d1"}
    context = TalkContext(now="2026-11-22T10:00", channel="voice", customer_id="c7")
    for _, given, seen in held.given:
        assert given["customer"] == {"id": "c7", "company": "某厂"}
        assert seen == context


async def test_questions() -> None:
    rows = [
        Question(id="q1", lang="en", text="1", source="catalogue:P", answer_any=("65",), answer_none=("54",)),
        Question(id="q2", lang="en", text="2", source="catalogue:P", answer_any=("65",), answer_none=("54",)),
        Question(id="q3", lang="en", text="3", source="none", answer_any=("CHECK",)),
        Question(id="q4", lang="en", text="4", source="none", answer_any=("check",), answer_none=("7",)),
        Question(id="q5", lang="en", text="5", source="catalogue:P", answer_any=("65",)),
    ]
    cited = (Citation(source="catalogue:X", text=""), Citation(source="catalogue:P", text=""))
    decline = ({"act": "decline"},)
    held = TableTalk(
        {
            "1": answer("IP65", citations=cited),
            "2": answer("IP65, not 54"),
            "3": answer("let me check", acts=decline),
            "4": answer("it is 7"),
            "5": answer("65?", acts=decline, citations=cited),
        }
    )
    report = await evaluate_questions(rows, held, now=NOW)
    assert len({thread for thread, _, _ in held.given}) == 5
    assert report.figure("answer right") == pytest.approx(1 / 3)
    assert report.figure("source right") == pytest.approx(2 / 3)
    assert report.figure("unanswerable declined") == 0.5
    assert report.figure("unanswerable declined in words") == 0.5
    assert report.figure("answers invented") == 2
    assert report.figure("answerable declined") == 1
    assert [(miss.id, miss.check) for miss in report.misses] == [
        ("q2", "invented"),
        ("q2", "source"),
        ("q4", "answer"),
        ("q4", "invented"),
        ("q4", "decline"),
        ("q5", "decline"),
    ]


class Gate:
    """A guard that stops lines with an exclamation mark."""

    def check_reply(self, text: str, situation: Situation) -> GuardResult:
        assert situation.now == NOW
        return GuardResult(verdict="replaced" if "!" in text else "pass")


def test_guard() -> None:
    rows = [
        GuardLine(id=str(number), lang="zh", text=text, lie=lie, kind=kind)
        for number, (text, lie, kind) in enumerate(
            [("a!", True, "price"), ("b", True, "price"), ("c", False, "price"), ("d!", False, "contact")]
        )
    ]
    report = evaluate_guard(rows, Gate(), now=NOW)
    assert report.figure("lies stopped") == 0.5
    assert report.figure("true lines passed") == 0.5
    assert report.grids[0].rows == (("contact", "0/0", "0/1"), ("price", "1/2", "1/1"))
    assert [miss.id for miss in report.misses] == ["1", "3"]


def test_json_is_one_object_with_misses_only_when_asked() -> None:
    report = utterance_report()
    plain, full = (json.loads(to_json(report, errors=errors)) for errors in (False, True))
    assert "misses" not in plain
    assert full["figures"]["intent macro-F1 zh"] == {"value": 0.3333, "unit": "share", "of": 3}
    assert full["tables"]["confusions"][0]["ids"] == "u2"
    assert full["misses"][0] == {"id": "u1", "check": "slot quantity", "text": "a", "expected": 2, "got": 3}
    assert "\n" not in to_json(report, errors=True)


def test_shown_for_a_person() -> None:
    out = io.StringIO()
    show(utterance_report(), Console(file=out, width=100), errors=True)
    text = out.getvalue()
    assert "intent macro-F1 zh" in text
    assert "0.333" in text
    assert "u2  intent  b" in text


def test_the_share_that_a_cascade_escalates_is_reported() -> None:
    stats = Stats(turns=8, escalated=2, failures={"timeout": 1}, seconds=3.0)
    report = escalations(Report(kind="utterances", now="2026-11-22T10:00", rows=8, figures=()), stats)
    assert report.figure("escalated") == 0.25
    assert report.figure("escalations that failed") == 0.5
    assert report.grids[-1].rows == (("timeout", 1),)
