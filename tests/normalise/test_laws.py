"""What holds for every reader and every text: no error, honest spans, ordered ends, linear time."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.normalise.contact import find_emails, find_phones, mask
from engines.normalise.money import find_budget, find_money
from engines.normalise.numbers import find_numbers, parse_number, spoken_digits
from engines.normalise.places import find_places
from engines.normalise.quantity import bare, find_quantities
from engines.normalise.time import demo_time_of, find_times, timeline_of

NOW = datetime(2026, 11, 22, 10, 0)
FINDERS: dict[str, Callable[[str], list[Any]]] = {
    "numbers": find_numbers,
    "quantities": find_quantities,
    "money": lambda text: find_money(text, default_unit_wan=True),
    "times": lambda text: find_times(text, NOW),
    "phones": find_phones,
    "emails": find_emails,
    "places": find_places,
}
WORDS = (
    "零一二两三四五六七八九十百千万亿点半多来几把廿幺俩 0123456789 .,:-+@ "
    "台套个年月日号周天点分内前后 预算以内左右出头不超过至少到"
    "上下明后午晚 wWkKmM $¥ 林波宁苏州在 第 折"
)
PIECES = st.one_of(
    st.sampled_from(list(WORDS)),
    st.sampled_from(
        [
            "two ",
            "hundred ",
            "and ",
            "a ",
            "dozen ",
            "half ",
            "point ",
            "million ",
            "by ",
            "next ",
            "June ",
            "at ",
        ]
    ),
    st.characters(codec="utf-8"),
)
TEXTS = st.lists(PIECES, max_size=30).map("".join)


@pytest.mark.parametrize("finder", FINDERS)
@given(text=TEXTS)
@settings(max_examples=150, deadline=None)
def test_spans_are_honest_and_apart(finder: str, text: str) -> None:
    last = 0
    for found in FINDERS[finder](text):
        assert last <= found.start < found.end <= len(text)
        assert text[found.start : found.end] == found.text
        last = found.end


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_nothing_raises(text: str) -> None:
    for read in (parse_number, find_budget, bare, mask, spoken_digits):
        read(text)
    timeline_of(text, NOW)
    demo_time_of(text, NOW)


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_low_is_never_above_high(text: str) -> None:
    for number in find_numbers(text):
        assert 0 <= number.low <= number.value <= number.high
    sides = [found.value for found in find_quantities(text) if isinstance(found.value, dict)]
    sides += [found.value for found in find_money(text, default_unit_wan=True)]
    for side in sides:
        assert side["min"] is not None or side["max"] is not None
        assert side["min"] is None or side["max"] is None or side["min"] <= side["max"]


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_written_digits_survive(text: str) -> None:
    def digits(words: str) -> list[str]:
        return [char for char in words if char in "0123456789"]

    kept = iter(digits(spoken_digits(text)))
    assert all(digit in kept for digit in digits(text))


@pytest.mark.parametrize("finder", FINDERS)
@pytest.mark.parametrize(
    "unit",
    [
        "一",
        "万",
        "9",
        "a",
        "a-",
        "a ",
        "one ",
        "1,",
        "1.",
        "一点",
        "two and ",
        "壹",
        "半",
        "在林",
        "@",
        "a@",
        "a.",
        "at ",
        "下",
        "周",
        "1月",
        "¥",
        "到",
        "预算五",
    ],
)
def test_long_text_takes_linear_time(finder: str, unit: str) -> None:
    text = (unit * 4000)[:4000]
    FINDERS[finder]("预热 1台")
    begin = time.process_time()
    FINDERS[finder](text)
    assert time.process_time() - begin < 0.5
