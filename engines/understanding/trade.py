"""The customer's trade, told by what they make: 我们做月饼的, we make window frames, a shop that makes signs."""

from __future__ import annotations

import re

from engines.understanding.text import HAN

_US = r"(?:我们?|俺们?|咱们?|阿拉|我哋|本公司|我司|[一-龥]{0,2}厂里?|家里|单位)"
_HERE = r"(?:这边|介边|这里|这块|厂里?|公司|家里?|主要|专门|一直|就|都|现在)*"
_MADE_ZH = (
    re.compile(
        rf"(?:^|[\s,，。;；]){_US}{_HERE}(?:是|四|系|似)?(?:专门|主要|一直|专业)?(?:做|搞|生产|造|整)"
        r"(?P<what>[一-龥A-Za-z0-9]{2,8}?)(?:的|个|嘅)(?:小?(?:工?厂|公司|企业|作坊))?(?=$|[\s,，。!！;；]|吧|啊|呀|哈)"
    ),
    re.compile(
        r"(?:^|[\s,，。;；])(?:是|四)?(?:专门|主要)?(?:做|生产)(?P<what>[一-龥A-Za-z0-9]{2,8}?)的(?:小?(?:工?厂|公司|企业|作坊))"
    ),
)
_NO_TRADE = re.compile(
    r"采购|销售|设备|技术|行政|财务|管理|生产|决定|主意?|人事|后勤|质量|工艺|自动化|什么|啥|哪|项目|生意|老板|贸易|你们|他们"
    r"|外贸|代理|这|那|不|比较|过|完|好|得|方案|预算|测试|计划|调研|机器人|定|准备|工作|事情|统计"
)
_THING = r"(?P<what>(?:[a-z][a-z-]+ ){0,3}?[a-z][a-z-]+)"
_END = (
    r"(?=$|[,.;!?]| (?:in|at|near|here|around|with|from|so|and (?:we|i|need|want|are|our)|by hand|for (?:a living|the|about)"
    r"|mostly|mainly|out of|on|over|but|since)\b)"
)
_MADE_EN = (
    re.compile(
        r"\b(?:we|i)(?:'re| are|'m| am| mainly| mostly| only| just| also)*"
        rf" (?:make|making|manufacture|manufacturing|produce|producing|build|building) {_THING}{_END}"
    ),
    re.compile(
        r"\b(?:shop|factory|plant|company|business|workshop|firm|outfit|mill|place|operation)\b[^,.;?]{0,40}?"
        r" (?:that|which|who)(?:'s| is| mainly| mostly)?"
        rf" (?:make|makes|making|manufactures|produces|producing|builds|building) {_THING}{_END}"
    ),
)
_NO_THING = re.compile(
    r"(?:it|this|that|the|them|a|an|sure|sense|decisions?|calls?|your|our|my|up|do|money|about|around|over|more|less|some"
    r"|all|any|everything|things|stuff|progress|everyone|people|no|one|two|three|four|five|six|seven|eight|nine|ten"
    r"|every|each|half|most|on|out|use|plans?|changes?|good|to|for|in|at|these|those|what|enough|payments?|trust)\b"
)


def find_trade(text: str) -> tuple[int, int] | None:
    """Where the thing made stands in `text`, None where nobody tells what they make."""
    patterns, none = (_MADE_ZH, _NO_TRADE.search) if HAN.search(text) else (_MADE_EN, _NO_THING.match)
    low = text.lower().replace("’", "'")
    for pattern in patterns:
        for found in pattern.finditer(low):
            if not none(found["what"]):
                return found.span("what")
    return None
