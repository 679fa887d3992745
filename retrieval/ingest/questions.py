"""Questions and answers in running text: 问：… 答：…, Q: … A: …, and lines that ask."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

LONGEST = 80
"""Characters of a line that may be a question by its form alone."""
_NUMBER = r"(?:\s*\d+\s*[:：.、)）]|\s*[:：])\s*"
_LIST = r"[ \t]*(?:\d+\s*[.、)）]\s*)?[【\[(（]?"
_ASK = rf"{_LIST}(?:问题?|常见问题|Q(?:uestion)?)[】\])）]?{_NUMBER}"
_REPLY = rf"{_LIST}(?:答案?|回答|回复|A(?:nswer)?)[】\])）]?{_NUMBER}"
_MARK = re.compile(rf"^(?:(?P<question>{_ASK})|(?P<answer>{_REPLY}))(?=\S)", re.IGNORECASE | re.MULTILINE)
_INLINE = re.compile(r"(?<=[?？。\s])(?:答案?|A(?:nswer)?)\s*\d*\s*[:：]\s*(?=\S)")
_ASKS = re.compile(
    r"[?？]\s*$"
    r"|(?:吗|呢|多久|多少钱?|怎么办|是什么|为什么)\s*$"
    r"|^(?:如何|怎么|怎样|为什么|什么是|能否|是否|可否|哪里|哪些)[\u3400-\u9fff]{2}",
)


class Part(NamedTuple):
    """A stretch of a paragraph, by the mark it begins with; places count from the start of the paragraph."""

    kind: Literal["question", "answer", "text"]
    start: int
    text: str
    """The words behind the mark, from `start`."""
    mark: int
    whole: str
    """The mark and the words, from `mark`."""


def is_question(text: str) -> bool:
    """Whether a heading or a bold line asks something."""
    line = unmarked(text)
    return 0 < len(line) <= LONGEST and bool(_ASKS.search(line))


def unmarked(text: str) -> str:
    """A question without 问： or Q1. before it."""
    found = _MARK.match(text.strip())
    return text.strip()[found.end() :] if found and found["question"] else text.strip()


def begins_with_mark(line: str) -> bool:
    """Whether a line is marked as a question or an answer."""
    return _MARK.match(line) is not None


def parts(text: str) -> Iterator[Part]:
    """The paragraph cut where a line is marked as a question or an answer; in order, nothing left out."""
    marks = list(_MARK.finditer(text))
    if not marks or marks[0].start() > 0:
        end = marks[0].start() if marks else len(text)
        yield from _part("text", text, 0, 0, end)
    for at, mark in enumerate(marks):
        end = marks[at + 1].start() if at + 1 < len(marks) else len(text)
        if mark["question"] is None:
            yield from _part("answer", text, mark.start(), mark.end(), end)
            continue
        inline = _INLINE.search(text, mark.end(), end)
        yield from _part("question", text, mark.start(), mark.end(), inline.start() if inline else end)
        if inline:
            yield from _part("answer", text, inline.start(), inline.end(), end)


def _part(
    kind: Literal["question", "answer", "text"], text: str, mark: int, start: int, end: int
) -> Iterator[Part]:
    words = text[start:end]
    if words.strip():
        gap = len(words) - len(words.lstrip())
        before = len(text[mark:end]) - len(text[mark:end].lstrip())
        yield Part(kind, start + gap, words.strip(), mark + before, text[mark:end].strip())
