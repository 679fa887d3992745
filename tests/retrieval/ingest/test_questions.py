"""Questions and answers in running text."""

from __future__ import annotations

from pathlib import Path

import pytest

from retrieval.ingest.blocks import heading, paragraph
from retrieval.ingest.chunk import SIZE, chunks_of, size_of
from retrieval.ingest.questions import is_question, parts, unmarked
from retrieval.ingest.read import read_file
from retrieval.ingest.validity import Given

Told = list[tuple[str | None, str]]


def told(*blocks: object) -> Told:
    return [(row.metadata["question"], row.page_content) for row in chunks_of(blocks, "a.md", Given())]  # type: ignore[arg-type]


def read(folder: Path, name: str, text: str) -> Told:
    (folder / name).write_text(text, encoding="utf-8")
    return [(row.metadata["question"], row.page_content) for row in read_file(folder / name, name).chunks]


@pytest.mark.parametrize(
    "text",
    [
        "问：能退货吗\n答：七天内能。\n问：运费谁付\n答：我方付。",
        "Q1: 能退货吗 A1: 七天内能。\nQ2: 运费谁付 A2: 我方付。",
        "【问】：能退货吗\n【答】：七天内能。\n【问】：运费谁付\n【答】：我方付。",
        "1. 问：能退货吗\n答：七天内能。\n2. 问：运费谁付\n答：我方付。",
    ],
)
def test_pairs_in_one_paragraph_come_apart(text: str) -> None:
    assert told(paragraph(text)) == [("能退货吗", "七天内能。"), ("运费谁付", "我方付。")]


def test_an_answer_of_several_lines_is_kept_whole() -> None:
    assert told(paragraph("问：怎么安装？\n答：先固定底座。\n再接线。")) == [
        ("怎么安装？", "先固定底座。\n再接线。")
    ]


def test_a_list_that_an_answer_announces_belongs_to_it() -> None:
    blocks = [paragraph("问：要带什么\n答：请带："), paragraph("身份证"), paragraph("合同")]
    assert told(*blocks) == [("要带什么", "请带：\n身份证\n合同")]


def test_what_follows_an_answer_is_no_part_of_it() -> None:
    blocks = [
        paragraph("Q: Can I return it?"),
        paragraph("A: Yes, within 7 days."),
        paragraph("Our office is in Suzhou."),
    ]
    assert told(*blocks) == [("Can I return it?", "Yes, within 7 days."), (None, "Our office is in Suzhou.")]


def test_a_question_without_answer_is_text() -> None:
    assert told(paragraph("问：能退货吗"), heading("别的", 1)) == [(None, "能退货吗")]


def test_an_answer_nobody_asked_for_is_text_as_it_stands() -> None:
    assert told(paragraph("A: 5mm\nB: 6mm")) == [(None, "A: 5mm\nB: 6mm")]


def test_a_long_answer_is_cut_and_each_part_has_the_question() -> None:
    answer = "".join(f"这是回答里面的第{at}句话，说明怎样办理。" for at in range(40))
    found = told(paragraph(f"问：怎么办理？\n答：{answer}"))
    assert len(found) > 1
    assert {question for question, _ in found} == {"怎么办理？"}
    assert all(size_of(text) <= SIZE for _, text in found)


def test_places_are_those_of_the_words() -> None:
    text = "开头。\n问：能退货吗\n答：能。"
    starts = [row.metadata["start"] for row in chunks_of([paragraph(text)], "a.md", Given())]
    assert starts == [0, text.index("能。")]


@pytest.mark.parametrize(
    ("line", "asks"),
    [
        ("多久换油？", True),
        ("Q3：如何退货", True),
        ("如何开通国际漫游", True),
        ("What is covered?", True),
        ("What is covered", False),
        ("售后政策", False),
        ("如何", False),
        ("", False),
        ("问" * 100 + "？", False),
    ],
)
def test_headings_that_ask(line: str, asks: bool) -> None:
    assert is_question(line) is asks


def test_a_mark_is_no_part_of_a_question() -> None:
    assert unmarked("Q1：多久换油？") == "多久换油？"
    assert told(heading("问题2：多久换油？", 2), paragraph("答：一年。")) == [("多久换油？", "一年。")]


def test_words_that_only_look_like_marks() -> None:
    for text in ("问题、困难和办法", "Quality: high", "Answers are given below.", "A. 甲\nB. 乙"):
        assert [part.kind for part in parts(text)] == ["text"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.md", "**能退货吗？**\n\n七天内能。\n\n**运费谁付？**\n我方付。\n"),
        ("a.md", "问：能退货吗？\n答：七天内能。\n\n问：运费谁付？\n答：我方付。\n"),
        (
            "a.html",
            "<p><b>能退货吗？</b></p><p>七天内能。</p><p><strong>运费谁付？</strong></p><p>我方付。</p>",
        ),
        ("a.html", "<dl><dt>能退货吗？</dt><dd>七天内能。</dd><dt>运费谁付？</dt><dd>我方付。</dd></dl>"),
        (
            "a.html",
            "<details><summary>能退货吗？</summary>七天内能。</details><details><summary>运费谁付？</summary>我方付。</details>",
        ),
    ],
)
def test_bold_questions_head_their_answers(tmp_path: Path, name: str, text: str) -> None:
    assert read(tmp_path, name, text) == [("能退货吗？", "七天内能。"), ("运费谁付？", "我方付。")]


def test_a_bold_line_that_asks_nothing_stays_a_line(tmp_path: Path) -> None:
    assert read(tmp_path, "a.md", "**注意**\n\n请先断电。\n") == [(None, "注意\n请先断电。")]
