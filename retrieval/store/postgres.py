"""The store of many machines: one PostgreSQL database for all of them, with pgvector where vectors are used.

A change is one transaction; a snapshot is the number of the newest generation, and what is read through it are the rows
that live in that generation, so that no transaction stays open between two questions of a reader.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import text
from sqlalchemy.exc import NotSupportedError, OperationalError, ProgrammingError
from sqlalchemy.orm import Session

from core.errors import MissingEngineError, StoreError, TalktrackError
from retrieval.store.base import FileChange, Floats, Hit
from retrieval.store.ledger import Change, Ledger, Words
from retrieval.store.pg_words import TABLES, Frequencies, PostgresWords, Totals, key, most, scored
from retrieval.store.snapshot import Known, LedgerSnapshot, deep_enough, known_of

AT_ONCE = 200_000
"""Postings that are weighed without a second look: the most of one search that fits its time."""
BIG = 5_000
"""Chunks of a change after which the database counts its tables anew, so that it plans for their size."""
_SLICE = 1_000
_COUNTED = ("knowledge_chunks", "knowledge_spans", "knowledge_postings")
_VECTORS = (
    "create table {name} (tenant text, id integer, embedding vector({size}) not null, primary key (tenant, id))",
    "create index {name}_near on {name} using hnsw (embedding vector_ip_ops)",
)
_LIVES = "c.tenant = :tenant and c.born <= :g and (c.died is null or c.died > :g)"


class PostgresStore:
    """Chunks of one tenant in a database that many machines share."""

    def __init__(self, url: str, tenant: str, dimensions: int | None = None) -> None:
        """Connects and makes what is missing; `dimensions` of the vectors, None where none are kept.

        Raises SettingsError for a URL that is none, MissingEngineError without the driver or pgvector, StoreError
        where the database cannot be reached.
        """
        if url.startswith("sqlite"):
            raise StoreError("library: TALKTRACK_KNOWLEDGE_URL is no PostgreSQL URL", transient=False)
        self.ledger = Ledger(url, tenant)
        self.tenant, self.dimensions = tenant, dimensions
        self.words = PostgresWords(tenant)
        self._known: dict[int, Known] = {}
        try:
            self._make()
        except TalktrackError:
            self.ledger.close()
            raise

    def _make(self) -> None:
        """Tables that are missing; those that are there are not touched, so that nobody waits for a writer."""
        with self.ledger.database.write("knowledge") as session:
            TABLES.create_all(session.connection())
            if self.dimensions and not _there(session, self.vectors):
                _add_pgvector(session)
                for line in _VECTORS:
                    session.execute(text(line.format(name=self.vectors, size=self.dimensions)))

    @property
    def vectors(self) -> str:
        """The table of vectors of this many dimensions."""
        return f"knowledge_vectors_{self.dimensions}"

    def close(self) -> None:
        self.ledger.close()

    def apply(self, changes: Sequence[FileChange]) -> int:
        """Make all `changes` at once and durably; gives the new generation. Raises StoreError."""
        generation = self.ledger.write(changes, self._index)
        self.ledger.purge(generation, self._forget)
        if sum(len(change.chunks) for change in changes) >= BIG:
            self._count_anew()
        return generation

    def _index(self, session: Session, change: Change) -> None:
        """Words and vectors of what was born; the spans of what died."""
        self.words.bury(session, change.died, change.generation)
        for at in range(change.born.start, change.born.stop, _SLICE):
            born = self._words(session, at, min(at + _SLICE, change.born.stop))
            self.words.put(session, born, change.generation)
        if self.dimensions:
            self._keep_vectors(session, change.born)

    def _words(self, session: Session, first: int, stop: int) -> list[Words]:
        sql = text(
            "select id, file, body, head from knowledge_chunks"
            " where tenant = :tenant and id >= :first and id < :stop order by id"
        )
        found = session.execute(sql, {"tenant": self.tenant, "first": first, "stop": stop})
        return [Words(*row) for row in found]

    def _keep_vectors(self, session: Session, born: range) -> None:
        """Vectors go to pgvector's table, out of the ledger's column."""
        told = {"tenant": self.tenant, "first": born.start, "last": born.stop - 1}
        kept = "tenant = :tenant and id between :first and :last and vector is not null"
        found = session.execute(text(f"select id, vector from knowledge_chunks where {kept}"), told).all()
        rows = [
            {"tenant": self.tenant, "id": row, "embedding": _written(np.frombuffer(blob, dtype=np.float16))}
            for row, blob in found
        ]
        if rows:
            session.execute(
                text(f"insert into {self.vectors} values (:tenant, :id, :embedding)"),
                rows,
            )
            session.execute(text(f"update knowledge_chunks set vector = null where {kept}"), told)

    def _forget(self, session: Session, rows: list[int]) -> None:
        self.words.forget(session, rows)
        if self.dimensions:
            sql = f"delete from {self.vectors} where tenant = :tenant and id = any(:rows)"
            session.execute(text(sql), {"tenant": self.tenant, "rows": rows})

    def _count_anew(self) -> None:
        tables = [*_COUNTED, *([self.vectors] if self.dimensions else [])]
        with self.ledger.database.write("knowledge") as session:
            session.execute(text(f"analyze {', '.join(tables)}"))

    def snapshot(self) -> PostgresSnapshot:
        """The newest whole state."""
        generation = self.ledger.generation
        return PostgresSnapshot(self, generation, known_of(self._known, generation))


class PostgresSnapshot(LedgerSnapshot):
    """One generation of a tenant."""

    def __init__(self, store: PostgresStore, generation: int, known: Known) -> None:
        super().__init__(store.ledger, generation, known)
        self._store = store

    def __len__(self) -> int:
        if "postgres.totals" not in self.memo:
            with self._ledger.database.read() as session:
                self._totals(session)
        totals: Totals = self.memo["postgres.totals"]
        return totals.chunks

    def _totals(self, session: Session) -> Totals:
        if "postgres.totals" not in self.memo:
            self.memo["postgres.totals"] = self._store.words.totals(session, self.generation)
        totals: Totals = self.memo["postgres.totals"]
        return totals

    def doc_freq(self, token: str) -> int:
        """See `Snapshot.doc_freq`."""
        known: Frequencies = self.memo.get("postgres.frequencies", {})
        if (wanted := key(token)) in known:
            return known[wanted][0]
        with self._ledger.database.read() as session:
            return self._frequencies(session, [wanted])[wanted][0]

    def _frequencies(self, session: Session, tokens: Sequence[str]) -> Frequencies:
        """Chunks that hold each token; asked for once a generation."""
        known: dict[str, tuple[int, int]] = self.memo.setdefault("postgres.frequencies", {})
        if missing := [token for token in tokens if token not in known]:
            known.update(self._store.words.frequencies(session, missing, self.generation))
        return known

    def by_words(self, weights: Mapping[str, float], count: int, *, day: date | None) -> list[Hit]:
        """See `Snapshot.by_words`; exact, however frequent the words."""
        out = self._out_rows(day)
        with self._ledger.database.read() as session:
            rows, scores = self._weighed(session, _keyed(weights), count, out)
        kept = ~np.isin(rows, out)
        rows, scores = rows[kept], scores[kept]
        best = np.lexsort((rows, -scores))[:count]
        return [Hit(int(rows[at]), float(scores[at])) for at in best]

    def _weighed(
        self, session: Session, weights: Mapping[str, float], count: int, out: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Rows and scores, the best `count` in force among them.

        Of words beyond AT_ONCE postings only the spans already met are read, unless those words alone could carry
        a chunk among the best.
        """
        totals, seen = self._totals(session), self._frequencies(session, list(weights))
        words = self._store.words
        rare, rest = _parted(weights, seen)
        found = words.postings(session, rare, self.generation)
        rows, scores = scored(found, weights, seen, totals)
        if rest:
            sure = np.sort(scores[~np.isin(rows, out)])[-count:]
            enough = len(sure) == count and sure[0] > most(weights, rest, seen, totals.chunks)
            spans = sorted({one.first for one in found}) if enough else None
            found += words.postings(session, rest, self.generation, spans)
            rows, scores = scored(found, weights, seen, totals)
        return rows, scores

    def _out_rows(self, day: date | None) -> NDArray[np.int64]:
        name = f"postgres.out.{day}"
        if name not in self.memo:
            self.memo[name] = np.array(sorted(self.out(day)[1]), dtype=np.int64)
        rows: NDArray[np.int64] = self.memo[name]
        return rows

    def by_vector(self, vector: Floats, count: int, *, day: date | None) -> list[Hit]:
        """See `Snapshot.by_vector`."""
        if not self._store.dimensions or self._store.dimensions != len(vector):
            return []
        said = _written(vector)

        def search(wanted: int) -> list[Hit]:
            with self._ledger.database.read() as session:
                found = self._nearest(session, said, wanted)
                if len(found) < wanted:
                    session.execute(text("set local enable_indexscan = off"))
                    found = self._nearest(session, said, wanted)
            return found

        return deep_enough(search, count, self.out(day)[1])

    def _nearest(self, session: Session, vector: str, count: int) -> list[Hit]:
        """Through the graph of all tenants, which gives up where those of this one are far from the question."""
        sql = text(
            f"select v.id, -(v.embedding <#> :vector) from {self._store.vectors} v join knowledge_chunks c"
            f" on c.tenant = v.tenant and c.id = v.id where v.tenant = :tenant and {_LIVES}"
            " order by v.embedding <#> :vector limit :count"
        )
        told: dict[str, Any] = {
            "tenant": self._store.tenant,
            "g": self.generation,
            "vector": vector,
            "count": count,
        }
        session.execute(text("set local hnsw.iterative_scan = strict_order"))
        return [Hit(row, float(score)) for row, score in session.execute(sql, told)]


