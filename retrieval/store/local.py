"""The store of one machine: SQLite keeps, tantivy and FAISS find. Any number of processes read, one writes.

A change is durable with the commit of SQLite and visible with that of tantivy, which carries the same generation
number: a reader takes tantivy's newest commit and reads of SQLite the rows that live in its generation. A writer that
was killed between the two is made good by the next one that opens the store.
"""

from __future__ import annotations

import fcntl
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from core.errors import StoreError
from retrieval.store.base import FileChange, Floats, Hit
from retrieval.store.ledger import Ledger
from retrieval.store.snapshot import Known, LedgerSnapshot, deep_enough, known_of
from retrieval.store.vectors import VectorIndex, build, due, name_of
from retrieval.store.words import WordIndex, best, made, wipe, writing

BIG = 5_000
"""Chunks of one change from which tantivy is given more memory."""
MOSTLY = 0.3
"""Share of chunks out of force from which tantivy leaves their files out itself."""
Hook = Callable[[str], None]


def _nothing(step: str) -> None:
    """What happens between two steps of a write, tests aside."""


class LocalStore:
    """Chunks in a folder. Safe from several threads and processes."""

    def __init__(self, folder: Path, *, at: Hook = _nothing) -> None:
        """Opens the store, made empty where there is none. Raises StoreError where it cannot be read.

        `at` is told each step of a write before it is taken.
        """
        self.folder, self._at = folder, at
        self._words_folder = folder / "words"
        self._guard = threading.Lock()
        self._vectors: tuple[int, VectorIndex] | None = None
        self._known: dict[int, Known] = {}
        with _errors(folder):
            folder.mkdir(parents=True, exist_ok=True)
            self.ledger = Ledger(f"sqlite:///{folder / 'chunks.db'}", tenant="")
            self._recover()
            self._words = WordIndex(self._words_folder)

    def close(self) -> None:
        self.ledger.close()

    def apply(self, changes: Sequence[FileChange]) -> int:
        """Make all `changes` at once and durably; gives the new generation. Raises StoreError."""
        with _errors(self.folder), self._writing():
            self._catch_up()
            self._at("ledger")
            generation = self.ledger.write(changes)
            self._at("words")
            big = sum(len(change.chunks) for change in changes) > BIG
            self._index([change.name for change in changes], generation, big=big)
            self._at("vectors")
            self._build_vectors(generation)
            self._at("purge")
            self.ledger.purge(generation - 1)
        return generation

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Only one writer of all processes at a time."""
        with (self.folder / "lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _recover(self) -> None:
        """Make good what a killed writer left, unless another is at work just now.

        Where there are no words yet, whoever makes them is waited for: two would overwrite one another.
        """
        wait = fcntl.LOCK_NB if made(self._words_folder) else 0
        with (self.folder / "lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | wait)
            except BlockingIOError:
                return
            self._catch_up()

    def _catch_up(self) -> None:
        """Bring tantivy to the generation of the ledger; a broken index is made again."""
        durable = self.ledger.generation
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
                    writer.put(self.ledger.words_of(None))
                else:
                    for name in self.ledger.changed_since(seen):
                        writer.drop(name)
                        writer.put(self.ledger.words_of(name))
                writer.commit(durable)

    def _index(self, names: Sequence[str], generation: int, *, big: bool) -> None:
        with writing(self._words_folder, big=big) as writer:
            for name in dict.fromkeys(names):
                writer.drop(name)
                writer.put(self.ledger.words_of(name))
            self._at("commit")
            writer.commit(generation)
            self._at("merge")

    def _build_vectors(self, generation: int) -> None:
        """Build FAISS anew where much came since; the file before goes when the one after is known."""
        at = self.ledger.get("vectors_built")
        died = self.ledger.died_of_vectors(generation, at)
        dead = self.ledger.get("vectors_dead") + died
        new = self.ledger.count_vectors(generation, since=at)
        if not due(new + dead, self.ledger.get("vectors_count")):
            if died:
                self.ledger.put(vectors_dead=dead)
            return
        rows, vectors = self.ledger.vectors(generation)
        if rows:
            build(rows, vectors, self.folder / name_of(generation))
        built = generation if rows else 0
        self.ledger.put(vectors_built=built, vectors_count=len(rows), vectors_dead=0)
        for old in self.folder.glob("vectors-*.faiss"):
            if old.name not in {name_of(built), name_of(at)}:
                old.unlink(missing_ok=True)

    def snapshot(self) -> LocalSnapshot:
        """The newest whole state; cheap, called for every search."""
        with _errors(self.folder), self._guard:
            if self._words.stale():
                self._words.reread()
            generation = self._words.generation
            known = known_of(self._known, generation)
            return LocalSnapshot(self, generation, self._words.searcher, self._words.schema, known)

    def vectors_at(self, generation: int) -> VectorIndex:
        """The vectors of a generation."""
        held = self._vectors
        if held is None or held[0] != generation:
            before = held[1] if held else None
            held = (generation, VectorIndex.load(self.ledger, self.folder, generation, before))
            self._vectors = held
        return held[1]


class LocalSnapshot(LedgerSnapshot):
    """One generation of a local store."""

    def __init__(self, store: LocalStore, generation: int, searcher: Any, schema: Any, known: Known) -> None:
        super().__init__(store.ledger, generation, known)
        self._store, self._searcher, self._schema = store, searcher, schema

    def __len__(self) -> int:
        return max(0, int(self._searcher.num_docs) - 1)

    def doc_freq(self, token: str) -> int:
        """See `Snapshot.doc_freq`."""
        return int(self._searcher.doc_freq("body", token))

    def by_words(self, weights: Mapping[str, float], count: int, *, day: date | None) -> list[Hit]:
        """See `Snapshot.by_words`."""
        files, rows = self.out(day)
        without = sorted(files) if len(rows) > MOSTLY * len(self) else []

        def search(wanted: int) -> list[Hit]:
            return best(self._searcher, self._schema, weights, wanted, without)

        with _errors(self._store.folder):
            return deep_enough(search, count, rows)

    def by_vector(self, vector: Floats, count: int, *, day: date | None) -> list[Hit]:
        """See `Snapshot.by_vector`."""
        with _errors(self._store.folder):
            index = self._store.vectors_at(self.generation)
            if not index:
                return []
            return deep_enough(
                lambda wanted: index.best(vector, wanted),
                count,
                self.out(day)[1],
                lambda rows: self._ledger.living(rows, self.generation),
            )


@contextmanager
def _errors(folder: Path) -> Iterator[None]:
    """What tantivy, FAISS and the disk complain of, as StoreError in one line."""
    try:
        yield
    except (OSError, ValueError, RuntimeError) as error:
        raise StoreError(f"library {folder}: {error}", transient=False) from error
