"""What a store of chunks must do, on one machine or behind a database: records, changes, snapshots."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple, Protocol

import numpy as np
from langchain_core.documents import Document
from numpy.typing import NDArray

Floats = NDArray[np.float32]

ALIASES = ("别名", "简称", "俗称", "alias", "aliases")
"""Headings of a column with other names of the row, parted by | 、 ; or /."""


@dataclass(frozen=True)
class FileRecord:
    """One file of the library: what was read, when, and why not if it could not be read."""

    name: str
    """Unique in the library; the part of a source before `#`."""
    path: str
    sha256: str
    size: int
    """Bytes."""
    added: str
    """`YYYY-MM-DDTHH:MM`, local."""
    chunks: int = 0
    reason: str | None = None
    """Why it could not be read; None where it was."""
    document: str = ""
    """Files with the same document are versions of one another: the newest in force wins."""
    version: str | None = None
    valid_from: date | None = None
    """First day in force; None is open."""
    valid_until: date | None = None
    """Last day in force; None is open."""
    embedder: str | None = None
    """Name of the embedder that made its vectors; None where it has none."""


@dataclass(frozen=True)
class Cell:
    """One value of a table: the row's name, the column's heading, the value as written."""

    entity: str
    attribute: str
    value: str


@dataclass(frozen=True)
class Chunk:
    """A chunk ready for the store: its document, its words for the lexical index, its cells and its vector."""

    document: Document
    """Metadata as `retrieval.ingest` makes it; `id` is the source, FILE#CHUNK."""
    body: Sequence[str]
    """Tokens of the text, repeated as often as they occur."""
    head: Sequence[str] = ()
    """Tokens of the headings above it and of its question."""
    cells: Sequence[Cell] = ()
    vector: Floats | None = None


@dataclass(frozen=True)
class FileChange:
    """A file that comes in place of what the library held under its name; `record` None takes it out."""

    name: str
    record: FileRecord | None
    chunks: Sequence[Chunk] = field(default=())


class Hit(NamedTuple):
    """A chunk found, by its number in the store, and how well; higher is better."""

    row: int
    score: float


class FoundCell(NamedTuple):
    """A cell with the chunk that it stands in."""

    row: int
    cell: Cell


class Snapshot(Protocol):
    """One whole state of a store: everything read through it is of the same generation."""

    generation: int
    memo: dict[str, Any]
    """What readers have worked out of this generation, kept for the next of them."""

    def __len__(self) -> int:
        """Chunks held."""
        ...

    def doc_freq(self, token: str) -> int:
        """Chunks whose body holds `token`."""
        ...

    def by_words(self, weights: Mapping[str, float], count: int, *, day: date | None) -> list[Hit]:
        """The best `count` by BM25 over body and head, each token weighed; of `day` where one is given.

        In force on a day means that the file's own dates and the chunk's hold it, and that no newer
        version of the file's document is in force on it.
        """
        ...

    def by_vector(self, vector: Floats, count: int, *, day: date | None) -> list[Hit]:
        """The best `count` by inner product; empty where the store keeps no vectors."""
        ...

    def documents(self, rows: Sequence[int]) -> list[Document]:
        """The chunks of `rows`, in that order; metadata has `body` and `head` tokens beside ingest's own."""
        ...

    def entities(self) -> Mapping[str, tuple[str, ...]]:
        """Every name of the tables' rows and every alias that a row gives, with the row names it stands for."""
        ...

    def cells(self, entities: Sequence[str], *, day: date | None) -> list[FoundCell]:
        """The cells of those row names, in the order of the tables."""
        ...

    def table_of(self, row: int, *, day: date | None) -> list[FoundCell]:
        """The cells of every row of the table that the row of this chunk belongs to."""
        ...

    def all_documents(self, *, day: date | None) -> Iterator[Document]:
        """Every chunk, file by file, without its tokens; for reports."""
        ...

    def files(self) -> list[FileRecord]:
        """Every file, by name."""
        ...


class ChunkStore(Protocol):
    """Keeps chunks. One writer at a time; readers never wait and never see half a change."""

    def apply(self, changes: Sequence[FileChange]) -> int:
        """Make all `changes` at once and durably; gives the new generation. Raises StoreError."""
        ...

    def snapshot(self) -> Snapshot:
        """The newest whole state; cheap, called for every search. Safe from several threads."""
        ...

    def close(self) -> None: ...
