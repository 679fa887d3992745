"""Amounts of money and budgets: 两百来万, 十万以内, 三五十万, 50w, no more than 700k yuan."""

from __future__ import annotations

import re
from typing import NamedTuple

from engines.normalise.numbers import Number, find_numbers
from engines.normalise.plain import fold
from engines.normalise.ranges import bound, joined, limits_around, reach

Amount = dict[str, int | str | None]

_CURRENCIES = (
    ("USD", r"美元|美金|美刀|刀(?![具片架])|usd|us dollars?|u\.s\. dollars?|dollars?|bucks"),
    ("EUR", r"欧元|eur|euros?"),
    ("HKD", r"港币|港元|hkd"),
    ("JPY", r"日元|jpy|yen"),
    ("GBP", r"英镑|gbp|pounds?(?: sterling)?"),
    ("CNY", r"元人民币|人民币|元整?|块钱?|圆|yuan|rmb|cny|renminbi|软妹币"),
)
_AFTER = re.compile(
    r"[ ]?(?:" + "|".join(f"(?P<{code}>{words})" for code, words in _CURRENCIES) + r")(?![A-Za-z])",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"(?:(?P<USD>us\$|usd|\$)|(?P<EUR>€|eur)|(?P<GBP>£|gbp)|(?P<HKD>hk\$|hkd)|(?P<CNY>¥|￥|rmb|cny))[ ]?$",
    re.IGNORECASE,
)
_SCALED = re.compile(
    r"万|亿|(?<=[0-9多来几把个零一二两三四五六七八九十百千])[wWkK](?![A-Za-z])|\bk\b|thousand|million"
    r"|grand|\bmn\b|billion",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"[ ]?(?:[台套个件条只辆人次家平公小时转点级步字名位张辆吨米瓦伏赫像千克斤里]|小时|km|kg|"
    r"hours?|h\b|units?|pcs|sets?|robots?|"
    r"machines?|people|rpm|hz|v\b|pixels?|pieces|parts|cycles|square|meters?|metres?|times)",
    re.IGNORECASE,
)

_CUE = re.compile(
    r"预算|批了|批下来|批的|资金|经费|拨款|拨了|款项|盘子|投入|投资|投个?(?![诉票放递标])|掏|"
    r"拿得出|出得起|能出|(?:最多|顶多|只|愿意|打算|准备|老板|领导|公司|厂里|上面)[就只才能会]*(?:出|给"
    r"|拿)(?!过|来|去|点|到)|花(?![呗生色园样时费草了过])|筹|"
    r"手(?:上|头|里)(?:[也就只才]*有?)|控制在|budget|approved|approval|spend|afford|fund(?:s|ing)|"
    r"invest|set aside|allocat|"
    r"willing to pay|put up|capex|price range|ceiling|to work with|our (?:limit|max)|most (?:we|i) can"
    r"|够不够|够吗|够买|能买(?:[几什哪到个台套])|for (?:this|the) (?:project|line|job)|for this\b",
    re.IGNORECASE,
)
_STRONG_CUE = re.compile(r"预算|资金|经费|拨款|款项|批了|批下来|budget|approved|funding", re.IGNORECASE)
# What may follow a number that leaves 万 unsaid: 预算两百出头, 预算五十吧, but not 预算两种.
_UNIT_UNSAID = re.compile(r"[ ]?(?:$|[，。,.;；!！?？、\s吧呢啊嘛呀的就左上出以之内封都够我你这可])")
_QUOTED = re.compile(
    r"(?:报价|标价|单价|卖|报的?|要价|开价|原价|总价|现价|价格?是?|涨到|降到|便宜到?|"
    r"(?<![至最])少(?!说)|优惠|省|赚|亏|罚|工资|月薪|年薪|一台|每台|一套|每套|一条|"
    r"每年|一年也?就?|一个月|产值|营业额|注册资本|差(?!不多)|折旧|电费|quoted?|list price|costs?|"
    r"price (?:is|was|of)|priced at|charges?|sells? for|"
    r"asking|salary|turnover|revenue|saves?|discount)[^，。,;；]{0,6}$",
    re.IGNORECASE,
)
_ASKED = re.compile(
    r"[^，。,;；]{0,4}(?:一台|每台|一套|一个|太贵|贵|是吧|对吧|per unit|each|apiece|a piece)", re.IGNORECASE
)
_NEGATED = re.compile(r"(?:不是|并非|(?<!有)没有?|哪有|isn't|not|wasn't)[ ]?(?:说|the |a )?$", re.IGNORECASE)
_CORRECTED = re.compile(
    r"不对|不是|说错|改成|加到|提到|放宽到|放到|提高到|调到|改为|应该是|更正|才对|而是|是|no,|sorry"
    r"|actually|make that|i mean|rather",
    re.IGNORECASE,
)
_WISH_LIMITS = frozenset(("max", "about", "over"))
_STOP = re.compile(r"[。！？!?;；]")
_FILLER = re.compile(
    r"嗯+|呃+|啊+|那个?|就|大概|大约|差不多|应该|可能|估计|我们?|这边|吧|呢|啦|了|的|来|吗|是|算|"
    r"暂定|目前|总共|一共|也就|想|"
    r"\b(?:about|around|maybe|probably|roughly|say|i think|we have|it's|just|let's say|um+|uh+|"
    r"i'd say|we|have|of|in total|or so|"
    r"should|be|would|at most|up to|the|a|all in|tops|max|total|between|from)\b|[\s,，。.!！、~…'-]",
    re.IGNORECASE,
)


