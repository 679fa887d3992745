"""Closed word lists of the two languages that rules look for; no word of any trade."""

from __future__ import annotations

import re
from typing import NamedTuple


class Around(NamedTuple):
    """A cue that stands right before a word, or right after it."""

    before: re.Pattern[str]
    after: re.Pattern[str]


TOTAL = re.compile(
    r"一共|总共|合计|总价|总的|共计|加起来|加一?[台套]|全部|\btotal\b|altogether|in all|for (?:both|all)",
    re.I,
)
LIST_PRICE = re.compile(r"标价|原价|单价|list price|unit price", re.I)
RANGE_OF_GOODS = re.compile(
    r"哪些|哪几[款种]|型号|什么产品|产品线|都有(?:啥|什么)|卖什么|what .*(?:sell|offer|products)|which products",
    re.I,
)
COMPANION = re.compile(
    r"(?:跟|和|同|与|搭配?|配|加上?|连|with|plus|and|together with)\s*(?:你们的?|一?[台套个])?\s*$", re.I
)
TOGETHER = re.compile(r"一起|一块|同时|搭配|配套|打包|捆绑|together|bundle|combo|alongside", re.I)
MORE = re.compile(
    r"通融|再(?:便宜|低|少|优惠|让)|能不能(?:再|少)|最低|底价|破例|申请|老客户|抹(?:个)?零|lower|better price|best price|special",
    re.I,
)
COMPLAINT = re.compile(r"投诉|律师|起诉|工商局|消协|\b(?:complaint|complain|lawyer|sue you)\b", re.I)
ADDING = re.compile(r"也|再|还|连|加上|一起|\b(?:plus|also|both|together|and)\b", re.I)
COMPARING = re.compile(
    r"比|区别|差别|不同|差多少|哪个|谁|\b(?:compare|versus|vs|difference|better|or)\b", re.I
)
EACH = re.compile(r"各|每[样种款个]|都要|\b(?:each|both|apiece)\b", re.I)
ABOUT_CALLS = re.compile(r"打|电话|骚扰|号码|删|\bcall|\bnumber|\bphone", re.I)
MORE_OF_IT = re.compile(r"(?:再加|再要|再来|多要|加多|另加|追加|再添|add|another|more)\s*$", re.I)
TAKEN_OUT = Around(
    re.compile(r"(?:去掉|取消|删掉?|不要|先不[要买]|drop|remove|cancel|without|skip|forget)\s*(?:the\s*)?(?:那[台个款套]?)?$", re.I),
    re.compile(r"^\s*(?:那[台个款套]?)?\s*(?:就?先?(?:不要|不买|不上|算)了?|取消|去掉|off the list)(?!的话)", re.I),
)
OTHER_ONE = re.compile(r"另外?[外一]*[款个种台套]|(?:the )?other (?:one|model|machine)", re.I)
CHEAPER_ONE = re.compile(r"便宜(?:点|些)?的?那?[款个种台套]|(?:the )?cheap(?:er|est) (?:one|model)", re.I)
DEARER_ONE = re.compile(r"贵(?:点|些)?的?那?[款个种台套]|(?:the )?(?:more|most) expensive (?:one|model)", re.I)
FIRST_ONE = re.compile(r"前者|第一[款个种台]|(?:最先|一开始|最开始)[^,，。]{0,4}那?[款个]|前面那[款个]|\bthe (?:first|former)(?: one| model)?\b", re.I)
LAST_ONE = re.compile(r"后者|(?:后面|后头|最后)(?:那|说的)?[款个]|\bthe (?:latter|second|last)(?: one| model)?\b", re.I)
THAT_ONE = re.compile(r"就(?:它|这个|这款|那个|那款|这台|要它|定它)|(?:这|那)(?:款|个|台)(?!月|礼拜|星期|季|事|价)|它|\b(?:that|this) (?:one|model)\b|\bit\b", re.I)
GO_BACK = re.compile(
    r"(?:还是|就|改?回)?\s*(?:按|照|用|改回|回到|恢复)\s*(?:着|成|到)?\s*(?:你?我?们?)?\s*(?:刚才|原来|之前|先前|前面|最早|最初|一开始|原先)"
    r"|(?:as|what) (?:i|we) (?:said|had) (?:before|earlier|first|originally)|go back to|(?:the|my) (?:original|previous|earlier|first) (?:number|quantity|amount|budget|plan|figure)",
    re.I,
)
SLOT_WORDS: dict[str, re.Pattern[str]] = {
    "quantity": re.compile(r"数量|台数|套数|那个数|\b(?:quantity|number|units)\b", re.I),
    "budget": re.compile(r"预算|\bbudget\b", re.I),
    "timeline": re.compile(r"工期|交期|上线|投产|\b(?:schedule|timeline)\b", re.I),
    "demo_time": re.compile(r"演示|约的|见面|\b(?:demo|appointment|visit)\b", re.I),
    "location": re.compile(r"地址|地点|城市|\b(?:address|place|city)\b", re.I),
    "phone": re.compile(r"电话|号码|手机|\b(?:phone|number to call)\b", re.I),
    "email": re.compile(r"邮箱|邮件|\be-?mail\b", re.I),
}
"""Words that name a slot which is gone back on."""
QUESTION = re.compile(
    r"[??吗么呢]|几|多少|哪|什么|啥|怎么|多[久长大快远]|能不能|可不可以|是不是|有没有|行不|好不"
    r"|\b(?:how|what|which|when|where|who|can|could|do|does|is|are|any)\b",
    re.I,
)


def spoken(pattern: re.Pattern[str], text: str) -> bool:
    """Whether the cue is in the text."""
    return pattern.search(text) is not None
