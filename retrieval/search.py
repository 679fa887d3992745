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
    r"|大概|啊|呀|呢|吧|嘛|哦|噢|嗯|喂|哈|唉"
    r"|\b(?:please|hi|hello|hey|could you tell me|can you tell me|tell me|i(?:'d| would) like to know|um|uh"
    r"|well|just|actually|the|your|its?|that|this|one)\b"
)
"""Words around a question; their absence from a text says nothing about it."""

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


def variants(query: str, nameless: str) -> list[str]:
    """Forms of one query, the first as said: without product names, without words that carry nothing."""
    forms = [query, nameless, _FILLERS.sub(" ", nameless)]
    return list(dict.fromkeys(form for form in (" ".join(form.split()) for form in forms) if form)) or [query]


def fuse(dense: Floats, lexical: Floats) -> Floats:
    """One score 0..1 a text out of its inner product and its share of the query's lexical weight."""
    agreed = 0.62 * np.clip(dense, 0.0, 1.0) + 0.38 * lexical
    return np.asarray(1.0 / (1.0 + np.exp(-11.0 * (agreed - 0.35))), dtype=np.float32)


def weigh(metadata: dict[str, Any], score: float, focus: Focus, named: tuple[str, ...]) -> float | None:
    """The score of a document for this deal, 0..1; None where it must not be shown."""
    if not focus.include_ended and not in_force(metadata, focus.now):
        return None
    wanted = named or ((focus.product,) if focus.product else ())
    products: list[str] = metadata["products"]
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
    lang = "zh" if _HAN.search(query) else "en"
    return Passage(
        source=metadata["source"],
        text=metadata["texts"].get(lang, document.page_content),
        score=round(min(max(score, 0.0), 1.0), 4),
        kind=metadata["kind"],
        fact_id=metadata["fact_id"],
        valid_from=metadata["valid_from"],
        valid_until=metadata["valid_until"],
    )


def _bounded(name: str) -> str:
    """A pattern for `name` that does not start or end inside a longer Latin word or number."""
    before = r"(?<![a-z0-9])" if name[0].isascii() else ""
    after = r"(?![a-z0-9])" if name[-1].isascii() else ""
    return f"{before}{re.escape(name)}{after}"