class Money(NamedTuple):
    """An amount: `{"min", "max", "currency"}` in whole units of the currency, None for an open side."""

    value: Amount
    text: str
    start: int
    end: int


class _Sum(NamedTuple):
    """A number, or two joined, read as money."""

    low: float
    high: float
    start: int
    end: int
    currency: str


def find_money(text: str, *, default_unit_wan: bool = False) -> list[Money]:
    """Every amount of money in `text`, left to right.

    `default_unit_wan`: a small number without a unit (两百出头, 预算五十) is in 万, as in talk of machines.
    Without it such numbers are left aside.
    """
    plain = fold(text)
    return [_money(text, amount) for amount in _sums(plain, find_numbers(text), default_unit_wan)]


def find_budget(text: str, *, default_unit_wan: bool = True) -> Money | None:
    """The budget that `text` states, if any; of a correction (不是八十万,是十八万) the right one.

    A budget is an amount that a budget word governs (预算, 批了, approved), one under a limit in a wish
    (有没有十万以内的), or all that the customer says (五十万左右吧). A price that is quoted is no budget.
    Numbers without a unit count only beside a budget word, in 万 where `default_unit_wan`.
    """
    plain = fold(text)
    numbers = find_numbers(text)
    if not numbers:
        return None
    cues = list(_CUE.finditer(plain))
    strong = _STRONG_CUE.search(plain) is not None
    amounts = _sums(plain, numbers, strong and default_unit_wan, loose=strong)
    chosen = _by_cue(plain, amounts, cues) or _by_wish(plain, text, amounts)
    return _money(text, chosen) if chosen else None


def _sums(plain: str, numbers: list[Number], wan: bool, *, loose: bool = False) -> list[_Sum]:
    """Numbers that are money. `loose`: large plain numbers (budget 500000) count too."""
    found: list[_Sum] = []
    at = 0
    while at < len(numbers):
        amount, used = _sum(plain, numbers, at, wan, loose)
        if amount:
            found.append(amount)
        at += used
    return found


def _sum(plain: str, numbers: list[Number], at: int, wan: bool, loose: bool) -> tuple[_Sum | None, int]:
    first = numbers[at]
    if at + 1 < len(numbers):
        second = numbers[at + 1]
        span = _joint(plain, first, second)
        if span:
            amount = _single(
                plain, *span, first.start, second.end, plain[second.start : second.end], wan, loose
            )
            if amount:
                return amount, 2
    low, high = reach(first, whole=False)
    return _single(plain, low, high, first.start, first.end, plain[first.start : first.end], wan, loose), 1


def _joint(plain: str, first: Number, second: Number) -> tuple[float, float] | None:
    """五十到八十万, 50-80w, 十万二十万 as one range; the unit of the second serves both."""
    unit = _AFTER.match(plain, first.end)
    word = joined(plain, unit.end() if unit and unit.end() <= second.start else first.end, second.start)
    between = plain[max(0, first.start - 8) : first.start].lower().endswith("between ")
    if word is None or word in (",", "、") or (word == "and" and not between):
        return None
    if word == "" and not (first.text[-1] == second.text[-1] in "万亿" and second.low <= 3 * first.high):
        return None
    low = first.low
    if _SCALED.search(plain[second.start : second.end]) and not _SCALED.search(
        plain[first.start : first.end]
    ):
        low *= _scale_of(second)
    return (low, second.high) if low < second.high else None


