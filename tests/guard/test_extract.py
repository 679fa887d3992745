"""Each reader by itself: values, shares, dates and hours, contacts, names, places."""

from __future__ import annotations

from datetime import date

import pytest

from policy.guard.extract_contacts import read_contacts
from policy.guard.extract_discounts import read_shares
from policy.guard.extract_names import Names
from policy.guard.extract_places import elsewhere, places_in
from policy.guard.extract_times import read_clocks, read_days, read_weekdays
from policy.guard.extract_values import read_values
from policy.guard.text import clauses, clean, language, sentences, terms
from policy.guard.values import agree


def value(text: str):
    return read_values(clean(text), [])[0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("一米七二", "1720mm"),
        ("两年", "24个月"),
        ("48小时", "两天"),
        ("五到七天", "5-7天"),
        ("三个星期", "15个工作日"),
        ("a week", "七天"),
        ("一个半小时", "1.5 hours"),
        ("六公斤", "6 kg"),
        ("500万像素", "5 megapixels"),
    ],
)
def test_one_measure_in_two_wordings(one, other):
    assert agree(value("within " + one if one == "a week" else one), value(other))


@pytest.mark.parametrize(
    ("one", "other"), [("15天", "15个工作日"), ("两三天", "1-3天"), ("6kg", "6个月"), ("一天", "1-3天")]
)
def test_two_measures_that_differ(one, other):
    assert not agree(value(one), value(other))


def test_the_upper_end_of_a_range_may_stand_alone():
    assert agree(value("三天"), value("1-3天"))


@pytest.mark.parametrize(
    ("text", "rate", "reduction"),
    [
        ("打九折", 0.9, True),
        ("93折", 0.93, True),
        ("九五折", 0.95, True),
        ("便宜一成", 0.9, True),
        ("seven percent off", 0.93, True),
        ("a 7% volume discount", 0.93, True),
        ("半价", 0.5, True),
        ("付三成", 0.3, False),
        ("标价的6%", 0.06, False),
        ("百分之六", 0.06, False),
        ("从1.8%降到0.2%", 0.018, False),
    ],
)
def test_shares_and_reductions(text, rate, reduction):
    share = read_shares(clean(text))[0]
    assert share.rate == pytest.approx(rate)
    assert share.reduction is reduction


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("明年一月一号", (2027, 1, 1)),
        ("12月31日", (0, 12, 31)),
        ("2026-06-30", (2026, 6, 30)),
        ("June 30", (0, 6, 30)),
        ("January 1, 2027", (2027, 1, 1)),
        ("2014年成立", (2014, 0, 0)),
    ],
)
def test_dates(text, day):
    found = read_days(clean(text), date(2026, 11, 22))[0]
    assert (found.year, found.month, found.day) == day


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("上午九点到下午五点", [540, 1020]),
        ("9:00-17:00", [540, 1020]),
        ("5 p.m.", [1020]),
        ("精度零点零五", []),
    ],
)
def test_times_of_day(text, minutes):
    assert [clock.minute for clock in read_clocks(clean(text))] == minutes


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("周一到周六", {0, 1, 2, 3, 4, 5}),
        ("周末", {5, 6}),
        ("weekdays", {0, 1, 2, 3, 4}),
        ("20个工作日", set()),
    ],
)
def test_weekdays(text, days):
    assert read_weekdays(clean(text)) == days


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("打400-820-1234", "phone"),
        ("拨幺三八零零零零一二三四", "phone"),
        ("+86 512 5555 0142", "phone"),
        ("sales@example.com", "mail"),
        ("星湖街328号", "street"),
        ("微信号abc_sales", "chat"),
    ],
)
def test_contacts(text, kind):
    assert kind in [contact.kind for contact in read_contacts(clean(text))]


@pytest.mark.parametrize("text", ["单价128340元", "一共1104000", "15个工作日"])
def test_figures_are_no_telephone_numbers(text):
    assert read_contacts(clean(text)) == []


def test_product_names_are_found_whole(pack):
    names = Names(pack)
    assert [name.id for name in names.products("R6和R20")] == ["QH-R6", "QH-R20"]
    assert names.products("R60") == []
    assert [name.id for name in names.products("two C5s")] == ["QH-C5"]


def test_places_and_what_lies_beyond_them():
    assert places_in("江浙沪")["江浙沪"] == {"江苏", "浙江", "上海"}
    assert places_in("a plant in Hefei")["Hefei"] == {"安徽"}
    assert elsewhere("江浙沪以外") and elsewhere("其他地区") and not elsewhere("江浙沪")


def test_clauses_keep_numbers_and_lists_whole():
    text = "In Jiangsu, Zhejiang and Shanghai it is free, the price is 57,660 yuan."
    assert len(clauses(text)) == 2


def test_sentences_give_the_text_back():
    for text in ("你好。R6多少钱?八万九!", "One. Two 1.5 kg. Three?"):
        assert "".join(sentences(text)) == text


def test_language_and_terms():
    assert language("R20 AGV MES 质保") == "zh"
    assert language("The R20 costs 138,000 yuan") == "en"
    assert terms("warranty") == terms("warranties")
    assert "质保" in terms("质保期")
