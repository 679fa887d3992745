"""The rules by which two slot values are the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.compare import SlotCheck, check_state, same_text, same_value

TEXTS = st.text(alphabet="焊接码垛外观检测厂abcXYZ ,。", max_size=20)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("外观检测", "外观 检测。", True),
        ("健身器材", "健身器才", True),
        ("苏州", "苏州工业园", True),
        ("苏州", "苏州市工业园区", False),  # more than three times as long
        ("焊接", "码垛", False),
        ("Metal furniture", "metal-furniture", True),
        ("非标", "非标定制", True),
        ("", "焊接", False),
        ("", "", True),
    ],
)
def test_free_text(one: str, other: str, same: bool) -> None:
    assert same_text(one, other) is same
    assert same_text(other, one) is same


@given(TEXTS)
def test_a_text_is_itself(text: str) -> None:
    assert same_text(text, text)


@given(TEXTS, TEXTS)
def test_length_rule_holds_whatever_the_likeness(one: str, other: str) -> None:
    a, b = ("".join(char for char in text if char.isalnum()) for text in (one, other))
    if len(a) > 3 * len(b) or len(b) > 3 * len(a):
        assert not same_text(one, other)


@pytest.mark.parametrize(
    ("slot", "expected", "got", "same"),
    [
        ("payload_kg", 18, 18.0, True),
        ("quantity", {"min": 2, "max": 3}, {"max": 3, "min": 2}, True),
        ("quantity", {"min": 2, "max": 3}, 3, False),
        (
            "budget",
            {"min": None, "max": 1, "currency": "CNY"},
            {"min": 0, "max": 1, "currency": "CNY"},
            False,
        ),
        ("product", ["A", "B"], ["B", "A"], False),
        ("product", None, None, True),
        ("product", None, "A", False),
        ("contact_name", "王", "王经理", False),
        ("demo_time", "2026-11-24", "2026-11-24T10:00", False),
        ("location", "浦江", "浙江浦江", True),
    ],
)
def test_normal_forms_are_exact(slot: str, expected: object, got: object, same: bool) -> None:
    assert same_value(slot, expected, got) is same


def right(checks: tuple[SlotCheck, ...]) -> dict[str, bool]:
    return {check.slot: check.right for check in checks}


def test_every_slot_of_either_side_is_checked() -> None:
    checks = check_state({"product": "A", "quantity": 2}, {"product": "B", "location": "苏州"}, {})
    assert right(checks) == {"product": False, "quantity": False, "location": False}
    assert checks[1] == SlotCheck("quantity", 2, None, False)


def test_alternatives_are_accepted_and_nothing_else() -> None:
    alternatives = {"product": ["B", ["A", "B"]]}
    for got, good in (("A", True), ("B", True), (["A", "B"], True), (["B", "A"], False), ("C", False)):
        assert right(check_state({"product": "A"}, {"product": got}, alternatives)) == {"product": good}


def test_alternative_none_lets_a_slot_be_absent_but_not_wrong() -> None:
    alternatives = {"product": [None]}
    assert right(check_state({"product": "A"}, {}, alternatives)) == {"product": True}
    assert right(check_state({"product": "A"}, {"product": None}, alternatives)) == {"product": True}
    assert right(check_state({"product": "A"}, {"product": "B"}, alternatives)) == {"product": False}


def test_alternatives_of_an_unexpected_slot_make_it_optional() -> None:
    alternatives = {"application": ["焊接"]}
    assert check_state({}, {}, alternatives) == ()
    assert right(check_state({}, {"application": "焊接"}, alternatives)) == {"application": True}
    assert right(check_state({}, {"application": "喷涂"}, alternatives)) == {"application": False}


def test_expected_none_is_not_checked() -> None:
    assert check_state({"product": None}, {"product": "A"}, {}) == ()
