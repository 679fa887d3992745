"""Numbers: the forms people write and say, and what is no number."""

import cn2an
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.normalise.numbers import find_numbers, parse_number, spoken_digits

EXACT = {
    "138000": 138000, "1,104,000": 1104000, "13.8万": 138000, "13万8": 138000, "十三万八": 138000,
    "十万九千七百四": 109740, "八万九": 89000, "两千三百五": 2350, "零点零五": 0.05, "正负零点零五": 0.05,
    "±0.05": 0.05, "50w": 500000, "100k": 100000, "3.5k": 3500, "半": 0.5, "俩": 2, "廿": 20, "廿三": 23,
    "零": 0,
    "一百零五": 105, "一万零三": 10003, "一亿二": 120000000, "一亿两千万": 120000000, "壹拾贰万": 120000,
    "叁佰": 300,
    "12万1440": 121440, "13 万": 130000, "二零二六": 2026, "九五": 95, "１０": 10, "兩萬": 20000,
    "百万": 1000000,
    "一百二": 120, "一百二十": 120, "三万五": 35000, "13w8": 138000, "twenty": 20, "thirty-eight": 38,
    "a dozen": 12, "一打": 12, "半打": 6, "两打": 24,
    "half a dozen": 6, "two dozen": 24, "one hundred and thirty eight thousand": 138000,
    "twelve hundred": 1200,
    "1.2 million": 1200000, "half a million": 500000, "two and a half million": 2500000, "fifty k": 50000,
    "zero point zero five": 0.05, "a hundred": 100,
}  # fmt: skip

SPREAD = {
    "二三十": (20, 30), "三五十万": (300000, 500000), "两三": (2, 3), "十七八": (17, 18), "十一二": (11, 12),
    "一两百万": (1000000, 2000000), "四五千": (4000, 5000), "五万八九": (58000, 59000), "二十多": (20, 30),
    "一百多万": (1000000, 2000000), "三百五十多万": (3500000, 3600000), "50多万": (500000, 600000),
    "两百来万": (1800000, 2200000), "十来": (9, 11), "几十万": (200000, 900000),
    "大几十万": (500000, 900000), "百八十": (80, 100), "百十来": (99, 121), "十好几": (11, 19),
    "twenty-odd": (20, 30), "百来": (90, 110), "十几": (11, 19), "十几万": (100000,
    200000),
}  # fmt: skip


@pytest.mark.parametrize(("words", "value"), EXACT.items())
def test_exact_number(words: str, value: float) -> None:
    number = parse_number(words)
    assert number is not None
    assert (number.value, number.low, number.high) == (value, value, value)


@pytest.mark.parametrize(("words", "ends"), SPREAD.items())
def test_range_keeps_both_ends(words: str, ends: tuple[float, float]) -> None:
    number = parse_number(words)
    assert number is not None
    assert (number.low, number.high) == ends


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("八万九一台", [89000, 1]),
        ("六万八千四一套,负载六公斤", [68400, 1, 6]),
        ("三万三台", [30000, 3]),
        ("三万两台", [30000, 2]),
        ("X7拿五台", [5]),
        ("B20二三十台", [20]),
        ("功率750W", [750]),
        ("下午三点二十", [3, 20]),
        ("百分之三十", [30]),
        ("满二十多少钱", [20]),
        ("two of the K9 and ten more", [2, 10]),
        ("the k twenty lifts eighteen kilos", [18]),
        ("forty two seconds to thirty one", [42, 31]),
        ("周一至周六 8:30", [8, 30]),
    ],
)
def test_several_numbers(text: str, values: list[float]) -> None:
    assert [number.value for number in find_numbers(text)] == values


@pytest.mark.parametrize(
    "text",
    [
        "一样",
        "统一",
        "便宜一点",
        "千万别打",
        "第三次",
        "周五",
        "3D打印",
        "IP65",
        "QH-AB300",
        "P-2026Q4-X5",
        "this one",
    ],
)
def test_no_number(text: str) -> None:
    assert find_numbers(text) == []


def test_capital_w_is_ten_thousand_only_in_talk_of_money() -> None:
    assert find_numbers("电机500W的")[0].value == 500
    assert find_numbers("预算500W")[0].value == 5000000


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("幺三八零零零零一二三四", "13800001234"),
        ("one three eight double zero", "13800"),
        ("我的号 幺三八，零零零零", "我的号 1380000"),
        ("13.8万", "13.8万"),
        ("要三台", "要三台"),
    ],
)
def test_spoken_digits(said: str, written: str) -> None:
    assert spoken_digits(said) == written


@given(st.integers(1, 99_999_999))
def test_chinese_numerals_read_back(value: int) -> None:
    for style in ("low", "up") if value > 9 else ("low",):
        number = parse_number(cn2an.an2cn(value, style))
        assert number is not None
        assert number.value == value


@given(st.integers(1, 9999), st.integers(1, 9))
def test_colloquial_tail_is_one_unit_down(head: int, tail: int) -> None:
    number = parse_number(f"{cn2an.an2cn(head)}万{cn2an.an2cn(tail)}")
    assert number is not None
    assert number.value == head * 10000 + tail * 1000


@given(st.integers(0, 999_999_999))
def test_arabic_numerals_read_back(value: int) -> None:
    for written in (str(value), f"{value:,}"):
        number = parse_number(written)
        assert number is not None
        assert number.value == value


ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def english(value: int) -> str:
    if value < 20:
        return ONES[value]
    if value < 100:
        return TENS[value // 10] + (f"-{ONES[value % 10]}" if value % 10 else "")
    if value < 1000:
        rest = f" and {english(value % 100)}" if value % 100 else ""
        return f"{english(value // 100)} hundred{rest}"
    scale, name = (1000, "thousand") if value < 1_000_000 else (1_000_000, "million")
    rest = f" {english(value % scale)}" if value % scale else ""
    return f"{english(value // scale)} {name}{rest}"


@given(st.integers(0, 999_999_999))
def test_english_words_read_back(value: int) -> None:
    number = parse_number(english(value))
    assert number is not None
    assert number.value == value


@given(st.lists(st.sampled_from("零一二三四五六七八九"), min_size=2, max_size=20))
def test_said_digits_keep_their_order(digits: list[str]) -> None:
    written = "".join(str("零一二三四五六七八九".index(digit)) for digit in digits)
    assert spoken_digits("".join(digits)) == written