def _scale_of(number: Number) -> float:
    words = number.text.lower()
    for marks, scale in (("亿", 1e8), ("billion", 1e9), ("million", 1e6), ("mn", 1e6), ("万w", 1e4)):
        if marks in words or (marks == "万w" and any(mark in words for mark in marks)):
            return scale
    return 1e3


def _single(
    plain: str, low: float, high: float, start: int, end: int, last: str, wan: bool, loose: bool
) -> _Sum | None:
    """The amount that begins at a number, None where the number is no money."""
    after, before = _AFTER.match(plain, end), _BEFORE.search(plain[max(0, start - 5) : start])
    currency = (after and after.lastgroup) or (before and before.lastgroup) or "CNY"
    begin = start - len(before.group()) if before else start
    stop = after.end() if after else end
    if low < 0 or high <= 0 or high > 10**13:
        return None
    if after or before:
        return _Sum(low, high, begin, stop, currency)
    if _COUNTED.match(plain, end):
        return None
    if _SCALED.search(last):
        return _Sum(low, high, begin, stop, currency) if high >= 1000 else None
    if wan and 10 <= high < 10000 and "千" not in last and _UNIT_UNSAID.match(plain, end):
        return _Sum(low * 10**4, high * 10**4, begin, stop, currency)
    plain_sum = loose and low >= 1000 and not _is_plain_date(plain, end)
    return _Sum(low, high, begin, stop, currency) if plain_sum else None


def _is_plain_date(plain: str, end: int) -> bool:
    """Whether a number without a unit is a date, a share, a weight or a count."""
    return (
        re.match(
            r"[ ]?(?:[年月日号天周%％折成期轴打岁把支组批部]|[a-z])|[:：]\d|[-/]\d", plain[end : end + 4]
        )
        is not None
    )


def _money(text: str, amount: _Sum) -> Money:
    limits = limits_around(text, amount.start, amount.end)
    low, high = bound(amount.low, amount.high, limits.kinds, widen=True)
    value: Amount = {
        "min": None if low is None else round(low),
        "max": None if high is None else round(high),
        "currency": amount.currency,
    }
    return Money(value, text[limits.start : limits.end], limits.start, limits.end)


def _by_cue(plain: str, amounts: list[_Sum], cues: list[re.Match[str]]) -> _Sum | None:
    """The amount that follows a budget word in its sentence, else one that stands just before it."""
    for cue in cues:
        after = [amount for amount in amounts if amount.start >= cue.end()]
        after = [amount for amount in after if not _STOP.search(plain, cue.end() + 1, amount.start)]
        near = [
            amount
            for amount in after
            if amount.start - cue.end() <= 24 and not _is_quoted(plain, amount, cue.end())
        ]
        chosen = _corrected(plain, near)
        if chosen:
            return chosen
        before = [amount for amount in amounts if 0 <= cue.start() - amount.end <= 8]
        before = [amount for amount in before if not re.search("[，。,;；]", plain[amount.end : cue.start()])]
        if before and not _is_negated(plain, before[-1]):
            return before[-1]
    return None


def _corrected(plain: str, amounts: list[_Sum]) -> _Sum | None:
    """The first amount that is not denied, or the one that puts it right."""
    stated = [amount for amount in amounts if not _is_negated(plain, amount)]
    if not stated:
        return None
    chosen = stated[0]
    for amount in stated[1:]:
        between = plain[chosen.end : amount.start]
        if len(between) <= 12 and _CORRECTED.search(between):
            chosen = amount
    return chosen


def _is_negated(plain: str, amount: _Sum) -> bool:
    return _NEGATED.search(plain[max(0, amount.start - 10) : amount.start]) is not None


def _is_quoted(plain: str, amount: _Sum, since: int = 0) -> bool:
    """Whether the amount is a price somebody quotes, by the words since `since` and just after."""
    before = plain[max(since, amount.start - 20) : amount.start]
    return _QUOTED.search(before) is not None or _ASKED.match(plain, amount.end) is not None


def _by_wish(plain: str, text: str, amounts: list[_Sum]) -> _Sum | None:
    """An amount with a limit that is no quoted price, or one that is the whole utterance."""
    for amount in amounts:
        if _is_negated(plain, amount) or _is_quoted(plain, amount):
            continue
        limits = limits_around(text, amount.start, amount.end)
        rest = plain[: limits.start] + " " + plain[limits.end :]
        alone = len(rest) <= 24 and not _FILLER.sub("", rest)
        if alone or limits.kinds & _WISH_LIMITS:
            return amount
    return None
