"""Tokens: the same words for the same text in any width, codes whole and in parts, question words light."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from retrieval.tokens import PAIR, query_weights, tokens


def test_chinese_gives_words_and_pairs() -> None:
    assert set(tokens("减速机换油")) >= {"减速机", "换油", "~减速", "~换油"}


def test_a_rare_single_character_is_a_token_and_a_frequent_one_is_none() -> None:
    assert "蓍" in tokens("蓍的叶子") and "的" not in tokens("蓍的叶子")


def test_a_character_is_met_inside_a_word_and_weighs_less_there() -> None:
    asked = query_weights("装好要几天")
    assert asked["装"] == 1.0 and "装" in tokens("免费上门安装")
    assert 0 < query_weights("免费上门安装")["装"] < 1.0


def test_characters_of_question_words_are_not_asked_for() -> None:
    assert not {"怎", "样"} & query_weights("怎样保养减速机").keys()


def test_said_twice_weighs_double_and_no_more() -> None:
    once, twice, often = (query_weights("减速机," * count)["减速机"] for count in (1, 2, 9))
    assert twice == often == 2 * once


def test_codes_are_kept_whole_and_in_parts() -> None:
    assert tokens("QH-R6 Grippers") == ["qh-r6", "qh", "r", "6", "gripper"]


@given(st.text(max_size=300))
def test_width_and_case_change_nothing(text: str) -> None:
    wide = "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in text)
    assert tokens(wide) == tokens(text) == tokens(text.upper()) or not text.isascii()


def test_question_words_weigh_next_to_nothing() -> None:
    weights = query_weights("请问减速机多少钱")
    assert weights["多少"] < 0.2 * weights["减速机"]
    assert weights[f"{PAIR}减速"] < weights["减速机"]


def test_an_empty_question_weighs_nothing() -> None:
    assert query_weights("") == query_weights("?!。 \n") == {}


def test_a_hundred_thousand_characters_are_cut() -> None:
    begun = time.perf_counter()
    assert len(tokens("安装调试减速机换油" * 11_000)) > 100_000
    assert time.perf_counter() - begun < 30
