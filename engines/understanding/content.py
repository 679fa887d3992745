"""Whether words tagged as a free value hold any: 加到 is no wish, 先 no way of paying."""

from __future__ import annotations

import re

from engines.normalise.numbers import find_numbers

_HOLLOW = {
    "title": re.compile(
        r".*(?:[招开停完加复罢施用返误竣打上下放赶做]工|招[人聘])(?:[了的啊呢吧呀])?|.*(?:缺|招|找)[一-龥]{0,3}工"
    ),
    "industry": re.compile(r"[检查测看](?![测验查疫修量具])[一-龥]+"),
    "customization": re.compile(
        r"(?:要是|如果|能|可以|给|把|里|里面|这|那|就|要|想)*(?:[加改换调降减升提做放][到成为上装放]?|一下|个|的|台|套)*"
        r"|[一二两三四五六七八九十0-9]+[台套个][放装用]?|(?:moving|changing|adding|making|one|that)"
    ),
    "payment_term": re.compile(
        r"(?:先|后|全|都|怎么|多少|首|再|就|要|能|可以|款|钱|付|交|打|给|结|签|合同|几|的|what|how|pay|first|later)+"
    ),
}
_SUM = re.compile(r"\s*(?:块钱?|元|rmb|yuan)\s*$")
_TITLES = frozenset("工总")
_POLITE = frozenset({"mr", "mrs", "ms", "miss", "先生", "女士", "小姐"})


def is_hollow(slot: str, said: str) -> bool:
    """Whether tagged words are too little to be a value of the slot: under two characters, or no content."""
    if len(said) < 2 and not (slot == "title" and said in _TITLES):
        return True
    if said.rstrip(".").lower() in _POLITE:
        return True
    if slot == "payment_term" and is_figure(said):
        return True
    hollow = _HOLLOW.get(slot)
    return hollow is not None and hollow.fullmatch(said.lower()) is not None


def is_figure(said: str) -> bool:
    """Whether words are a bare number or a sum, and nothing else: 四百, 400块."""
    rest = _SUM.sub("", said.lower())
    return any(number.start == 0 and number.end == len(rest) for number in find_numbers(rest))
