"""The store of one machine: SQLite keeps, tantivy and FAISS find. Any number of processes read, one writes.

A change is durable with the commit of SQLite and visible with that of tantivy, which carries the same generation
number: a reader takes tantivy's newest commit and reads of SQLite the rows that live in its generation. A writer that
was killed between the two is made good by the next one that opens the store.
"""

from __future__ import annotations

import fcntl
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from langchain_core.documents import Document

from core.errors import StoreError
from retrieval.store.base import FileChange, FileRecord, Floats, FoundCell, Hit
from retrieval.store.force import out_of_force
from retrieval.store.ledger import Ledger
from retrieval.store.vectors import VectorIndex, build, due, name_of
from retrieval.store.words import WordIndex, best, wipe, writing

BIG = 5_000
"""Chunks of one change from which tantivy is given more memory."""
MOSTLY = 0.3
"""Share of chunks out of force from which tantivy leaves their files out itself."""
Hook = Callable[[str], None]


def _nothing(step: str) -> None:
    """What happens between two steps of a write, tests aside."""


class LocalStore:
    """Chunks in a folder. Safe from several threads; every thread has its own connection."""

    def __init__(self, folder: Path, *, at: Hook = _nothing) -> None:
        """Opens the store, made empty where there is none. Raises StoreError where it cannot be read.

        `at` is told each step of a write before it is taken.
        """
        self._folder, self._at = folder, at
        self._words_folder = folder / "words"
        self._local = threading.local()
        self._ledgers: list[Ledger] = []
        self._guard = threading.Lock()
        self._vectors: tuple[int, VectorIndex] | None = None
        self._known: dict[int, _Known] = {}
        with _errors(folder):
            folder.mkdir(parents=True, exist_ok=True)
            self._recover()
            self._words = WordIndex(self._words_folder)

    def close(self) -> None:
        with self._guard:
            for ledger in self._ledgers:
                ledger.close()
            self._ledgers.clear()
            self._local = threading.local()

    @property
    def _ledger(self) -> Ledger:
        if not hasattr(self._local, "ledger"):
            self._local.ledger = Ledger(self._folder / "chunks.db")
            with self._guard:
                self._ledgers.append(self._local.ledger)
        ledger: Ledger = self._local.ledger
        return ledger

    def apply(self, changes: Sequence[FileChange]) -> int:
        """Make all `changes` at once and durably; gives the new generation. Raises StoreError."""
        with _errors(self._folder), self._writing():
            self._catch_up()
            self._at("ledger")
            generation = self._ledger.write(changes)
            self._at("words")
            big = sum(len(change.chunks) for change in changes) > BIG
            self._index([change.name for change in changes], generation, big=big)
            self._at("vectors")
            self._build_vectors(generation)
            self._at("purge")
            self._ledger.purge(generation)
        return generation

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Only one writer of all processes at a time."""
        with (self._folder / "lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _recover(self) -> None:
        """Make good what a killed writer left, unless another is at work just now."""
        with (self._folder / "lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            self._catch_up()

    def _catch_up(self) -> None:
        """Bring tantivy to the generation of the ledger; a broken index is made again."""
        durable = self._ledger.generation
        try:
            seen = WordIndex(self._words_folder).generation
        except (ValueError, OSError):
            wipe(self._words_folder)
            seen = WordIndex(self._words_folder).generation
        if seen > durable:
            wipe(self._words_folder)
            seen = 0
        if seen < durable:
            with writing(self._words_folder, big=True) as writer:
                if seen == 0:
                    writer.put(self._ledger.words_of(None))
                else:
                    for name in self._ledger.changed_since(seen):
                        writer.drop(name)
                        writer.put(self._ledger.words_of(name))
                writer.commit(durable)

    def _index(self, names: Sequence[str], generation: int, *, big: bool) -> None:
        with writing(self._words_folder, big=big) as writer:
            for name in dict.fromkeys(names):
                writer.drop(name)
                writer.put(self._ledger.words_of(name))
            self._at("commit")
            writer.commit(generation)
            self._at("merge")

    def _build_vectors(self, generation: int) -> None:
        """Build FAISS anew where much came since; the file before goes when the one after is known."""
        at = int(self._ledger.get("vectors_built", "0"))
        new = self._ledger.count_vectors(since=at)
        if not due(new, int(self._ledger.get("vectors_count", "0"))):
            return
        rows, vectors = self._ledger.vectors(generation)
        build(rows, vectors, self._folder / name_of(generation))
        with self._ledger.transaction():
            self._ledger.put("vectors_built", str(generation))
            self._ledger.put("vectors_count", str(len(rows)))
        for old in self._folder.glob("vectors-*.faiss"):
            if old.name not in {name_of(generation), name_of(at)}:
                old.unlink(missing_ok=True)

    def snapshot(self) -> LocalSnapshot:
        """The newest whole state; cheap, called for every search."""
        with _errors(self._folder), self._guard:
            if self._words.stale():
                self._words.reread()
            generation = self._words.generation
            known = self._known.get(generation)
            if known is None:
                known = self._known[generation] = _Known()
                for old in sorted(self._known)[:-3]:
                    del self._known[old]
            return LocalSnapshot(self, generation, self._words.searcher, self._words.schema, known)

    def _vectors_at(self, generation: int) -> VectorIndex:
        held = self._vectors
        if held is None or held[0] != generation:
            before = held[1] if held else None
            held = (generation, VectorIndex.load(self._ledger, self._folder, generation, before))
            self._vectors = held
        return held[1]


@dataclass
class _Known:
    """What was worked out of a generation, kept for its next readers."""

    entities: dict[str, tuple[str, ...]] | None = None
    memo: dict[str, Any] = field(default_factory=dict)
    out: dict[date, tuple[frozenset[str], frozenset[int]]] = field(default_factory=dict)
    """Files and chunks out of force, by day."""


class LocalSnapshot:
    """One generation of a local store."""

    def __init__(self, store: LocalStore, generation: int, searcher: Any, schema: Any, known: _Known) -> None:
        self.generation = generation
        self.memo = known.memo
        self._store, self._searcher, self._schema, self._known = store, searcher, schema, known

    def __len__(self) -> int:
        return max(0, int(self._searcher.num_docs) - 1)

    def doc_freq(self, token: str) -> int:
        return int(self._searcher.doc_freq("body", token))

    def by_words(self, weights: Mapping[str, float], count: int, *, day: date | None) -> list[Hit]:
        """See `Snapshot.by_words`."""
        files, rows = self._out(day)
        without: Sequence[str] = ()
        if len(rows) > MOSTLY * len(self):
            without = sorted(files)
        return self._deep_enough(
            lambda wanted: best(self._searcher, self._schema, weights, wanted, without), count, rows
        )

    def by_vector(self, vector: Floats, count: int, *, day: date | None) -> list[Hit]:
        """See `Snapshot.by_vector`."""
        with _errors(self._store._folder):
            index = self._store._vectors_at(self.generation)
            if not index:
                return []
            _, rows = self._out(day)
            found = self._deep_enough(lambda wanted: index.best(vector, wanted), 2 * count, rows)
            living = self._store._ledger.living([hit.row for hit in found], self.generation)
        return [hit for hit in found if hit.row in living][:count]

    def _deep_enough(self, search: Callable[[int], list[Hit]], count: int, out: frozenset[int]) -> list[Hit]:
        """The best `count` that are not `out`, however many of those lie before them."""
        wanted = count
        while True:
            hits = search(wanted)
            kept = [hit for hit in hits if hit.row not in out]
            if len(kept) >= count or len(hits) < wanted:
                return kept[:count]
            wanted *= 4

    def _out(self, day: date | None) -> tuple[frozenset[str], frozenset[int]]:
        """Files and chunks that are not in force on a day."""
        if day is None:
            return frozenset(), frozenset()
        if day not in self._known.out:
            with _errors(self._store._folder):
                ledger = self._store._ledger
                files = out_of_force(ledger.files(self.generation, timed=True), day)
                rows = ledger.rows_out_of_force(self.generation, sorted(files), day)
            self._known.out[day] = (frozenset(files), frozenset(rows))
        return self._known.out[day]

    def documents(self, rows: Sequence[int]) -> list[Document]:
        with _errors(self._store._folder):
            found = self._store._ledger.documents(rows)
        return [found[row] for row in rows if row in found]

    def entities(self) -> Mapping[str, tuple[str, ...]]:
        if self._known.entities is None:
            with _errors(self._store._folder):
                self._known.entities = self._store._ledger.entities(self.generation)
        return self._known.entities

    def cells(self, entities: Sequence[str], *, day: date | None) -> list[FoundCell]:
        _, out = self._out(day)
        with _errors(self._store._folder):
            found = self._store._ledger.cells(entities, self.generation)
        return [cell for cell in found if cell.row not in out]

    def table_of(self, row: int, *, day: date | None) -> list[FoundCell]:
        _, out = self._out(day)
        with _errors(self._store._folder):
            found = self._store._ledger.table_of(row, self.generation)
        return [cell for cell in found if cell.row not in out]

    def all_documents(self, *, day: date | None) -> Iterator[Document]:
        _, out = self._out(day)
        with _errors(self._store._folder):
            for row, document in self._store._ledger.all_documents(self.generation):
                if row not in out:
                    yield document

    def files(self) -> list[FileRecord]:
        with _errors(self._store._folder):
            return self._store._ledger.files(self.generation)


@contextmanager
def _errors(folder: Path) -> Iterator[None]:
    """What SQLite, tantivy, FAISS and the disk complain of, as StoreError in one line."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise StoreError(f"the library in {folder}: {error}", transient="locked" in str(error)) from error
    except (sqlite3.DatabaseError, OSError, ValueError, RuntimeError) as error:
        raise StoreError(f"the library in {folder}: {error}", transient=False) from error
