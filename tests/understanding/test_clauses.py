"""Clauses that say plainly what the whole utterance hides."""

from __future__ import annotations

from core.types import IntentScore
from engines.understanding.clauses import read_clauses


def score(intent: str, confidence: float) -> IntentScore:
    return IntentScore(id=intent, confidence=confidence)


def ranks(table: dict[str, IntentScore]):
    return lambda clause: (table.get(clause, score("inform", 0.5)),)


def read(text: str, whole: IntentScore, **said: IntentScore) -> list[str]:
    table = dict(zip(text.replace(",", " ").split(), said.values(), strict=False))
    return [one.id for one in read_clauses(text, "zh", (whole,), ranks(table))]


def test_a_wish_for_a_human_in_the_last_clause_is_heard() -> None:
    told = read("我姓王,转人工", score("inform", 0.8), a=score("inform", 0.9), b=score("request_human", 0.95))
    assert told == ["request_human", "inform"]


def test_a_doubtful_clause_changes_nothing() -> None:
    told = read("我姓王,转人工", score("inform", 0.8), a=score("inform", 0.9), b=score("request_human", 0.6))
    assert told == ["inform"]


def test_a_question_behind_a_greeting_comes_first() -> None:
    told = read("你好 多少钱", score("greet", 0.97), a=score("greet", 1.0), b=score("ask_price", 0.95))
    assert told == ["ask_price", "greet"]


def test_a_question_beside_a_repeat_stands_second() -> None:
    told = read("没听清,哪家", score("repeat", 0.99), a=score("repeat", 1.0), b=score("ask_company", 0.92))
    assert told == ["repeat", "ask_company"]


def test_one_clause_is_not_read_twice() -> None:
    assert read("转人工", score("inform", 0.8), a=score("request_human", 1.0)) == ["inform"]
