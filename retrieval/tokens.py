"""Words of a text for the lexical index, and what each word of a question weighs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from engines.words import words

_RUNS = re.compile(r"[\u3400-\u9fff]+|[a-z0-9]+(?:[.\-_/][a-z0-9]+)*")
_PARTS = re.compile(r"[a-z]+|\d+(?:\.\d+)?")
_HAN = re.compile(r"[\u3400-\u9fff]")
PAIR = "~"
"""Stands before a pair of neighbouring Chinese characters, so that no pair is taken for a word."""

_PAIR_WEIGHT = 0.5
_PART_WEIGHT = 0.4
"""Of a character inside a word: 装 of 安装 meets 装好."""
_ASKING = frozenset(Path(__file__).with_name("question_words.txt").read_text(encoding="utf-8").split())
"""Words of a question that say little of what is asked; those of a passage are kept as they are."""
_ASKING_WEIGHT = 0.1
_ASKING_CHARACTERS = frozenset("".join(word for word in _ASKING if _HAN.match(word)))

_COMMON = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经"
    "之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相"
    "全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展"
    "五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必"
)
"""Frequent characters, which alone say nothing."""


def tokens(text: str) -> list[str]:
    """Stems of Latin words, numbers, codes whole and in parts; Chinese words, telling characters and pairs.

    Stretches of one script come in the order said; a stretch of Chinese gives its words, then its characters, then
    its pairs.
    """
    return [token for token, _ in _weighed(text)]


def query_weights(question: str) -> dict[str, float]:
    """The tokens of a question and their weights; question words and particles weigh next to nothing.

    A token said twice weighs double, one said more often no more than that.
    """
    said: dict[str, list[float]] = {}
    for token, weight in _weighed(question):
        said.setdefault(token, []).append(weight)
    weights = {}
    for token, each in said.items():
        weight = max(each)
        if weight == _PART_WEIGHT and token in _ASKING_CHARACTERS:
            continue
        if token.removeprefix(PAIR) in _ASKING:
            weight *= _ASKING_WEIGHT
        weights[token] = weight * min(len(each), 2)
    return weights


def _weighed(text: str) -> Iterator[tuple[str, float]]:
    """Tokens, and what each weighs by its kind."""
    for run in _RUNS.findall(unicodedata.normalize("NFKC", text).lower()):
        if _HAN.match(run):
            yield from _chinese(run)
        else:
            yield from ((token, 1.0) for token in _latin(run))


def _chinese(run: str) -> Iterator[tuple[str, float]]:
    if len(run) == 1:
        yield run, 1.0
        return
    cut = [word for word, _, _ in words(run)]
    yield from ((word, 1.0) for word in cut if len(word) > 1)
    for word in cut:
        weight = _PART_WEIGHT if len(word) > 1 else 1.0
        yield from ((character, weight) for character in word if character not in _COMMON)
    yield from ((PAIR + run[at : at + 2], _PAIR_WEIGHT) for at in range(len(run) - 1))


def _latin(run: str) -> list[str]:
    """The stem of a word, or a code with its parts: qh-r6 -> qh-r6, qh, r, 6."""
    parts = _PARTS.findall(run)
    if len(parts) > 1:
        return [run, *parts]
    return [_stem(run)]


@lru_cache(maxsize=16_384)
def _stem(word: str) -> str:
    found: list[str] = _stemmer().analyze(word)
    return found[0] if found else word


@cache
def _stemmer() -> Any:
    """The Snowball stemmer for English that comes with the lexical index."""
    import tantivy

    raw = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.raw())
    return raw.filter(tantivy.Filter.stemmer("english")).build()
