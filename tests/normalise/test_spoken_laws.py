"""Laws of saying and reading back: numbers, amounts, phones, dates; widening; normal forms that stay."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import cn2an
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.normalise.contact import find_emails, find_phones
from engines.normalise.money import find_budget
from engines.normalise.numbers import parse_number
from engines.normalise.quantity import find_quantities
from engines.normalise.time import find_times
from engines.understanding.hearing import Hearing
from engines.understanding.measures import find_measures
from engines.understanding.people import find_people
from engines.understanding.roles import find_role, find_term
from tests.normalise.test_laws import TEXTS

NOW = datetime(2026, 11, 22, 10, 0)
TENS = st.integers(1, 9).map(lambda digit: digit * 10)


def _spoken(number: int) -> str:
    return str(cn2an.an2cn(str(number), "low"))


@given(st.integers(1, 9999))
def test_an_amount_in_wan_reads_back(wan: int) -> None:
    budget = find_budget(f"预算{_spoken(wan)}万")
    assert budget is not None
    assert (budget.value["min"], budget.value["max"]) == (wan * 10**4, wan * 10**4)


@given(st.integers(1, 999))
def test_a_count_reads_back(count: int) -> None:
    assert [found.value for found in find_quantities(f"要{_spoken(count)}台")] == [count]
    assert [found.value for found in find_quantities(f"we need {count} robots")] == [count]


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.sampled_from(["", " ", ",", "，", "嗯"]))
def test_a_phone_said_in_groups_reads_back(phone: str, gap: str) -> None:
    said = "".join("零幺二三四五六七八九"[int(digit)] for digit in phone)
    assert [found.value for found in find_phones(f"电话{said[:3]}{gap}{said[3:7]}{gap}{said[7:]}")] == [phone]


@given(st.from_regex(r"[a-z]{2,8}", fullmatch=True), st.sampled_from(["qq", "foxmail", "example"]))
def test_an_address_said_is_the_address_written(local: str, host: str) -> None:
    written = f"{local}@{host}.com"
    for said in (written, f"邮箱{local}艾特{host}点com", f"{local} at {host} dot com"):
        assert [found.value for found in find_emails(said)] == [written]


@given(st.dates(date(2026, 11, 23), date(2035, 12, 31)))
def test_a_date_reads_back(day: date) -> None:
    said = f"{day.year}年{_spoken(day.month)}月{_spoken(day.day)}号"
    for words in (said, day.isoformat()):
        assert [found.iso for found in find_times(words, NOW)] == [day.isoformat()]


@given(TENS, st.sampled_from(["大概{}台", "{}台左右", "about {} units"]))
def test_a_round_count_is_widened_by_a_tenth(count: int, wording: str) -> None:
    (found,) = find_quantities(wording.format(count))
    assert found.value == {"min": int(count * 0.9 + 0.5), "max": int(count * 1.1 + 0.5)}


@given(st.integers(2, 9), st.sampled_from(["大概{}台", "{}台左右", "about {} units"]))
def test_a_small_count_is_not_widened(count: int, wording: str) -> None:
    assert [found.value for found in find_quantities(wording.format(count))] == [count]


@given(st.integers(2, 9))
def test_more_reaches_to_the_next_unit_of_the_last_digit(digit: int) -> None:
    said = _spoken(digit)
    assert find_quantities(f"{said}十多台")[0].value == {"min": digit * 10, "max": digit * 10 + 9}
    budget = find_budget(f"预算{said}百多万")
    assert budget is not None
    assert (budget.value["min"], budget.value["max"]) == (digit * 10**6, (digit + 1) * 10**6)


@given(st.integers(1, 99_999))
def test_a_number_written_out_again_stays(value: int) -> None:
    first = parse_number(_spoken(value))
    assert first is not None
    again = parse_number(f"{first.value:.0f}")
    assert again is not None
    assert again.value == first.value == value


SPANS: dict[str, Callable[[str], list[Any]]] = {
    "measures": find_measures,
    "role": lambda text: [found] if (found := find_role(text)) else [],
    "term": lambda text: [found] if (found := find_term(text)) else [],
    "years": lambda text: find_quantities(text, ("年", "year")),
    "heard": lambda text: list(Hearing({"伺服": "A", "协作机器人": "B", "c五": "C"}, frozenset()).find(text)),
}
SPOKEN = st.lists(
    st.one_of(
        st.sampled_from(
            [*"我是姓王总的老板定不归签年月一两半几个大小百千万分期付各每条线台", "C无", "伺福", "写作机器人"]
        ),
        st.sampled_from(
            ["I'm ", "Tom here", "my name is ", "half a ", "kilo ", "years ", "the board ", "sign "]
        ),
        st.characters(codec="utf-8"),
    ),
    max_size=25,
).map("".join)


@pytest.mark.parametrize("reader", SPANS)
@given(text=st.one_of(SPOKEN, TEXTS))
@settings(max_examples=120, deadline=None)
def test_spans_lie_in_any_text(reader: str, text: str) -> None:
    assert all(0 <= found.start < found.end <= len(text) for found in SPANS[reader](text))


@given(st.one_of(SPOKEN, TEXTS))
@settings(max_examples=150, deadline=None)
def test_names_lie_in_any_text_and_apart(text: str) -> None:
    taken: set[int] = set()
    for person in find_people(text):
        start, end = person.name
        assert 0 <= start < end <= len(text)
        assert taken.isdisjoint(range(start, end))
        taken.update(range(start, end))
