"""The durable half of a store: a database in which every row carries the generations it lives in."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any, NamedTuple, TypeVar

import numpy as np
from langchain_core.documents import Document
from sqlalchemy import ColumnElement, Select, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from crm.database import Database
from retrieval.store.base import ALIASES, Cell, Chunk, FileChange, FileRecord, Floats, FoundCell
from retrieval.store.schema import CELLS, CHUNKS, FILES, STATE, TABLES

KEPT_S = 60
"""Seconds that dead rows are kept, for readers that still look at an older generation."""
_AT_ONCE = 500
_PARTED = re.compile(r"[|、;；/]")
T = TypeVar("T")
_GENERATION, _LAST_ROW = "generation", "last_row"


class Words(NamedTuple):
    """What the lexical index needs of a chunk."""

    row: int
    file: str
    body: str
    head: str


class Change(NamedTuple):
    """What one write did: the generation it made, and rows of chunks that were born and that died."""

    generation: int
    born: range
    died: list[int]


Then = Callable[[Session, Change], None]


def _nothing(session: Session, change: Change) -> None:
    """What else belongs to a write, where nothing does."""


class Ledger:
    """The library of one tenant in a database. Safe from several threads and processes; raises StoreError."""

    def __init__(self, url: str, tenant: str) -> None:
        self._db = Database(url, TABLES, what="library", timeout_s=30.0)
        self._tenant = tenant
        self._key = (
            f"knowledge of {tenant}"  # the business database may be the same, and locks by tenant alone
        )

    def close(self) -> None:
        self._db.close()

    @property
    def database(self) -> Database:
        return self._db

    def get(self, key: str, default: int = 0) -> int:
        """A number of the store's own state."""
        with self._db.read() as session:
            return self._get(session, key, default)

    def put(self, **values: int) -> None:
        """Keep numbers of the store's own state, all at once."""
        with self._db.write(self._key) as session:
            for key, value in values.items():
                self._put(session, key, value)

    def _get(self, session: Session, key: str, default: int = 0) -> int:
        found = session.scalar(
            select(STATE.c.value).where(STATE.c.tenant == self._tenant, STATE.c.key == key)
        )
        return default if found is None else int(found)

    def _put(self, session: Session, key: str, value: int) -> None:
        session.execute(delete(STATE).where(STATE.c.tenant == self._tenant, STATE.c.key == key))
        session.execute(insert(STATE).values(tenant=self._tenant, key=key, value=str(value)))

    @property
    def generation(self) -> int:
        """The newest generation that is durable."""
        return self.get(_GENERATION)

    def write(self, changes: Sequence[FileChange], then: Then = _nothing) -> int:
        """Make the changes as the next generation in one transaction, with what `then` adds; gives its number.

        Of several changes of one file the last counts.
        """
        with self._db.write(self._key) as session:
            generation = self._get(session, _GENERATION) + 1
            first = last = self._get(session, _LAST_ROW)
            died: list[int] = []
            for change in {change.name: change for change in changes}.values():
                died += self._bury(session, change.name, generation)
                if change.record is not None:
                    last = self._enter(session, change.record, change.chunks, generation, last)
            self._put(session, _GENERATION, generation)
            self._put(session, _LAST_ROW, last)
            then(session, Change(generation, range(first + 1, last + 1), died))
        return generation

    def _bury(self, session: Session, name: str, generation: int) -> list[int]:
        mine = (CHUNKS.c.tenant == self._tenant, CHUNKS.c.file == name, CHUNKS.c.died.is_(None))
        died = list(session.scalars(select(CHUNKS.c.id).where(*mine)))
        session.execute(update(CHUNKS).where(*mine).values(died=generation, died_at=time.time()))
        session.execute(
            update(FILES)
            .where(FILES.c.tenant == self._tenant, FILES.c.name == name, FILES.c.died.is_(None))
            .values(died=generation)
        )
        return died

    def _enter(
        self, session: Session, record: FileRecord, chunks: Iterable[Chunk], generation: int, last: int
    ) -> int:
        """Write a file and its chunks, numbered from `last` + 1; gives the number of the last."""
        session.execute(
            insert(FILES).values(
                tenant=self._tenant,
                name=record.name,
                born=generation,
                document=record.document,
                dated=bool(record.valid_from or record.valid_until or record.reason),
                record=json.dumps(asdict(record), ensure_ascii=False, default=str),
            )
        )
        rows: list[dict[str, Any]] = []
        cells: list[dict[str, Any]] = []
        for number, chunk in enumerate(chunks, last + 1):
            last = number
            rows.append(
                {"tenant": self._tenant, "id": number, "file": record.name, "born": generation}
                | _columns(chunk)
            )
            cells += (
                {"tenant": self._tenant, "chunk": number, "place": place} | asdict(cell)
                for place, cell in enumerate(chunk.cells)
            )
            if len(rows) >= _AT_ONCE:
                session.execute(insert(CHUNKS), rows)
                rows = []
        if rows:
            session.execute(insert(CHUNKS), rows)
        if cells:
            session.execute(insert(CELLS), cells)
        return last

    def purge(self, seen: int, then: Callable[[Session, list[int]], None] | None = None) -> None:
        """Forget rows that died by generation `seen` and longer ago than any reader looks back."""
        with self._db.write(self._key) as session:
            dead = (
                CHUNKS.c.tenant == self._tenant,
                CHUNKS.c.died <= seen,
                CHUNKS.c.died_at < time.time() - KEPT_S,
            )
            rows = list(session.scalars(select(CHUNKS.c.id).where(*dead)))
            for part in _parts(rows):
                session.execute(delete(CELLS).where(CELLS.c.tenant == self._tenant, CELLS.c.chunk.in_(part)))
                session.execute(delete(CHUNKS).where(CHUNKS.c.tenant == self._tenant, CHUNKS.c.id.in_(part)))
            if rows and then:
                then(session, rows)
            left = (
                select(CHUNKS.c.id)
                .where(
                    CHUNKS.c.tenant == self._tenant,
                    CHUNKS.c.file == FILES.c.name,
                    CHUNKS.c.died == FILES.c.died,
                )
                .correlate(FILES)
                .exists()
            )
            session.execute(delete(FILES).where(FILES.c.tenant == self._tenant, FILES.c.died <= seen, ~left))

    def changed_since(self, generation: int) -> list[str]:
        """Names of the files that differ from what they were at `generation`."""
        with self._db.read() as session:
            found = select(FILES.c.name).where(
                FILES.c.tenant == self._tenant, or_(FILES.c.born > generation, FILES.c.died > generation)
            )
            return list(session.scalars(found.distinct()))

    def words_of(self, name: str | None) -> Iterator[Words]:
        """The living chunks of a file, or of all, for the lexical index."""
        wanted = select(CHUNKS.c.id, CHUNKS.c.file, CHUNKS.c.body, CHUNKS.c.head).where(
            CHUNKS.c.tenant == self._tenant, CHUNKS.c.died.is_(None)
        )
        if name is not None:
            wanted = wanted.where(CHUNKS.c.file == name)
        wanted = wanted.order_by(CHUNKS.c.id).execution_options(yield_per=_AT_ONCE)
        with self._db.read() as session, session.execute(wanted) as rows:
            for row in rows:
                yield Words(*row)

    def files(self, generation: int, *, timed: bool = False) -> list[FileRecord]:
        """Every file of a generation by name; `timed`: those alone that a day may put out of force."""
        wanted = select(FILES.c.record).where(self._lives(FILES.c, generation)).order_by(FILES.c.name)
        if timed:
            several = (
                select(FILES.c.document)
                .where(self._lives(FILES.c, generation), FILES.c.document != "")
                .group_by(FILES.c.document)
                .having(func.count() > 1)
            )
            wanted = wanted.where(or_(FILES.c.dated, FILES.c.document.in_(several)))
        with self._db.read() as session:
            return [_record(json.loads(told)) for told in session.scalars(wanted)]

    def rows_out_of_force(self, generation: int, names: Sequence[str], day: date) -> set[int]:
        """Chunks of the files named, and those that their own dates put out of force."""
        mine = self._lives(CHUNKS.c, generation)
        today = day.isoformat()
        dated = or_(CHUNKS.c.valid_from.is_not(None), CHUNKS.c.valid_until.is_not(None))
        past = or_(CHUNKS.c.valid_from > today, CHUNKS.c.valid_until < today)
        with self._db.read() as session:
            out = set(session.scalars(select(CHUNKS.c.id).where(mine, dated, past)))
            for part in _parts(names):
                out.update(session.scalars(select(CHUNKS.c.id).where(mine, CHUNKS.c.file.in_(part))))
        return out

    def documents(self, rows: Sequence[int]) -> dict[int, Document]:
        """Chunks by row, their tokens in the metadata; a row that is gone is left out."""
        found: dict[int, Document] = {}
        with self._db.read() as session:
            for part in _parts(rows):
                wanted = _TOLD.where(CHUNKS.c.tenant == self._tenant, CHUNKS.c.id.in_(part))
                for row, text, metadata, body, head in session.execute(wanted):
                    told = {**json.loads(metadata), "body": body.split(), "head": head.split()}
                    found[row] = Document(id=told["source"], page_content=text, metadata=told)
        return found

    def all_documents(self, generation: int) -> Iterator[tuple[int, Document]]:
        """Every living chunk with its row, file by file."""
        wanted = (
            select(CHUNKS.c.id, CHUNKS.c.text, CHUNKS.c.metadata)
            .where(self._lives(CHUNKS.c, generation))
            .order_by(CHUNKS.c.file, CHUNKS.c.id)
            .execution_options(yield_per=_AT_ONCE)
        )
        with self._db.read() as session, session.execute(wanted) as rows:
            for row, text, metadata in rows:
                told = json.loads(metadata)
                yield row, Document(id=told["source"], page_content=text, metadata=told)

    def count(self, generation: int) -> int:
        """Living chunks."""
        with self._db.read() as session:
            return session.scalar(select(func.count()).where(self._lives(CHUNKS.c, generation))) or 0

    def entities(self, generation: int) -> dict[str, tuple[str, ...]]:
        """Row names of tables and their aliases, with the row names that each stands for."""
        found: dict[str, set[str]] = {}
        with self._db.read() as session:
            for name in session.scalars(self._row_names(generation)):
                found[name] = {name}
            aliases = self._cells(generation, CELLS.c.entity, CELLS.c.value).where(
                CELLS.c.attribute.in_(ALIASES)
            )
            for name, value in session.execute(aliases):
                for alias in filter(None, map(str.strip, _PARTED.split(value))):
                    found.setdefault(alias, set()).add(name)
        return {name: tuple(sorted(rows)) for name, rows in found.items()}

    def _row_names(self, generation: int) -> Select[Any]:
        """Names of living rows of tables: one a chunk is looked up, not one a cell."""
        rows = (
            select(CELLS.c.entity, CELLS.c.chunk).where(CELLS.c.tenant == self._tenant).distinct().subquery()
        )
        return (
            select(rows.c.entity)
            .join(CHUNKS, CHUNKS.c.id == rows.c.chunk)
            .where(self._lives(CHUNKS.c, generation))
        )

    def cells(self, entities: Sequence[str], generation: int) -> list[FoundCell]:
        """The cells of those rows, in the order of the tables."""
        found: list[FoundCell] = []
        with self._db.read() as session:
            for part in _parts(entities):
                wanted = self._cells(generation, *_CELL).where(CELLS.c.entity.in_(part))
                found += _found(session, wanted)
        return found

    def table_of(self, row: int, generation: int) -> list[FoundCell]:
        """The cells of the rows under the same headings of the same file."""
        same = select(CHUNKS.c.file, CHUNKS.c.heading).where(
            CHUNKS.c.tenant == self._tenant, CHUNKS.c.id == row
        )
        with self._db.read() as session:
            if (place := session.execute(same).first()) is None:
                return []
            wanted = self._cells(generation, *_CELL).where(
                CHUNKS.c.file == place[0], CHUNKS.c.heading == place[1]
            )
            return _found(session, wanted)

    def _cells(self, generation: int, *columns: Any) -> Select[Any]:
        """Columns of the living cells."""
        joined = CELLS.join(CHUNKS, (CHUNKS.c.tenant == CELLS.c.tenant) & (CHUNKS.c.id == CELLS.c.chunk))
        return select(*columns).select_from(joined).where(self._lives(CHUNKS.c, generation))

    def vectors(self, generation: int, *, since: int = 0) -> tuple[list[int], Floats]:
        """Rows and vectors (rows, dimensions) of living chunks born after `since`.

        Where an embedder took another's place, those of the newest chunk's dimensions alone.
        """
        mine = (self._lives(CHUNKS.c, generation), CHUNKS.c.vector.is_not(None), CHUNKS.c.born > since)
        size = func.length(CHUNKS.c.vector)
        newest = select(size).where(*mine).order_by(CHUNKS.c.id.desc()).limit(1).scalar_subquery()
        wanted = select(CHUNKS.c.id, CHUNKS.c.vector).where(*mine, size == newest).order_by(CHUNKS.c.id)
        with self._db.read() as session:
            found = session.execute(wanted).all()
        rows = [row for row, _ in found]
        if not rows:
            return rows, np.zeros((0, 0), dtype=np.float32)
        joined = np.frombuffer(b"".join(blob for _, blob in found), dtype=np.float16)
        return rows, joined.reshape(len(rows), -1).astype(np.float32)

    def count_vectors(self, generation: int, *, since: int = 0) -> int:
        """Living chunks with a vector that were born after `since`."""
        wanted = select(func.count()).where(
            self._lives(CHUNKS.c, generation), CHUNKS.c.vector.is_not(None), CHUNKS.c.born > since
        )
        with self._db.read() as session:
            return session.scalar(wanted) or 0

    def died_of_vectors(self, generation: int, built: int) -> int:
        """Chunks with a vector, born by `built`, that died with this very generation."""
        wanted = select(func.count()).where(
            CHUNKS.c.tenant == self._tenant,
            CHUNKS.c.died == generation,
            CHUNKS.c.vector.is_not(None),
            CHUNKS.c.born <= built,
        )
        with self._db.read() as session:
            return session.scalar(wanted) or 0

    def living(self, rows: Sequence[int], generation: int) -> set[int]:
        """Those of `rows` that live in a generation."""
        found: set[int] = set()
        with self._db.read() as session:
            for part in _parts(rows):
                wanted = select(CHUNKS.c.id).where(self._lives(CHUNKS.c, generation), CHUNKS.c.id.in_(part))
                found.update(session.scalars(wanted))
        return found

    def _lives(self, columns: Any, generation: int) -> ColumnElement[bool]:
        """Whether a row of this tenant lives in a generation."""
        alive: ColumnElement[bool] = (
            (columns.tenant == self._tenant)
            & (columns.born <= generation)
            & or_(columns.died.is_(None), columns.died > generation)
        )
        return alive


