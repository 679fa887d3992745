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

from retrieval.ingest.blocks import Block, Page, paragraph
from retrieval.ingest.questions import is_question, parts, unmarked
from retrieval.ingest.rows import Line, lines
from retrieval.ingest.validity import OPEN, Given

SIZE = 300
"""Size of a chunk, about: a Chinese character counts one, an English word two and a half."""
_WORD_SIZE = 2.5
_LETTER_SIZE = 0.25
"""What a character of other scripts counts at least, so that a text without gaps is cut too."""
_HAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_WORD = re.compile(r"[A-Za-z0-9]+")
_SENTENCE = re.compile(
    r"[^。!?！？；;\n.]+(?:\.(?!\s|$)[^。!?！？；;\n.]*)*(?:[。!?！？；;.]+[”’\"')）」』]*\s*|\n|$)"
)
_GOES_ON = re.compile(r"[:：]$")


@dataclass
class _Draft:
    """The chunk that grows."""

    texts: list[str] = field(default_factory=list)
    start: int = 0
    page: Page = None
    size: float = 0.0


@dataclass
class _Asked:
    """A marked question that waits for its answer, or has had it (`closed`: what follows is no part of it)."""

    text: str
    start: int
    page: Page
    answered: bool = False
    closed: bool = False


def size_of(text: str) -> float:
    """How much a text takes of a chunk."""
    han = len(_HAN.findall(text))
    return han + max(_WORD_SIZE * len(_WORD.findall(text)), _LETTER_SIZE * (len(text) - han))


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
        self._asked: _Asked | None = None

    def run(self, blocks: Sequence[Block]) -> Iterator[Document]:
        for block in blocks:
            if block.kind == "heading":
                yield from self._flush()
                self._under(block)
            elif block.kind == "table":
                yield from self._table(block)
            else:
                yield from self._text(block)
        yield from self._flush()

    def _under(self, block: Block) -> None:
        above = [(level, text) for level, text in self._above if level < block.level]
        self._above = [*above, (block.level, block.text)]
        self._place += len(block.text) + 1

    def _text(self, block: Block) -> Iterator[Document]:
        for part in parts(block.text):
            asked = self._asked
            if part.kind == "question":
                yield from self._flush()
                self._asked = _Asked(part.text, self._place + part.start, block.page)
                continue
            if asked and asked.closed:
                yield from self._flush()
            replies = part.kind == "answer" and self._question() is not None
            text, start = (part.text, part.start) if replies else (part.whole, part.mark)
            yield from self._packed(text, self._place + start, block.page)
            if asked and replies:
                asked.closed = not _GOES_ON.search(text)
        self._place += len(block.text) + 1

    def _packed(self, text: str, place: int, page: Page) -> Iterator[Document]:
        """Put a text to the draft, or cut it where it is long; a draft that is full goes out."""
        for start, piece in _pieces(text):
            size = max(1.0, size_of(piece))
            if self._draft.texts and self._draft.size + size > SIZE:
                yield from self._sent()
            if not self._draft.texts:
                self._draft.start, self._draft.page = place + start, page
            self._draft.texts.append(piece)
            self._draft.size += size

    def _question(self) -> str | None:
        """What the text at hand answers: the marked question before it, or the heading right above where it asks."""
        if self._asked is not None:
            return self._asked.text
        heading = self._above[-1][1] if self._above else ""
        return unmarked(heading) if is_question(heading) else None

    def _sent(self) -> Iterator[Document]:
        """The draft as a chunk."""
        draft, self._draft = self._draft, _Draft()
        if not draft.texts:
            return
        question = self._question()
        if self._asked is not None:
            self._asked.answered = True
        yield self._document(
            "\n".join(draft.texts), "qa" if question else "text", draft.start, draft.page, question=question
        )

    def _flush(self) -> Iterator[Document]:
        """The draft as a chunk, and a question that nothing answers as text."""
        yield from self._sent()
        asked, self._asked = self._asked, None
        if asked is not None and not asked.answered:
            yield self._document(asked.text, "text", asked.start, asked.page)

    def _table(self, block: Block) -> Iterator[Document]:
        """The rows of a table; one of a single row or column is a frame around text."""
        if len(block.rows) < 2 or len(block.rows[0]) < 2:
            for cell in (cell for row in block.rows for cell in row if cell):
                yield from self._text(paragraph(cell, block.page))
            return
        yield from self._flush()
        above = list(self._above)
        for line in lines(block.rows, self._name):
            if line.kind == "title":
                self._under(Block("heading", line.text, self._above[-1][0] + 1 if self._above else 1))
            elif line.kind == "note":
                yield from self._text(paragraph(line.text, block.page))
            else:
                yield from self._flush()
                yield from self._row(line, block.page)
        yield from self._flush()
        self._above = above

    def _row(self, line: Line, page: Page) -> Iterator[Document]:
        """A row as one chunk; the answer to a question in as many as it takes."""
        cells = [[line.name, *cell] for cell in line.cells] if line.kind == "row" and line.name else []
        for start, text in _pieces(line.text) if line.question else [(0, line.text)]:
            yield self._document(
                text,
                line.kind,
                self._place + start,
                page,
                question=line.question,
                cells=cells,
                holds=line.holds,
            )
        self._place += len(line.text) + 1

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
    sizes = [size_of(text[slice(*span)]) for span in spans]
    first = 0
    while first < len(spans):
        last, size = first + 1, sizes[first]
        while last < len(spans) and size + sizes[last] <= SIZE:
            size += sizes[last]
            last += 1
        yield spans[first][0], text[spans[first][0] : spans[last - 1][1]].strip()
        overlaps = last < len(spans) and last - first > 1 and sizes[last - 1] + sizes[last] <= SIZE
        first = last - 1 if overlaps else last


def _short(match: re.Match[str]) -> Iterator[tuple[int, int]]:
    """A sentence as it is, or cut where it has no end for the length of a chunk."""
    start, end = match.span()
    step = round(SIZE if _HAN.search(match.group()) else SIZE / _LETTER_SIZE)
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
