"""The side of the page: every field shown, nothing of it taken as markup."""

from __future__ import annotations

import re
from typing import Any

import pytest

from core.types import (
    Action,
    Citation,
    Evidence,
    GuardResult,
    IntentScore,
    Lang,
    Stage,
    TurnAnswer,
    Violation,
)
from ui.labels import labels
from ui.page import customer, robot
from ui.panels import panels

EVIL = "<script>alert(1)</script>\"'&${1+1}"


def answer(**fields: Any) -> TurnAnswer:
    return TurnAnswer(thread="t", turn=2, turn_id="t#2", reply="好的。", **fields)


def everywhere(text: str) -> TurnAnswer:
    return answer(
        intents=(IntentScore(id=text, confidence=0.5),),
        mentions={text: text},
        slots={text: text, "budget": {"min": None, "note": text}},
        evidence={text: Evidence(turn=1, text=text, status="heard")},
        actions=(Action(name=text, result={text: text}),),
        citations=(Citation(source=text, text=text),),
        guard=GuardResult(verdict="replaced", violations=(Violation(kind=text, text=text, reason=text),)),
        latency_ms={text: 1.0},
    )


def tags(html: str) -> set[str]:
    return set(re.findall(r"<\s*/?\s*([a-zA-Z]+)", html))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nothing_a_customer_or_a_pack_says_becomes_markup(lang: Lang) -> None:
    plain, evil = panels(everywhere("plain"), lang), panels(everywhere(EVIL), lang)
    assert tags(evil) == tags(plain)
    assert "<script" not in evil and "&lt;script&gt;" in evil
    assert evil.count('"') == plain.count('"')


def test_chat_lines_are_text_and_long_ones_are_cut() -> None:
    assert "<" not in customer(EVIL)["content"] and "<" not in robot(EVIL)["content"]
    long = customer("很" * 34_000)["content"]
    assert len(long) < 700 and "34,000" in long


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("stage", Stage)
def test_every_stage_is_named_and_the_present_one_is_marked(stage: Stage, lang: Lang) -> None:
    shown = panels(answer(stage=stage), lang)
    assert f'<span class="on">{labels(lang)[stage]}</span>' in shown
    assert shown.count('class="on"') == 1


def test_new_values_are_marked_and_evidence_stands_beside_them() -> None:
    shown = panels(
        answer(
            mentions={"quantity": 8},
            slots={"quantity": 8, "location": "苏州"},
            evidence={"quantity": Evidence(turn=2, text="八台", status="confirmed")},
        ),
        "zh",
    )
    assert '<tr class="new"><td>quantity</td><td>8</td><td>八台 · 轮 2 · 已确认</td></tr>' in shown
    assert "<tr><td>location</td><td>苏州</td><td></td></tr>" in shown


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_before_the_first_turn_there_is_a_line(lang: Lang) -> None:
    assert labels(lang)["tagline"] in panels(None, lang)


def test_both_languages_have_the_same_labels() -> None:
    assert set(labels("zh")) == set(labels("en"))