def _keyed(weights: Mapping[str, float]) -> dict[str, float]:
    """Weights of tokens as the index knows them."""
    found: dict[str, float] = {}
    for token, weight in weights.items():
        found[key(token)] = found.get(key(token), 0.0) + weight
    return found


def _parted(weights: Mapping[str, float], seen: Frequencies) -> tuple[list[str], list[str]]:
    """The rarest tokens, of AT_ONCE postings together but one at least, and the others; of those that occur."""
    ordered = sorted((token for token in weights if any(seen[token])), key=lambda token: sum(seen[token]))
    total = 0
    for taken, token in enumerate(ordered):
        total += sum(seen[token])
        if total > AT_ONCE and taken:
            return ordered[:taken], ordered[taken:]
    return ordered, []


def _there(session: Session, table: str) -> bool:
    return session.scalar(text("select to_regclass(:name)"), {"name": table}) is not None


def _add_pgvector(session: Session) -> None:
    """Raises MissingEngineError where the server has no pgvector or this user may not add it."""
    there = session.scalar(text("select 1 from pg_extension where extname = 'vector'"))
    try:
        if there is None:
            session.execute(text("create extension vector"))
    except (NotSupportedError, ProgrammingError, OperationalError) as error:
        reason = " ".join(str(error.orig).split())
        raise MissingEngineError(
            "library", reason, "install pgvector 0.8 or newer and run CREATE EXTENSION vector"
        ) from error


def _written(vector: Floats) -> str:
    """A vector as pgvector reads it."""
    return "[" + ",".join(f"{float(value):.6g}" for value in vector) + "]"
