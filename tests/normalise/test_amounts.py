"""Counts of goods and budgets."""

from typing import Any

import pytest

from engines.normalise.money import find_budget, find_money
from engines.normalise.quantity import bare, find_quantities


def span(low: int | None, high: int | None) -> dict[str, int | None]:
    return {"min": low, "max": high}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("二三十台", span(20, 30)),
        ("一打", 12),
        ("两套就够", 2),
        ("先来两台三台试试", span(2, 3)),
        ("20到30台", span(20, 30)),
        ("十来台", span(9, 11)),
        ("二十多台", span(20, 29)),
        ("一百多台", span(100, 199)),
        ("至少十台", span(10, None)),
        ("十台以内", span(None, 10)),
        ("不超过二十台", span(None, 20)),
        ("大概三台", 3),
        ("大概三十台", span(27, 33)),
        ("五十台出头", span(50, 55)),
        ("买十台有优惠吗", 10),
        ("B20来二十台", 20),
        ("一年用三百个", 300),
        ("就买一台", 1),
        ("一台X5加一套相机总共多少钱", 1),
        ("two of the K9 benches", 2),
        ("a dozen AGVs", 12),
        ("an order of ten K6 robots", 10),
        ("between 20 and 30 units", span(20, 30)),
        ("two or three machines", span(2, 3)),
        ("no more than 5 sets", span(None, 5)),
        ("we need about 20 robots", span(18, 22)),
    ],
)
def test_count(text: str, value: Any) -> None:
    assert find_quantities(text)[0].value == value


@pytest.mark.parametrize(
    "text",
    [
        "一台多少钱", "多少钱一台", "一个到底什么价", "满五台有优惠吗", "10台以上打几折吗", "第三台",
        "三公斤", "2人次", "六轴的",
        "八万九一台", "一台十一万八", "送一套夹具", "五个工作日", "二十四个月", "每分钟600件",
        "厂里现在有三台旧的",
        "三条产线", "three lines", "for two years", "how much is one of those",
    ],
)  # fmt: skip
def test_no_count(text: str) -> None:
    assert find_quantities(text) == []


def test_units_of_the_catalogue_are_counted() -> None:
    assert find_quantities("来三桶") == []
    assert find_quantities("来三桶", ("桶",))[0].value == 3
    assert find_quantities("fourteen big drums please", ("drum",))[0].value == 14


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("十二", 12),
        ("大概三十吧", span(27, 33)),
        ("十到二十", span(10, 20)),
        ("嗯 五台", 5),
        ("twelve", 12),
        ("about thirty", span(27, 33)),
        ("maybe a dozen", 12),
    ],
)
def test_bare_answer(text: str, value: Any) -> None:
    answer = bare(text)
    assert answer is not None
    assert answer.value == value


@pytest.mark.parametrize("text", ["十二万", "三点", "十台吧,下个月再说", "不要", "苏州", "3.5"])
def test_no_bare_answer(text: str) -> None:
    assert bare(text) is None


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("预算两百来万", 1800000, 2200000),
        ("有没有十万以内的", None, 100000),
        ("预算三五十万", 300000, 500000),
        ("50w", 500000, 500000),
        ("预算一百多万", 1000000, 2000000),
        ("预算三百五十多万", 3500000, 3600000),
        ("预算两百出头", 2000000, 2200000),
        ("预算五十", 500000, 500000),
        ("预算 500000", 500000, 500000),
        ("五十万左右吧", 450000, 550000),
        ("五十到八十万的预算", 500000, 800000),
        ("老板批了八十万", 800000, 800000),
        ("最多出八十万", None, 800000),
        ("至少三十万", 300000, None),
        ("预算不是八十万,是十八万", 180000, 180000),
        ("预算八十万,不对,一百万", 1000000, 1000000),
        ("预算二十万,你们那台报价十三万八", 200000, 200000),
        ("the board approved no more than 700k yuan", None, 700000),
        ("we can spend up to 1.2 million yuan", None, 1200000),
        ("between 500k and 700k", 500000, 700000),
    ],
)
def test_budget(text: str, low: int | None, high: int | None) -> None:
    budget = find_budget(text)
    assert budget is not None
    assert budget.value == {"min": low, "max": high, "currency": "CNY"}


@pytest.mark.parametrize(
    "text",
    [
        "你们报价十三万八", "一台十三万八太贵了", "没这个预算", "预算二十台", "预算还没批",
        "满五十万能分期吗", "工人一年也就六万",
        "能便宜到十万以内吗", "预算在2027年", "五台", "",
    ],
)  # fmt: skip
def test_no_budget(text: str) -> None:
    assert find_budget(text) is None


def test_unsaid_unit_is_the_callers_choice() -> None:
    plain = find_budget("预算 5000", default_unit_wan=False)
    assert plain is not None
    assert plain.value["min"] == 5000
    assert find_budget("预算五十", default_unit_wan=False) is None
    assert find_money("两百出头") == []
    assert find_money("两百出头", default_unit_wan=True)[0].value["max"] == 2200000


def test_currency_is_read() -> None:
    assert find_money("$1,500")[0].value == {"min": 1500, "max": 1500, "currency": "USD"}
    assert find_money("3000欧元")[0].value["currency"] == "EUR"
    assert find_money("一共两千三百五块钱")[0].value["min"] == 2350


def test_counts_and_distances_are_no_money() -> None:
    assert find_money("三万件,跑了两万公里,用了一万小时") == []
