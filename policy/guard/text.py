"""Plain text work of the guard: cleaning, sentences, clauses, language, content terms."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from core.types import Lang
from engines.normalise.plain import fold
from policy.guard.lexicon import data

_CJK = re.compile(r"[\u4e00-\u9fff]")
_SENTENCE = re.compile(r"[^。!?!?;;\n]+[。!?!?;;\n]*[”\"」』)]*")
_CLAUSE = re.compile(
    r"(?:,(?!\d{3}(?!\d))|[;。!?\n]|(?<!\d):|:(?!\d)|\.(?=\s|$)|\s[-–—]+\s|——|\b(?:but|whereas|while|although|though)\b"
    r"|(?<=[\u4e00-\u9fff ])(?:但是|但|不过|而且|可是)(?=[\u4e00-\u9fff]))+"
)
_LIST_ITEM = re.compile(r"\s*(?:[A-Za-z-]+\s?){1,2},\s*")
_RUN = re.compile(r"[\u4e00-\u9fff]+|[a-z]+")
_SUFFIX = re.compile(r"(?:ments?|ations?|ings?|ies|ed|es|s|e|y)$")
_DIGIT = "一二两三四五六七八九十\\d"
_REWRITES = (
    (re.compile(rf"([{_DIGIT}])个半(?=小时|月|钟头|工作日|星期)"), r"\1点五个"),
    (re.compile(rf"([{_DIGIT}])(年|天|周)半(?![{_DIGIT}年])"), r"\1点五\2"),
    (re.compile(r"([一二两三四五六七八九\d])米([一二三四五六七八九零\d]{1,2})(?![\d百千个米])"), r"\1点\2米"),
    (re.compile(r"([一二三四五六七八九\d])(公斤|千克|斤)半"), r"\1点五\2"),
    (re.compile(r"(?<![上下前后大多一二两三])半(?=个?小时|个钟头|个月|年|天)"), "零点五"),
    (re.compile(r"(?<=\d)(?=g(?![A-Za-z]))"), " "),
    (re.compile(r"\b(it|that|there|what|here|he|she)'s\b", re.IGNORECASE), r"\1 is"),
    (re.compile(r"\bhalf an? (?=hour|day)"), "0.5 "),
    (
        re.compile(
            r"\b(?P<how>within|in|inside|for|lasts?|takes?) an? (?:full |whole )?(?=(?:week|month|year|day|"
            r"hour)\b)"
        ),
        r"\g<how> 1 ",
    ),
    (re.compile(r"\ban? (?:full|whole) (?=(?:week|month|year|day|hour)\b)"), "1 "),
    (re.compile(r"(?<=[\d千百万])一(?=[台套个年件盒箱瓶斤只条])"), " 一"),
    (re.compile(r"(?<![\d-])(\d{1,4}(?:\.\d+)?)\s?[–—~-]\s?(?=\d{1,4}(?:\.\d+)?(?![\d-]))"), r"\1到"),
)


def clean(text: str) -> str:
    """`text` in one width and script, spoken halves and dashes written out; what every reader below sees."""
    plain = fold(unicodedata.normalize("NFKC", text)).replace("、", "、")
    for pattern, instead in _REWRITES:
        plain = pattern.sub(instead, plain)
    return plain


def bare(text: str) -> str:
    """A text without spaces and closing punctuation, in lower case: for comparing word for word."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).lower().rstrip("。.!;,")


def language(text: str) -> Lang:
    """`zh` where there is any Chinese beside names, `en` otherwise."""
    return (
        "zh"
        if len(_CJK.findall(text)) * 3 >= len(re.findall(r"[A-Za-z]+", text)) and _CJK.search(text)
        else "en"
    )


def sentences(text: str) -> list[str]:
    """The sentences of a reply with their closing punctuation; joined they give the reply back."""
    if not _CJK.search(text):
        return [piece for piece in _keep_spaces(text) if piece]
    return [piece.group() for piece in _SENTENCE.finditer(text)] or ([text] if text else [])


def _keep_spaces(text: str) -> Iterator[str]:
    last = 0
    for stop in re.finditer(r"(?<=[.!?])\s+(?=[A-Z\"'])|\n+", text):
        yield text[last : stop.end()]
        last = stop.end()
    yield text[last:]


def clauses(text: str) -> list[tuple[int, int]]:
    """Spans of the clauses of a cleaned sentence, empty ones left out. A comma inside a number splits nothing."""
    spans, last = [], 0
    for stop in _CLAUSE.finditer(text):
        spans.append((last, stop.end()))
        last = stop.end()
    spans.append((last, len(text)))
    return _merge_lists(text, [(start, end) for start, end in spans if re.search(r"\w", text[start:end])])


def _merge_lists(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """An English item of a list (`in Jiangsu, Zhejiang and Shanghai`) belongs to the clause behind it."""
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if merged and _LIST_ITEM.fullmatch(text[merged[-1][0] : merged[-1][1]]):
            merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return merged


@cache
def stop_words(name: str) -> frozenset[str]:
    """A list of stop.yaml: characters for Chinese, words for the rest."""
    words: str = data("stop.yaml")[name]
    return frozenset(words if name.endswith("_zh") else words.split())


def terms(text: str) -> frozenset[str]:
    """Content terms: pairs of Chinese characters and stems of English words."""
    found: set[str] = set()
    chinese, english = stop_words("stop_zh"), stop_words("stop_en")
    for run in _RUN.findall(text.lower()):
        if run[0] < "\u4e00":
            if len(run) > 2 and run not in english:
                found.add(_stem(run))
            continue
        found.update(
            run[i : i + 2] for i in range(len(run) - 1) if run[i] not in chinese and run[i + 1] not in chinese
        )
    return frozenset(found)


def _stem(word: str) -> str:
    return _SUFFIX.sub("", word) if len(word) > 4 else word
