"""Public corpora in our slots, on small files in their form that were written here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from bench.corpora import crosswoz, money, next_week, price_range, risawoz, yuan
from core.errors import InputError


def usr(content: str, *acts: list[str]) -> dict[str, Any]:
    return {"role": "usr", "content": content, "dialog_act": acts, "user_state": []}


def sys(content: str) -> dict[str, Any]:
    return {"role": "sys", "content": content, "dialog_act": []}


MESSAGES = [
    usr(
        "想吃人均80到120元的面馆", ["Inform", "餐馆", "人均消费", "80-120元"], ["Request", "餐馆", "名称", ""]
    ),
    sys("可以去河边面馆。"),
    usr("评分要4分以上", ["Inform", "餐馆", "评分", "4分以上"]),
    usr("再找个300元以下的旅馆", ["Inform", "酒店", "价格", "300元以下"]),
    usr("公园要免费的", ["Inform", "景点", "门票", "免费"]),
]


def zipped(folder: Path) -> Path:
    path = folder / "talks.json.zip"
    with ZipFile(path, "w") as archive:
        archive.writestr("talks.json", json.dumps({"7": {"messages": MESSAGES}}))
    return path


def test_crosswoz_holds_what_the_customer_informs_of_and_the_last_said_counts(tmp_path: Path) -> None:
    (talk,) = crosswoz(zipped(tmp_path))
    assert talk.id == "7"
    assert talk.scored == {"budget"}
    assert [turn.state for turn in talk.turns] == [
        {"budget": money(80, 120)},
        {"budget": money(80, 120)},
        {"budget": money(None, 300)},
        {"budget": money(None, 300)},
    ]
    assert [turn.robot for turn in talk.turns][:2] == ["", "可以去河边面馆。"]
    assert talk.turns[2].sources == {"budget": "酒店.价格"}


@pytest.mark.parametrize(
    ("told", "value"),
    [
        ("100-150元", money(100, 150)),
        ("1000元以上", money(1000, None)),
        ("50元以下", money(None, 50)),
        ("52元", money(52, 52)),
        ("免费", None),
        ("", None),
    ],
)
def test_yuan(told: str, value: Any) -> None:
    assert yuan(told) == value


@pytest.mark.parametrize(
    ("told", "unit", "value"),
    [
        ("5000 到 10000", 1, money(5000, 10000)),
        ("小于 5000", 1, money(None, 5000)),
        ("15~20", 10_000, money(150_000, 200_000)),
        (">30", 10_000, money(300_000, None)),
        ("<15", 10_000, money(None, 150_000)),
        ("偏贵", 1, None),
    ],
)
def test_price_range(told: str, unit: int, value: Any) -> None:
    assert price_range(told, unit) == value


@pytest.mark.parametrize(
    ("told", "day"),
    [("下周一", "2026-11-23"), ("下周日", "2026-11-29"), ("下周三上午", "2026-11-25"), ("周末", None)],
)
def test_next_week(told: str, day: str | None) -> None:
    assert next_week(told) == day


def row(before: str, user: str, after: str, acts: str = "") -> dict[str, str]:
    said = f"AGENT_ACTS: {acts} " if acts else ""
    return {
        "instruction": "",
        "input": f"DST: <state> {before} <endofstate> <history> {said}USER: {user} <endofhistory>",
        "output": after,
    }


CITY = '( weather ) city equal_to " 长沙 "'
DAY = '( weather ) city equal_to " 长沙 " , date equal_to " 下周二 "'
MORE = (
    '( weather ) city equal_to " 长沙 " , date equal_to " 下周二 " ( hotel ) name equal_to " 河边( 老店 ) "'
)
MORE_AS_INPUT = MORE.replace(' " ( hotel )', ' " , ( hotel )')
TRAIN = '( train ) departure equal_to " 长沙 " , destination equal_to " 武汉 " , date equal_to " 下周五下午 "'
ROWS = [
    row("null", "长沙热吗", CITY),
    row(CITY, "下周二呢", DAY, acts="( weather ) request date"),
    row(DAY, "住河边老店", MORE, acts="( hotel ) request name"),
    row(MORE_AS_INPUT, "谢谢", MORE, acts="( general ) bye"),
    row("null", "订长沙到武汉的车", TRAIN),
    row('( tv ) type equal_to " 剧情片 "', "好的", '( tv ) type equal_to " 剧情片 "', acts="( tv ) inform"),
    row(CITY, "改看下周二", DAY, acts="( weather ) request date"),
]


def listed(folder: Path, rows: Any) -> Path:
    path = folder / "rows.json"
    path.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    return path


def test_risawoz_rows_become_talks_where_one_begins_with_what_the_last_left(tmp_path: Path) -> None:
    weather, train, tv, cut = risawoz(listed(tmp_path, ROWS))
    assert [turn.state for turn in weather.turns] == [
        {"location": "长沙"},
        {"location": "长沙", "date": "2026-11-24"},
        {"location": "长沙", "date": "2026-11-24"},
        {"location": "长沙", "date": "2026-11-24"},
    ]
    assert weather.scored == {"location", "date"}
    assert weather.turns[1].robot == "( weather ) request date"
    assert train.scored == {"date"}
    assert train.turns[0].state == {"date": "2026-11-27"}
    assert tv.scored == frozenset()
    assert cut.start == {"location": "长沙"}
    assert cut.turns[0].state == {"location": "长沙", "date": "2026-11-24"}


def test_the_few_shot_file_holds_other_tasks_too(tmp_path: Path) -> None:
    rows = [
        {"input_text": one["input"], "output_text": one["output"], "train_target": target}
        for one in ROWS[:2]
        for target in ("dst", "rg")
    ]
    (talk,) = risawoz(listed(tmp_path, {"data": rows}))
    assert len(talk.turns) == 2


@pytest.mark.parametrize("content", ["", "{}", "[1]", '[{"input": "no state", "output": ""}]'])
def test_files_of_another_form_are_refused_by_name(content: str, tmp_path: Path) -> None:
    path = tmp_path / "broken"
    path.write_text(content, encoding="utf-8")
    for read in (crosswoz, risawoz):
        with pytest.raises(InputError, match="broken: no "):
            list(read(path))
