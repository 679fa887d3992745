"""Classes that free wording falls into: the customer's part in the decision, and how they want to pay."""

from __future__ import annotations

import re
from typing import NamedTuple

from engines.understanding.text import fold


class Class(NamedTuple):
    """A class and where the words for it stand."""

    value: str
    start: int
    end: int


def _any(*wordings: str) -> re.Pattern[str]:
    return re.compile("|".join(wordings))


_CHIEF = (
    r"(?:老板娘?|领导|老总|总经理|经理|厂长|董事会?|总部|总公司|上面|上头|上级|采购部?|集团|财务|校长|店长|院长"
    r"|所长|主任|股东|合伙人|家里|我爸|老公|老婆|总监|厂里|公司(?!规定)|部门|委员会|设备科|他们|人家|[一-龥]总)"
)
_CHIEF_EN = (
    r"(?:boss|board|director|owner|manager|ceo|cfo|head office|headquarters|committee|procurement|purchasing"
    r"|partner|management)"
)
_THIS = r"(?:这|采购|设备)?[一-龥]{0,2}"
_NONE = _any(
    rf"不(?:是我)?负责{_THIS}",
    r"不(?:归|由|属于?)我[一-龥]{0,3}",
    r"没(?:有)?(?:这个|啥|什么)?权(?!威)[一-龥]{0,2}|无权[一-龥]{0,2}",
    rf"我不管{_THIS}|(?:我|可)管不[了着到]{_THIS}|不是管{_THIS}|不碰这[一-龥]{{0,3}}",
    r"(?:早就|已经|我)(?:离职|退休|辞职|调走|不干|跳槽)了?",
    r"(?:早就|已经|都)不在(?:那|这)?[一-龥]{0,4}了",
    r"(?:跟|和)我没(?:啥|什么)?关系|做不了主",
    r"i(?:'m| am) not (?:in charge|responsible)[a-z ]{0,20}",
    r"not my (?:job|area|department|decision|call|responsibility)",
    r"no (?:authority|say)[a-z ]{0,10}",
    r"i (?:don't|do not) (?:handle|deal with|look after)[a-z ]{0,20}",
    r"i(?:'ve)? (?:left|quit)(?! a)[a-z ]{0,20}|no longer (?:at|with|work)[a-z ]{0,12}|i(?:'m| am) retired",
)
_INFLUENCER = _any(
    r"不是我(?:一个人)?(?:能)?(?:定|说了算|做主|决定|拍板)的?",
    r"我(?:一个人)?(?:定不了|说了不算|拍不了板)",
    rf"(?:要|得|还得|需要?|由|听|等|让)?(?:我们|咱)?{_CHIEF}[一-龥]{{0,5}}"
    r"(?:定|批|拍板|说了算|决定|同意|点头|签字|审批?|做主|过目|过会)",
    rf"(?:要|得|还得|需要?|去)(?:跟|和|向|找|问问?|请示|报|给)(?:我们|咱)?{_CHIEF}[一-龥]{{0,4}}"
    r"(?:商量|汇报|请示|报批|同意|看看|看过|问问)?",
    rf"(?:请示|汇报给?)(?:一下)?(?:我们|咱)?{_CHIEF}|上会[一-龥]{{0,3}}|开会(?:定|决定|讨论)",
    r"我(?:只|仅)?(?:负责|是|能)?(?:选型|推荐|提建议|建议|提出)",
    rf"(?:my|our|the) {_CHIEF_EN}[a-z' ]{{0,25}}(?:decid\w*|approv\w*|sign\w*|call|say|agree\w*|decision|final say)",
    rf"(?:up to|ask|check with|run it by|approval from|convince|report to) (?:my|our|the) {_CHIEF_EN}",
    r"not (?:just )?(?:my|up to me)[a-z ]{0,12}|i (?:only |just |can only )(?:recommend|advise|suggest)",
    r"needs? (?:board |management )?approval",
)
_DECIDES = _any(
    r"我(?:自己|一个人|这边|这里|来)?(?:就)?(?:能|可以)?(?:说了算|拍板|做主|决定|定|作主)的?(?![一-龥]?做|制)",
    r"我(?:就)?是(?:公司)?(?:老板|法人|负责人|老总|总经理|厂长)",
    r"(?:归|由)我(?:定|管|负责|拍板)|我(?:就)?负责采购|说了算",
    r"i(?:'m| am) the (?:owner|boss|one who decides|decision[- ]maker|director|ceo)",
    r"i (?:make|take) the (?:final )?(?:decision|call)s?|i (?:can )?decide[a-z ]{0,14}|i sign[a-z ]{0,8}off",
    r"it(?:'s| is) my (?:call|decision|company|business)|i have the final say|my decision",
    r"i run the (?:company|factory|shop|place|business)",
)
_USER = _any(
    r"我(?:们)?(?:就|只)?是(?:个)?(?:操作|使用|一线|用的|干活|用机器|开机器)[一-龥]{0,3}",
    r"(?:平时|天天|每天)(?:都)?(?:是)?我(?:们)?(?:在)?(?:用|操作)|操作工",
    r"i(?:'m| am) (?:just |only )?(?:the |an? )?(?:user|operator|end user)",
    r"i(?:'ll| will)? (?:just |only )?(?:use|operate) it|i(?:'ll| will) be (?:using|operating) it",
)
_ROLES = (("none", _NONE), ("influencer", _INFLUENCER), ("decision_maker", _DECIDES), ("user", _USER))

_TERMS = (
    (
        "full",
        _any(
            r"全款|一次性?(?:付[清完]?|结清|打款)|付清|全付",
            r"in full(?! swing)|full payment|lump sum|all at once|outright",
        ),
    ),
    (
        "instalments",
        _any(
            r"分期(?!不分期|后面|的事)|按期付|分[一-龥\d]{1,3}[期次](?!来|做|送)|分批付",
            r"\d+\s*期付|instal+ments?|in stages|staged",
        ),
    ),
    (
        "monthly",
        _any(r"月付|按月(?:付|结|交)?|月结", r"pay(?:ing|ment)?s? monthly|monthly pay\w*|pay by the month"),
    ),
    (
        "yearly",
        _any(
            r"年付|按年(?:付|结|交)|年结", r"pay(?:ing|ment)?s? (?:yearly|annually)|(?:yearly|annual) pay\w*"
        ),
    ),
)


def find_role(text: str) -> Class | None:
    """`decision_maker`, `influencer`, `user` or `none`, by the first class whose words are in `text`."""
    return _first(_ROLES, text)


def find_term(text: str) -> Class | None:
    """`full`, `instalments`, `monthly` or `yearly`, where the words for one are in `text`."""
    return _first(_TERMS, text)


def names_chief(text: str) -> bool:
    """Whether somebody above the speaker is named: 老板, 院长, the board."""
    return re.search(f"{_CHIEF}|{_CHIEF_EN}", fold(text)) is not None


def _first(classes: tuple[tuple[str, re.Pattern[str]], ...], text: str) -> Class | None:
    low = fold(text).replace("’", "'")
    for value, pattern in classes:
        if found := pattern.search(low):
            return Class(value, found.start(), found.end())
    return None
