"""Quotations: whole sentences that hold the question, with their place; none that leans on one left out."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from langchain_core.documents import Document

from retrieval.extract import Quotation, quotation
from retrieval.tokens import query_weights, tokens

TEXT = "质保期内免费更换故障件。该服务不含人为损坏。备件在苏州仓发货,一般 3.5 天内到货!特殊件需要 2 周。"


def quoted(question: str, text: str = TEXT, room: int = 60, **told: Any) -> Quotation | None:
    document = Document(page_content=text, metadata={"heading": "", "question": None, **told})
    return quotation(document, query_weights(question), tokens, room=room)


def test_the_sentence_that_answers_is_quoted_with_its_place() -> None:
    found = quoted("特殊件要等几周")
    assert found is not None and found.text == "特殊件需要 2 周。"
    assert TEXT[found.start : found.end] == found.text


def test_a_sentence_that_leans_takes_the_one_before_it_along() -> None:
    found = quoted("人为损坏包不包")
    assert found is not None and found.text == "质保期内免费更换故障件。该服务不含人为损坏。"


def test_a_decimal_point_ends_no_sentence() -> None:
    found = quoted("备件几天到货")
    assert found is not None and found.text == "备件在苏州仓发货,一般 3.5 天内到货!"


def test_what_the_heading_says_counts_for_its_sentences() -> None:
    plain, below = quoted("保养多久一次", "每年一次。"), quoted("保养多久一次", "每年一次。", heading="保养")
    assert plain and below and below.share > plain.share


def test_a_row_is_said_whole_or_not_at_all() -> None:
    row = "型号:G1;行程:50mm;重量:0.85"
    assert quoted("G1行程", row, kind="row") == Quotation(row, 0, len(row), 1.0)
    assert quoted("G1行程", row, kind="row", room=10) is None


def test_a_sentence_without_end_is_not_quoted() -> None:
    assert quoted("安装", "安装" * 300) is None


@given(st.text("安装保养。!?,.;\n a1", max_size=200), st.text("安装保养a1", max_size=10))
def test_a_quotation_stands_in_the_text(text: str, question: str) -> None:
    found = quoted(question, text)
    if found is not None:
        assert text[found.start : found.end] == found.text
        assert len(found.text) <= 120 and 0.0 <= found.share <= 1.0 + 1e-9
