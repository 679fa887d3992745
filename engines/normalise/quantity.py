"""How many of the goods are meant: 二三十台, 两台三台, at least ten units, two of the W12."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from engines.normalise.aside import is_aside
from engines.normalise.groups import find_groups, share_count
from engines.normalise.numbers import Number, find_numbers
from engines.normalise.plain import fold
from engines.normalise.ranges import Bounds, Limits, bound, joined, limits_around, reach, simplify
from engines.normalise.terms import TERMS, term_counts

Count = int | dict[str, int | None]

_MEASURES = ("台", "套", "个", "件", "条", "只", "辆", "部", "组", "把", "支")
_ENGLISH = ("units?", "sets?", "pcs", "pieces?", "machines?", "systems?", "items?", "licen[cs]es?", "robots?")
_GENERIC = frozenset("个件条只部组把支")

_NOT_GOODS = re.compile(
    r"个?(?:多|半)?(?:来|月|工人|员工|师傅|学生|老师|口|小时|工作日|工位|星期|礼拜|钟|季度|班|人|厂|车间"
    r"|问题|方案|地方|字|点|样|"
    r"机位|轴|公司|城市|项目|"
    r"分钟|亿|电话|意思|事|时间|年|品|条件|优惠|折|(?:生产|装配|产|流水|码垛)?线|路|建议|意见|"
    r"信息|客户|客人|同行|孩子|部门|同事|"
    r"合同|件号|批次|阶段|步骤|按钮|摄|度|性)"
)
_RATE = re.compile(
    r"(?:每(?:分钟?|小时|秒|天|班|个?月|年)|一(?:分钟?|小时|秒|天|个?班))[^，。,;；]{0,4}$|每$|"
    r"单$|满$|够$|达到$|凑$|第$|送$|赠送?$|附赠$|起订量是?$"
)
_MINIMUM_ORDER = re.compile("起[订批购卖送]")
_OWNED = re.compile(
    r"(?:厂里|车间里?|现在|目前|已经|原来|之前|以前|手上|家里|去年|前年|当时)[^，。,;；]{0,6}"
    r"(?:有|用着|在用|用了|买了|装了|跑着|上了)(?:了|大概|约)?$"
    r"|already (?:have|own|run|use|operate|got)(?: about)? $|\bwe(?:'ve"
    r"| have) (?:already )?(?:got )?(?:about )?$",
    re.IGNORECASE,
)
_LIMIT_ASKED = re.compile(r"\b(?:discount|offer|deal|price break|cheaper)s?\b[^.!;,]*$", re.IGNORECASE)
_LIMIT_QUESTION = re.compile(
    r"(?:以上|起订?|起买|起批)[^。]*(?:吗|么|呢|嘛|[是对]吧|是不是|\?|？|多少|几折|能)"
)
_PRICE_ASK = re.compile(
    r"[^，。,;；]{0,6}?(?:到底|大概|究竟|一般|现在)?(?:多少钱?|几多|几钱|什么价|啥价|怎么卖|咋卖|"
    r"价格|价位|单价|报价|得花|卖多少|贵|便宜|的价)"
)
_TOTAL = re.compile(r"[^，。,;；]{0,14}(?:总共|一共|合计|加起来|共计|总价|加)")
_WANT = re.compile(
    r"(?:买|要|订|订购|采购|拿|来|就|先|只|加|配|上|添|试|用|各|整|弄|再|共|总共|一共|购)(?:他|它|个|了|上)?$"
)
_PRICE_BEFORE = re.compile(
    r"(?:元|块|钱|万|[千百][零一二三四五六七八九]?|[一二三四五六七八九]|[0-9]|多少.?|几多|价|卖|收)[ ]?$"
)

_BOTH = re.compile("[俩倆仨](?![人月小年天口钱钟])")
_US = re.compile("[们咱你他她哥姐兄]$")
"""俩 is 两个, but 我们俩 are people."""

_NO_NOUN = (
    r"(?!(?:for|an?|the|of|to|from|with|and|or|but|at|on|in|by|as|is|are|was|were|be|will|would|could|should|can|may"
    r"|might|must|do|does|did|has|have|had|if|that|which|who|extra (?:day|week|month|year)s?|(?:day|week|month|year)s?"
    r"|hours?|minutes?)\b)"
)
_NOUN = rf"(?:of[ ]+)?(?:{_NO_NOUN}[A-Za-z][\w-]*[ ]+){{0,3}}?"
_EN_OF = re.compile(r"[ ]+(?:of|more of)[ ]+(?:the|your|those|these|them|that|it)\b", re.IGNORECASE)
_EN_CODE = re.compile(r"[ ]+(?:[A-Z]{2,}s?|[A-Z]+-?[0-9]+[A-Za-z]*)\b")
_EN_PLURAL = re.compile(r"[ ]+([a-z-]{3,}s)\b")
_EN_WANT = re.compile(
    r"(?:need|want|order(?: of)?|buy|take|get|purchase|looking for|looking at|quote (?:me )?for|"
    r"after|ordering|buying|"
    r"taking|like|quantity(?: of)?|price (?:of|for)|cost of|much (?:is|are|for))[ ]+(?:about |"
    r"around |some |maybe |like |just )?$",
    re.IGNORECASE,
)
_EN_PRICE_OF_ONE = re.compile(r"(?:much|price|cost)[ ]+(?:is|for|of|does|would)?[ ]*$", re.IGNORECASE)
_EN_NOT = re.compile(
    r"[ ]*-?[ ]*(?:days?|weeks?|months?|years?|hours?|minutes?|seconds?|people|workers?|"
    r"operators?|shifts?|lines?|percent|%|"
    r"yuan|rmb|dollars?|kg|kilos?|kilograms?|mm|met(?:re|er)s?|ax[ei]s|degrees?|questions?|"
    r"things?|times|reasons?|factor(?:y|ies)|"
    r"plants?|sites?|workshops?|shops?|suppliers?|companies|vendors?|quotes?|years'|months'|"
    r"weeks'|days'|per|instal\w+|points?|"
    r"options?|parts? per|boxes|pallets?|trays|cases|customers|words?|references?|calls?|minutes'|"
    r"quarters?|euros?|pounds?|k\b|o'clock)",
    re.IGNORECASE,
)


class Quantity(NamedTuple):
    """A count of goods: an integer or `{"min", "max"}` (None for an open side), and the words said."""

    value: Count
    text: str
    start: int
    end: int


def find_quantities(text: str, unit_words: tuple[str, ...] = ()) -> list[Quantity]:
    """Counts of goods in `text`, left to right.

    `unit_words`: further units or nouns of the catalogue, Chinese or English (singular); those of time (年)
    count goods only where a word of buying governs them. Of 两条线各三台 the whole is given.
    Left aside: 一台多少钱, 满五台, ordinals, codes, weights, people, time, rates, what is owned already.
    """
    plain = fold(text)
    numbers = find_numbers(text)
    goods = tuple(word for word in unit_words if word not in TERMS)
    groups = find_groups(plain, numbers)
    found: list[Quantity] = []
    at = 0
    while at < len(numbers):
        quantity, used = _read(plain, text, numbers, at, goods, groups)
        if quantity:
            found.append(quantity)
        at += used
    for term in term_counts(text, plain, numbers, unit_words):
        found.append(_quantity(text, _Span(*term[:4]), term.limits))
    return sorted(found, key=lambda quantity: quantity.start)


def bare(text: str, unit_words: tuple[str, ...] = ()) -> Quantity | None:
    """A bare answer to "how many?": 十二, 大概三十吧, twelve, about thirty; None where more is said."""
    numbers = [number for number in find_numbers(text) if number.low >= 0]
    if not numbers or len(numbers) > 2 or len(text) > 40:
        return None
    plain = fold(text)
    first, used = _merge(plain, numbers, 0, _unit_pattern(unit_words), alone=True)
    if used != len(numbers) or not float(first.low).is_integer() or first.high >= 10000:
        return None
    unit = _unit_pattern(unit_words).match(plain, first.end)
    limits = limits_around(text, first.start, unit.end() if unit else first.end)
    rest = plain[: limits.start] + " " + plain[limits.end :]
    if _FILLER.sub("", rest):
        return None
    return _quantity(text, first, limits)


_FILLER = re.compile(
    r"嗯+|呃+|啊+|哦+|那个?|就|要|大概|大约|差不多|应该|可能|估计|我们?|需要|先|吧|呢|啦|了|的|来|"
    r"拿|吗|是|算|暂定|目前|"
    r"\b(?:about|around|maybe|probably|roughly|say|i think|we need|we want|it's|just|make it|"
    r"let's say|um+|uh+|please|i'd say|"
    r"i|we|need|want|of them|in total|units?|should|be|would|or so)\b|[\s,，。.!！?？、~…'-]",
    re.IGNORECASE,
)


class _Span(NamedTuple):
    """A number, or two joined by 到, as one."""

    low: float
    high: float
    start: int
    end: int


def _read(
    plain: str, text: str, numbers: list[Number], at: int, unit_words: tuple[str, ...], groups: list[Number]
) -> tuple[Quantity | None, int]:
    """The count that begins with number `at`, if it is one, and how many numbers it took."""
    units = _unit_pattern(unit_words)
    span, used = _merge(plain, numbers, at, units)
    unit_end = _unit_end(plain, span, units)
    if (
        unit_end is None
        and _BOTH.match(text, span.start)
        and not _US.search(text, max(0, span.start - 1), span.start)
    ):
        unit_end = span.end
    if unit_end is None or span.high <= 0 or not float(span.low).is_integer() or span.high > 10**7:
        return None, 1
    if _is_left_out(plain, span, unit_end):
        return None, used
    limits = limits_around(text, span.start, unit_end)
    if "min" in limits.kinds and (
        _LIMIT_QUESTION.match(plain, unit_end)
        or _LIMIT_ASKED.search(plain[max(0, span.start - 60) : span.start])
    ):
        return None, used
    each = share_count(plain, groups, span.start, span.end)
    span = span._replace(low=span.low * each, high=span.high * each)
    return _quantity(text, span, limits), used


def _quantity(text: str, span: _Span, limits: Limits) -> Quantity:
    widen = span.low >= 10 and span.low % 10 == 0
    bounds: Bounds = bound(span.low, span.high, limits.kinds, widen=widen)
    return Quantity(simplify(bounds), text[limits.start : limits.end], limits.start, limits.end)


def _merge(
    plain: str, numbers: list[Number], at: int, units: re.Pattern[str], *, alone: bool = False
) -> tuple[_Span, int]:
    """Number `at`, with the next one where both are one range: 二十到三十台, 两台三台, twenty to thirty.

    `alone`: the second number needs no unit.
    """
    first = numbers[at]
    low, high = reach(first, whole=True)
    if at + 1 < len(numbers):
        second = numbers[at + 1]
        counted = alone or _unit_end(plain, _as_span(second), units) is not None
        if counted and _is_range(plain, first, second, units):
            ends = (low, high, *reach(second, whole=True))
            return _Span(min(ends), max(ends), first.start, second.end), 2
    return _Span(low, high, first.start, first.end), 1


def _is_range(plain: str, first: Number, second: Number, units: re.Pattern[str]) -> bool:
    """Whether the words between two numbers make them the ends of one count."""
    unit, other = units.match(plain, first.end), units.match(plain, second.end)
    if unit and other and unit.group("zh") != other.group("zh"):
        return False
    word = joined(plain, unit.end() if unit and unit.end() <= second.start else first.end, second.start)
    if word == "" and unit is not None and second.low < first.low <= 2 * second.low:
        return True  # 十台八台
    if word is None or not first.high < second.low <= max(first.high * 10, 20):
        return False
    if word == "and":
        return _between(plain, first)
    listed = word in ("", "、", ",")
    return not listed or (unit is not None and (word == "" or second.low - first.high <= 1))


def _between(plain: str, number: Number) -> bool:
    return plain[max(0, number.start - 8) : number.start].lower().endswith("between ")


def _as_span(number: Number) -> _Span:
    return _Span(number.low, number.high, number.start, number.end)


@lru_cache(maxsize=64)
def _unit_pattern(unit_words: tuple[str, ...]) -> re.Pattern[str]:
    """Matches a unit just after a number: a measure word, or up to three words and a noun in English."""
    chinese = [*(re.escape(word) for word in unit_words if not word.isascii()), *_MEASURES]
    english = [
        *(rf"{re.escape(word)}(?:e?s)?" for word in unit_words if word.isascii() and word.strip()),
        *_ENGLISH,
    ]
    zh = "|".join(sorted(set(chinese), key=len, reverse=True))
    en = "|".join(sorted(set(english), key=len, reverse=True))
    return re.compile(
        rf"[ ]?[多来+]?(?P<zh>{zh})|(?:[ -]+|(?<=[0-9]))(?P<en>{_NOUN}(?:{en}))\b", re.IGNORECASE
    )


def _unit_end(plain: str, span: _Span, units: re.Pattern[str]) -> int | None:
    """Where the unit after a number ends; None where the number counts no goods."""
    if _EN_NOT.match(plain, span.end):
        return None
    unit = units.match(plain, span.end)
    if unit:
        return unit.end()
    if plain[span.start : span.end].lower().endswith(("dozen", "打")):
        return span.end
    if _EN_OF.match(plain, span.end) or _EN_CODE.match(plain, span.end):
        return span.end
    plural = _EN_PLURAL.match(plain, span.end)
    wanted = _EN_WANT.search(plain[max(0, span.start - 30) : span.start])
    return span.end if plural and wanted else None


def _is_left_out(plain: str, span: _Span, unit_end: int) -> bool:
    before, unit = plain[max(0, span.start - 14) : span.start], plain[unit_end - 1 : unit_end]
    if _RATE.search(before) or _OWNED.search(before) or _MINIMUM_ORDER.match(plain, unit_end):
        return True
    if is_aside(plain, span.start, unit_end, one=span.low == span.high == 1):
        return True
    generic = unit in _GENERIC
    if generic and _NOT_GOODS.match(plain, unit_end):
        return True
    return span.low == span.high == 1 and _is_one_of_price(plain, before, unit_end, generic)


def _is_one_of_price(plain: str, before: str, unit_end: int, generic: bool) -> bool:
    """一台多少钱, 八万九一台, 一条十一万八: the one that prices are given for. 买一台 is a count."""
    wanted = _WANT.search(before)
    if _EN_PRICE_OF_ONE.search(before):
        return True
    if _PRICE_BEFORE.search(before) or (generic and not wanted):
        return True
    if wanted or _TOTAL.match(plain, unit_end):
        return False
    return _PRICE_ASK.match(plain, unit_end) is not None or _priced_after(plain, unit_end)


def _priced_after(plain: str, unit_end: int) -> bool:
    """Whether an amount of money follows in the clause."""
    clause = re.split("[，。,;；]", plain[unit_end : unit_end + 16], maxsplit=1)[0]
    return any(number.low >= 1000 for number in find_numbers(clause))
