"""What may be kept of a customer's words, and the word on what may not."""

from __future__ import annotations

import pytest

from core.types import Act, Stage
from policy.move import Move
from policy.sensitive import fit_to_keep, refused
from tests.fakes import a_deal, say

ID = "110101199003078515"


def test_a_turn_without_private_numbers_is_left_as_it_is() -> None:
    move = Move(reason="x", stage=Stage.PRESENTATION, acts=(Act(act="clarify", script="clarify"),))
    assert refused(a_deal(), move) is move


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_refusal_comes_first_and_the_business_goes_on(lang: str) -> None:
    deal = a_deal(sensitive=("id_card",), lang=lang)
    price = Act(act="answer", script="answer.price", values={"topic": "price"})
    move = refused(deal, Move(reason="x", stage=Stage.PRESENTATION, acts=(price,), leads=True))
    assert [act.script for act in move.acts] == ["refuse.sensitive", "answer.price"]
    assert move.leads and move.stage is Stage.PRESENTATION
    assert ("没有" if lang == "zh" else "keep") in say(deal, move.acts)[0]


def test_of_a_bare_number_nothing_is_asked_back() -> None:
    lost = Move(reason="x", stage=Stage.OPENING, acts=(Act(act="clarify", script="clarify"),))
    assert [act.script for act in refused(a_deal(sensitive=("code",)), lost).acts] == ["refuse.sensitive"]


def test_the_recognisers_words_go_with_the_number() -> None:
    kept = fit_to_keep(f"我的身份证 {ID} 要 两台", ["我的", "身份证", ID, "要", "两台"])
    assert kept.text == "我的身份证 [证件号] 要 两台" and kept.words == (0, 1, 3, 4)


def test_words_that_cannot_be_found_are_not_kept() -> None:
    kept = fit_to_keep(f"身份证{ID}", ["身份证", "一一零一零一"])
    assert kept.words == (0,)
    assert fit_to_keep("要两台", ["要", "俩台"]).words == (0, 1), "nothing private: nothing is touched"


def test_a_phone_stays_unless_a_child_gives_it() -> None:
    text = f"电话13800001234,邮箱li@x.cn,身份证{ID}"
    assert fit_to_keep(text).text == "电话13800001234,邮箱li@x.cn,身份证[证件号]"
    assert fit_to_keep(text, child=True).text == "电话[电话],邮箱[邮箱],身份证[证件号]"
    assert fit_to_keep("call 13800001234", child=True).text == "call [phone number]"
