"""The words of a passage that answer a question: whole sentences, quoted, with their place in the file."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from langchain_core.documents import Document

Tokens = Callable[[str], list[str]]

_SENTENCE = re.compile(
    r"[^。!?！？；;\n.]+(?:\.(?!\s|$)[^。!?！？；;\n.]*)*(?:[。!?！？；;.]+[”’\"')）」』]*|\n|$)"
)
_LEANS = re.compile(
    r"^(?:它|其|该|此|这|上述|以上|前述|同时|另外|此外|但|并|其中|it\b|this\b|these\b|that\b|they\b|but\b)",
    re.IGNORECASE,
)
"""How a sentence begins that cannot be understood without the one before it."""


@dataclass(frozen=True)
class Quotation:
    """Words of a passage, and where they begin and end in its text (code points)."""

    text: str
    start: int
    end: int
    share: float
    """The part of the question's weight that the words and their headings hold, 0..1."""


def quotation(
    document: Document, weights: Mapping[str, float], tokens: Tokens, *, room: int
) -> Quotation | None:
    """The sentences of a passage that hold most of the question, at most about `room` characters of them.

    None where no sentence fits in twice the room; a row of a table is said whole. What the headings say counts
    for every sentence below them.
    """
    text = document.page_content
    if document.metadata.get("kind") == "row":
        return Quotation(text, 0, len(text), 1.0) if len(text) <= 2 * room else None
    spans = [match.span() for match in _SENTENCE.finditer(text) if match.group().strip()]
    above = {token for token in tokens(_headings(document)) if token in weights}
    total = sum(weights.values()) or 1.0
    best: tuple[float, int, int] | None = None
    for first, last in _windows(text, spans, room):
        start, end = spans[first][0], spans[last][1]
        held = above | {token for token in tokens(text[start:end]) if token in weights}
        share = sum(weights[token] for token in held) / total
        if best is None or share > best[0] + 0.02:
            best = (share, start, end)
    if best is None:
        return None
    share, start, end = best
    words = text[start:end]
    lead = len(words) - len(words.lstrip())
    return Quotation(words.strip(), start + lead, start + len(words.rstrip()), share)


def _headings(document: Document) -> str:
    metadata = document.metadata
    return f"{metadata.get('heading') or ''} {metadata.get('question') or ''}"


def _windows(text: str, spans: list[tuple[int, int]], room: int) -> list[tuple[int, int]]:
    """Runs of sentences (first, last) that may be said: short ones first, none beginning with a leaning one."""
    found: list[tuple[int, int]] = []
    for first, (start, _) in enumerate(spans):
        if first and _LEANS.match(text[start:].lstrip()):
            continue
        for last in range(first, min(first + 3, len(spans))):
            long = spans[last][1] - start
            if long <= room or (last == first and long <= 2 * room):
                found.append((first, last))
    return sorted(found, key=lambda run: (run[1] - run[0], run[0]))
