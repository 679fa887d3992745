"""How a found document is weighed: validity, product, intent. Pure functions over documents and scores."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from langchain_core.documents import Document
from numpy.typing import NDArray

from core.types import Passage

_HAN = re.compile(r"[\u3400-\u9fff]")

_FILLERS = re.compile(
    r"请问|麻烦|(?:我)?(?:就)?想?(?:问|了解|咨询)(?:一)?下|你好|您好|那个|这个|那款|这款|那台|这台|你们|咱们|我们|你家|一下|到底"
    r"|大概|啊|呀|呢|吧|嘛|哦|噢|嗯|喂|哈|唉|吗"
    r"|\b(?:please|hi|hello|hey|tell|me|know|um|uh|well|just|actually|the|your|its?|that|this|one|an?|of|is|are|do"
    r"|does|can|could|would|will|you|we|i|to|for|on|in|at|it|there|be|have|has|get|with|and|or|our|us|they)\b"
)
"""Words around a question; their absence from a text says little about it."""
_SPOKEN = (
    (re.compile(r"咋样|咋整"), "怎么样"),
    (re.compile(r"咋"), "怎么"),
    (re.compile(r"啥"), "什么"),
    (re.compile(r"多少银子|多少米"), "多少钱"),
    (re.compile(r"(?<=[\u3400-\u9fff])[不没](?=\W*$)"), ""),
)
"""Colloquial Chinese and the words that example questions are written in."""

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Focus:
    """What is known beside the words: the moment, the product in focus, the intent heard."""

    now: datetime
    product: str | None = None
    intent: str | None = None
    include_ended: bool = False


class Names:
    """Finds products by any of their names in a text; longer names win."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._product_of: dict[str, str] = {}
        for document in documents:
            for product, names in document.metadata["names"].items():
                for name in names:
                    self._product_of.setdefault(name.lower(), product)
        longest_first = sorted(self._product_of, key=lambda name: (-len(name), name))
        self._pattern = re.compile("|".join(map(_bounded, longest_first)) or r"(?!)")

    def find(self, query: str) -> tuple[tuple[str, ...], str]:
        """The products named, in the order said, and the lower-cased query without their names."""
        lowered = query.lower()
        named = (self._product_of[match.group()] for match in self._pattern.finditer(lowered))
        return tuple(dict.fromkeys(named)), self._pattern.sub(" ", lowered)


def bare(nameless: str) -> str:
    """A query without product names, reduced to the words that carry it, colloquial ones made plain."""
    for spoken, plain in _SPOKEN:
        nameless = spoken.sub(plain, nameless)
    return " ".join(_FILLERS.sub(" ", nameless).split())


def is_han(text: str) -> bool:
    """Whether there is a Chinese character in it."""
    return _HAN.search(text) is not None


def fuse(dense: Floats, lexical: Floats) -> Floats:
    """Agreement 0..1 of a query with each text: inner product and share of its lexical weight."""
    return np.asarray(0.62 * np.clip(dense, 0.0, 1.0) + 0.38 * lexical, dtype=np.float32)


def blend(nearest: Floats, centre: Floats, own: Floats) -> Floats:
    """Agreement of a query with each document; `own` tells documents with equal example questions apart."""
    return np.asarray(0.5 * nearest + 0.4 * np.clip(centre, 0.0, 1.0) + 0.1 * own, dtype=np.float32)


def calibrate(said: Floats, bare: Floats) -> Floats:
    """Agreement with the query as said and laid bare, as one score 0..1 a document.

    It means the same for every query, see KnowledgeIndex.search.
    """
    agreement = 0.35 * said + 0.65 * bare
    return np.asarray(1.0 / (1.0 + np.exp(-12.0 * (agreement - 0.28))), dtype=np.float32)


def weigh(metadata: dict[str, Any], score: float, focus: Focus, named: tuple[str, ...]) -> float | None:
    """The score of a document for this deal, 0..1; None where it must not be shown."""
    if not focus.include_ended and not in_force(metadata, focus.now):
        return None
    wanted = named or ((focus.product,) if focus.product else ())
    products: list[str] = metadata["products"]
    if named and metadata["kind"] == "question":
        products = list(named)
    if wanted and products:
        if any(product in wanted for product in products):
            score += 0.35 * (1.0 - score) * min(1.0, 3.0 * score)
        elif not named and metadata["product"] and metadata["source"].startswith("catalogue:"):
            return None
        else:
            score *= 0.6
    if focus.intent and metadata["intent"] == focus.intent:
        score += 0.25 * (1.0 - score) * min(1.0, 3.0 * score)
    return score


def in_force(metadata: dict[str, Any], now: datetime) -> bool:
    """Whether `now` falls on or between the document's first and last day; None is open."""
    day = now.date().isoformat()
    first, last = metadata["valid_from"], metadata["valid_until"]
    return not (first and day < first) and not (last and day > last)


def passage_of(document: Document, score: float, query: str) -> Passage:
    """The passage in the language of the query, where the document has it."""
    metadata = document.metadata
    lang = "zh" if is_han(query) else "en"
    return Passage(
        source=metadata["source"],
        text=metadata["texts"].get(lang, document.page_content),
        score=round(min(max(score, 0.0), 1.0), 4),
        kind=metadata["kind"],
        fact_id=metadata["fact_id"],
        topic=metadata["topic"],
        valid_from=metadata["valid_from"],
        valid_until=metadata["valid_until"],
    )


def _bounded(name: str) -> str:
    """A pattern for `name` that does not start or end inside a longer Latin word or number."""
    before = r"(?<![a-z0-9])" if name[0].isascii() else ""
    after = r"(?![a-z0-9])" if name[-1].isascii() else ""
    return f"{before}{re.escape(name)}{after}"
