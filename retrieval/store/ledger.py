"""The durable half of the local store: SQLite, every row with the generations it lives in."""

from __future__ import annotations

import json
import re
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from langchain_core.documents import Document

from retrieval.store.base import ALIASES, Cell, Chunk, FileChange, FileRecord, Floats, FoundCell

KEPT_S = 60
"""Seconds that dead rows are kept, for readers that still look at an older generation."""
_ASKED_AT_ONCE = 500
_PARTED = re.compile(r"[|、;；/]")

_SCHEMA = """
create table if not exists state (key text primary key, value text not null);
create table if not exists files (
  name text not null, born integer not null, died integer, document text not null, dated integer not null, record text not null
);
create index if not exists files_by_name on files (name, died);
create index if not exists files_by_document on files (document, died);
create table if not exists chunks (
  id integer primary key autoincrement, file text not null, born integer not null, died integer, died_at real,
  valid_from text, valid_until text, text text not null, metadata text not null, body text not null, head text not null,
  vector blob
);
create index if not exists chunks_by_file on chunks (file, died);
create index if not exists chunks_dead on chunks (died) where died is not null;
create index if not exists chunks_dated on chunks (id) where valid_from is not null or valid_until is not null;
create index if not exists chunks_near on chunks (born) where vector is not null;
create table if not exists cells (
  chunk integer not null, place integer not null, entity text not null, attribute text not null, value text not null,
  primary key (chunk, place)
) without rowid;
create index if not exists cells_by_entity on cells (entity);
"""
_LIVE = "born <= :g and (died is null or died > :g)"


class Words(NamedTuple):
    """What the lexical index needs of a chunk."""

    row: int
    file: str
    body: str
    head: str


