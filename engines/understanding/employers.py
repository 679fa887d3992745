"""The company a customer speaks for: 我是凯迈的采购, Tom Becker from Alpine Dental Supplies."""

from __future__ import annotations

import re

from engines.understanding.people import POSTS

_ZH = re.compile(rf"我们?是(?P<firm>[一-龥]{{2,10}}?)的(?:{POSTS}|[一-龥]{{1,4}}[部科处]的)")
_NO_FIRM = re.compile(r"你们|这边|公司|厂里|负责|这里|那个|[部科处室厂]$|管|做|搞")
_RUN = r"[A-Z][\w'’&-]*(?: (?:&|and|of) [A-Z][\w'’&-]*| [A-Z][\w'’&-]*){0,3}"
_EN = re.compile(
    rf"(?:[A-Z][a-z]+|manager|director|engineer|buyer|owner|purchasing|procurement|calling|here)(?: here)?,? "
    rf"(?:from|at|with|of) (?P<firm>{_RUN})(?=$|[.,!?;]| (?:here|and|in|near)\b)"
)
_OPENING = re.compile(
    rf"(?:^|[.!?] )(?:(?i:hi|hello|hey),? )?(?:(?:[Ww]e'?re|[Ww]e are|I'?m|I am) )?[Ff]rom (?P<firm>{_RUN})"
    rf"(?= (?:in|near) [A-Z])"
)
"""From Brenner Components in Taicang, with nothing before it that comes from there."""
_SAID = re.compile(
    r"\b(?:calling|i'?m|i am|we'?re|we are) from "
    r"(?P<firm>(?!(?:a|an|the|our|my|your|home|here|one|work)\b)[a-z]+(?: [a-z&]+){1,3}?)(?= in [a-z])"
)
"""The same as a recogniser writes it."""
_NEXT = re.compile(r" (?!I\b|(?:I|We|You|What|How|Can|Could|Do|Is|Are)(?:'|’|\b))(?:& )?[A-Z][\w'’&-]*")


def find_employer(text: str) -> tuple[int, int] | None:
    """Where the name of the speaker's company stands, None where none is told; a place may lead it."""
    for pattern in (_ZH, _EN, _OPENING, _SAID):
        for found in pattern.finditer(text):
            if not _NO_FIRM.search(found["firm"]):
                return found.span("firm")
    return None


def whole_name(text: str, start: int, end: int) -> int:
    """Where a capitalised name that was cut short ends: Alpine of Alpine Dental Supplies."""
    if not text[start : start + 1].isupper() or not text[start:end].isascii():
        return end
    while following := _NEXT.match(text, end):
        end = following.end()
    return end
