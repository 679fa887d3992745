"""What other makers are to the customer: one compared with, one in use, or only the name of a system to connect."""

from __future__ import annotations

import re

from engines.understanding.text import fold

_OFFERS = re.compile(
    r"(?:那边|那家|他们?|家|才|也|就|只|现在|最近|刚)*(?:的?(?:价格?|报价)|报|给(?:我们?|出)?的?|卖|开价|要价|便宜|的?方案|降价|才要|只要)"
    r"|(?:'s)? (?:do|does|did|can do|could do|will do|sells?|sold|offers?|offered|quoted?|quotes|gave|gives|wants?"
    r"|charges?|asks?|asked|is asking|came in|come in|is cheaper|are cheaper|price|prices|quote|offer)\b"
)
_OFFERED = re.compile(
    r"(?:方案|报价|便宜|比价|比较)[^,，。;；]{0,8}[一另][家个]是$"
    r"|\b(?:quote|offer|price|bid|proposal)s? (?:i have |we have )?(?:from|by|at)(?: the)? $"
)
_USED = re.compile(
    r"用|一直|合作|供应|老?供货|买的|装的|长期|\b(?:us(?:e|es|ed|ing)|current\w*|existing|supplier|runs?|running|came from"
    r"|bought|installed|supplies|supplied)\b"
)
_CONNECTED = re.compile(
    r"(?:接|对接|连接?|兼容|接入|打通|集成)[^,，。;；]{0,6}$"
    r"|\b(?:integrat|connect|interfac|hook|link|tie|talk|plug)\w*\b[^,.;?]{0,24}\b(?:with|to|into)\b[^,.;?]{0,16}$"
)
_REACH = 16


def only_offers(text: str, start: int, end: int) -> bool:
    """Whether the maker at `start` to `end` only makes an offer: ABB给的价, kuka does it for seventy."""
    low = fold(text).replace("’", "'")
    around = low[max(0, start - _REACH) : start] + " " + low[end : end + 4]
    if _USED.search(around):
        return False
    return _OFFERS.match(low, end) is not None or _OFFERED.search(low, 0, start) is not None


def is_connected(text: str, start: int) -> bool:
    """Whether what begins at `start` is a system of the customer's to connect to: 接我们的SAP."""
    return _CONNECTED.search(fold(text), 0, start) is not None
