from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engines.understanding.lexicon import Hit
from engines.understanding.pieces import (
    BUCKETS,
    GRAMS,
    LONGEST,
    MARKS,
    START,
    UNKNOWN,
    Vocabulary,
    cut,
    encode,
    shorten,
)

VOCABULARY = Vocabulary(
    ("[PAD]", "[UNK]", "[MASK]", "[CLS]", "<product>", "多", "少", "钱"), ("do", "sao", "cian")
)


def test_a_product_is_one_piece_whatever_its_name() -> None:
    one = cut("晨曦多少钱", [Hit("product", 0, 2)])
    other = cut("Model X-9多少钱", [Hit("product", 0, 9)])
    assert [piece.token for piece in one] == ["<product>", "多", "少", "钱"]
    assert [piece[:4] for piece in one] == [piece[:4] for piece in other]
    assert (one[0].start, one[0].end) == (0, 2)


def test_of_overlapping_hits_the_first_kind_covers() -> None:
    pieces = cut("R20要两台", [Hit("number", 1, 3), Hit("product", 0, 3)])
    assert [piece.token for piece in pieces] == ["<product>", "要", "两", "台"]


def test_a_time_keeps_its_words_and_a_place_does_not() -> None:
    (four,) = cut("四点", [Hit("time", 0, 2)])
    (month,) = cut("下个月", [Hit("time", 0, 3)])
    assert four.token == month.token and four.grams != month.grams
    assert cut("苏州", [Hit("place", 0, 2)])[0].grams == ()


def test_characters_of_one_sound_share_it() -> None:
    (right,), (wrong,) = cut("焊", []), cut("汉", [])
    assert right.sound == wrong.sound and right.token != wrong.token


def test_marks_tell_where_a_hit_begins_and_goes_on() -> None:
    begins, goes_on = cut("二十", [Hit("quantity", 0, 2)])
    assert begins.kinds != goes_on.kinds and begins.kinds[0] % 2 == 1 and goes_on.kinds[0] % 2 == 0


def test_a_kind_nobody_knows_is_marked_as_other() -> None:
    assert cut("二", [Hit("known_colour", 0, 1)])[0].kinds == cut("二", [Hit("known_other", 0, 1)])[0].kinds


@given(st.text(max_size=400))
def test_any_text_is_cut_in_order_and_fits(text: str) -> None:
    pieces = cut(text, [])
    assert all(0 <= piece.start < piece.end <= len(text) for piece in pieces)
    assert all(one.end <= other.start for one, other in pairwise(pieces))
    inputs = encode([pieces, []], VOCABULARY)
    assert inputs.tokens.shape[1] <= LONGEST + 1
    assert inputs.grams.shape[2:] == (GRAMS,) and inputs.kinds.shape[2:] == (MARKS,)
    assert inputs.grams.min() >= 0 and inputs.grams.max() <= BUCKETS
    assert (inputs.tokens[:, 0] == START).all() and inputs.tokens.max() < len(VOCABULARY.tokens)


def test_of_a_long_utterance_both_ends_are_read() -> None:
    pieces = cut("甲" + "乙" * 500 + "丙", [])
    short = shorten(pieces)
    assert len(short) == LONGEST and short[0].token == "甲" and short[-1].token == "丙"


def test_a_vocabulary_saved_reads_the_same(tmp_path: Path) -> None:
    VOCABULARY.save(tmp_path / "vocabulary.json")
    again = Vocabulary.load(tmp_path / "vocabulary.json")
    assert again == VOCABULARY
    assert again.token("钱") == 7 and again.token("没见过") == UNKNOWN and again.sound("?") == 0
    np.testing.assert_array_equal(encode([cut("多少钱", [])], again).tokens, [[START, 5, 6, 7]])