class Ledger:
    """One connection; not shared between threads."""

    def __init__(self, file: Path) -> None:
        self._db = sqlite3.connect(file, timeout=30, isolation_level=None, check_same_thread=False)
        self._db.execute("pragma journal_mode=wal")
        self._db.execute("pragma synchronous=full")
        self._db.execute("pragma mmap_size=1073741824")
        self._db.executescript(_SCHEMA)

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; the writer's lock is held from the start."""
        self._db.execute("begin immediate")
        try:
            yield
            self._db.execute("commit")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("rollback")
            raise

    def get(self, key: str, default: str) -> str:
        """A value of the store's own state."""
        row = self._db.execute("select value from state where key = ?", (key,)).fetchone()
        return row[0] if row else default

    def put(self, key: str, value: str) -> None:
        self._db.execute("insert or replace into state values (?, ?)", (key, value))

    @property
    def generation(self) -> int:
        """The newest generation that is durable."""
        return int(self.get("generation", "0"))

    def write(self, changes: Sequence[FileChange]) -> int:
        """Make the changes as the next generation, in one transaction; gives its number."""
        with self.transaction():
            generation = self.generation + 1
            for change in changes:
                self._bury(change.name, generation)
                if change.record is not None:
                    self._enter(change.record, change.chunks, generation)
            self.put("generation", str(generation))
        return generation

    def _bury(self, name: str, generation: int) -> None:
        self._db.execute("update files set died = ? where name = ? and died is null", (generation, name))
        self._db.execute(
            "update chunks set died = ?, died_at = ? where file = ? and died is null",
            (generation, time.time(), name),
        )

    def _enter(self, record: FileRecord, chunks: Iterable[Chunk], generation: int) -> None:
        told = json.dumps(asdict(record), ensure_ascii=False, default=str)
        dated = bool(record.valid_from or record.valid_until or record.reason)
        self._db.execute(
            "insert into files values (?, ?, null, ?, ?, ?)",
            (record.name, generation, record.document, dated, told),
        )
        row = self._db.execute(
            "select coalesce(max(seq), 0) from sqlite_sequence where name = 'chunks'"
        ).fetchone()[0]
        cells: list[tuple[Any, ...]] = []

        def rows() -> Iterator[tuple[Any, ...]]:
            for number, chunk in enumerate(chunks, row + 1):
                cells.extend((number, place, *_fields(cell)) for place, cell in enumerate(chunk.cells))
                yield (number, record.name, generation, *_columns(chunk))

        self._db.executemany(
            "insert into chunks (id, file, born, valid_from, valid_until, text, metadata, body, head, vector)"
            " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            rows(),
        )
        self._db.executemany("insert into cells values (?, ?, ?, ?, ?)", cells)

    def purge(self, seen: int) -> None:
        """Forget rows that died by generation `seen` and longer ago than any reader looks back."""
        before = time.time() - KEPT_S
        dead = "select id from chunks where died is not null and died <= ? and died_at < ?"
        with self.transaction():
            self._db.execute(f"delete from cells where chunk in ({dead})", (seen, before))
            self._db.execute(f"delete from chunks where id in ({dead})", (seen, before))
            self._db.execute(
                "delete from files where died is not null and died <= ? and not exists"
                " (select 1 from chunks where file = files.name and died = files.died)",
                (seen,),
            )

    def changed_since(self, generation: int) -> list[str]:
        """Names of the files that differ from what they were at `generation`."""
        found = self._db.execute(
            "select distinct name from files where born > :g or died > :g", {"g": generation}
        )
        return [name for (name,) in found]

    def words_of(self, name: str | None) -> Iterator[Words]:
        """The living chunks of a file, or of all, for the lexical index."""
        where = "died is null" + ("" if name is None else " and file = :name")
        yield from map(
            Words._make,
            self._db.execute(
                f"select id, file, body, head from chunks where {where} order by id", {"name": name}
            ),
        )

    def files(self, generation: int, *, timed: bool = False) -> list[FileRecord]:
        """Every file of a generation by name; `timed`: those alone that a day may put out of force."""
        where = _LIVE
        if timed:
            where += (
                f" and (dated or document in (select document from files where {_LIVE} and document <> ''"
                " group by document having count(*) > 1))"
            )
        found = self._db.execute(f"select record from files where {where} order by name", {"g": generation})
        return [_record(json.loads(told)) for (told,) in found]

    def rows_out_of_force(self, generation: int, names: Sequence[str], day: date) -> set[int]:
        """Chunks of the files named, and those that their own dates put out of force."""
        today = {"g": generation, "day": day.isoformat()}
        found = self._db.execute(
            f"select id from chunks where (valid_from is not null or valid_until is not null) and {_LIVE}"
            " and (valid_from > :day or valid_until < :day)",
            today,
        )
        out = {row for (row,) in found}
        for name in names:
            mine = self._db.execute(
                f"select id from chunks where file = :name and {_LIVE}", {**today, "name": name}
            )
            out.update(row for (row,) in mine)
        return out

    def documents(self, rows: Sequence[int]) -> dict[int, Document]:
        """Chunks by row; a row that is gone is left out."""
        found: dict[int, Document] = {}
        for at in range(0, len(rows), _ASKED_AT_ONCE):
            part = rows[at : at + _ASKED_AT_ONCE]
            marks = ",".join("?" * len(part))
            sql = f"select id, text, metadata, body, head from chunks where id in ({marks})"
            for row, text, metadata, body, head in self._db.execute(sql, tuple(part)):
                told = {**json.loads(metadata), "body": body.split(), "head": head.split()}
                found[row] = Document(id=told["source"], page_content=text, metadata=told)
        return found

    def all_documents(self, generation: int) -> Iterator[tuple[int, Document]]:
        """Every living chunk with its row, file by file."""
        sql = f"select id, text, metadata from chunks where {_LIVE} order by file, id"
        for row, text, metadata in self._db.execute(sql, {"g": generation}):
            told = json.loads(metadata)
            yield row, Document(id=told["source"], page_content=text, metadata=told)

    def entities(self, generation: int) -> dict[str, tuple[str, ...]]:
        """Row names of tables and their aliases, with the row names that each stands for."""
        told = {"g": generation}
        names = f"select distinct entity from cells join chunks on chunks.id = cells.chunk where {_LIVE}"
        found: dict[str, set[str]] = {name: {name} for (name,) in self._db.execute(names, told)}
        marks = ",".join(f"'{name}'" for name in ALIASES)
        aliases = (
            "select entity, value from cells join chunks on chunks.id = cells.chunk"
            f" where attribute in ({marks}) and {_LIVE}"
        )
        for name, value in self._db.execute(aliases, told):
            for alias in filter(None, map(str.strip, _PARTED.split(value))):
                found.setdefault(alias, set()).add(name)
        return {name: tuple(sorted(rows)) for name, rows in found.items()}

    def table_of(self, row: int, generation: int) -> list[FoundCell]:
        """The cells of the rows under the same headings of the same file."""
        sql = (
            "select cells.chunk, entity, attribute, value from cells join chunks on chunks.id = cells.chunk"
            f" where file = (select file from chunks where id = :row) and {_LIVE}"
            " and json_extract(metadata, '$.heading') = (select json_extract(metadata, '$.heading') from chunks where id = :row)"
            " order by cells.chunk, place"
        )
        rows = self._db.execute(sql, {"g": generation, "row": row})
        return [FoundCell(chunk, Cell(*told)) for chunk, *told in rows]

    def cells(self, entities: Sequence[str], generation: int) -> list[FoundCell]:
        """The cells of those rows, in the order of the tables."""
        found: list[FoundCell] = []
        for at in range(0, len(entities), _ASKED_AT_ONCE):
            part = entities[at : at + _ASKED_AT_ONCE]
            marks = ",".join(f":e{number}" for number in range(len(part)))
            sql = (
                "select chunk, entity, attribute, value from cells join chunks on chunks.id = cells.chunk"
                f" where entity in ({marks}) and {_LIVE} order by chunk, place"
            )
            named = {f"e{number}": entity for number, entity in enumerate(part)}
            rows = self._db.execute(sql, {**named, "g": generation})
            found += [FoundCell(chunk, Cell(*told)) for chunk, *told in rows]
        return found

    def vectors(self, generation: int, *, since: int = 0) -> tuple[list[int], Floats]:
        """Rows and vectors (rows, dimensions) of living chunks born after `since`."""
        sql = f"select id, vector from chunks where vector is not null and born > :since and {_LIVE} order by id"
        found = self._db.execute(sql, {"g": generation, "since": since}).fetchall()
        rows = [row for row, _ in found]
        if not rows:
            return rows, np.zeros((0, 0), dtype=np.float32)
        joined = np.frombuffer(b"".join(blob for _, blob in found), dtype=np.float16)
        return rows, joined.reshape(len(rows), -1).astype(np.float32)

    def count_vectors(self, *, since: int = 0) -> int:
        """Living chunks with a vector that were born after `since`."""
        sql = "select count(*) from chunks where vector is not null and born > ? and died is null"
        return int(self._db.execute(sql, (since,)).fetchone()[0])

    def living(self, rows: Sequence[int], generation: int) -> set[int]:
        """Those of `rows` that live in a generation."""
        marks = ",".join(str(int(row)) for row in rows)
        found = self._db.execute(
            f"select id from chunks where id in ({marks}) and {_LIVE}", {"g": generation}
        )
        return {row for (row,) in found}


def _fields(cell: Cell) -> tuple[str, str, str]:
    return cell.entity, cell.attribute, cell.value


def _columns(chunk: Chunk) -> tuple[Any, ...]:
    metadata = chunk.document.metadata
    vector = None if chunk.vector is None else np.asarray(chunk.vector, dtype=np.float16).tobytes()
    return (
        metadata.get("valid_from"),
        metadata.get("valid_until"),
        chunk.document.page_content,
        json.dumps(metadata, ensure_ascii=False),
        " ".join(chunk.body),
        " ".join(chunk.head),
        vector,
    )


def _record(told: dict[str, Any]) -> FileRecord:
    days = {
        key: date.fromisoformat(told[key]) if told[key] else None for key in ("valid_from", "valid_until")
    }
    return FileRecord(**{**told, **days})
