"""Private numbers that a seller neither needs nor keeps: identity papers, bank cards, passwords, codes.

An identity number is known by its check digit (GB 11643: ISO 7064, MOD 11-2) and its date, a bank card by
its check digit (ISO/IEC 7812, Luhn) and its first digits; a word such as 身份证 or card number beside a
number that fails the check (misheard, mistyped) tells as much. Order and serial numbers are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from core.types import Lang
from engines.normalise.digits import DigitRun, digit_runs, with_digits

MARKS: dict[str, dict[Lang, str]] = {
    "id_card": {"zh": "[证件号]", "en": "[ID number]"},
    "passport": {"zh": "[护照号]", "en": "[passport number]"},
    "bank_card": {"zh": "[银行卡号]", "en": "[card number]"},
    "password": {"zh": "[密码]", "en": "[password]"},
    "code": {"zh": "[验证码]", "en": "[verification code]"},
}
"""What stands in the text in place of a private number, by kind."""
CONTACT_MARKS: dict[str, dict[Lang, str]] = {
    "phone": {"zh": "[电话]", "en": "[phone number]"},
    "email": {"zh": "[邮箱]", "en": "[e-mail]"},
}
"""The same for ways to reach someone, which are private only where a child gives them."""
_MARK = {mark: kind for kind, marks in MARKS.items() for mark in marks.values()}
_ANY_MARK = re.compile("|".join(map(re.escape, _MARK)))
_ALL_MARKS = re.compile(
    "|".join(re.escape(mark) for marks in (MARKS | CONTACT_MARKS).values() for mark in marks.values())
)

_IDENTITY = re.compile("(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[12])[0-9]{15}[0-9X]")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_X = re.compile(r"[ ]?(?:[xX×]|叉|艾克斯|埃克斯)(?![A-Za-z])")
_ISSUED = re.compile("4[0-9]{15}|5[1-5][0-9]{14}|35[0-9]{14}|(?:6[025]|64)[0-9]{14,17}|9558[0-9]{12,15}")
"""First digits and length of cards in use; the cards that begin with 2 look like dates and need a word."""
_GROUPED = re.compile(r"[ \-‐–—]")
_ID = re.compile(r"身份证|身份号|证件号|\bID[ ]?(?:card|number|no\b)|identity|national id", re.IGNORECASE)
_CARD = re.compile(
    r"银行卡|信用卡|储蓄卡|借记卡|贷记卡|工资卡|(?<![A-Za-z网量员禁话])卡号"
    r"|(?:bank|credit|debit|visa|master|union ?pay)[ -]?card|(?<!ID )\bcard (?:number|no\b)",
    re.IGNORECASE,
)
_BUSINESS = re.compile(
    r"(?:订单|单号|单据|运单|快递|物流|合同|发票|流水|序列号|编[号码]|条码|批次|工单|型号|货号|税号|信用代码"
    r"|SIM卡?|ICCID|IMEI|会员卡|物联网卡|流量卡|\border|tracking|serial|invoice|contract|\bPO\b|ticket|reference"
    r"|\bSN\b|barcode|\bbatch|\btax|(?:customer|user|product|device|machine|account|transaction|payment) id)"
    r"(?=[^,，。;；!！?？]*$)",
    re.IGNORECASE,
)
SHORTEST, LONGEST = 12, 19
"""Digits of an identity or card number."""
_NEAR = 28
"""Characters before a number in which a word tells what it is."""

_LINK = (
    r"(?:[ :：=,，]|号码|号|是|为|就|我的|我|的|填|输|告诉你|给你|number|no\.?|is|was|my|the|it's|here){0,6}"
)
_PASSPORT = (
    rf"(?:护照|通行证|passport){_LINK}(?P<secret>[A-Za-z]{{1,2}}[ ]?[0-9]{{6,9}}|[0-9]{{8,9}})(?![A-Za-z0-9])"
)
_CODE = (
    r"(?:验证码|校验码|动态码|短信码|安全码|(?:verification|security|one-time|sms) code|\bOTP\b|\bCVV2?\b)"
)
_PASS = r"(?:密码|口令|password|passcode|passwd|\bpwd\b)"
_PIN = r"(?:\bPIN\b|(?i:\bpin code|\bmy pin)\b)"
_IS = r"[ ]?(?:就?是|为|is)[ ]?(?:我的|你的|the|my|your)?[ ]?"
_ALNUM = r"(?=[A-Za-z]*[0-9])[A-Za-z0-9]"
_END = r"(?![A-Za-z0-9])"
_WORDED = (
    ("passport", re.compile(_PASSPORT, re.IGNORECASE)),
    (
        "code",
        re.compile(
            rf"{_CODE}{_LINK}(?P<secret>[0-9]{{3}}[ -][0-9]{{3}}|{_ALNUM}{{3,8}}){_END}", re.IGNORECASE
        ),
    ),
    ("code", re.compile(rf"(?<![A-Za-z0-9])(?P<secret>[0-9]{{4,8}}){_IS}{_CODE}", re.IGNORECASE)),
    (
        "password",
        re.compile(rf"{_PASS}{_LINK}(?P<secret>(?=[!-~]{{0,31}}[0-9])[!-~]{{4,32}})", re.IGNORECASE),
    ),
    ("password", re.compile(rf"(?<![A-Za-z0-9])(?P<secret>{_ALNUM}{{4,16}}){_IS}{_PASS}", re.IGNORECASE)),
    ("password", re.compile(rf"{_PIN}{_LINK}(?P<secret>[0-9]{{4,6}}){_END}")),
)


class Private(NamedTuple):
    """A private number, one of MARKS, and where its words stand."""

    kind: str
    start: int
    end: int


def find_private(text: str) -> list[Private]:
    """The private numbers of `text`, left to right, written or said digit by digit; none overlaps another."""
    found = [*_numbers(text), *_worded(text)]
    kept: list[Private] = []
    for one in sorted(found, key=lambda one: one.start - one.end):
        if all(one.end <= other.start or other.end <= one.start for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda one: one.start)


def without_private(text: str, lang: Lang | None = None) -> str:
    """`text` with a mark in place of each private number; a text without any is returned as it is.

    The marks are in `lang`, else in the language of the words around them.
    """
    return with_marks(text, find_private(text), lang)


def with_marks(text: str, found: Sequence[Private], lang: Lang | None = None) -> str:
    """`text` with the mark of its kind in place of each of `found`, left to right."""
    words = re.search("[一-龥]|[A-Za-z]{2}", text)
    chosen: Lang = lang or ("en" if words and words.group().isascii() else "zh")
    for kind, start, end in reversed(found):
        text = text[:start] + (MARKS | CONTACT_MARKS)[kind][chosen] + text[end:]
    return text


def marked(text: str) -> tuple[str, ...]:
    """The kinds of the marks that stand in `text`, each once."""
    return tuple(dict.fromkeys(_MARK[mark] for mark in _ANY_MARK.findall(text)))


def without_marks(text: str) -> str:
    """`text` without any mark: they say nothing of the language it is in."""
    return _ALL_MARKS.sub(" ", text)


def _numbers(text: str) -> Iterator[Private]:
    """Identity and card numbers, by their digits."""
    for run in digit_runs(text):
        named = _named(text[max(0, run.start - _NEAR) : run.start])
        for first, last in _pieces(run) if named != "business" else ():
            start, end = run.spans[first][0], run.spans[last - 1][1]
            digits = run.digits[first:last]
            ten = _X.match(text, end) if len(digits) == 17 else None
            if ten and (is_identity(f"{digits}X") or named == "id_card"):
                yield Private("id_card", start, ten.end())
            elif is_identity(digits) or (named == "id_card" and len(digits) in (15, 18)):
                yield Private("id_card", start, end)
            elif named == "bank_card" or (_looks_issued(digits) and _in_groups(text, run, first, last)):
                yield Private("bank_card", start, end)


def _named(before: str) -> str:
    """What the last telling word in front of a number says that it is."""
    cues = (("business", _BUSINESS), ("id_card", _ID), ("bank_card", _CARD))
    places = {kind: max((found.end() for found in cue.finditer(before)), default=-1) for kind, cue in cues}
    best = max(places, key=places.__getitem__)
    return best if places[best] >= 0 else ""


def _pieces(run: DigitRun) -> Iterator[tuple[int, int]]:
    """The run, and what stands between its blanks and marks, where it is as long as a private number."""
    edges = [0, *(n for n in range(1, len(run.spans)) if run.spans[n - 1][1] < run.spans[n][0])]
    edges.append(len(run.spans))
    for place, first in enumerate(edges):
        for last in edges[place + 1 : place + 1 + LONGEST]:
            if SHORTEST <= last - first <= LONGEST:
                yield first, last


def _looks_issued(digits: str) -> bool:
    """Whether these may be the digits of a bank card, by themselves."""
    return _ISSUED.fullmatch(digits) is not None and passes_luhn(digits)


def _in_groups(text: str, run: DigitRun, first: int, last: int) -> bool:
    """Whether the digits stand as one number: together, or in groups of the same length but the last."""
    lengths, length = [], 1
    for n in range(first + 1, last):
        gap = text[run.spans[n - 1][1] : run.spans[n][0]]
        if gap and not _GROUPED.fullmatch(gap):
            return False
        lengths += [length] if gap else []
        length = 1 if gap else length + 1
    return len(set(lengths)) <= 1 and (not lengths or length <= lengths[0])


def is_identity(number: str) -> bool:
    """Whether this is a mainland identity number: province, date of birth, check digit."""
    if not _IDENTITY.fullmatch(number):
        return False
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    return born.year >= 1900 and _CHECKS[total % 11] == number[17]


def passes_luhn(number: str) -> bool:
    """Whether the last digit is the check digit of the others."""
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _worded(text: str) -> Iterator[Private]:
    """Passports, passwords and codes, by the word beside them."""
    plain, places = with_digits(text)
    for kind, pattern in _WORDED:
        for found in pattern.finditer(plain):
            first, last = found.start("secret"), found.end("secret") - 1
            yield Private(kind, places[first][0], places[last][1])
