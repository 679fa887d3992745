"""A name said beside a number or an address, with no word that leads it: 13602588471, Marcus Hale; 周琦 after an email."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from engines.understanding.people import SURNAMES

_CLAUSE = re.compile(r"[^,，;；。!！?？、\n]+|[.]")
_HAN_NAME = re.compile(rf"[{''.join(sorted(SURNAMES))}][一-龥]{{1,2}}")
_NOT_NAMES = re.compile(
    r"[一-龥]+[总工姐哥嫂叔啊呀哦呢吧嘛哈]|[一-龥]*[的了吗呢吧是在有要发给打加看就都也不没好行谢单价号址箱件机台套个点钱话]|方便|马上|高兴|金额|程序|任何"
    r"|方案|马达|万一|时间|周末|周[一二三四五六日天]|全部|于是|成本|江苏|温州|常州|常熟|徐州|金华|何时|方式|谢谢|任务"
)
_LATIN_NAME = re.compile(r"[A-Z][a-zA-Z'’-]+(?: (?:[A-Z]\.?|[A-Z][a-zA-Z'’-]+)){0,2}")
_NOT_LATIN = re.compile(
    r"(?:yes|no|ok|okay|sure|thanks?|thank you|hi|hello|hey|please|and|my|call|phone|mobile|tel|cell|email|number|sorry"
    r"|right|great|good|fine|perfect|here|whatsapp|wechat|best|cheers|regards|mr|mrs|ms)\b",
    re.IGNORECASE,
)
_SPOKEN = re.compile(
    r"\b(?:it'?s|this is|i'?m|i am|name'?s|for|to)\s+(?P<name>(?!and\b)[a-z]{2,}(?: (?!and\b)(?:o|[a-z]{2,})){0,2})"
    r"(?:,? (?:and )?(?:(?:my|the) )?(?:number|phone|mobile|cell)(?:'?s| is)?)?[ ,]+$",
    re.IGNORECASE,
)
_NO_NAME = re.compile(
    r"\b(?:on|at|my|the|number|phone|mobile|cell|a|is|are|not|me|us|you|it|that|this|no|yes|calling|here|same|still|just"
    r"|actually|email|mail|reach|call|try|use|going|sorry|happy|from|with|want|need|sure|about|send)\b",
    re.IGNORECASE,
)


class _Stretch(Protocol):
    @property
    def start(self) -> int: ...

    @property
    def end(self) -> int: ...


def find_signature(
    text: str, contacts: Sequence[_Stretch], others: Sequence[_Stretch] = ()
) -> tuple[int, int] | None:
    """Where the name stands, None where there is none; `contacts` are the numbers and addresses in `text`.

    A clause that is nothing but a name, or `it's dave o connor` straight before a number. `others` are stretches that
    are something else: places, products, companies.
    """
    if not contacts:
        return None
    name = _spoken(text, contacts) or _alone(text, contacts)
    if name is None or any(other.start < name[1] and name[0] < other.end for other in others):
        return None
    return name


def _alone(text: str, contacts: Sequence[_Stretch]) -> tuple[int, int] | None:
    """A clause beside a contact, or the rest of the contact's own, that is a name."""
    bare = list(text)
    for contact in contacts:
        bare[contact.start : contact.end] = "\n" * (contact.end - contact.start)
    for clause in _CLAUSE.finditer("".join(bare)):
        said = clause.group()
        start = clause.start() + len(said) - len(said.lstrip())
        words = said.strip(" \t.")
        if _is_name(words):
            return start, start + len(words)
    return None


def _is_name(words: str) -> bool:
    if _HAN_NAME.fullmatch(words):
        return _NOT_NAMES.fullmatch(words) is None
    return _LATIN_NAME.fullmatch(words) is not None and _NOT_LATIN.match(words) is None


def _spoken(text: str, contacts: Sequence[_Stretch]) -> tuple[int, int] | None:
    """The name that `it's` and the like lead, straight before a number."""
    for contact in contacts:
        found = _SPOKEN.search(text, 0, contact.start)
        if found and not _NO_NAME.search(found["name"]):
            return found.span("name")
    return None
