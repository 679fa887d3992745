"""Words of common Chinese, by jieba's dictionary: what tells a misheard name from plain speech."""

from __future__ import annotations

import logging
from functools import lru_cache
from typing import Any

_AROUND = 8


def words(text: str) -> list[tuple[str, int, int]]:
    """The words of `text` and where they stand; unknown Han characters stand alone."""
    found, place = [], 0
    for word in _splitter().cut(text, HMM=False):
        found.append((word, place, place + len(word)))
        place += len(word)
    return found


def is_word(text: str) -> bool:
    """Whether the whole of `text` is a common word."""
    return bool(_splitter().FREQ.get(text))


def stands_apart(text: str, start: int, end: int) -> bool:
    """Whether no common word reaches across either end of a stretch: 无 does in C无多少钱, not in C无法."""
    first = max(0, start - _AROUND)
    return _apart_in(text[first : end + _AROUND], start - first, end - first)


def is_cut(text: str, start: int, end: int) -> bool:
    """Whether a common word lies half in a stretch: 车间 does in 小车 of 小车间, 视觉系统 does not in 视觉."""
    first = max(0, start - _AROUND)
    around = words(text[first : end + _AROUND])
    return any(
        begin + first < start < stop + first < end or start < begin + first < end < stop + first
        for _, begin, stop in around
    )


def whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """The stretch, grown to the ends of the words that it cuts: 调压缩 in 做空调压缩机 becomes 空调压缩机."""
    first = max(0, start - _AROUND)
    for _, begin, stop in words(text[first : end + _AROUND]):
        begin, stop = begin + first, stop + first
        if begin < start < stop:
            start = begin
        if begin < end < stop:
            end = stop
    return start, end


@lru_cache(maxsize=4096)
def _apart_in(text: str, start: int, end: int) -> bool:
    return not any(begin < start < stop or begin < end < stop for _, begin, stop in words(text))


@lru_cache(maxsize=1)
def _splitter() -> Any:
    """Jieba's dictionary, which retrieval reads too; loaded at the first doubtful word."""
    import jieba

    jieba.setLogLevel(logging.ERROR)
    jieba.initialize()
    return jieba.dt
