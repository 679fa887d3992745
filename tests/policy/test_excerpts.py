"""Words of the library in a talk: quoted where no fact answers, named as ended, never for a price, guarded."""

from __future__ import annotations

from typing import Any

from core.types import Excerpt
from policy.answers.statements import from_facts
from tests.fakes import a_deal, guard_of, heard, say

GREASE = Excerpt(source="manual.md#1", text="减速机每8000小时换一次油脂。", score=0.9)
ENDED = Excerpt(
    source="old.md#1", text="老客户返利3个点。", score=0.9, valid_until="2026-06-30", in_force=False
)
COMING = Excerpt(
    source="new.md#1", text="老客户返利5个点。", score=0.9, valid_from="2027-01-01", in_force=False
)


def said(*excerpts: Excerpt, **fields: Any) -> list[str]:
    deal = a_deal(heard("ask_service"), excerpts=excerpts, text="减速机多久换油", **fields)
    return say(deal, from_facts(deal))


def test_a_quotation_answers_where_no_fact_does() -> None:
    (line,) = said(GREASE)
    assert "减速机每8000小时换一次油脂" in line
    deal = a_deal(heard("ask_service"), excerpts=(GREASE,), text="减速机多久换油")
    (act,) = from_facts(deal)
    assert (act.act, act.excerpt) == ("answer", GREASE)
    assert not deal.grounding.unsaid


def test_what_has_ended_or_not_begun_is_named_and_not_quoted() -> None:
    (ended,), (coming,) = said(ENDED), said(COMING)
    assert "2026年6月30日" in ended and "返利" not in ended
    assert "2027年1月1日" in coming and "返利" not in coming


def test_what_is_in_force_goes_before_what_has_ended() -> None:
    assert said(ENDED, GREASE) == said(GREASE)


def test_an_unlikely_quotation_is_none() -> None:
    deal = a_deal(heard("ask_service"), excerpts=(GREASE.model_copy(update={"score": 0.3}),), text="多久换油")
    assert deal.grounding.excerpt is None
    assert all(act.excerpt is None for act in from_facts(deal))


def test_prices_of_goods_are_never_quoted_from_a_file() -> None:
    priced = Excerpt(source="old.xlsx#1", text="R20的价格是90000元。", score=0.95)
    assert a_deal(heard("ask_service"), excerpts=(priced,), text="R20多少钱").grounding.excerpt is None
    other = Excerpt(source="parts.xlsx#1", text="夹爪的价格是900元。", score=0.95)
    assert a_deal(heard("ask_service"), excerpts=(other,), text="夹爪多少钱").grounding.excerpt == other


def test_the_guard_lets_the_very_words_pass_and_no_others() -> None:
    guard, situation = guard_of(), a_deal(heard("ask_service")).situation()
    words = ("老客户第一年免费保养4次,之后每次500元。",)
    assert guard.check(words[0], situation, excerpts=words).verdict == "pass"
    assert guard.check("之后每次300元。", situation, excerpts=words).verdict != "pass"
    assert guard.check(words[0], situation).verdict != "pass"


def test_superlatives_of_a_brochure_are_not_repeated() -> None:
    words = ("我们的机器人是全国第一,质量最好。",)
    situation = a_deal(heard("ask_service")).situation()
    assert guard_of().check(words[0], situation, excerpts=words).verdict != "pass"
