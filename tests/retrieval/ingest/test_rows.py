"""Tables: where the headings are, what a row is about, which way a table lies."""

from __future__ import annotations

from typing import Any

import pytest

from core.errors import UnreadableFileError
from retrieval.ingest.blocks import table
from retrieval.ingest.chunk import chunks_of
from retrieval.ingest.rows import label_lines, lines
from retrieval.ingest.validity import Given


def told(*rows: str) -> list[tuple[str, str, str]]:
    """Kind, name and text of the lines of a table written with bars."""
    grid = table([row.split("|") for row in rows]).rows
    return [(line.kind, line.name, line.text) for line in lines(grid, "a.csv")]


def documents(*rows: str) -> list[Any]:
    return chunks_of([table([row.split("|") for row in rows])], "a.csv", Given())


ACROSS = [
    ("参数|甲型|乙型", "负载|6kg|20kg", "臂展|920mm|1720mm"),
    ("型号|甲型|乙型", "负载|6kg|20kg", "臂展|920mm|1720mm"),
    ("|甲型|乙型", "负载|6kg|20kg", "臂展|920mm|1720mm"),
    ("对比项|甲型|乙型", "质保|一年|两年", "接口|网口|串口"),
    ("产品|甲型|乙型", "质保|一年|两年", "接口|网口|串口"),
    ("Parameter|R6|R20", "Payload|6 kg|20 kg", "Price|$100|$200"),
    ("型号|R6|R20", "负载|6kg|20kg"),
]
DOWN = [
    ("型号|负载|臂展", "甲型|6kg|920mm", "乙型|20kg|1720mm"),
    ("|负载|臂展", "甲型|6kg|920mm", "乙型|20kg|1720mm"),
    ("规格|单价|库存", "小瓶|12元|30", "大瓶|20元|15"),
    ("项目|费用|说明", "安装|300元|含调试", "培训|500元|两天"),
    ("产品|质保|接口", "甲型|一年|网口", "乙型|两年|串口"),
    ("规格|单价|库存", "500ml|12元|30", "1L|20元|15"),
    ("Model|Price|Stock", "R6|100|3", "R20|200|4"),
]


@pytest.mark.parametrize("rows", ACROSS)
def test_names_across_the_top_are_turned(rows: tuple[str, ...]) -> None:
    assert [name for _, name, _ in told(*rows)] == rows[0].split("|")[1:]


@pytest.mark.parametrize("rows", DOWN)
def test_names_down_the_side_are_left(rows: tuple[str, ...]) -> None:
    assert [name for _, name, _ in told(*rows)] == [row.split("|")[0] for row in rows[1:]]


def test_the_name_is_the_column_that_tells_rows_apart() -> None:
    assert told("序号|系列|型号|价格", "1|G|G1|5", "2|G|G2|6")[0][1:] == (
        "G1",
        "型号:G1;序号:1;系列:G;价格:5",
    )
    assert told("id|name|price", "1|Bolt|5", "2|Nut|6")[1][1] == "Nut"
    assert told("产品|型号|价格", "机器人|R6|5", "机器人|R20|6")[1][1] == "R20"
    assert told("编号|颜色|价格", "1|红|5", "2|蓝|6")[0][1] == "红"


def test_titles_and_notes_are_kept_beside_the_rows() -> None:
    found = documents("夹爪选型表||", "型号|价格|库存", "G1|5|3", "注：价格含税||")
    assert [(row.metadata["kind"], row.metadata["heading"], row.page_content) for row in found] == [
        ("row", "夹爪选型表", "型号:G1;价格:5;库存:3"),
        ("text", "夹爪选型表", "注：价格含税"),
    ]


def test_a_note_that_spans_the_table_comes_once() -> None:
    assert told("型号|价格|库存", "G1|5|3", "配件|配件|配件", "G2|6|1")[1] == ("note", "配件", "配件")
    assert told("型号|价格|库存", "1|1|1")[0][2] == "型号:1;价格:1;库存:1"


def test_headings_in_two_rows_are_put_together() -> None:
    expected = "型号:G1;价格 含税:113元;价格 未税:100元"
    assert told("型号|价格|价格", "型号|含税|未税", "G1|113元|100元") == [("row", "G1", expected)]
    assert told("型号|价格|", "|含税|未税", "G1|113元|100元") == [("row", "G1", expected)]


def test_a_frame_around_text_is_text() -> None:
    (one,) = documents("换油前请断电。")
    assert (one.metadata["kind"], one.page_content) == ("text", "换油前请断电。")
    (two,) = documents("注意|换油前请断电。")
    assert two.page_content == "注意\n换油前请断电。"


def test_an_edition_is_a_name_and_no_version() -> None:
    (basic, _) = documents("版本|价格|用户数", "标准版|100元|5", "专业版|200元|20")
    assert basic.metadata["cells"][0] == ["标准版", "版本", "标准版"]
    assert basic.metadata["version"] is None
    (row,) = documents("型号|价格|版本", "G1|100元|V2")
    assert row.metadata["version"] == "V2"


def test_days_of_rows() -> None:
    rows = documents("型号|价差|有效期至", "G1|1|长期", "G2|2|2026/12/31", "G3|3|20261231")
    assert [row.metadata["valid_until"] for row in rows] == [None, "2026-12-31", "2026-12-31"]
    with pytest.raises(
        UnreadableFileError, match="row 2: in force from 2026-05-01, but only until 2026-01-01"
    ):
        documents("型号|生效日期|失效日期", "G1|2026-05-01|2026-01-01")


def test_labels_above_the_headings_speak_of_the_file() -> None:
    rows = table([["报价单", ""], ["生效日期", "2026-01-01"], ["名称", "价格"], ["甲", "5"]]).rows
    assert list(label_lines(rows)) == ["报价单", "生效日期 2026-01-01"]
    pairs = table([["版本", "V2"], ["编制", "张三"]]).rows
    assert list(label_lines(pairs)) == ["版本 V2", "编制 张三"]
    assert list(label_lines(table([["型号", "有效期至"], ["G1", "2026-01-01"]]).rows)) == []


def test_a_row_without_name_has_text_and_no_cells() -> None:
    rows = documents("型号|价格|库存", "G1|5|3", "|6|1")
    assert [row.metadata["cells"] == [] for row in rows] == [False, True]
    assert rows[1].page_content == "价格:6;库存:1"
