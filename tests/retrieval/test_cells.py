"""Look-up in tables: the row that is named, the column that is asked for, and comparisons; else nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from retrieval.cells import look_up
from retrieval.store.base import FileChange, Snapshot
from retrieval.store.local import LocalStore
from tests.retrieval.store.making import DAY, chunk, record

TABLE = (
    {"型号": "G1", "行程": "50mm", "重量": "0.85kg", "价格": "900", "别名": "小夹爪|mini"},
    {"型号": "G2", "行程": "80mm", "重量": "1.2kg", "价格": "1200"},
    {"型号": "G20", "行程": "200mm", "重量": "4kg", "价格": "5200"},
    {"型号": "真空吸盘组件", "吸力": "60N", "重量": "0.3kg"},
)
PLANS = (
    {"套餐": "畅聊套餐", "月租": "38", "流量": "10GB", "开通方式": "发短信开通"},
    {"套餐": "畅聊套餐", "月租": "58", "流量": "30GB", "开通方式": "到营业厅开通"},
    {"套餐": "畅看套餐", "月租": "88", "流量": "60GB", "简介": "看视频不限量", "有效": ""},
)
CAMERAS = (
    {"型号": "V9 Pro", "类别": "相机", "价格": "2.4万元", "重量": "800g", "交期": "2周", "别名": "便宜"},
    {"型号": "V9 Mini", "类别": "镜头", "价格": "6,000元", "重量": "0.3kg", "交期": "30天"},
    {"型号": "L5镜头", "类别": "镜头", "价格": "3000元", "重量": "0.5kg", "交期": "7天"},
)


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    store = LocalStore(tmp_path_factory.mktemp("cells"))
    for name, rows, first in (
        ("g.xlsx", TABLE, "型号"),
        ("p.xlsx", PLANS, "套餐"),
        ("c.xlsx", CAMERAS, "型号"),
    ):
        chunks = [
            chunk(
                name,
                at,
                ";".join(f"{key}:{value}" for key, value in row.items()),
                head=name,
                cells=[(row[first], key, value) for key, value in row.items() if value],
                valid_until="2026-06-30" if row[first] == "畅看套餐" else None,
            )
            for at, row in enumerate(rows)
        ]
        store.apply([FileChange(name, record(name), chunks)])
    yield store.snapshot()
    store.close()


def answered(question: str, tables: Snapshot, day: date | None = None) -> list[str]:
    return [answer.text for answer in look_up(question, tables, day=day)]


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("G1多重", "G1的重量是0.85kg。"),
        ("g 2 的行程是多少", "G2的行程是80mm。"),
        ("小夹爪多少钱", "G1的价格是900。"),
        ("MINI 行程", "G1的行程是50mm。"),
        ("Ｇ２０ 有多重啊", "G20的重量是4kg。"),
        ("真空吸盘的吸力", "真空吸盘组件的吸力是60N。"),
        ("how heavy is the G2", "重量 of the G2: 1.2kg."),
        ("G1和G2哪个重", "重量:G2是1.2kg、G1是0.85kg。"),
        ("G1和G2哪个便宜", "价格:G1是900、G2是1200。"),
        ("哪个型号最重", "G20的重量是4kg。"),
        ("58的畅聊套餐怎么开通", "畅聊套餐的开通方式是到营业厅开通。"),
        ("畅聊套餐有多少流量", "畅聊套餐的流量:月租38是10GB、月租58是30GB。"),
        ("畅看套餐是什么", "畅看套餐的简介是看视频不限量。"),
    ],
)
def test_what_a_table_says(tables: Snapshot, question: str, says: str) -> None:
    assert answered(question, tables)[:1] == [says]


def test_two_questions_of_one_line_get_two_answers(tables: Snapshot) -> None:
    assert answered("38的畅聊套餐怎么开通,有多少流量", tables) == [
        "畅聊套餐的开通方式是发短信开通。",
        "畅聊套餐的流量是10GB。",
    ]


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("G1和G2的重量一样吗", "不一样,重量:G1是0.85kg、G2是1.2kg。"),
        ("is the price of the G1 and the G2 the same", "Not the same, 价格: G1 900, G2 1200."),
        ("畅聊套餐里最便宜的多少钱", "畅聊套餐的月租是38。"),
        ("畅聊套餐哪个流量最多", "畅聊套餐的流量是30GB。"),
        ("V9 Pro和L5镜头哪个轻", "重量:L5镜头是0.5kg、V9 Pro是800g。"),
        ("V9 Pro和V9 Mini哪个贵", "价格:V9 Pro是2.4万元、V9 Mini是6,000元。"),
        ("V9 Pro和V9 Mini哪个交期短", "交期:V9 Pro是2周、V9 Mini是30天。"),
    ],
)
def test_rows_side_by_side(tables: Snapshot, question: str, says: str) -> None:
    assert answered(question, tables)[:1] == [says]


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("月租50元以下的套餐有哪些", "月租:畅聊套餐是38。"),
        ("月租40到90块的套餐有哪些", "月租:畅聊套餐是58、畅看套餐是88。"),
        ("流量20g以上的套餐有哪些", "流量:畅聊套餐是30GB、畅看套餐是60GB。"),
        ("重量不超过一公斤的型号有哪些", "重量:G1是0.85kg、真空吸盘组件是0.3kg。"),
        ("价格五千块以内的镜头有哪些", "价格:L5镜头是3000元。"),
        ("which model is under 1kg in weight", "重量: G1 0.85kg, 真空吸盘组件 0.3kg."),
        ("58元的套餐有多少流量", "畅聊套餐的流量是30GB。"),
        ("镜头哪个最便宜", "L5镜头的价格是3000元。"),
    ],
)
def test_rows_by_their_numbers(tables: Snapshot, question: str, says: str) -> None:
    assert answered(question, tables)[:1] == [says]


@pytest.mark.parametrize("question", ["V8 Pro多重", "有没有便宜的", "重量一吨以上的型号有哪些"])
def test_what_is_near_a_table_and_not_in_it(tables: Snapshot, question: str) -> None:
    assert answered(question, tables) == []


def test_many_rows_are_counted_and_not_cut_in_silence(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    chunks = [
        chunk(
            "k.xlsx",
            at,
            f"型号:K{at};价格:{at}元",
            cells=[(f"K{at}", "型号", f"K{at}"), (f"K{at}", "价格", f"{at}元")],
        )
        for at in range(10, 20)
    ]
    store.apply([FileChange("k.xlsx", record("k.xlsx"), chunks)])
    answer = look_up("型号价格17元以下的有哪些", store.snapshot(), day=None)[0]
    store.close()
    assert len(answer.cells) == 8
    assert answer.text == "价格:K10是10元、K11是11元、K12是12元、K13是13元、K14是14元、K15是15元等8个。"


@pytest.mark.parametrize("question", ["G3多重", "今天天气怎么样", "G1能飞吗", "", "哪个最好", "R6有多重"])
def test_what_no_table_says(tables: Snapshot, question: str) -> None:
    assert answered(question, tables) == []


def test_a_row_that_has_ended_says_nothing_that_day(tables: Snapshot) -> None:
    assert answered("畅看套餐月租多少", tables, DAY) == []
    assert answered("畅看套餐月租多少", tables, date(2026, 6, 30)) == ["畅看套餐的月租是88。"]


def test_a_name_in_full_is_surer_than_one_in_part(tables: Snapshot) -> None:
    full, part = (
        look_up("真空吸盘组件的吸力", tables, day=DAY)[0],
        look_up("真空吸盘的吸力", tables, day=DAY)[0],
    )
    assert full.score > part.score
    assert [found.cell.value for found in full.cells] == ["60N"]
