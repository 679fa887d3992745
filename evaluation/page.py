"""A report as one HTML page that needs no other file; headings in Chinese and English."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol, cast

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from core.types import Lang
from evaluation.report import Report
from evaluation.turns import Taken, by_talk

HERE = Path(__file__).parent
_LANG = re.compile(r"\b(zh|en)\b")
_SPOKEN: Mapping[str, str] = {"zh": "中文", "en": "英文"}


class Shown(Protocol):
    """A picture of the page."""

    @property
    def name(self) -> str: ...

    @property
    def uri(self) -> str: ...


def render(report: Report, pictures: Sequence[Shown]) -> str:
    """The page of a report with its pictures. Every text of the report is escaped."""
    return _filled("page.html", report=report, pictures=pictures)


def render_talks(report: Report, taken: Sequence[Taken]) -> str:
    """The page of whole talks: figures, a table of contents, then every turn beside its labels."""
    return _filled("talks.html", report=report, talks=by_talk(taken))


def chinese(name: str) -> str:
    """The Chinese of a name in a report, a language in it told behind; empty where there is none."""
    lang = _LANG.search(name)
    plain = name if lang is None else re.sub(r"\s+(?=,|$)", "", _LANG.sub("", name, count=1)).strip()
    said = _names().get(plain, "")
    return f"{said}（{_SPOKEN[cast('Lang', lang[1])]}）" if said and lang else said


def cell(value: str | int | float) -> str:
    """A cell of a table: fractions with three digits."""
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def _filled(template: str, **values: Any) -> str:
    environment = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(cell=cell, zh=chinese, value=_value)
    return environment.get_template(template).render(**values)


def _value(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    return cast("dict[str, str]", yaml.safe_load((HERE / "page.zh.yaml").read_text(encoding="utf-8")))
