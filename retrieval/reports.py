"""Reports on what is known: how much, what ends soon, what contradicts what."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from langchain_core.documents import Document

from core.pack import Fact, Pack
from retrieval.knowledge import Knowledge

_NUMBER = re.compile(r"(?<![A-Za-z\d.])\d+(?:[.,]\d+)*")
"""A number that is not part of a code (R6, IP65)."""
_SENTENCE = re.compile(r"[^。!?！？；;\n]+")
SHORTEST = 6
"""Characters beside the numbers from which two sentences are taken for the same statement."""


@dataclass(frozen=True)
class Ending:
    """Something in force that ends soon."""

    source: str
    text: str
    valid_until: date

    def __str__(self) -> str:
        return f"{self.valid_until}  {self.source}  {self.text}"


@dataclass(frozen=True)
class Contradiction:
    """Two statements in force that cannot both be true: the same thing with other numbers."""

    about: str
    first: str
    first_source: str
    second: str
    second_source: str

    def __str__(self) -> str:
        return f"contradiction  {self.about}: {self.first} ({self.first_source}) / {self.second} ({self.second_source})"


@dataclass(frozen=True)
class _Said:
    """One statement: what it is about, its numbers or its value, and where it stands."""

    about: str
    value: str
    text: str
    source: str


def status_of(knowledge: Knowledge, day: date) -> dict[str, Any]:
    """Counts of files and chunks, the generation, and what could not be read."""
    snapshot = knowledge.snapshot()
    files = snapshot.files()
    read = [row for row in files if row.reason is None]
    return {
        "files": len(files),
        "not_read": len(files) - len(read),
        "chunks": len(snapshot),
        "table_rows_named": len(snapshot.entities()),
        "ended": sum(row.valid_until is not None and row.valid_until < day for row in read),
        "not_begun": sum(row.valid_from is not None and row.valid_from > day for row in read),
        "vectors_of_another_embedder": len(knowledge.foreign(snapshot)),
        "generation": snapshot.generation,
    }


def ending(knowledge: Knowledge, facts: Iterable[Fact], first: date, last: date) -> list[Ending]:
    """Facts and passages in force on `first` whose last day is at most `last`, the soonest first."""
    found = [
        Ending(fact.source, next(iter(fact.text.values())), fact.valid_until)
        for fact in facts
        if fact.valid_until and fact.in_force(first) and fact.valid_until <= last
    ]
    for document in knowledge.snapshot().all_documents(day=first):
        until = document.metadata.get("valid_until")
        if until and date.fromisoformat(until) <= last:
            found.append(
                Ending(document.metadata["source"], document.page_content, date.fromisoformat(until))
            )
    return sorted(found, key=lambda row: (row.valid_until, row.source))


def contradictions(knowledge: Knowledge, pack: Pack, facts: Iterable[Fact], day: date) -> list[Contradiction]:
    """Statements in force on `day` that say the same with other numbers: cells of one name, sentences of one wording.

    The library is compared with itself and with the pack.
    """
    held: dict[str, _Said] = {}
    found: dict[tuple[str, str, str], Contradiction] = {}
    for said in (*_of_pack(pack, facts, day), *_of_library(knowledge, day)):
        first = held.setdefault(said.about, said)
        if first.value != said.value:
            row = Contradiction(said.about, first.text, first.source, said.text, said.source)
            found.setdefault((row.about, row.first_source, row.second_source), row)
    return list(found.values())


def _of_pack(pack: Pack, facts: Iterable[Fact], day: date) -> Iterator[_Said]:
    for fact in facts:
        if fact.in_force(day):
            for text in fact.text.values():
                yield from _sentences(text, fact.source)
    for product in pack.products:
        if product.in_force(day):
            for name in dict.fromkeys((product.id, *product.name.values(), *product.aliases)):
                for attribute in pack.attributes:
                    if attribute.id in product.specs:
                        value = product.specs[attribute.id]
                        for label in (label for labels in attribute.names.values() for label in labels):
                            yield _cell(name, label, value, f"catalogue:{product.id}")


def _of_library(knowledge: Knowledge, day: date) -> Iterator[_Said]:
    for document in knowledge.snapshot().all_documents(day=day):
        source = document.metadata["source"]
        cells = document.metadata.get("cells") or ()
        for entity, attribute, value in cells:
            yield _cell(entity, attribute, value, source)
        if not cells:
            yield from _sentences(document.page_content, source, _above(document))


def _above(document: Document) -> str:
    return document.metadata.get("question") or document.metadata.get("heading") or ""


def _cell(entity: str, attribute: str, value: str, source: str) -> _Said:
    return _Said(f"{_plain(entity)} {_plain(attribute)}", _numbers(value) or _plain(value), value, source)


def _sentences(text: str, source: str, above: str = "") -> Iterator[_Said]:
    """Each sentence with a number in it: its wording without the numbers, and the numbers."""
    for match in _SENTENCE.finditer(text):
        sentence = match.group().strip()
        wording = _NUMBER.sub("#", _plain(sentence))
        if "#" in wording and len(wording.replace("#", "")) >= SHORTEST:
            yield _Said(wording, _numbers(sentence), sentence, source)


def _plain(text: str) -> str:
    """Lower-cased, in one width, without spaces and punctuation."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return re.sub(r"[^\w#.%±/]+", "", folded)


def _numbers(text: str) -> str:
    return " ".join(
        number.replace(",", "") for number in _NUMBER.findall(unicodedata.normalize("NFKC", text))
    )
