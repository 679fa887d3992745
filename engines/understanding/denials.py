"""What a line throws out: 不是二十台, 视觉先不要了, R20换成C5, leave the welding cell out."""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.types import Mention
from engines.understanding.text import fold

THROWN_OUT = re.compile(
    r"(?:(?<!是)不是|勿是|弗是|唔系|唔是|不四|并非|(?<!要)不要|勿要|(?<!用)不用|没要|没说|哪有|别再?要"
    r"|改掉|去掉|取消|(?<!在)不在|拿掉"
    r"|not|isn't|wasn't|never said|don't want|instead of|rather than|no longer"
    r"|(?<!not )(?<!n't )(?<!never )\b(?:drop|forget(?: about)?|scrap|skip|ditch|cancel|without))"
    r"\s*(?:(?:我们|[我说要在买订问姓是]|the|an?|to|in|that|those)\s*){0,3}$",
    re.IGNORECASE,
)
"""Words before what is thrown out."""
_LATER = r"(?:我们?|就|先|今年|真的?|暂时|这次|目前|实在|根本|其实|还是|那)*"
_STOPS = r"(?=了|吧|啦|哈|$|[\s,，。.!！;；])"
_LET_GO = re.compile(
    rf"(?:那?[块个边套些]|的)*{_LATER}(?:不(?:要|用|买|上|考虑|需要|装|订|拿)|用不(?:掉|上|着|了|完|到)|去掉|拿掉|取消|划掉"
    rf"|免了|别(?:推|提|算|加|报)|减掉|撤掉){_STOPS}"
)
_DROPPED = re.compile(rf"(?:那?[块个边套些]|的)*{_LATER}算了{_STOPS}")
_OUT = re.compile(r"\s*(?:out|off|aside|alone)\b")
_LEFT = re.compile(r"\b(?:leave|take|keep|drop|cross)\s+(?:out\s+)?(?:the|that|those|your)?\s*$")
_REPLACED = re.compile(r"\s*(?:换成|改成|改为|换为|改到|changed to)\s*")


def is_thrown_out(text: str, mention: Mention, all_of: Sequence[Mention]) -> bool:
    """Whether the words around a mention refuse its value, or another of `all_of` takes its place."""
    low = fold(text)
    if THROWN_OUT.search(low, 0, mention.start):
        return True
    if mention.slot in ("product", "quantity") and _is_let_go(low, mention):
        return True
    replaced = _REPLACED.match(low, mention.end)
    return replaced is not None and any(
        other.slot == mention.slot and other.start == replaced.end() for other in all_of
    )


def _is_let_go(low: str, mention: Mention) -> bool:
    """五台用不掉, AGV就算了; 两台算了 takes the two."""
    if _LET_GO.match(low, mention.end):
        return True
    if mention.slot != "product":
        return False
    out = _OUT.match(low, mention.end) and _LEFT.search(low, 0, mention.start)
    return bool(out) or _DROPPED.match(low, mention.end) is not None