_CELL = (CELLS.c.chunk, CELLS.c.place, CELLS.c.entity, CELLS.c.attribute, CELLS.c.value)
_TOLD = select(CHUNKS.c.id, CHUNKS.c.text, CHUNKS.c.metadata, CHUNKS.c.body, CHUNKS.c.head)


def _found(session: Session, wanted: Select[Any]) -> list[FoundCell]:
    # sorted here: asked to order, SQLite walks every cell of the tenant instead of the index of names
    rows = sorted(session.execute(wanted), key=lambda row: (row[0], row[1]))
    return [FoundCell(chunk, Cell(*told)) for chunk, _, *told in rows]


def _parts(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """As many values as one statement may hold."""
    for at in range(0, len(values), _AT_ONCE):
        yield values[at : at + _AT_ONCE]


def _columns(chunk: Chunk) -> dict[str, Any]:
    metadata = chunk.document.metadata
    return {
        "valid_from": metadata.get("valid_from"),
        "valid_until": metadata.get("valid_until"),
        "heading": metadata.get("heading") or "",
        "text": chunk.document.page_content,
        "metadata": json.dumps(metadata, ensure_ascii=False),
        "body": " ".join(chunk.body),
        "head": " ".join(chunk.head),
        "vector": None if chunk.vector is None else np.asarray(chunk.vector, dtype=np.float16).tobytes(),
    }


def _record(told: dict[str, Any]) -> FileRecord:
    days = {
        key: date.fromisoformat(told[key]) if told[key] else None for key in ("valid_from", "valid_until")
    }
    return FileRecord(**{**told, **days})
