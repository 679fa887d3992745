"""Chunks: their size, their ids, what is in force, and what a broken file is told to be."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import UnreadableFileError
from retrieval.ingest.blocks import heading, paragraph, table
from retrieval.ingest.chunk import SIZE, chunks_of, size_of
from retrieval.ingest.read import SUFFIXES, read_file
from retrieval.ingest.validity import Given, from_labels, from_name

PARTS = ["第一段说明安装。", "第二段说明保养。", "第三段说明质保。"]


def written(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def ids(sections: list[str]) -> list[str]:
    blocks = [
        block for at, text in enumerate(sections) for block in (heading(f"第{at}章", 1), paragraph(text))
    ]
    return [str(document.id) for document in chunks_of(blocks, "a.md", Given())]


def test_a_changed_section_changes_its_own_id_alone() -> None:
    before, after = ids(PARTS), ids([PARTS[0], "第二段改了。", PARTS[2]])
    assert [one == two for one, two in zip(before, after, strict=True)] == [True, False, True]
    assert ids(PARTS) == before


def test_equal_chunks_are_numbered() -> None:
    documents = chunks_of(
        [heading("甲", 1), paragraph("同样。"), heading("甲", 1), paragraph("同样。")], "a.md", Given()
    )
    first, second = [str(document.id) for document in documents]
    assert second == f"{first}-2"


@given(st.lists(st.text("安装调试保养。,\n 质保期ab1", max_size=700), max_size=5))
def test_no_words_are_lost_and_no_chunk_is_long(texts: list[str]) -> None:
    documents = chunks_of([paragraph(text) for text in texts], "a.md", Given())
    whole = "".join(document.page_content for document in documents)
    for text in texts:
        for line in filter(None, map(str.strip, text.replace("。", "\n").replace(",", "\n").split("\n"))):
            assert line[:20] in whole or any(mark in line for mark in " ")
    assert all(size_of(document.page_content) <= 2 * SIZE for document in documents)


def test_a_long_paragraph_is_cut_at_sentences_that_overlap() -> None:
    text = "".join(f"这是关于机器人保养说明书里的第{at}句话。" for at in range(60))
    documents = chunks_of([paragraph(text)], "a.md", Given())
    assert len(documents) > 2
    for one, two in pairwise(documents):
        last = one.page_content.rstrip("。").rpartition("。")[2]
        assert two.page_content.startswith(last)
        assert text[two.metadata["start"] :].startswith(two.page_content[:10])


def test_a_sheet_of_ten_thousand_rows_has_as_many_chunks() -> None:
    rows = [["型号", "重量"], *([f"G{at}", f"{at}kg"] for at in range(10_000))]
    assert len(chunks_of([table(rows)], "a.csv", Given())) == 10_000


def test_front_matter_says_when_a_file_holds(tmp_path: Path) -> None:
    text = "---\nvalid_from: 2026-01-01\nvalid_until: 2026-06-30\nversion: 3\ndocument: 返利\n---\n返利百分之三。\n"
    reading = read_file(written(tmp_path, "a.md", text), "a.md")
    assert (reading.valid_from, reading.valid_until) == (date(2026, 1, 1), date(2026, 6, 30))
    assert (reading.version, reading.document) == ("3", "返利")
    assert reading.chunks[0].metadata["valid_until"] == "2026-06-30"


def test_what_is_given_goes_before_what_the_file_says(tmp_path: Path) -> None:
    file = written(tmp_path, "a.md", "---\nvalid_until: 2026-06-30\nversion: 3\n---\n返利。\n")
    reading = read_file(file, "a.md", Given(valid_until=date(2027, 1, 1), document="x"))
    assert (reading.valid_until, reading.version, reading.document) == (date(2027, 1, 1), "3", "x")


@pytest.mark.parametrize(
    ("line", "first", "last", "version"),
    [
        ("生效日期：2026年1月1日", "2026-01-01", None, None),
        ("本办法自2026-03-01起执行", "2026-03-01", None, None),
        ("有效期：2026/1/1 至 2026/12/31", "2026-01-01", "2026-12-31", None),
        ("有效期至 2026.12.31", None, "2026-12-31", None),
        ("Valid until: 2026-12-31", None, "2026-12-31", None),
        ("Effective date: 2026-01-05", "2026-01-05", None, None),
        ("版本: V2.1", None, None, "V2.1"),
        ("报价单有效期30天", None, None, None),
        ("版本很多", None, None, None),
    ],
)
def test_labelled_lines_at_the_top(
    line: str, first: str | None, last: str | None, version: str | None
) -> None:
    known = from_labels(["标题", line], "a.txt")
    assert [str(day) if day else None for day in (known.valid_from, known.valid_until)] == [first, last]
    assert known.version == version


def test_a_label_far_down_is_no_label() -> None:
    assert from_labels([*["行"] * 10, "有效期至2026-12-31"], "a.txt") == Given()


@pytest.mark.parametrize(
    ("name", "document", "version"),
    [
        ("价目表_v2.xlsx", "价目表", "2"),
        ("x/价目表-2026-10.xlsx", "x/价目表", "2026-10"),
        ("price list (rev 3).docx", "price list", "3"),
        ("手册第3版.pdf", "手册", "3"),
        ("C5.md", "C5", None),
        ("R20.md", "R20", None),
        ("2026.md", "2026", None),
        ("faq.csv", "faq", None),
    ],
)
def test_a_name_tells_document_and_version(name: str, document: str, version: str | None) -> None:
    known = from_name(name)
    assert (known.document, known.version) == (document, version)


def test_rows_have_days_of_their_own(tmp_path: Path) -> None:
    file = written(tmp_path, "a.csv", "型号,价差,有效期至\nG1,1,2026-12-31\nG2,2,\n")
    documents = read_file(file, "a.csv", Given(valid_until=date(2027, 6, 30))).chunks
    assert [row.metadata["valid_until"] for row in documents] == ["2026-12-31", "2027-06-30"]
    assert documents[0].page_content == "型号:G1;价差:1;有效期至:2026-12-31"


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.txt", b"", "empty"),
        ("a.txt", b"  \n \n", "empty"),
        ("a.txt", bytes(range(256)), "no text"),
        ("a.md", b"text\x00\x01\x02", "not a text file"),
        ("a.md", b"---\nvalid_until: soon\n---\nx", "valid_until.*no day"),
        ("a.md", b"---\nvalid_from: [\n---\nx", "line .*no YAML"),
        ("a.md", b"---\n- a\n---\nx", "line 2"),
        ("a.md", b"---\nvalid_from: 2026-05-01\nvalid_until: 2026-01-01\n---\nx", "only until"),
        ("a.txt", "有效期至2026-13-45\n内容".encode(), "line 1.*no day"),
        ("a.csv", "型号,有效期至\nG1,下个月\n".encode(), "row 2.*no day"),
        ("a.csv", b'a,b\n"x,y\n', "not a table"),
        ("a.csv", b"a,b\n1,2,3,4\n", "row 2 has 4 cells"),
        ("a.pdf", b"%PDF-1.7 cut short", "not a PDF"),
        ("a.docx", b"PK\x03\x04 cut short", "not a Word document"),
        ("a.xlsx", b"not a zip", "not a workbook"),
        ("a.pptx", b"not a zip", "not a presentation"),
        ("a.png", b"not a picture", "not a picture"),
        ("a.exe", b"MZ", "not read"),
        ("a", b"x", "not read"),
        ("a.html", b"<html><script>x</script></html>", "no text"),
    ],
)
def test_a_broken_file_is_told_with_its_reason(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UnreadableFileError, match=says) as caught:
        read_file(tmp_path / name, name)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="No such file"):
        read_file(tmp_path / "a.md", "a.md")


def test_every_suffix_has_a_reader(tmp_path: Path) -> None:
    for suffix in SUFFIXES:
        with pytest.raises(UnreadableFileError, match="empty"):
            read_file(written(tmp_path, f"a{suffix}", ""), f"a{suffix}")
