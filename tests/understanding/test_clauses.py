"""Clauses that say plainly what the whole utterance hides."""

from __future__ import annotations

from core.types import IntentScore
from engines.understanding.clauses import clause_spans, join_clauses


def score(intent: str, confidence: float) -> IntentScore:
    return IntentScore(id=intent, confidence=confidence)


def read(text: str, whole: IntentScore, **said: IntentScore) -> list[str]:
    spans = clause_spans(text, "zh")
    return [one.id for one in join_clauses((whole,), [*said.values()][: len(spans)])]


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


def test_a_question_behind_a_greeting_need_not_be_plain() -> None:
    told = read("你好 想咨询视觉", score("greet", 0.7), a=score("greet", 1.0), b=score("ask_product", 0.6))
    assert told == ["ask_product", "greet"]


def test_what_another_clause_says_plainly_is_second() -> None:
    told = read(
        "太贵了,发份资料",
        score("object_price", 0.9),
        a=score("object_price", 0.9),
        b=score("request_material", 0.97),
    )
    assert told == ["object_price", "request_material"]


def test_facts_said_in_passing_are_no_second_intent() -> None:
    told = read(
        "我在苏州,多少钱", score("ask_price", 0.9), a=score("inform", 0.97), b=score("ask_price", 0.9)
    )
    assert told == ["ask_price"]


def test_clauses_are_stretches_of_the_text() -> None:
    text = "你好,多少钱。 几天到?"
    assert [text[start:end] for start, end in clause_spans(text, "zh")] == ["你好", "多少钱", "几天到"]
    assert clause_spans("多少钱", "zh") == []
