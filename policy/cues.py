"""Closed word lists of the two languages that rules look for; no word of any trade."""

from __future__ import annotations

import re

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
QUESTION = re.compile(
    r"[??吗么呢]|几|多少|哪|什么|啥|怎么|多[久长大快远]|能不能|可不可以|是不是|有没有|行不|好不"
    r"|\b(?:how|what|which|when|where|who|can|could|do|does|is|are|any)\b",
    re.I,
)


def spoken(pattern: re.Pattern[str], text: str) -> bool:
    """Whether the cue is in the text."""
    return pattern.search(text) is not None
