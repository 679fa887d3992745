"""So many for each of several: 两条线各三台 is six."""

from __future__ import annotations

import re
from collections.abc import Sequence

from engines.normalise.numbers import Number

_GROUP = re.compile(
    r"[ ]?(?:条|个|家|间|处)?(?:[生流装]?[产水配]?线|厂区?|分厂|车间|工厂|工段|门店|分店|店|基地|班组)"
    r"|[ ](?:[a-z]+[ ])?(?:lines|sites|plants|factories|shops|stores|workshops|cells|teams)\b",
    re.IGNORECASE,
)
_EACH_BEFORE = re.compile(
    r"(?:各自?|每(?:一)?(?:条|个|家|间|处)?[一-龥]{0,3}?)(?:要|配|上|装|放|来|需要?|用|买|就)?$"
    r"|each (?:needs?|takes?|gets?) $",
    re.IGNORECASE,
)
_EACH_AFTER = re.compile(
    r"[^,，。.;；]{0,12}?(?:(?:for|on|in|at|per) (?:each|every)|each|per (?:line|site|plant|shop|store)"
    r"|apiece)\b",
    re.I,
)


def find_groups(plain: str, numbers: Sequence[Number]) -> list[Number]:
    """The numbers that count lines, plants or shops."""
    return [number for number in numbers if _GROUP.match(plain, number.end)]


def share_count(plain: str, groups: Sequence[Number], start: int, end: int) -> int:
    """Of how many of `groups` a count at `start` to `end` of the folded text is said for each; 1 where of none."""
    if not 1 <= len(groups) <= 2:
        return 1
    each = _EACH_BEFORE.search(plain[max(0, start - 16) : start]) or _EACH_AFTER.match(plain, end)
    groups = [number for number in groups if not start <= number.start < end]
    if not each or len(groups) != 1 or groups[0].low != groups[0].high or not 1 < groups[0].low <= 100:
        return 1
    return int(groups[0].low) if groups[0].low.is_integer() else 1
