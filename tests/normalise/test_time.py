"""Times against a fixed moment, a Sunday."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.normalise.time import demo_time_of, find_times, is_meeting_talk, timeline_of

NOW = datetime(2026, 11, 22, 10, 0)

TIMES = {
    "下个月": "2026-12", "年底前": "2026-12-31", "两个月内": "P2M", "下个月底": "2026-12-31", "Q1": "2027-Q1",
    "明年一季度": "2027-Q1", "四季度": "2026-Q4", "上半年": "2027-H1", "下半年": "2026-H2",
    "明年下半年": "2027-H2",
    "下周日上午十点": "2026-11-29T10:00", "下礼拜三下午": "2026-11-25", "周三上午十点": "2026-11-25T10:00",
    "明天下午三点": "2026-11-23T15:00", "后天上午十点": "2026-11-24T10:00", "大后天": "2026-11-25",
    "明晚八点": "2026-11-23T20:00", "今天下午4:30": "2026-11-22T16:30", "25号下午两点半": "2026-11-25T14:30",
    "四点再打": "T16:00", "十天内": "P10D", "半年内": "P6M", "两三个月内": "P3M", "三天后": "2026-11-25",
    "三月份": "2027-03", "明年6月": "2027-06", "六月底前": "2027-06-30", "12月15号": "2026-12-15",
    "2027年3月1日": "2027-03-01", "月底前": "2026-11-30", "明年年底": "2027-12-31", "明年": "2027",
    "下周": "2026-W48",
    "下下周一": "2026-11-30", "春节前": "2027-02-06", "下个季度": "2027-Q1",
    "by the end of June 2027": "2027-06-30", "by March next year": "2027-03",
    "next Tuesday at 2pm": "2026-11-24T14:00",
    "2pm on Tuesday": "2026-11-24T14:00", "tomorrow morning": "2026-11-23", "within two months": "P2M",
    "in 3 days": "2026-11-25", "end of next month": "2026-12-31", "by year end": "2026-12-31",
    "first quarter of next year": "2027-Q1", "Q2 2027": "2027-Q2", "first half of 2027": "2027-H1",
    "March 15th": "2027-03-15", "by march twenty twenty seven": "2027-03", "in May": "2027-05",
    "the day after tomorrow at 10am": "2026-11-24T10:00", "tomorrow at half past two": "2026-11-23T14:30",
}  # fmt: skip


@pytest.mark.parametrize(("words", "iso"), TIMES.items())
def test_time(words: str, iso: str) -> None:
    assert [span.iso for span in find_times(words, NOW)] == [iso]


@pytest.mark.parametrize(
    "text",
    ["便宜一点", "三点五公斤", "我有两点要求", "每周一开会", "去年三月", "上个月", "2015年的老线", "第三年",
    "8小时续航", "may I ask",
     "我姓周一直在", "四五十岁", "this second machine", "三年前买的"],
)  # fmt: skip
def test_no_time(text: str) -> None:
    assert find_times(text, NOW) == []


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("年底前要装好", "2026-12-31"),
        ("我们想两个月内投产", "P2M"),
        ("running by March next year", "2027-03"),
        ("明年上半年再上", "2027-H1"),
        ("这批货下周五要用", "2026-11-27"),
    ],
)
def test_timeline(text: str, iso: str) -> None:
    span = timeline_of(text, NOW)
    assert span is not None
    assert span.iso == iso


@pytest.mark.parametrize(
    "text", ["质保二十四个月", "做了两年了", "明天过来看设备", "周三下午三点见", "明天下不下雨", "这个月没空"]
)
def test_no_timeline(text: str) -> None:
    assert timeline_of(text, NOW) is None


def test_demo_time_takes_the_last_date_said() -> None:
    span = demo_time_of("周三不行,改到周四下午两点", NOW)
    assert span is not None
    assert (span.iso, span.text) == ("2026-11-26T14:00", "周四下午两点")


def test_a_clock_alone_is_set_on_a_day() -> None:
    later, passed = demo_time_of("四点吧", NOW), demo_time_of("上午九点", NOW)
    known = demo_time_of("改成下午三点", NOW, earlier="2026-11-25T10:00")
    assert later and later.iso == "2026-11-22T16:00"
    assert passed and passed.iso == "2026-11-23T09:00"
    assert known and known.iso == "2026-11-25T15:00"
    assert demo_time_of("有空再说", NOW) is None


def test_limits_are_marked() -> None:
    assert find_times("年底前", NOW)[0].bound == "by"
    assert find_times("within 30 days", NOW)[0].bound == "by"
    assert find_times("两个月后", NOW)[0].bound == "after"
    assert find_times("明年三月", NOW)[0].bound == ""


def test_meeting_talk() -> None:
    assert is_meeting_talk("想过来看看样机")
    assert is_meeting_talk("could we arrange a visit")
    assert not is_meeting_talk("年底前要用上")


_ENGLISH = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
DAYS = st.dates(date(2026, 1, 1), date(2035, 12, 31))


@given(DAYS, st.integers(0, 6))
def test_a_bare_weekday_is_the_next_to_come(today: date, weekday: int) -> None:
    now = datetime.combine(today, datetime.min.time())
    for words in (
        f"周{'一二三四五六日'[weekday]}",
        _ENGLISH[weekday],
    ):
        said = date.fromisoformat(find_times(words, now)[0].iso)
        assert said.weekday() == weekday
        assert timedelta(0) < said - today <= timedelta(7)


@given(DAYS, st.integers(1, 12))
def test_a_month_is_never_past(today: date, month: int) -> None:
    now = datetime.combine(today, datetime.min.time())
    span = find_times(f"{month}月", now)[0]
    assert span.iso >= today.isoformat()[:7]
    assert int(span.iso[5:]) == month


@given(DAYS, DAYS)
def test_a_full_date_is_itself(today: date, day: date) -> None:
    now = datetime.combine(today, datetime.min.time())
    later = max(today, day)
    for words in (later.isoformat(), f"{later.year}年{later.month}月{later.day}号"):
        assert [span.iso for span in find_times(words, now)] == [later.isoformat()]
