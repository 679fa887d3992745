"""Counts said without a word for the goods: twelve, not twenty; say ten then; 二十五台, 不是二三十了."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from engines.normalise.numbers import Number, find_numbers
from engines.normalise.plain import fold
from engines.normalise.quantity import Quantity
from engines.normalise.ranges import bound, limits_around, reach, simplify

_MOST = 999
"""Larger bare numbers are prices, years or codes."""
_VAGUE = r"(?:about|around|maybe|perhaps|just|only|like|exactly|the|all|some|at least|at most|roughly|up to)"
_VERB = (
    r"(?:need|want|wanted|take|took|taking|order|ordered|ordering|buy|buying|bought|get|go (?:for|with)"
    r"|(?:go|went|going|move|moved) (?:up |down |back )?to|going (?:for|with)|went (?:for|with)|back to|down to"
    r"|make (?:it|that|them)|made it|call it|say|let's say|settle (?:on|for)|stick(?:ing)? (?:to|with)"
    r"|start(?:ing)? with|put (?:me|us) down for|change (?:it|that) to|i meant?|i said|we said)"
)
_WANTED = re.compile(rf"(?:^|[^a-z]){_VERB},? (?:{_VAGUE} )*$")
_BARELY = re.compile(r"(?:^|[,.;:?!-] ?|\b(?:then|and|so|out|it's|its) )(?:just|only) (?:the )?$")
_PRONOUN_OK = re.compile(
    r"\b(?:just|only|take|make it|order|say|back to|start with|go (?:for|with)|put us down for) (?:the )?$"
)
"""What makes the one after it a count: I need one is no count."""
_CLAUSE_END = re.compile(
    r"[ ]?(?:$|[,.?!;:])|[ ](?:then|instead|please|for now|to start(?: with)?|to begin with|in total|altogether"
    r"|all in|total|not|of them|now|today|each|at most|max|or so|it is)\b"
)
_SETTLED = re.compile(r"[ ](?:it is|then|will do|should do|would do|is (?:fine|enough|plenty)|please)\b")
_OPENING = re.compile(
    r"(?:ok(?:ay)?|so|then|right|fine|well|and|h+m+|um+|uh+|no|yes|yeah|sorry|actually|wait|alright|let's say|[\s,.!-])*"
)
_CORRECTS = re.compile(
    r"\b(?:no|nope|not|sorry|actually|i said|i meant?|wait|my mistake|oops|hang on|rather)\b"
)
_CORRECTION = re.compile(
    r"(?:\b(?:no|nope|not|sorry|actually|i said|i meant?|it's|its|that's|thats|wait|my mistake|my bad|oops|hang on"
    r"|but|make it|rather|u[mh]+|oh|i|we|the|is|was|should be|ha|right|please)\b|[\s,.!;:-])*"
)
_PAIR_GAP = re.compile(
    r"[ ]?(?:[,.;-][ ]?)?(?:(?:but|no|it's|its|that's|make it|i meant?|i said|rather|sorry)[ ,]+)*"
)
_PAIR_GAP_ZH = re.compile(r"[\s,，。]*(?:而|应该|我说的|要的)?是")
_NOT = re.compile(r"(?:\bnot|\b(?:is|was)n't) (?:the |a )?$")
_DENIED_ZH = re.compile(r"(?<!是)不是$")
_GAP_NOT = re.compile(r"[ ]?(?:[,.;-][ ]?)?(?:and )?not (?:the )?")
_CLAUSE_END_ZH = re.compile(r"$|[\s,，。.;；!！?？]|[了吧啊呀哈]")
_UP_TO = re.compile(r"\b(?:go|went|going|move|moved) up to $")
_DENIED = re.compile(r"(?:不是|勿是|弗是|唔系|没说|不要|并非)$")
_LET_GO = re.compile(r"(?:了|啊|啦|哈|噢|哦)*(?=$|[\s,，。.;；!！])")


def find_counts(text: str) -> list[Quantity]:
    """Bare counts that the words around them make counts, left to right; see `quantity.find_quantities` for others.

    The caller leaves aside those that lie in prices, measures, times, numbers to call or names of goods, and
    Chinese ones where nothing is counted with a unit.
    """
    plain = fold(text).lower().replace("’", "'")
    numbers = [number for number in find_numbers(text) if _is_count(number)]
    corrected = _is_correction(plain, numbers)
    paired = _paired(plain, numbers)
    return [
        _quantity(text, plain, number)
        for number in numbers
        if corrected
        or number in paired
        or _is_wanted(plain, number)
        or _is_settled(plain, number)
        or _is_denied(plain, number)
    ]


def _is_count(number: Number) -> bool:
    return 0 < number.low <= number.high <= _MOST and float(number.low).is_integer()


def _is_wanted(plain: str, number: Number) -> bool:
    """We'd need eight; if I took ten; just the two."""
    if not number.text.isascii() or not _CLAUSE_END.match(plain, number.end):
        return False
    before = plain[max(0, number.start - 40) : number.start]
    if number.high == 1 and not _PRONOUN_OK.search(before):
        return False
    return _WANTED.search(before) is not None or _BARELY.search(before) is not None


