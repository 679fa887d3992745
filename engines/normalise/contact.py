"""Phone numbers and e-mail addresses, written or said, and the mask that logs use."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from engines.normalise.digits import DIGIT_NAMES, DigitRun, digit_runs, spoken_digit, with_digits
from engines.normalise.plain import fold
from engines.normalise.private import without_private

_MOBILE = re.compile(r"(?<![0-9])(?:0{0,2}86)?(1[3-9][0-9]{9})(?![0-9])")
_MOBILE_INSIDE = re.compile(r"1[3-9][0-9]{9}")
_LANDLINE = re.compile(r"(?:0{0,2}86)?(0?(?:10|2[0-9]|[3-9][0-9]{2})[2-8][0-9]{6,7})")
_SERVICE = re.compile(r"(?:400|800)[0-9]{7}")
_CUE = re.compile(
    r"电话|手机|号码|号是|座机|联系方式|打我|打给|回电|微信|致电|拨|分机|phone|mobile|cell|number|"
    r"call|reach|tel|whatsapp|contact",
    re.IGNORECASE,
)

_MAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}(?<![-.])"
)
_AT = r"(?:[ ]?@[ ]?|[ ](?:at)[ ]|[ ]?(?:艾特|爱特|圈[aAａ]|at)[ ]?)"
_DOT = r"(?:[ ]?\.[ ]?|[ ]dot[ ]|[ ]?点[ ]?)"
_LINK = (
    r"(?:[ ]?[_-][ ]?|[ ]\.[ ]|[ ]?\.(?![ ])|[ ](?:dot|dash|hyphen|underscore|minus)[ ]"
    r"|[ ]?(?:点|杠|横杠|减号|中横线|下划线)[ ]?)"
)
"""What joins the parts of an address; a full stop with a blank behind it alone ends a sentence."""
_ATOM = r"[A-Za-z0-9]{1,40}"
_LOCAL = rf"(?:(?:(?<![A-Za-z0-9])[A-Za-z0-9][ ]){{2,20}}{_ATOM}|{_ATOM})(?:{_LINK}{_ATOM}){{0,4}}"
_TLD = r"(?:com|cn|net|org|io|co|edu|gov|de|uk|jp|eu|biz|info|tech|hk|tw|us)"
_SPOKEN_MAIL = re.compile(
    rf"(?<![A-Za-z0-9]){_LOCAL}{_AT}(?:{_ATOM}|(?:[A-Za-z0-9][ ]){{1,8}}[A-Za-z0-9])"
    rf"(?:{_LINK}{_ATOM}){{0,3}}?{_DOT}{_TLD}(?:{_DOT}{_TLD})?(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_WRITTEN_FORM = (
    (re.compile(r"[ ]?(?:艾特|爱特|圈[aA])[ ]?|[ ]at[ ]|(?<=[a-z0-9])at(?=[ ]?[0-9])", re.IGNORECASE), "@"),
    (re.compile(r"[ ]?点[ ]?|[ ]dot[ ]", re.IGNORECASE), "."),
    (re.compile(r"[ ]?(?:横杠|中横线|减号|杠)[ ]?|[ ](?:dash|hyphen|minus)[ ]", re.IGNORECASE), "-"),
    (re.compile(r"[ ]?下划线[ ]?|[ ]underscore[ ]", re.IGNORECASE), "_"),
    (re.compile(r"[ ]+"), ""),
)
_LONE_DIGIT = re.compile(rf"(?<=[._-])(?:{'|'.join(DIGIT_NAMES)})(?=[@._-])")
_VALID = re.compile(r"[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+")


class Contact(NamedTuple):
    """A phone (digits) or an e-mail (lower case) and the words said."""

    value: str
    text: str
    start: int
    end: int


def find_phones(text: str) -> list[Contact]:
    """Chinese mobiles, landlines, 400 numbers and foreign numbers with a plus, as digits.

    The Chinese country code is dropped; 8 to 15 other digits count only beside a word such as 电话 or number.
    """
    taken = [(mail.start, mail.end) for mail in find_emails(text)]
    found: list[Contact] = []
    for run in digit_runs(text):
        if any(run.start < end and start < run.end for start, end in taken):
            continue
        phone = _phone(text, run)
        if phone:
            found.append(phone)
    return found


def find_emails(text: str) -> list[Contact]:
    """E-mail addresses as written, and as said: li wei at example dot com, 艾特, 点, 幺六三."""
    found = [
        _contact(text, mail.group().lower(), mail.start(), mail.end()) for mail in _MAIL.finditer(fold(text))
    ]
    plain, places = with_digits(text)
    for said in _SPOKEN_MAIL.finditer(plain):
        value = said.group().lower()
        for pattern, sign in _WRITTEN_FORM:
            value = pattern.sub(sign, value)
        value = _LONE_DIGIT.sub(lambda found: spoken_digit(found.group()), value)
        if _VALID.fullmatch(value):
            found.append(_contact(text, value, places[said.start()][0], places[said.end() - 1][1]))
    return _longest_apart(found)


def _longest_apart(found: list[Contact]) -> list[Contact]:
    """The contacts left to right, of overlapping ones the longest."""
    kept: list[Contact] = []
    for contact in sorted(found, key=lambda contact: contact.start - contact.end):
        if all(contact.end <= other.start or other.end <= contact.start for other in kept):
            kept.append(contact)
    return sorted(kept, key=lambda contact: contact.start)


def mask(text: str, names: Iterable[str] = ()) -> str:
    """`text` for a log: of a phone three and four digits stay, of an e-mail the first letter and the host.

    Of private numbers and of `names` nothing stays.
    """
    text = without_private(text)
    marks = [(mail.start, mail.end, _mask_mail(mail.value)) for mail in find_emails(text)]
    marks += [(phone.start, phone.end, _mask_phone(phone.value)) for phone in find_phones(text)]
    for start, end, masked in sorted(marks, reverse=True):
        text = text[:start] + masked + text[end:]
    for name in sorted(names, key=len, reverse=True):
        text = _named(name).sub("***", text)
    return text


def _named(name: str) -> re.Pattern[str]:
    """A name as it stands in a text; one of Latin letters is a word of its own."""
    plain = re.escape(name.strip())
    return re.compile(rf"\b{plain}\b", re.IGNORECASE) if name.isascii() else re.compile(plain)


def _phone(text: str, run: DigitRun) -> Contact | None:
    digits = run.digits
    plus = text[max(0, run.start - 2) : run.start].rstrip().endswith(("+", "＋"))
    mobile = _MOBILE.fullmatch(digits)
    if mobile is None and 11 < len(digits) <= 18 and not plus:
        mobile = _apart(run)
    if mobile:
        group = mobile.lastindex or 0
        first, last = mobile.start(group), mobile.end(group) - 1
        return _contact(text, mobile.group(group), run.spans[first][0], run.spans[last][1])
    landline = _LANDLINE.fullmatch(digits)
    cue = _CUE.search(text[max(0, run.start - 16) : run.start]) is not None
    if landline and (plus or cue or landline.group(1).startswith("0")):
        area = landline.group(1)
        return _contact(text, area if area.startswith("0") else f"0{area}", run.start, run.end)
    if _SERVICE.fullmatch(digits) or ((plus or cue) and 7 <= len(digits) <= 15):
        return _contact(text, digits, run.start, run.end)
    return None


def _apart(run: DigitRun) -> re.Match[str] | None:
    """A mobile inside a longer run, if blanks or commas set it off: 10,13800001234 but no order number."""
    mobile = _MOBILE_INSIDE.search(run.digits)
    if mobile is None:
        return None
    first, last = mobile.start(), mobile.end()
    led = first == 0 or run.spans[first - 1][1] < run.spans[first][0]
    ended = last == len(run.digits) or run.spans[last - 1][1] < run.spans[last][0]
    return mobile if led and ended else None


def _contact(text: str, value: str, start: int, end: int) -> Contact:
    return Contact(value, text[start:end], start, end)


def _mask_phone(digits: str) -> str:
    return f"{digits[:3]}{'*' * max(len(digits) - 7, 3)}{digits[-4:]}"


def _mask_mail(mail: str) -> str:
    local, _, host = mail.partition("@")
    return f"{local[:1]}***@{host}"
