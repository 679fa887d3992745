"""Blocks to chunks: a chunk stays under one heading, holds whole sentences, and keeps its id while its words stay."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from langchain_core.documents import Document

from retrieval.ingest.blocks import Block, Page
from retrieval.ingest.rows import lines
from retrieval.ingest.validity import OPEN, Given

SIZE = 300
"""Size of a chunk, about: a Chinese character counts one, an English word two and a half."""
_WORD_SIZE = 2.5
_HAN = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[A-Za-z0-9]+")
_SENTENCE = re.compile(
    r"[^。!?！？；;\n.]+(?:\.(?!\s|$)[^。!?！？；;\n.]*)*(?:[。!?！？；;.]+[”’\"')）」』]*\s*|\n|$)"
)
_ASKED = re.compile(r"^(?:问题?|Q(?:uestion)?)\s*\d*\s*[:：.、]\s*(?P<q>.+)$", re.IGNORECASE)
_ANSWERED = re.compile(r"^(?:答案?|A(?:nswer)?)\s*\d*\s*[:：.、]\s*(?P<a>.+)$", re.IGNORECASE | re.DOTALL)
_BOTH = re.compile(
    r"^(?:问题?|Q(?:uestion)?)\s*\d*\s*[:：.、]\s*(?P<q>.+?)\s*\n?\s*(?:答案?|\bA(?:nswer)?)\s*\d*\s*[:：]\s*(?P<a>.+)$",
    re.IGNORECASE | re.DOTALL,
)
_QUESTION = re.compile(
    r"[?？]\s*$|^(?:how|what|when|where|who|why|can|do|does|is|are)\b.*\?$|(?:吗|呢|多久|多少|怎么办)\s*$",
    re.IGNORECASE,
)


@dataclass
class _Draft:
    """The chunk that grows."""

    texts: list[str] = field(default_factory=list)
    start: int = 0
    page: Page = None

    @property
    def size(self) -> float:
        return sum(map(size_of, self.texts))


def size_of(text: str) -> float:
    """How much a text takes of a chunk."""
    return len(_HAN.findall(text)) + _WORD_SIZE * len(_WORD.findall(text))


def chunks_of(blocks: Sequence[Block], name: str, known: Given) -> list[Document]:
    """The chunks of a file with stable ids. Raises UnreadableFileError for a table with a day that is none."""
    return _numbered(_Chunker(name, known).run(blocks), name)


class _Chunker:
    """Walks the blocks once, with the headings above and the place in the text."""

    def __init__(self, name: str, known: Given) -> None:
        self._name, self._known = name, known
        self._above: list[tuple[int, str]] = []
        self._place = 0
        self._draft = _Draft()
        self._question: str | None = None

    def run(self, blocks: Sequence[Block]) -> Iterator[Document]:
        for block in blocks:
            if block.kind == "heading":
                yield from self._flush()
                self._above = [
                    *((level, text) for level, text in self._above if level < block.level),
                    (block.level, block.text),
                ]
                self._place += len(block.text) + 1
            elif block.kind == "table":
                yield from self._flush()
                yield from self._table(block)
            else:
                yield from self._text(block)
        yield from self._flush()

    def _text(self, block: Block) -> Iterator[Document]:
        text = block.text
        if match := _BOTH.match(text) or (self._question is not None and _ANSWERED.match(text)) or None:
            question = match.groupdict().get("q") or self._question
            self._question = None
            yield from self._flush()
            yield self._document(
                match["a"].strip(), "qa", self._place + match.start("a"), block.page, question=question
            )
        elif match := _ASKED.match(text):
            yield from self._flush()
            self._question = match["q"].strip()
        else:
            yield from self._packed(block)
        self._place += len(text) + 1

    def _packed(self, block: Block) -> Iterator[Document]:
        """Put a paragraph to the draft, or cut it where it is long; a draft that is full goes out."""
        for start, piece in _pieces(block.text):
            if self._draft.texts and self._draft.size + size_of(piece) > SIZE:
                yield from self._flush()
            if not self._draft.texts:
                self._draft.start, self._draft.page = self._place + start, block.page
            self._draft.texts.append(piece)

    def _flush(self) -> Iterator[Document]:
        """The draft as a chunk; below a heading that is a question it is the answer."""
        draft, self._draft = self._draft, _Draft()
        asked, self._question = self._question, None
        heading = self._above[-1][1] if self._above else ""
        question = asked or (heading if _QUESTION.search(heading) else None)
        if draft.texts:
            text = "\n".join(draft.texts)
            yield self._document(
                text, "qa" if question else "text", draft.start, draft.page, question=question
            )
        elif asked:
            yield self._document(asked, "text", self._place, None)

    def _table(self, block: Block) -> Iterator[Document]:
        for line in lines(block.rows, self._name):
            text = line.text
            kind = "row" if line.question is None else "qa"
            cells = [] if line.question else [[line.name, heading, value] for heading, value in line.cells]
            yield self._document(
                text, kind, self._place, block.page, question=line.question, cells=cells, holds=line.holds
            )
            self._place += len(text) + 1

    def _document(
        self,
        text: str,
        kind: str,
        start: int,
        page: Page,
        *,
        question: str | None = None,
        cells: list[list[str]] | None = None,
        holds: Given = OPEN,
    ) -> Document:
        known = self._known
        metadata: dict[str, Any] = {
            "file": self._name,
            "kind": kind,
            "heading": " > ".join(text for _, text in self._above),
            "page": page,
            "start": start,
            "document": known.document,
            "version": holds.version or known.version,
            "valid_from": _iso(_later(known.valid_from, holds.valid_from)),
            "valid_until": _iso(_sooner(known.valid_until, holds.valid_until)),
            "question": question,
            "cells": cells or [],
        }
        return Document(page_content=text, metadata=metadata)


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """The paragraph, or windows of its sentences that overlap by one; each with its place in it."""
    if size_of(text) <= SIZE:
        yield 0, text
        return
    spans = [span for match in _SENTENCE.finditer(text) if match.group().strip() for span in _short(match)]
    first = 0
    while first < len(spans):
        last, size = first, 0.0
        while last < len(spans) and (last == first or size + size_of(text[slice(*spans[last])]) <= SIZE):
            size += size_of(text[slice(*spans[last])])
            last += 1
        yield spans[first][0], text[spans[first][0] : spans[last - 1][1]].strip()
        first = last if last >= len(spans) or last - first < 2 else last - 1


def _short(match: re.Match[str]) -> Iterator[tuple[int, int]]:
    """A sentence as it is, or cut where it has no end for the length of a chunk."""
    start, end = match.span()
    step = SIZE if _HAN.search(match.group()) else 4 * SIZE
    for at in range(start, end, step):
        yield at, min(at + step, end)


def _numbered(documents: Iterator[Document], name: str) -> list[Document]:
    """The chunks with their ids: of the headings and the words, a repeated one numbered."""
    seen: Counter[str] = Counter()
    found = []
    for document in documents:
        told = (
            f"{document.metadata['heading']}\n{document.metadata['question'] or ''}\n{document.page_content}"
        )
        mark = hashlib.blake2s(told.encode(), digest_size=4).hexdigest()
        seen[mark] += 1
        source = f"{name}#{mark}" if seen[mark] == 1 else f"{name}#{mark}-{seen[mark]}"
        found.append(
            Document(
                id=source,
                page_content=document.page_content,
                metadata={"source": source, **document.metadata},
            )
        )
    return found


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _later(first: date | None, second: date | None) -> date | None:
    return max(first, second) if first and second else first or second


def _sooner(first: date | None, second: date | None) -> date | None:
    return min(first, second) if first and second else first or second
