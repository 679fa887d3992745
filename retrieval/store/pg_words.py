"""The lexical half of the PostgreSQL store: exact BM25 over packed postings, one row a token and span of chunks.

A span is a run of chunks of one file, which are born together and die together: its generations stand in one row, a change
writes a row for each token of a file, and frequencies are those of the generation that is asked for.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from struct import Struct
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Column, Index, Integer, LargeBinary, MetaData, Table, Text, insert, text
from sqlalchemy.orm import Session

from retrieval.store.ledger import Words
from retrieval.store.words import HEAD

K1, B = 1.2, 0.75
"""Of BM25, as the local store has them."""
WIDEST = 200
"""Characters by which tokens are told apart: a key of PostgreSQL's index is short."""

TABLES = MetaData()
SPANS = Table(
    "knowledge_spans",
    TABLES,
    Column("tenant", Text, primary_key=True),
    Column("first", Integer, primary_key=True),
    Column("born", Integer, nullable=False),
    Column("died", Integer),
    Column("chunks", Integer, nullable=False),
    Column("body_tokens", Integer, nullable=False),
    Column("head_tokens", Integer, nullable=False),
)
POSTINGS = Table(
    "knowledge_postings",
    TABLES,
    Column("tenant", Text, primary_key=True),
    Column("token", Text, primary_key=True),
    Column("first", Integer, primary_key=True),
    Column("bodies", Integer, nullable=False),
    Column("heads", Integer, nullable=False),
    Column("entries", LargeBinary, nullable=False),
    Index("knowledge_postings_span", "tenant", "first"),
)
_ENTRY = np.dtype([("at", "<u2"), ("body", "u1"), ("head", "u1"), ("in_body", "<u2"), ("in_head", "<u2")])
"""A chunk as its place in the span, how often it has the token, and how many tokens it has; the largest that fit."""
_PACKED = Struct("<HBBHH")
_OFTEN, _LONG = 2**8 - 1, 2**16 - 1
_LIVING = (
    " from knowledge_postings p join knowledge_spans s on s.tenant = p.tenant and s.first = p.first"
    " where p.tenant = :tenant and p.token = any(:tokens) and s.born <= :g and (s.died is null or s.died > :g)"
)
_PUT = text(
    "insert into knowledge_postings (tenant, first, token, bodies, heads, entries) select :tenant, :first, * from"
    " unnest(cast(:tokens as text[]), cast(:bodies as int[]), cast(:heads as int[]), cast(:entries as bytea[]))"
)


class Totals(NamedTuple):
    """Of a generation: chunks, and tokens of all their bodies and heads."""

    chunks: int
    body: int
    head: int


class Posting(NamedTuple):
    """The chunks of one span that hold a token, packed."""

    token: str
    first: int
    entries: bytes


Frequencies = Mapping[str, tuple[int, int]]
"""Chunks that hold a token in their body, and in their head."""
Scores = tuple[NDArray[np.int64], NDArray[np.float64]]
"""Rows, each once and ascending, and how well each answers."""


def key(token: str) -> str:
    """The token as the index knows it."""
    return token[:WIDEST]


