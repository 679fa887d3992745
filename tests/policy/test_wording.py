from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from core.pack import DemoMode
from core.types import Lang
from policy import wording
from tests.fakes import pack_of


@pytest.mark.parametrize(
    ("amount", "lang", "said"),
    [
        (138000, "zh", "138,000元"),
        (138000.0, "en", "138,000 yuan"),
        (0.5, "zh", "0.50元"),
        (1540080, "zh", "1,540,080元"),
        (99.99, "en", "99.99 yuan"),
    ],
)
def test_money(amount: float, lang: Lang, said: str) -> None:
    assert wording.money(amount, "CNY", lang) == said


def test_a_currency_without_a_name_keeps_its_code() -> None:
    assert wording.money(5, "CHF", "en") == "5 CHF"


@pytest.mark.parametrize(
    ("factor", "zh", "en"),
    [
        (0.93, "93折", "7% off"),
        (0.9, "9折", "10% off"),
        (0.95, "95折", "5% off"),
        (0.88, "88折", "12% off"),
        (0.5, "5折", "50% off"),
        (0.925, "92.5折", "7.5% off"),
    ],
)
def test_discounts(factor: float, zh: str, en: str) -> None:
    assert (wording.discount(factor, "zh"), wording.discount(factor, "en")) == (zh, en)


def test_days_and_moments() -> None:
    assert wording.day(date(2026, 6, 30), "zh") == "2026年6月30日"
    assert wording.day(date(2026, 6, 30), "en") == "30 June 2026"
    when = datetime(2026, 11, 25, 9, 5)
    assert wording.moment(when, "zh") == "11月25日(周三)09:05"
    assert wording.moment(when, "en") == "09:05 on Wednesday 25 November"


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        ({"min": 20, "max": 30}, "20-30", "20-30"),
        ({"min": 2000000, "max": 2000000}, "2,000,000", "2,000,000"),
        ({"min": None, "max": 100000}, "100,000以内", "up to 100,000"),
        ({"min": 5, "max": None}, "5以上", "at least 5"),
    ],
)
def test_ranges(value: dict[str, Any], zh: str, en: str) -> None:
    assert (wording.number_range(value, "zh"), wording.number_range(value, "en")) == (zh, en)


@pytest.mark.parametrize(
    ("slot", "value", "lang", "said"),
    [
        ("product", "QH-R20", "zh", "六轴工业机器人 R20"),
        ("product", "QH-R20", "en", "R20 six-axis robot"),
        ("quantity", 12, "zh", "12"),
        ("quantity", {"min": 20, "max": 30}, "zh", "20-30"),
        ("budget", {"min": None, "max": 500000, "currency": "CNY"}, "zh", "500,000元以内"),
        ("budget", {"min": None, "max": 500000, "currency": "CNY"}, "en", "up to 500,000 yuan"),
        ("payload_kg", 7.5, "zh", "7.5"),
        ("payload_kg", 5.0, "zh", "5"),
        ("location", "苏州", "zh", "苏州"),
    ],
)
def test_slot_values(slot: str, value: Any, lang: Lang, said: str) -> None:
    assert wording.slot_value(slot, value, pack_of(), lang) == said


@pytest.mark.parametrize(
    ("slot", "value", "zh", "en"),
    [
        ("decision_role", "decision_maker", "您来定", "your own decision"),
        ("payment_term", "instalments", "分期", "by instalments"),
        ("payment_term", "三七开", "三七开", "三七开"),
        ("timeline", "P2M", "2个月", "2 months"),
        ("timeline", "P1D", "1天", "1 day"),
        ("timeline", "2027-Q1", "2027年第一季度", "the first quarter of 2027"),
        ("timeline", "2027-H1", "2027年上半年", "the first half of 2027"),
        ("timeline", "2026-12", "2026年12月", "December 2026"),
        ("timeline", "2026-12-31", "2026年12月31日", "31 December 2026"),
        ("timeline", "越快越好", "越快越好", "越快越好"),
        ("demo_time", "2026-11-25T10:00", "11月25日(周三)10:00", "10:00 on Wednesday 25 November"),
        ("demo_time", "2026-11-25", "2026年11月25日", "25 November 2026"),
    ],
)
def test_no_label_of_ours_is_read_out(slot: str, value: str, zh: str, en: str) -> None:
    assert wording.slot_value(slot, value, pack_of(), "zh") == zh
    assert wording.slot_value(slot, value, pack_of(), "en") == en


def test_names_are_cut_to_what_can_be_listened_to() -> None:
    ids = [row.id for row in pack_of().products]
    assert wording.names(pack_of(), ids[:2], "en") == "R6 six-axis robot, R20 six-axis robot"
    assert wording.names(pack_of(), ids, "zh", most=2).endswith("等")
    assert wording.names(pack_of(), ids[:2], "zh", most=2).count("、") == 1
    assert wording.names(pack_of(), [], "zh") == ""


def test_opening_hours() -> None:
    mode = DemoMode(id="x", name={"zh": "展厅"}, weekdays=(0, 1, 2, 3, 4), opens="09:00", closes="17:00")
    assert wording.hours(mode, "zh") == "周一至周五9:00-17:00"
    assert wording.hours(mode, "en") == "Monday to Friday 9:00-17:00"
    assert wording.weekdays((1, 5), "zh") == "周二、周六"


def test_units() -> None:
    pack = pack_of()
    assert wording.unit_of(pack.product("QH-W12"), "zh") == "套"
    assert wording.unit_of(None, "en") == "units"
