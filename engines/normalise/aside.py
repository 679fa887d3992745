"""Counts of goods that are no wish: what is lacking, another's, a part of the whole, the one that a time is told for."""

from __future__ import annotations

import re

_LACKING = re.compile(r"(?:差|欠|(?<![至最减])少)(?:了|个|着)?$|\bshort(?: of| by)? $", re.IGNORECASE)
_PART = re.compile(
    r"(?:里面?|其中|当中)(?:头)?(?:要|还)?有(?:个)?$|\b(?:of which|including|among them) $", re.IGNORECASE
)
_ANOTHERS = re.compile(
    r"(?:都)?(?:是|归|给|算)?(?:隔壁|别的|别家|别人|人家|另外?一?个|其他|兄弟|旁边|楼[上下]|他们|她们|朋友|同行)"
    r"[一-龥]{0,6}(?:的|要的|管|买的|订的)"
    r"|[ ](?:more )?(?:(?:is|are|were) )?(?:for |belong(?:s)? to )(?:the (?:other|next)|another|someone else|our neighbou?r)",
    re.IGNORECASE,
)
_TIME_TAKEN = re.compile(
    r"[一-龥]{0,2}(?:大概|一般|得|需|总共)?(?:要|需要|得|花|用)?(?:几|多少|多长|多久)(?:天|个?小时|时间|个?月|个?星期|周|分钟|工时)?"
)
_DOING = re.compile(r"(?:安?装|焊|做|干|搬|调试?|检|换|修|培训|码|拧|生产|加工|组装)(?:好|完|个)?$")
_IDENTITY = re.compile(
    r"\b(?:are you|you're|you are|aren't you|is (?:it|this|that|he|she)|i'm|as) $", re.IGNORECASE
)


def is_aside(plain: str, start: int, unit_end: int, *, one: bool) -> bool:
    """Whether the count at `start` to `unit_end` of folded text is no wish; `one`: it counts a single thing.

    差一台, 里面有两台, 8台是隔壁车间的, 装一套要几天, are you one of them.
    """
    before = plain[max(0, start - 16) : start]
    if _LACKING.search(before) or _PART.search(before) or _ANOTHERS.match(plain, unit_end):
        return True
    timed = _DOING.search(before) and _TIME_TAKEN.match(plain, unit_end)
    return one and (timed is not None or _IDENTITY.search(before) is not None)
