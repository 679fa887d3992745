"""Text files as offices write them: encodings, separators, pages of the web, names that tell versions."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from core.errors import UnreadableFileError
from retrieval.ingest.chunk import SIZE, size_of
from retrieval.ingest.read import read_file
from retrieval.ingest.validity import from_labels, from_name


def texts(folder: Path, name: str, content: str | bytes) -> list[str]:
    raw = content.encode() if isinstance(content, str) else content
    (folder / name).write_bytes(raw)
    return [row.page_content for row in read_file(folder / name, name).chunks]


def test_broken_utf8_is_not_read_as_another_encoding(tmp_path: Path) -> None:
    raw = ("第一行正常的内容\n" * 4 + "第五行断在").encode()[:-1]
    with pytest.raises(UnreadableFileError, match="line 5: broken UTF-8"):
        texts(tmp_path, "a.txt", raw)


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_separators(tmp_path: Path, mark: str) -> None:
    rows = [["型号", "价格", "备注"], ["G1", "5", "含税"], ["G2", "6", ""]]
    assert texts(tmp_path, "a.csv", "\n".join(mark.join(row) for row in rows)) == [
        "型号:G1;价格:5;备注:含税",
        "型号:G2;价格:6",
    ]


def test_quotes_inside_quotes_far_down(tmp_path: Path) -> None:
    rows = ["型号,说明", *(f'G{at},"甲,乙"' for at in range(2000)), '"G""x""",丙']
    found = texts(tmp_path, "a.csv", "\n".join(rows))
    assert (found[0], found[-1]) == ("型号:G0;说明:甲,乙", '型号:G"x";说明:丙')


def test_a_title_above_a_csv(tmp_path: Path) -> None:
    assert texts(tmp_path, "a.csv", "报价单\n型号,价格,库存\nG1,5,3\n") == ["型号:G1;价格:5;库存:3"]


def test_a_page_in_a_form_with_several_articles(tmp_path: Path) -> None:
    page = "<body><form><article><p>甲文。</p></article><article><p>乙文。</p></article><select><option>选</select></form>"
    assert texts(tmp_path, "a.html", page) == ["甲文。\n乙文。"]


def test_a_page_laid_out_by_tables(tmp_path: Path) -> None:
    page = (
        "<table><tr><td><h2>运费</h2><p>江浙沪包邮。</p><table><tr><th>地区</th><th>运费</th></tr>"
        "<tr><td>新疆</td><td>20 元</td></tr></table></td></tr></table>"
    )
    assert texts(tmp_path, "a.html", page) == ["江浙沪包邮。", "地区:新疆;运费:20 元"]


def test_a_page_nested_without_end_is_read(tmp_path: Path) -> None:
    deep = "<div>" * 3000 + "深处的字。" + "</div>" * 3000
    assert texts(tmp_path, "a.html", f"<body>{deep}") == ["深处的字。"]


@pytest.mark.parametrize(
    ("name", "document", "version"),
    [
        ("附件2.docx", "附件2", None),
        ("产品-3.md", "产品-3", None),
        ("机器人20.md", "机器人20", None),
        ("part 2.pdf", "part 2", None),
        ("G-2010.md", "G-2010", None),
        ("report (1).pdf", "report (1)", None),
        ("收费标准2026.pdf", "收费标准", "2026"),
        ("收费标准 2026年.pdf", "收费标准", "2026"),
        ("价目表20261001.xlsx", "价目表", "20261001"),
        ("价目表-2026.10.01.xlsx", "价目表", "2026.10.01"),
        ("policy_2026-10-01.md", "policy", "2026-10-01"),
        ("手册 版本2.1.pdf", "手册", "2.1"),
        ("handbook-1.2.pdf", "handbook", "1.2"),
        ("Version 2.md", "Version 2", None),
        ("preview2.md", "preview2", None),
    ],
)
def test_what_of_a_name_is_a_version(name: str, document: str, version: str | None) -> None:
    known = from_name(name)
    assert (known.document, known.version) == (document, version)


@pytest.mark.parametrize(
    ("lines", "first", "last"),
    [
        (["有效期：自2026年1月1日起至2026年12月31日"], "2026-01-01", "2026-12-31"),
        (["生效日期：2026-01-01", "上一版自2025-01-01起执行"], "2026-01-01", None),
        (["有效期至：长期"], None, None),
        (["", "", "截止日期: 2026-12-31"], None, "2026-12-31"),
    ],
)
def test_labels(lines: list[str], first: str | None, last: str | None) -> None:
    known = from_labels(lines, "a.txt")
    assert [str(day) if day else None for day in (known.valid_from, known.valid_until)] == [first, last]


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("a.txt", "标题\n\n\n有效期至：2026年12月\n内容", "line 4: '2026年12月' is no day"),
        ("a.md", "---\nversion: 3\n---\n# 题\n\n**生效日期：** 2026-02-30\n", "line 6: 2026-02-30 is no day"),
        (
            "a.md",
            "---\nversion: 3\nvalid_until: 2026-13-01\n---\nx",
            "line 3, valid_until: '2026-13-01' is no day",
        ),
        ("a.md", "---\nversion: [1, 2]\n---\nx", "line 2: a single value"),
        ("a.csv", '型号,说明\nG1,"甲\nG2,乙\n', "line 3: not a table"),
    ],
)
def test_a_fault_is_told_with_its_line(tmp_path: Path, name: str, text: str, says: str) -> None:
    with pytest.raises(UnreadableFileError, match=says):
        texts(tmp_path, name, text)


def test_front_matter_keeps_a_version_as_written(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(
        "---\nversion: 3.10\nvalid_from: 2026-01-01\nvalid_until: ~\n---\n正文。\n"
    )
    reading = read_file(tmp_path / "a.md", "a.md")
    assert (reading.version, str(reading.valid_from), reading.valid_until) == ("3.10", "2026-01-01", None)


@pytest.mark.parametrize(
    "text",
    [
        "机器人保养说明" * 15_000,
        "abcdefgh" * 12_500,
        "Это предложение о роботах. " * 4_000,
        "\n".join("——" for _ in range(20_000)),
        "\n".join("短" for _ in range(30_000)),
    ],
    ids=["no stops", "no gaps", "another script", "marks", "short lines"],
)
def test_odd_texts_are_cut_in_little_time(tmp_path: Path, text: str) -> None:
    begun = time.process_time()
    found = texts(tmp_path, "a.txt", text)
    assert len(found) > 10
    assert max(map(size_of, found)) <= 1.5 * SIZE
    assert time.process_time() - begun < 10
