"""The store of many machines: one PostgreSQL database for all of them, with pgvector where vectors are used.

A change is one transaction; a snapshot is the number of the newest generation, and what is read through it are the rows
that live in that generation, so that no transaction stays open between two questions of a reader.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from core.errors import StoreError
from retrieval.store.base import FileChange, Floats, Hit
from retrieval.store.ledger import Change, Ledger, Words
from retrieval.store.snapshot import Known, LedgerSnapshot, deep_enough, known_of
from retrieval.store.words import HEAD

K1, B = 1.2, 0.75
"""Of BM25, as the local store has them."""
CANDIDATES = 2_000
"""Chunks that are weighed for one search: those with the rarest tokens of the question."""
_FEWEST = 3
_AT_ONCE = 500
_LENGTHS = ("body_tokens", "head_tokens")
_TABLES = (
    "create table if not exists knowledge_words (tenant text, id integer, tokens text[] not null, primary key (tenant, id))",
    "create index if not exists knowledge_words_tokens on knowledge_words using gin (tokens)",
    "create table if not exists knowledge_terms"
    " (tenant text, field text, token text, chunks integer not null, primary key (tenant, field, token))",
)
_VECTORS = (
    "create extension if not exists vector",
    "create table if not exists knowledge_vectors_{size}"
    " (tenant text, id integer, embedding vector({size}) not null, primary key (tenant, id))",
    "create index if not exists knowledge_vectors_{size}_near on knowledge_vectors_{size}"
    " using hnsw (embedding vector_ip_ops)",
)
_LIVES = "c.tenant = :tenant and c.born <= :g and (c.died is null or c.died > :g)"


class PostgresStore:
    """Chunks of one tenant in a database that many machines share."""

    def __init__(self, url: str, tenant: str, dimensions: int | None = None) -> None:
        """Connects and makes what is missing; `dimensions` of the vectors, None where none are kept.

        Raises SettingsError for a URL that is none, MissingEngineError without the driver, StoreError where the
        database cannot be reached or has no pgvector.
        """
        self.ledger = Ledger(url, tenant)
        if self.ledger.database.dialect != "postgresql":
            raise StoreError("library: TALKTRACK_KNOWLEDGE_URL is no PostgreSQL URL", transient=False)
        self.tenant, self.dimensions = tenant, dimensions
        self._known: dict[int, Known] = {}
        made = [*_TABLES, *(line.format(size=dimensions) for line in _VECTORS if dimensions)]
        with self.ledger.database.write("knowledge") as session:
            for statement in made:
                session.execute(text(statement))

    def close(self) -> None:
        self.ledger.close()

    def apply(self, changes: Sequence[FileChange]) -> int:
        """Make all `changes` at once and durably; gives the new generation. Raises StoreError."""
        generation = self.ledger.write(changes, self._index)
        self.ledger.purge(generation, self._forget)
        return generation

    def _index(self, session: Session, change: Change) -> None:
        """Words and vectors of what was born; the counts of what died are taken off."""
        self._count(session, self._words(session, change.died), -1)
        for at in range(change.born.start, change.born.stop, _AT_ONCE):
            born = self._words(session, range(at, min(at + _AT_ONCE, change.born.stop)))
            rows = [
                {
                    "tenant": self.tenant,
                    "id": one.row,
                    "tokens": sorted({*one.body.split(), *one.head.split()}),
                }
                for one in born
            ]
            session.execute(text("insert into knowledge_words values (:tenant, :id, :tokens)"), rows)
            self._count(session, born, 1)
        if self.dimensions:
            self._keep_vectors(session, change.born)

    def _words(self, session: Session, rows: Sequence[int]) -> list[Words]:
        found: list[Words] = []
        sql = text(
            "select id, file, body, head from knowledge_chunks where tenant = :tenant and id = any(:rows)"
        )
        for at in range(0, len(rows), _AT_ONCE):
            part = list(rows[at : at + _AT_ONCE])
            found += [Words(*row) for row in session.execute(sql, {"tenant": self.tenant, "rows": part})]
        return found

    def _count(self, session: Session, chunks: Iterable[Words], sign: int) -> None:
        """How many chunks hold each token, and how many tokens there are in all."""
        seen: Counter[tuple[str, str]] = Counter()
        lengths: Counter[str] = Counter()
        for chunk in chunks:
            for field, said, length in (("body", chunk.body, _LENGTHS[0]), ("head", chunk.head, _LENGTHS[1])):
                tokens = said.split()
                seen.update((field, token) for token in set(tokens))
                lengths[length] += len(tokens)
        rows = [
            {"tenant": self.tenant, "field": field, "token": token, "chunks": sign * count}
            for (field, token), count in sorted(seen.items())
        ]
        if not rows:
            return
        session.execute(
            text(
                "insert into knowledge_terms values (:tenant, :field, :token, :chunks)"
                " on conflict (tenant, field, token) do update set chunks = knowledge_terms.chunks + excluded.chunks"
            ),
            rows,
        )
        for key in _LENGTHS:
            session.execute(
                text(
                    "insert into knowledge_state values (:tenant, :key, :value) on conflict (tenant, key) do update"
                    " set value = (knowledge_state.value::bigint + excluded.value::bigint)::text"
                ),
                {"tenant": self.tenant, "key": key, "value": str(sign * lengths[key])},
            )

    def _keep_vectors(self, session: Session, born: range) -> None:
        """Vectors go to pgvector's table, out of the ledger's column."""
        import numpy as np

        told = {"tenant": self.tenant, "first": born.start, "last": born.stop - 1}
        kept = "tenant = :tenant and id between :first and :last and vector is not null"
        found = session.execute(text(f"select id, vector from knowledge_chunks where {kept}"), told).all()
        rows = [
            {"tenant": self.tenant, "id": row, "embedding": _written(np.frombuffer(blob, dtype=np.float16))}
            for row, blob in found
        ]
        if rows:
            session.execute(
                text(f"insert into knowledge_vectors_{self.dimensions} values (:tenant, :id, :embedding)"),
                rows,
            )
            session.execute(text(f"update knowledge_chunks set vector = null where {kept}"), told)

    def _forget(self, session: Session, rows: list[int]) -> None:
        tables = ["knowledge_words", *([f"knowledge_vectors_{self.dimensions}"] if self.dimensions else [])]
        for table in tables:
            session.execute(
                text(f"delete from {table} where tenant = :tenant and id = any(:rows)"),
                {"tenant": self.tenant, "rows": rows},
            )

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
        if "postgres.count" not in self.memo:
            self.memo["postgres.count"] = self._ledger.count(self.generation)
        return int(self.memo["postgres.count"])

    def doc_freq(self, token: str) -> int:
        """See `Snapshot.doc_freq`."""
        return self._frequencies([token])["body", token]

    def _frequencies(self, tokens: Sequence[str]) -> dict[tuple[str, str], int]:
        """Chunks that hold each token, by field; asked for once a generation."""
        known: dict[tuple[str, str], int] = self.memo.setdefault("postgres.frequencies", {})
        if missing := [token for token in tokens if ("body", token) not in known]:
            sql = text(
                "select field, token, chunks from knowledge_terms where tenant = :tenant and token = any(:tokens)"
            )
            known.update({(field, token): 0 for token in missing for field in ("body", "head")})
            with self._ledger.database.read() as session:
                for field, token, count in session.execute(
                    sql, {"tenant": self._store.tenant, "tokens": missing}
                ):
                    known[field, token] = count
        return known

    def by_words(self, weights: Mapping[str, float], count: int, *, day: date | None) -> list[Hit]:
        """See `Snapshot.by_words`; weighed are the CANDIDATES, at most about, that hold the rarest tokens."""
        counts = self._frequencies(list(weights))
        known = [token for token in weights if counts["body", token] or counts["head", token]]
        rare = self._rarest(known, counts)
        if not rare:
            return []
        found = sorted(self._weighed(weights, known, rare, counts), key=lambda hit: (-hit.score, hit.row))
        return deep_enough(lambda wanted: found[:wanted], count, self.out(day)[1])

    def _rarest(self, known: list[str], counts: Mapping[tuple[str, str], int]) -> list[str]:
        """The rarest tokens, as many as CANDIDATES allow and a few at least."""
        ordered = sorted(known, key=lambda token: counts["body", token] + counts["head", token])
        total, taken = 0, 0
        for token in ordered:
            total += counts["body", token] + counts["head", token]
            if total > CANDIDATES and taken >= _FEWEST:
                break
            taken += 1
        return ordered[:taken]

    def _weighed(
        self,
        weights: Mapping[str, float],
        known: list[str],
        rare: list[str],
        counts: Mapping[tuple[str, str], int],
    ) -> list[Hit]:
        total = max(1, len(self))
        sql = text(
            "select c.id, c.body, c.head from knowledge_words w join knowledge_chunks c on c.tenant = w.tenant"
            f" and c.id = w.id where w.tenant = :tenant and w.tokens && :rare and {_LIVES}"
        )
        told = {"tenant": self._store.tenant, "rare": rare, "g": self.generation}
        with self._ledger.database.read() as session:
            found = session.execute(sql, told).all()
        usual = {"body": self._ledger.get(_LENGTHS[0]) / total, "head": self._ledger.get(_LENGTHS[1]) / total}
        rarity = {key: math.log(1 + (total - seen + 0.5) / (seen + 0.5)) for key, seen in counts.items()}
        hits = []
        for row, body, head in found:
            score = 0.0
            for field, share, said in (("body", 1.0, body), ("head", HEAD, head)):
                tokens = said.split()
                norm = K1 * (1 - B + B * len(tokens) / (usual[field] or 1.0))
                seen = Counter(tokens)
                score += share * sum(
                    weights[token] * rarity[field, token] * seen[token] * (K1 + 1) / (seen[token] + norm)
                    for token in known
                    if seen[token]
                )
            hits.append(Hit(row, score))
        return hits

    def by_vector(self, vector: Floats, count: int, *, day: date | None) -> list[Hit]:
        """See `Snapshot.by_vector`."""
        if not self._store.dimensions or self._store.dimensions != len(vector):
            return []
        table = f"knowledge_vectors_{self._store.dimensions}"
        sql = text(
            f"select v.id, -(v.embedding <#> :vector) from {table} v join knowledge_chunks c on c.tenant = v.tenant"
            f" and c.id = v.id where v.tenant = :tenant and {_LIVES} order by v.embedding <#> :vector limit :count"
        )
        told: dict[str, Any] = {
            "tenant": self._store.tenant,
            "g": self.generation,
            "vector": _written(vector),
        }

        def search(wanted: int) -> list[Hit]:
            with self._ledger.database.read() as session:
                session.execute(text("set local hnsw.iterative_scan = strict_order"))
                return [
                    Hit(row, float(score)) for row, score in session.execute(sql, {**told, "count": wanted})
                ]

        return deep_enough(search, count, self.out(day)[1])


def _written(vector: Floats) -> str:
    """A vector as pgvector reads it."""
    return "[" + ",".join(f"{float(value):.6g}" for value in vector) + "]"
