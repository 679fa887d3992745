"""Reads ways to reach someone: telephone numbers, e-mail and web addresses, streets, chat names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from engines.normalise.numbers import spoken_digits

_PHONE = re.compile(
    r"(?<![\d.])(?:\+?\d{1,3}[ -])?(?:1[3-9]\d[ -]?\d{4}[ -]?\d{4}|[48]00[ -]?\d{3,4}[ -]?\d{3,4}|"
    r"\(?0\d{2,3}\)?[ -]?\d{7,8}"
    r"|\+\d[\d -]{7,}\d|\d{3,4}[ -]\d{3,4}[ -]\d{4}|\d{7,8}(?=转))(?!\d)"
)
_CUED = re.compile(
    r"(?:电话|手机|热线|号码|拨打?|分机|总机|call|dial|phone|tel(?:ephone)?|hotline|"
    r"reach \w+(?: \w+)* (?:at|on)|number(?: is)?)[^\d]{0,12}(\+?\d[\d -]{3,}\d)",
    re.IGNORECASE,
)
_MAIL = re.compile(r"[\w.+-]+\s?@\s?[\w-]+(?:\.[\w-]+)+|[\w.]+ at \w+ dot \w+", re.IGNORECASE | re.ASCII)
_WEB = re.compile(
    r"\b(?:https?://|www\.)[\w./-]+|\b[\w-]+\.(?:com|cn|net|org|io)\b(?:/[\w./-]*)?", re.IGNORECASE
)
_CHAT = re.compile(
    r"(?:微信|wechat|qq|whatsapp|公众号)(?:号|id|账号|群)?\s*(?:是|为|:|叫|搜|"
    r"is)*\s*([A-Za-z][\w-]{4,}|\d{6,})",
    re.IGNORECASE,
)
_STREET = re.compile(
    r"[\u4e00-\u9fff\d]{1,8}(?:路|街|大道|巷|弄|"
    r"胡同)\s?[\d一二三四五六七八九十百零]+\s?号(?:\S{0,4}?(?:幢|栋|座|楼|室))?"
    r"|[\u4e00-\u9fff\d]{2,8}(?:大厦|广场|写字楼|产业园|科技园|"
    r"工业园)\s?[\dA-Za-z一二三四五六七八九十]+(?:幢|栋|座|楼|层|室|号)"
    r"|[\d一二三四五六七八九十]+(?:幢|栋|座)[\d一二三四五六七八九十]*(?:楼|室|层)?"
    r"|\b(?:no\.?\s?)?\d+[ ,]+(?:[A-Z]\w+ )+(?:Road|Rd|Street|St|Avenue|Ave|Lane|Boulevard|Building)\b|"
    r"\bBuilding \w?\d+"
)


@dataclass(frozen=True, slots=True)
class Contact:
    """A way to reach someone, as said; `key` is its comparable form."""

    kind: Literal["phone", "mail", "web", "chat", "street"]
    key: str
    text: str
    start: int
    end: int


def read_contacts(text: str) -> list[Contact]:
    """Contact details of a cleaned text. Digits may be spoken (幺三八…)."""
    found = [
        Contact("mail", re.sub(r"\s", "", m.group()).lower(), m.group(), *m.span())
        for m in _MAIL.finditer(text)
    ]
    found += [
        Contact("web", m.group().lower().strip("./"), m.group(), *m.span())
        for m in _WEB.finditer(text)
        if not any(mail.start <= m.start() < mail.end for mail in found)
    ]
    found += [Contact("chat", m.group(1).lower(), m.group(), *m.span()) for m in _CHAT.finditer(text)]
    found += [
        Contact("street", re.sub(r"[\s,.]", "", m.group()), m.group(), *m.span())
        for m in _STREET.finditer(text)
    ]
    for pattern, group in ((_PHONE, 0), (_CUED, 1)):
        for match in pattern.finditer(text):
            digits = re.sub(r"\D", "", match.group(group))
            if len(digits) >= 5:
                found.append(Contact("phone", digits, match.group(group), *match.span(group)))
    if not any(contact.kind == "phone" for contact in found):
        found += _spoken(text)
    return found


def _spoken(text: str) -> list[Contact]:
    """Telephone numbers read out digit by digit; the whole text stands for their place."""
    written = spoken_digits(text)
    if written == text:
        return []
    return [
        Contact("phone", re.sub(r"\D", "", match.group()), match.group(), 0, 0)
        for match in _PHONE.finditer(written)
    ]
