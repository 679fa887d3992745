"""Readers of names, trades, companies, rivals, roles and questions against a list."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from engines.normalise.contact import find_emails, find_phones
from engines.understanding.answers import answer_core, has_figure, is_question, looked_at
from engines.understanding.content import is_hollow
from engines.understanding.employers import find_employer, whole_name
from engines.understanding.people import find_people
from engines.understanding.rivals import is_connected, only_offers
from engines.understanding.roles import find_instrument, find_role, is_surely_told
from engines.understanding.signed import find_signature
from engines.understanding.trade import find_trade

TOLD: dict[str, dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("told.yaml").read_text(encoding="utf-8")
)
_RIVAL = re.compile("kuka|fanuc|abb|sap|siemens", re.IGNORECASE)


def _said(text: str, span: tuple[int, int] | None) -> str | None:
    return text[slice(*span)] if span else None


def _signature(text: str) -> Any:
    return _said(text, find_signature(text, [*find_phones(text), *find_emails(text)]))


def _offers(text: str) -> Any:
    rival = _RIVAL.search(text)
    return rival is not None and only_offers(text, *rival.span())


def _connected(text: str) -> Any:
    rival = _RIVAL.search(text)
    return rival is not None and is_connected(text, rival.start())


def _person(text: str) -> Any:
    people = find_people(text)
    return [text[slice(*people[0].name)], people[0].own] if people else None


def _role(text: str) -> Any:
    role = find_role(text)
    return [role.value, is_surely_told(text, role)] if role else None


READ = {
    "signature": _signature,
    "trade": lambda text: _said(text, find_trade(text)),
    "employer": lambda text: _said(text, find_employer(text)),
    "offers_only": _offers,
    "connected": _connected,
    "person": _person,
    "role": _role,
    "question": is_question,
}


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [(kind, text, value) for kind, rows in TOLD.items() for text, value in rows.items()],
)
def test_what_is_told_is_read(kind: str, text: str, value: Any) -> None:
    assert READ[kind](text) == value


@pytest.mark.parametrize(
    ("slot", "said", "hollow"),
    [
        ("payment_term", "先", True),
        ("payment_term", "先付多少", True),
        ("payment_term", "承兑汇票", False),
        ("customization", "加到", True),
        ("customization", "两台放", True),
        ("customization", "里面", True),
        ("customization", "防爆的", False),
        ("customization", "改成三工位", False),
        ("industry", "汽", True),
        ("title", "工", False),
        ("title", "招工", True),
        ("title", "厂里现在招工", True),
        ("title", "刚开工", True),
        ("title", "缺焊工", True),
        ("title", "焊工", False),
        ("title", "招聘经理", False),
        ("title", "员工", False),
        ("title", "加工部主管", False),
        ("payment_term", "四百", True),
        ("payment_term", "400", True),
        ("payment_term", "四百块", True),
        ("payment_term", "twelve hundred", True),
        ("payment_term", "三七开", False),
        ("payment_term", "先付三成", False),
        ("payment_term", "30 days net", False),
        ("industry", "检手机", True),
        ("industry", "测电池", True),
        ("industry", "看玻璃", True),
        ("industry", "检测行业", False),
        ("industry", "测量仪器", False),
        ("industry", "检具", False),
        ("contact_name", "Mr.", True),
    ],
)
def test_words_without_content_are_no_value(slot: str, said: str, hollow: bool) -> None:
    assert is_hollow(slot, said) is hollow


def test_a_capitalised_name_is_taken_whole() -> None:
    text = "from Alpine Dental Supplies. What now"
    assert text[5 : whole_name(text, 5, 11)] == "Alpine Dental Supplies"
    assert whole_name("from alpine dental", 5, 11) == 11


def test_papers_to_pay_by() -> None:
    assert _said("L/C accepted?", find_instrument("L/C accepted?")) == "L/C"
    assert _said("收不收承兑汇票", find_instrument("收不收承兑汇票")) == "承兑汇票"
    assert find_instrument("怎么付款") is None


@pytest.mark.parametrize(
    ("text", "core"),
    [
        ("Actually, make it 10 am", None),
        ("move it to Friday", None),
        ("改成下午三点", None),
        ("换到周五吧", None),
        ("推迟一周", None),
        ("有谁家用过", None),
        ("Actually, it's Tom Beck", "Tom Beck"),
        ("汽车改装", "汽车改装"),
        ("industrial fans", "industrial fans"),
        ("forging", "forging"),
        ("换热器", "换热器"),
    ],
)
def test_a_change_is_no_bare_answer(text: str, core: str | None) -> None:
    assert _said(text, answer_core(text)) == core


@pytest.mark.parametrize(
    ("text", "figure"),
    [("make it 10 am", True), ("10点", True), ("3C", False), ("M8螺丝", False), ("三一重工", False)],
)
def test_digits_that_stand_alone_are_figures(text: str, figure: bool) -> None:
    assert has_figure(text) is figure


@pytest.mark.parametrize(
    ("text", "fault", "said"),
    [
        ("检手机中框的划伤", "划伤", "检手机中框的划伤"),
        ("主要检测玻璃盖板的崩边", "崩边", "检测玻璃盖板的崩边"),
        ("检查电池壳划伤", "划伤", "检查电池壳划伤"),
        ("想看看码垛", "码垛", "码垛"),
        ("先检外观,再码垛", "码垛", "码垛"),
        ("划伤", "划伤", "划伤"),
    ],
)
def test_what_is_looked_over_is_part_of_the_application(text: str, fault: str, said: str) -> None:
    assert text[looked_at(text, text.index(fault)) :] == said
