"""Bare answers to a question just asked: 嗯我们做汽配的吧 is 汽配 where the industry was asked for."""

from __future__ import annotations

import re

SHORT = 24
"""Code points up to which an utterance may be a bare answer."""
WORDED = frozenset(
    {"industry", "application", "customization", "company", "contact_name", "title", "location"}
)
"""Slots that a bare answer in free words may fill."""
ANSWERING = frozenset({"inform", "affirm", "out_of_scope", "chitchat", "ask_case", "request_material"})
"""Intents that a bare answer may look like."""
_FILLED = re.compile(
    r"(?:嗯+|呃+|啊+|哦+|那个|就是|对|是的?|我们?(?:这边)?(?:是|在|做|要|想)*|做|叫"
    r"|\b(?:we(?:'re| are)? (?:in|do|make)|it's|it is|actually|in|for|mainly)\b|[\s,，。.、])*"
    r"(?P<core>.*?)(?:行业|这一?块|方面|吧|呢|啊|呀|的|了|用的|[\s,，。.!！])*",
    re.IGNORECASE,
)
_EMPTY = re.compile(
    r"不|没|不?知道|不清楚|随便|都行|都可以|好|行|可以|对|是|嗯|你猜|什么|怎么.*|为什么.*|干嘛.*"
    r"|yes|no|ok(?:ay)?|sure|not sure|none|nothing|don't know|whatever|any(?:thing)?",
    re.IGNORECASE,
)
_ADDRESSED = re.compile(
    r"[你您把帮请]|给我|忽略|天气|不错|挺好|哈哈|\b(?:you|your|please|ignore|print|tell|give|show)\b",
    re.IGNORECASE,
)
"""Words that turn to the robot: a request or an order, not an answer."""
_OF_THE_TALK = re.compile(
    r"这么|那么|这样|刚才|原来的?|之前|还是|算了|再说|先不|就定|定了|按|改成?(?![装造性良])|凑"
    r"|[换挪推][成到]|推迟|提前|延[后期]|报价|[出发来][一]?[份个]|资料"
    r"|\b(?:that's it|as before|go ahead|never mind|instead|reschedul\w+|postpon\w+"
    r"|(?:make|move|shift|change|push|switch) (?:it|that|this|to|the|our|my))\b",
    re.IGNORECASE,
)
"""Words that go on with the talk rather than fill in a value."""
_ASKS = re.compile(
    r"[?？]|[吗么没不]\W*$|没得|有没有|有无|能不能|可不可以|是不是|行不行|多少|多久|怎么|咋|什么|为啥|谁|哪[个家些款种里有儿]|在哪|几[台天个年]"
    r"|^\s*(?:and|so|but|ok|well)?,?\s*(?:what|how|which|when|where|who|why|do|does|did|can|could|will|would|is|are"
    r"|has|have|any|on the)\b",
    re.IGNORECASE,
)
_FIGURE = re.compile(r"(?<![A-Za-z0-9])[0-9０-９]+(?![A-Za-z0-9])")
"""Digits that are no part of a name such as 3C or M8."""
_LOOKED_AT = re.compile(r"检[测查验]?(?!一下)[^\s,，。;；!！?？我你]{1,10}$")
_EDGES = " \t,，。.;；、:：!！?？\"'“”()（）"


def is_question(text: str) -> bool:
    """Whether an utterance asks something, and so is no bare answer."""
    return _ASKS.search(text) is not None


def answer_core(text: str) -> tuple[int, int] | None:
    """Where the answer stands in a short utterance, fillers left off; None where nothing is answered."""
    found = _FILLED.fullmatch(text) if len(text) <= SHORT else None
    if found is None or _EMPTY.fullmatch(found.group("core")) or is_question(text):
        return None
    if _ADDRESSED.search(text) or _OF_THE_TALK.search(text):
        return None
    start, end = trim(text, *found.span("core"))
    return (start, end) if start < end else None


def has_figure(text: str) -> bool:
    """Whether digits stand on their own, which no name, trade or title holds: 10 am, but not 3C."""
    return _FIGURE.search(text) is not None


def looked_at(text: str, start: int) -> int:
    """Where the words begin that tell what is looked over for the fault at `start`: 检手机中框的 before 划伤."""
    found = _LOOKED_AT.search(text, 0, start)
    return found.start() if found else start


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """The stretch without blanks and marks at its ends."""
    while start < end and text[start] in _EDGES:
        start += 1
    while start < end and text[end - 1] in _EDGES:
        end -= 1
    return start, end
