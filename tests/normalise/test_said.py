"""A list of utterances by kind, written before the readers, against the normal forms of the taxonomy."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from engines.normalise.contact import find_emails, find_phones
from engines.normalise.money import find_budget
from engines.normalise.quantity import find_quantities
from engines.normalise.time import demo_time_of, timeline_of
from engines.understanding.measures import find_measures
from engines.understanding.people import find_people
from engines.understanding.roles import find_role, find_term

NOW = datetime(2026, 11, 22, 10, 0)
SAID: dict[str, dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("said.yaml").read_text(encoding="utf-8")
)


def _range(value: Any) -> Any:
    return [value["min"], value["max"]] if isinstance(value, dict) else value


def _quantity(text: str, *units: str) -> Any:
    found = find_quantities(text, units)
    return _range(found[0].value) if found else None


def _budget(text: str) -> Any:
    found = find_budget(text)
    return _range(found.value) if found else None


def _timeline(text: str) -> Any:
    found = timeline_of(text, NOW)
    return found.iso if found else None


def _demo_time(text: str) -> Any:
    found = demo_time_of(text, NOW)
    return found.iso if found else None


def _mass(text: str) -> Any:
    found = [measure.value for measure in find_measures(text) if measure.dimension == "mass"]
    return pytest.approx(found[0], abs=0.001) if found else None


def _person(text: str) -> Any:
    people = find_people(text)
    if not people:
        return None
    name, title = people[0].name, people[0].title
    return [text[slice(*name)], text[slice(*title)] if title else None]


def _first(found: list[Any]) -> Any:
    return found[0].value if found else None


READ = {
    "budget": _budget,
    "quantity": _quantity,
    "years": lambda text: _quantity(text, "台", "unit", "年", "year"),
    "timeline": _timeline,
    "demo_time": _demo_time,
    "phone": lambda text: _first(find_phones(text)),
    "email": lambda text: _first(find_emails(text)),
    "mass": _mass,
    "role": lambda text: getattr(find_role(text), "value", None),
    "term": lambda text: getattr(find_term(text), "value", None),
    "person": _person,
}


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [(kind, text, value) for kind, rows in SAID.items() for text, value in rows.items()],
)
def test_what_is_said_has_its_normal_form(kind: str, text: str, value: Any) -> None:
    assert READ[kind](text) == value
