"""Counts without a word for the goods, and counts that are no wish, against a list."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from engines.normalise.counts import find_counts
from engines.normalise.quantity import find_quantities

COUNTED: dict[str, dict[str, list[Any]]] = yaml.safe_load(
    Path(__file__).with_name("counted.yaml").read_text(encoding="utf-8")
)
UNITS = ("台", "套", "年", "unit", "set", "year")


def _range(value: Any) -> Any:
    return [value["min"], value["max"]] if isinstance(value, dict) else value


@pytest.mark.parametrize(("text", "values"), (COUNTED["bare"] | COUNTED["none"]).items())
def test_bare_counts_are_told_by_the_words_around_them(text: str, values: list[Any]) -> None:
    assert [_range(count.value) for count in find_counts(text)] == values


@pytest.mark.parametrize(("text", "values"), COUNTED["aside"].items())
def test_counts_that_are_no_wish_are_left_aside(text: str, values: list[Any]) -> None:
    assert [_range(count.value) for count in find_quantities(text, UNITS)] == values


def test_a_bare_count_keeps_its_place() -> None:
    text = "No, twelve, not twenty."
    assert [text[count.start : count.end] for count in find_counts(text)] == ["twelve", "twenty"]