def _is_settled(plain: str, number: Number) -> bool:
    """Then ten it is; okay, six please."""
    opened = _OPENING.fullmatch(plain, 0, number.start)
    return number.text.isascii() and opened is not None and _SETTLED.match(plain, number.end) is not None


def _is_correction(plain: str, numbers: list[Number]) -> bool:
    """No, twelve, not twenty: nothing is said but one or two numbers and words that put them right."""
    if not 1 <= len(numbers) <= 2 or not all(number.text.isascii() for number in numbers):
        return False
    if len(numbers) == 1 and numbers[0].high == 1:
        return False
    rest = "".join(_around(plain, numbers))
    return _CORRECTS.search(rest) is not None and _CORRECTION.fullmatch(rest) is not None


def _paired(plain: str, numbers: list[Number]) -> set[Number]:
    """Both numbers of not twelve, ten; ten, not twelve; 不是十二,是十, whatever else the line says."""
    found: set[Number] = set()
    for one, other in pairwise(numbers):
        gap = plain[one.end : other.start]
        if _is_pair_zh(plain, one, other, gap) or _is_pair_en(plain, one, other, gap):
            found |= {one, other}
    return found


def _is_pair_zh(plain: str, one: Number, other: Number, gap: str) -> bool:
    denied = _DENIED_ZH.search(plain, 0, one.start) is not None
    return denied and _PAIR_GAP_ZH.fullmatch(gap) is not None and _ends(_CLAUSE_END_ZH, plain, other)


def _is_pair_en(plain: str, one: Number, other: Number, gap: str) -> bool:
    if not (one.text.isascii() and other.text.isascii() and _ends(_CLAUSE_END, plain, other)):
        return False
    denied = _NOT.search(plain, 0, one.start) is not None
    return (denied and _PAIR_GAP.fullmatch(gap) is not None) or _GAP_NOT.fullmatch(gap) is not None


def _ends(pattern: re.Pattern[str], plain: str, number: Number) -> bool:
    return pattern.match(plain, number.end) is not None


def _around(plain: str, numbers: list[Number]) -> Iterator[str]:
    at = 0
    for number in numbers:
        yield plain[at : number.start]
        at = number.end
    yield plain[at:]


def _is_denied(plain: str, number: Number) -> bool:
    """The 二三十 of 就二十五台,不是二三十了."""
    if number.text.isascii():
        return False
    denied = _DENIED.search(plain, 0, number.start)
    return denied is not None and _LET_GO.match(plain, number.end) is not None


def _quantity(text: str, plain: str, number: Number) -> Quantity:
    limits = limits_around(text, number.start, number.end)
    low, high = reach(number, whole=True)
    if _UP_TO.search(plain, 0, number.start):
        limits = limits._replace(kinds=frozenset(), start=number.start)
    value = simplify(bound(low, high, limits.kinds, widen=low >= 10 and low % 10 == 0))
    return Quantity(value, text[limits.start : limits.end], limits.start, limits.end)
