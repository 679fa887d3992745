"""Dates, times of day and durations as they are said in Chinese."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from re import Match

from engines.normalise.dates import (
    MIDDLE,
    Bound,
    Piece,
    Point,
    Rule,
    apply_rules,
    day,
    half,
    last_day,
    month,
    month_year,
    offset,
    quarter,
    shift_month,
    week,
    weekday,
)  # fmt: skip
from engines.normalise.festivals import ZH as FESTIVALS
from engines.normalise.festivals import festival
from engines.normalise.spoken_zh import read_numeral

_N = r"(?:[0-9]{1,2}|[一二两三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九])"
_Y = r"(?:20[0-9]{2}|二零[零一二三四五六七八九]{2}|[0-9]{2}(?=年)|[今明后去前]年|本年)"
_AFTER_NEXT = "(?<![一看查问聊谈])下下"
"""下下周 is the week after next; in 看一下下周三 and 看下下周三 the first 下 belongs to the verb."""
_BY = r"(?P<by>(?:之|以)?前|以内|之内|内(?![部存外饰容]))?"
_DAYS = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6, "末": 5}
_PARTS = "凌晨|清晨|早上|早晨|朝早|一早|大早|上午|上昼|上半[天日]|中午|午后|下午|下昼|下半[天日]|傍晚|晚上|夜里|夜到|晚|早"
PART = rf"(?:{_PARTS})"
_AFTER_CLOCK = (
    r"(?=再|以?后|之[前后]|前|左右|见|开|打|吧|可|行|方便|来|过|到|有|好|给|联系|怎么样|成|去|那会|"
    r"[,，。!！?？\s]|$)"
)


def pieces_zh(text: str, today: date) -> Iterator[Piece]:
    """Days, months, quarters, halves, weeks and durations in folded `text`."""
    return apply_rules(_RULES, text, today)


def clocks_zh(text: str) -> Iterator[Piece]:
    """Times of day in folded `text`, kind `time`; iso is empty where the words name no usable time."""
    for found in _CLOCK.finditer(text):
        yield Piece("time", _clock(found), found.start(), found.end(), "")


def number(words: str | None) -> int:
    """A small numeral, 0 for none."""
    spoken = read_numeral(words, 0) if words else None
    return int(spoken.low) if spoken else 0


def _year(words: str | None, today: date) -> int | None:
    if not words:
        return None
    relative = {"今": 0, "本": 0, "明": 1, "后": 2, "去": -1, "前": -2}.get(words[0])
    if relative is not None:
        return today.year + relative
    if words[0] == "二":
        return int("".join(str("零一二三四五六七八九".index(char)) for char in words))
    return int(words) + (2000 if len(words) == 2 else 0)


def _by(found: Match[str]) -> Bound:
    return "by" if found["by"] else ""


def _iso(found: Match[str], today: date) -> Point | None:
    if not found["d"]:
        return month(int(found["y"]), int(found["m"]))
    return day(int(found["y"]), int(found["m"]), int(found["d"]))


def _month_day(found: Match[str], today: date) -> Point | None:
    said, year = 1 if found["m"] == "元" else number(found["m"]), _year(found["y"], today)
    if not 1 <= said <= 12 or (year is not None and year < today.year):
        return None
    if found["d"]:
        numbered = number(found["d"])
        return day(year or month_year(said, today, day_number=numbered), said, numbered)
    if found["end"] == "中":
        return day(year or month_year(said, today, day_number=MIDDLE), said, MIDDLE)
    year = year or month_year(said, today)
    return last_day(year, said) if found["end"] in ("底", "末") else month(year, said)


def _relative_month(found: Match[str], today: date) -> Point | None:
    shift = {"下下": 2, "下": 1, "上": -1}.get(found["rel"], 0)
    if shift < 0:
        return None
    year, said = shift_month(today, shift)
    if found["d"]:
        return day(year, said, number(found["d"]))
    if found["end"] == "中":
        return day(year, said, MIDDLE)
    return last_day(year, said) if found["end"] in ("底", "末") else month(year, said)


def _month_end(found: Match[str], today: date) -> Point | None:
    if found["end"] != "中":
        return last_day(today.year, today.month)
    year, said = shift_month(today, 1 if today.day > MIDDLE else 0)
    return day(year, said, MIDDLE)


def _day_number(found: Match[str], today: date) -> Point | None:
    said = number(found["d"])
    year, in_month = shift_month(today, 1 if said < today.day else 0)
    return day(year, in_month, said)


def _part_of_year(found: Match[str], today: date) -> Point | None:
    year, part = _year(found["y"], today), found["part"]
    if year is not None and year < today.year:
        return None
    if "季" in part or part[0] in "qQ":
        said = "一二三四".find(part.strip("第季度末底")) + 1 or int(re.sub(r"\D", "", part))
        return quarter(said, today, year, last=part[-1] in "末底")
    if "半年" in part or part[0] in "hH":
        return half(1 if part[0] == "上" or part[-1] == "1" else 2, today, year)
    if part[-1] in "底末内尾" or part == "全年":
        return last_day(year or today.year, 12)
    if part[-1] in "初头春":
        return month(year or month_year(1, today), 1)
    return month(year or month_year(6, today), 6)


def _bare_year(found: Match[str], today: date) -> Point | None:
    year = _year(found["y"] or found["rel"], today)
    return ("year", f"{year:04d}") if year and year > today.year else None


def _relative_quarter(found: Match[str], today: date) -> Point | None:
    year, said = shift_month(today, 3 if found["rel"] == "下" else 0)
    return quarter((said + 2) // 3, today, year, last=bool(found["end"]))


def _festival(found: Match[str], today: date) -> Point | None:
    return festival(found["name"], today, _year(found["y"], today))


def _festival_bound(found: Match[str]) -> Bound:
    return "after" if found["name"] == "过完年" else _duration_bound(found)


def _weekday(found: Match[str], today: date) -> Point | None:
    rel, said = found["rel"], found["day"]
    if rel == "上":
        return None
    weeks = {"下": 1, "下下": 2, "这": 0, "本": 0}.get(rel or "")
    if not said:
        return week(weeks or 0, today)
    return weekday(_DAYS[said] if said in _DAYS else int(said) - 1, today, weeks)


def _relative_day(found: Match[str], today: date) -> Point | None:
    words = found["day"]
    days = {"今": 0, "明": 1, "听": 1, "次": 1, "后": 2, "大": 3}.get(words[0])
    return offset(days, today) if days is not None else None


def _duration(found: Match[str], today: date) -> Point | None:
    count, unit, halved = number(found["n"]), found["u"] or found["u2"], bool(found["half"] or found["tail"])
    if found["n"] == "半":
        return ("duration", "P6M" if unit == "年" else "P15D") if unit in ("年", "月") else None
    if unit in ("天", "日", "号", "工作日"):
        if found["by"] and found["by"][-1] == "后" and not halved:
            return offset(count, today)
        return "duration", f"P{count}D"
    if halved:
        odd = {"年": f"P{12 * count + 6}M", "月": f"P{30 * count + 15}D"}
        return ("duration", odd[unit]) if unit in odd else None
    letter = {"年": "Y", "月": "M", "季度": "M"}.get(unit, "W")
    return "duration", f"P{count * 3 if unit == '季度' else count}{letter}"


def _duration_bound(found: Match[str]) -> Bound:
    words = found["by"] or ""
    return "after" if words.endswith("后") else "by" if words else ""


def _clock(found: Match[str]) -> str:
    vague = found["h"] in ("一", "两") and not found["part"]
    if vague and _NOT_CLOCK.search(found.string[max(0, found.start() - 4) : found.end()]):
        return ""
    hour, part = number(found["h"]) if found["h"] else 0, found["part"] or ""
    tail = found["tail"] or ""
    minute = {"半": 30, "一刻": 15, "三刻": 45}.get(tail, 0) or number(re.sub("[零分钟]", "", tail) or None)
    if found["colon"]:
        minute = int(found["minute"])
    if hour > 24 or minute > 59:
        return ""
    if (
        (
            (part[:1] in ("下", "傍", "晚", "夜") or part == "午后")
            and hour < 12
            and not (part[:1] == "夜" and hour < 5)
        )
        or (part == "中午" and hour < 4)
        or (not part and 1 <= hour <= 6 and not found["colon"])
    ):
        hour += 12
    return f"T{hour % 24:02d}:{minute:02d}"


# 便宜一点, 我有两点: no hour, unless a day stands before it.
_NOT_CLOCK = re.compile(r"(?<![天日号早晚一二三四五六末])[一两]点$")
_CLOCK = re.compile(
    rf"(?:(?P<part>{_PARTS})的?[ ]?)?(?<![0-9.点第])(?P<h>[0-9]{{1,2}}|二十[一二三四]?|"
    rf"十[一二三四五六七八九]?|[一二两三四五六七八九])(?:[二三四五六七八九](?=点))?"
    r"(?:(?P<colon>[:：](?P<minute>[0-5][0-9]))(?![0-9])"
    r"|点(?:钟|整|(?P<tail>半|[一三]刻|零?[0-9]{1,2}分|[0-5][0-9](?![0-9])|"
    r"[二三四五]?十[一二三四五六七八九]?分?|零[一二三四五六七八九]分?)"
    rf"|(?(part)(?![零一二三四五六七八九0-9])|(?!(?:[零一二三四五六七八九0-9])){_AFTER_CLOCK}))"
    r"|时(?!间|候|段|长|刻|效|不时)(?(part)|(?!))(?:[0-9]{1,2}分)?)"
)

_RULES = (
    Rule(
        re.compile(r"(?<![0-9])(?P<y>20[0-9]{2})[-/.](?P<m>[0-9]{1,2})(?:[-/.](?P<d>[0-9]{1,2}))?(?![0-9])"),
        _iso,
    ),
    Rule(
        re.compile(
            rf"(?:(?P<y>{_Y})年?的?)?(?<![0-9第一二三四五六七八九十])(?:[一二三四五六七八](?=[二三四五六七八九]月份))?(?P<m>{_N}|元)月(?!饼|嫂)(?:份)?的?"
            rf"(?:(?P<d>{_N})[日号]|(?P<end>底|末|初|上旬|中旬|下旬|中(?![间途国])))?{_BY}"
        ),
        _month_day,
        _by,
    ),
    Rule(
        re.compile(
            rf"(?P<rel>{_AFTER_NEXT}|下|上|这|本|当)(?:一)?个?月的?(?:(?P<d>{_N})[日号]|(?P<end>底|末|初|"
            rf"上旬|中旬|下旬|中(?![间途国])))?{_BY}"
        ),
        _relative_month,
        _by,
    ),
    Rule(
        re.compile(
            r"(?<![0-9./])(?P<y>)(?P<m>1[0-2]|0?[1-9])/(?P<d>3[01]|[12][0-9]|0?[1-9])"
            r"(?=[日号要到]|(?:之|以)?前|[上下]午|[ ]?[0-9]{1,2}(?:[:：点]))[日号]?(?P<by>(?:之|以)?前)?"
        ),
        _month_day,
        _by,
    ),
    Rule(re.compile(rf"(?<![年月0-9])月(?P<end>[底末]|中(?![间途国])){_BY}"), _month_end, _by),
    Rule(
        re.compile(rf"(?<![0-9一二三四五六七八九十第月零两])(?P<d>{_N})号(?![线楼厂机门馆店车码位工柜字])"),
        _day_number,
    ),
    Rule(
        re.compile(
            rf"(?:(?P<y>{_Y})年?的?)?(?P<part>第?[一二三四1-4]季度[末底]?|"
            rf"(?<![A-Za-z])[qQ][1-4](?![0-9A-Za-z])|[上下]半年|年底|年末|年尾|"
            rf"年内|年初|年头|开年|年中|开春|(?<=年)[底末内初中](?![国心部间]))(?!奖|总结){_BY}"
        ),
        _part_of_year,
        _by,
    ),
    Rule(
        re.compile(r"(?<![0-9])(?<![A-Za-z]-)(?P<y>20[0-9]{2})[ -]?(?P<part>[qQhH][1-4])(?![0-9A-Za-z])"),
        _part_of_year,
    ),
    Rule(
        re.compile(r"(?P<y>20[0-9]{2}|二零[零一二三四五六七八九]{2})年|(?P<rel>明|后)年(?!级)"),
        _bare_year,
    ),
    Rule(
        re.compile(rf"(?P<rel>下|这|本)一?个?季度?(?<=[度季])(?P<end>[末底])?{_BY}"), _relative_quarter, _by
    ),
    Rule(
        re.compile(
            rf"(?:(?P<y>{_Y})年?的?)?(?<![二三四双十])(?P<name>(?!十一|(?<=[零一二三四五六七八九十百千万亿0-9点])五一|五一[台套个件只条辆位号块万千百])(?:{FESTIVALS})|十一(?=长假|假期|之前|前)"
            r"|(?<![零一二三四五六七八九十几多数两半0-9今去明前后])年(?=[前后](?!年)))节?"
            r"(?:假期?|长假)?(?!快乐|好|愉快|大吉)(?P<by>(?:之|以)?[前后])?"
        ),
        _festival,
        _festival_bound,
    ),
    Rule(
        re.compile(
            rf"(?P<rel>{_AFTER_NEXT}|下|上|这|本)个?(?:周|星期|礼拜)(?P<day>[一二三四五六日天末1-6](?![个台套]))?"
        ),
        _weekday,
    ),
    Rule(
        re.compile(
            r"(?<![每一二两三四五六七八九十几半0-9个])(?P<rel>)(?:周|星期|"
            r"礼拜)(?P<day>[一二三四五六日天末](?!次|台|套|个月|直|般|样|定|起|些|共)|"
            r"[1-6](?![0-9台套个]))"
        ),
        _weekday,
    ),
    Rule(
        re.compile(
            r"(?P<day>大后[天日]|后[天日朝]|后儿|听日|明朝|今朝|明天|明儿|明日|明(?=[早晚])|今天|今儿|今日|今(?=[早晚])|次日)个?"
        ),
        _relative_day,
    ),
    Rule(
        re.compile(
            rf"(?<![0-9.第零一二两三四五六七八九十])(?:(?:{_N}[到至~-]|"
            rf"[一二两三四五六七八](?=[二三四五六七八九](?:个|天|周))))?(?P<n>半|[0-9]{{1,3}}|{_N})"
            r"(?:个?(?P<half>半)?(?P<u>月|季度|星期|礼拜|工作日)|个?(?P<u2>周|天|"
            r"年)(?P<tail>半)?(?![级份前底末内]*[前]))"
            r"(?:的?时间)?(?:左右)?(?P<by>以内|之内|内(?![部存外饰容])|(?:之|以)?后|过后)?"
        ),
        _duration,
        _duration_bound,
    ),
)