class PostgresWords:
    """Postings of one tenant, read and written in sessions of the caller's."""

    def __init__(self, tenant: str) -> None:
        self._tenant = tenant

    def put(self, session: Session, chunks: Iterable[Words], generation: int) -> None:
        """Take chunks in; those of one file stand together."""
        for _, mine in groupby(chunks, key=lambda chunk: chunk.file):
            self._put_span(session, list(mine), generation)

    def _put_span(self, session: Session, chunks: Sequence[Words], generation: int) -> None:
        first = chunks[0].row
        said = [(chunk.row - first, chunk.body.split(), chunk.head.split()) for chunk in chunks]
        span = {
            "tenant": self._tenant,
            "first": first,
            "born": generation,
            "chunks": len(chunks),
            "body_tokens": sum(len(body) for _, body, _ in said),
            "head_tokens": sum(len(head) for _, _, head in said),
        }
        session.execute(insert(SPANS), [span])
        if packed := _packed(said):
            told = zip(*((token, *counts) for token, counts in sorted(packed.items())), strict=True)
            columns = dict(zip(("tokens", "bodies", "heads", "entries"), map(list, told), strict=True))
            session.execute(_PUT, {"tenant": self._tenant, "first": first, **columns})

    def bury(self, session: Session, rows: Sequence[int], generation: int) -> None:
        """The spans of these chunks, which are all of their file, died in `generation`."""
        sql = "update knowledge_spans set died = :g where tenant = :tenant and first = any(:rows)"
        session.execute(text(sql), {"tenant": self._tenant, "rows": list(rows), "g": generation})

    def forget(self, session: Session, rows: Sequence[int]) -> None:
        """Delete the spans of chunks that nobody looks back at."""
        for table in ("knowledge_postings", "knowledge_spans"):
            sql = text(f"delete from {table} where tenant = :tenant and first = any(:rows)")
            session.execute(sql, {"tenant": self._tenant, "rows": list(rows)})

    def totals(self, session: Session, generation: int) -> Totals:
        sql = text(
            "select coalesce(sum(chunks), 0), coalesce(sum(body_tokens), 0), coalesce(sum(head_tokens), 0)"
            " from knowledge_spans where tenant = :tenant and born <= :g and (died is null or died > :g)"
        )
        return Totals(*map(int, session.execute(sql, {"tenant": self._tenant, "g": generation}).one()))

    def frequencies(
        self, session: Session, tokens: Iterable[str], generation: int
    ) -> dict[str, tuple[int, int]]:
        """In how many chunks of a generation each token stands; (0, 0) where in none."""
        wanted = list(tokens)
        sql = text(f"select p.token, sum(p.bodies), sum(p.heads){_LIVING} group by p.token")
        found = session.execute(sql, {"tenant": self._tenant, "tokens": wanted, "g": generation})
        return dict.fromkeys(wanted, (0, 0)) | {token: (int(body), int(head)) for token, body, head in found}

    def postings(
        self, session: Session, tokens: Sequence[str], generation: int, spans: Sequence[int] | None = None
    ) -> list[Posting]:
        """The postings of a generation for `tokens`, of some spans alone where those are given."""
        told: dict[str, Any] = {"tenant": self._tenant, "tokens": list(tokens), "g": generation}
        sql = f"select p.token, p.first, p.entries{_LIVING}"
        if spans is not None:
            sql += " and p.first = any(:spans)"
            told["spans"] = list(spans)
        return [Posting(*row) for row in session.execute(text(sql), told)]


def _packed(said: Iterable[tuple[int, list[str], list[str]]]) -> dict[str, tuple[int, int, bytes]]:
    """Token to the number of bodies and of heads with it, and its entries."""
    entries: dict[str, bytearray] = {}
    bodies: Counter[str] = Counter()
    heads: Counter[str] = Counter()
    for at, body, head in said:
        in_body, in_head = Counter(map(key, body)), Counter(map(key, head))
        bodies.update(in_body.keys())
        heads.update(in_head.keys())
        lengths = min(len(body), _LONG), min(len(head), _LONG)
        for token in in_body.keys() | in_head.keys():
            counts = min(in_body[token], _OFTEN), min(in_head[token], _OFTEN)
            entries.setdefault(token, bytearray()).extend(_PACKED.pack(at, *counts, *lengths))
    return {token: (bodies[token], heads[token], bytes(packed)) for token, packed in entries.items()}


def rarity(total: int, seen: int) -> float:
    """BM25's weight of a token that `seen` of `total` chunks hold; 0 where none does."""
    return math.log(1 + (total - seen + 0.5) / (seen + 0.5)) if seen else 0.0


def most(weights: Mapping[str, float], tokens: Iterable[str], seen: Frequencies, total: int) -> float:
    """What a chunk can have of these tokens at most."""
    return sum(
        weights[token] * (K1 + 1) * (rarity(total, seen[token][0]) + HEAD * rarity(total, seen[token][1]))
        for token in tokens
    )


def scored(
    postings: Sequence[Posting], weights: Mapping[str, float], seen: Frequencies, totals: Totals
) -> Scores:
    """BM25 of every chunk of the postings."""
    packed = np.frombuffer(b"".join(one.entries for one in postings), dtype=_ENTRY)
    sizes = np.array([len(one.entries) // _ENTRY.itemsize for one in postings], dtype=np.int64)
    firsts = np.array([one.first for one in postings], dtype=np.int64)
    rows = packed["at"] + np.repeat(firsts, sizes)
    sums = np.zeros(len(packed))
    for field, (share, length) in enumerate(((1.0, totals.body), (HEAD, totals.head))):
        usual = length / max(1, totals.chunks) or 1.0
        worth = [
            share * weights[one.token] * rarity(totals.chunks, seen[one.token][field]) for one in postings
        ]
        often = packed["head" if field else "body"].astype(float)
        norm = K1 * (1 - B + B * packed["in_head" if field else "in_body"] / usual)
        sums += np.repeat(worth, sizes) * often * (K1 + 1) / (often + norm)
    found, places = np.unique(rows, return_inverse=True)
    return found, np.bincount(places, weights=sums).astype(np.float64)
