"""Values as people of each language write them: money, discounts, moments, slot values."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from core.pack import DemoMode, Pack, Product, localise
from core.types import Lang

CURRENCY: dict[str, dict[Lang, str]] = {
    "CNY": {"zh": "元", "en": "yuan"},
    "USD": {"zh": "美元", "en": "US dollars"},
    "EUR": {"zh": "欧元", "en": "euros"},
    "HKD": {"zh": "港元", "en": "Hong Kong dollars"},
    "JPY": {"zh": "日元", "en": "yen"},
}
WEEKDAY: dict[Lang, tuple[str, ...]] = {
    "zh": ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
LABELS: dict[str, dict[Lang, str]] = {
    "decision_maker": {"zh": "您来定", "en": "your own decision"},
    "influencer": {"zh": "上级来定", "en": "decided above you"},
    "user": {"zh": "使用方", "en": "the user's side"},
    "none": {"zh": "不由您负责", "en": "not yours to decide"},
    "full": {"zh": "全款", "en": "in full"},
    "instalments": {"zh": "分期", "en": "by instalments"},
    "monthly": {"zh": "月付", "en": "monthly"},
    "yearly": {"zh": "年付", "en": "yearly"},
}
"""Closed slot values in words; a pack's free text is read out as it is."""
PARTS: dict[str, dict[Lang, str]] = {
    "Q1": {"zh": "第一季度", "en": "the first quarter of"},
    "Q2": {"zh": "第二季度", "en": "the second quarter of"},
    "Q3": {"zh": "第三季度", "en": "the third quarter of"},
    "Q4": {"zh": "第四季度", "en": "the fourth quarter of"},
    "H1": {"zh": "上半年", "en": "the first half of"},
    "H2": {"zh": "下半年", "en": "the second half of"},
}
PERIODS: dict[str, dict[Lang, str]] = {
    "D": {"zh": "天", "en": "day"},
    "W": {"zh": "周", "en": "week"},
    "M": {"zh": "个月", "en": "month"},
    "Y": {"zh": "年", "en": "year"},
}


def money(amount: float, currency: str, lang: Lang) -> str:
    """138000 -> 138,000元 / 138,000 yuan; cents are kept where there are any."""
    number = f"{amount:,.0f}" if float(amount).is_integer() else f"{amount:,.2f}"
    unit = CURRENCY.get(currency, {}).get(lang, currency)
    return f"{number}{unit}" if lang == "zh" else f"{number} {unit}"


def discount(factor: float, lang: Lang) -> str:
    """0.93 -> 93折 / 7% off; 0.9 -> 9折."""
    if lang == "zh":
        return f"{f'{factor * 100:g}'.removesuffix('0')}折"
    return f"{(1 - factor) * 100:.3g}% off"


def day(value: date, lang: Lang) -> str:
    """2026-06-30 -> 2026年6月30日 / 30 June 2026."""
    if lang == "zh":
        return f"{value.year}年{value.month}月{value.day}日"
    return f"{value.day} {value:%B} {value.year}"


def moment(value: datetime, lang: Lang) -> str:
    """2026-11-25T10:00 -> 11月25日(周三)10:00 / 10:00 on Wednesday 25 November."""
    weekday = WEEKDAY[lang][value.weekday()]
    if lang == "zh":
        return f"{value.month}月{value.day}日({weekday}){value:%H:%M}"
    return f"{value:%H:%M} on {weekday} {value.day} {value:%B}"


def unit_of(product: Product | None, lang: Lang) -> str:
    """What the product is counted in, with a plain word where no product is known."""
    if product is None:
        return "台" if lang == "zh" else "units"
    return localise(product.unit, lang)


def names(pack: Pack, product_ids: list[str] | tuple[str, ...], lang: Lang, most: int = 6) -> str:
    """Product names as a list to read out, at most `most` of them."""
    rows = [row for row in map(pack.product, product_ids[:most]) if row]
    joined = ("、" if lang == "zh" else ", ").join(localise(row.name, lang) for row in rows)
    if len(product_ids) > most:
        joined += "等" if lang == "zh" else " and others"
    return joined


def number_range(value: dict[str, Any], lang: Lang, unit: str = "") -> str:
    """{"min": 20, "max": 30} -> 20-30; a missing end reads 以内 or 以上, up to or at least."""
    low, high = value.get("min"), value.get("max")
    if low is None and high is not None:
        return f"{high:,}{unit}以内" if lang == "zh" else f"up to {high:,}{unit}"
    if high is None and low is not None:
        return f"{low:,}{unit}以上" if lang == "zh" else f"at least {low:,}{unit}"
    return f"{low:,}{unit}" if low == high else f"{low:,}-{high:,}{unit}"


def slot_value(slot: str, value: Any, pack: Pack, lang: Lang) -> str:
    """A slot value as it can be read back to the customer."""
    if slot == "product" and (row := pack.product(value)):
        return localise(row.name, lang)
    if slot == "budget" and isinstance(value, dict):
        unit = CURRENCY.get(pack.currency, {}).get(lang, pack.currency)
        return number_range(value, lang, unit if lang == "zh" else f" {unit}")
    if isinstance(value, dict):
        return number_range(value, lang)
    if slot in {"decision_role", "payment_term"} and value in LABELS:
        return LABELS[value][lang]
    if slot in {"timeline", "demo_time"}:
        return time_value(str(value), lang)
    return f"{value:g}" if isinstance(value, float) else str(value)


def time_value(value: str, lang: Lang) -> str:
    """A normal form of time in words: day, moment, month, quarter, half-year or duration."""
    if length := re.fullmatch(r"P(\d+)([DWMY])", value):
        count, unit = length[1], PERIODS[length[2]][lang]
        return f"{count}{unit}" if lang == "zh" else f"{count} {unit}{'' if count == '1' else 's'}"
    if part := re.fullmatch(r"(\d{4})-([QH]\d)", value):
        return f"{part[1]}年{PARTS[part[2]]['zh']}" if lang == "zh" else f"{PARTS[part[2]]['en']} {part[1]}"
    if month := re.fullmatch(r"(\d{4})-(\d{2})", value):
        first = date(int(month[1]), int(month[2]), 1)
        return f"{first.year}年{first.month}月" if lang == "zh" else f"{first:%B} {first.year}"
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        return day(date.fromisoformat(value), lang)
    return moment(datetime.fromisoformat(value), lang) if "T" in value else value


def weekdays(days: tuple[int, ...], lang: Lang) -> str:
    """(0, 1, 2, 3, 4) -> 周一至周五 / Monday to Friday."""
    if len(days) > 2 and days == tuple(range(days[0], days[-1] + 1)):
        return ("至" if lang == "zh" else " to ").join(WEEKDAY[lang][end] for end in (days[0], days[-1]))
    return ("、" if lang == "zh" else ", ").join(WEEKDAY[lang][one] for one in days)


def hours(mode: DemoMode, lang: Lang) -> str:
    """When a way to see the goods is open: 周一至周五9:00-17:00."""
    gap = "" if lang == "zh" else " "
    return f"{weekdays(mode.weekdays, lang)}{gap}{mode.opens.lstrip('0')}-{mode.closes.lstrip('0')}"
