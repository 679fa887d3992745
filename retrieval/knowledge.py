"""The library: files that a team adds beside the pack, kept, searched and quoted. The way in for everyone above."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
from langchain_core.documents import Document

from core.errors import EngineError, NotFoundError, UnreadableFileError
from core.types import Excerpt
from engines.embedding.base import LibraryEmbedder
from retrieval.cells import look_up
from retrieval.extract import quotation
from retrieval.ingest.read import SUFFIXES, read_file
from retrieval.ingest.validity import Given
from retrieval.rank import Candidate, Query, rerank
from retrieval.store.base import Cell, Chunk, ChunkStore, FileChange, FileRecord, Hit, Snapshot
from retrieval.tokens import query_weights, tokens

Progress = Callable[[str, int, int], None]
"""Told the file at hand, its number from 1, and how many there are."""

log = logging.getLogger(__name__)

ENOUGH = 0.6
"""Likelihood of a quotation in force from which what is out of force is not looked for."""
CANDIDATES = 24
"""Chunks by words, and as many by vectors, that are ranked for one search."""
EMBEDDED_AT_ONCE = 64
_ENGLISH_ROOM = 2.6
_HAN = re.compile(r"[\u3400-\u9fff]")


@dataclass
class Added:
    """What came of adding files: names by fate, and why some could not be read."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    """Files that were added from a folder and are no longer in it."""
    broken: list[tuple[str, str]] = field(default_factory=list)
    """Name and reason; what the library held of the file before stays."""
    chunks: int = 0


@dataclass(frozen=True)
class Found:
    """A passage of the library with its likelihood of answering, 0..1."""

    document: Document
    score: float


class Knowledge:
    """The library of one tenant. Searches are safe from several threads and see whole states alone."""

    def __init__(self, store: ChunkStore, embedder: LibraryEmbedder | None = None) -> None:
        """`embedder` None: words alone find passages."""
        self._store = store
        self._embedder = embedder
        self._foreign: tuple[int, list[str]] = (-1, [])

    def add(
        self,
        paths: Iterable[Path],
        *,
        now: datetime,
        given: Given | None = None,
        progress: Progress | None = None,
    ) -> Added:
        """Read files, and every readable file of folders; what did not change since is not read again.

        Each file goes in whole or not at all, and is durable when it is told of. Raises NotFoundError for a
        path that is not there, StoreError where the store cannot be written.
        """
        told = Added()
        known = {record.name: record for record in self._store.snapshot().files()}
        wanted = list(_files(paths))
        for number, (name, path) in enumerate(wanted, 1):
            if progress:
                progress(name, number, len(wanted))
            self._add_file(name, path, known.get(name), given or Given(), now, told)
        gone = [name for name in _gone(paths, known.values()) if name not in dict(wanted)]
        if gone:
            self._store.apply([FileChange(name, None) for name in gone])
            told.removed += gone
        return told

    def _add_file(
        self, name: str, path: Path, before: FileRecord | None, given: Given, now: datetime, told: Added
    ) -> None:
        try:
            record = self._described(name, path, given, now)
            if before and _same(before, record, given):
                told.unchanged.append(name)
                return
            if before and before.path != record.path and Path(before.path).exists():
                raise UnreadableFileError(name, f"another file has this name: {before.path}")
            reading = read_file(path, name, given)
        except UnreadableFileError as error:
            told.broken.append((name, error.reason))
            if before is None or before.reason:
                self._store.apply([FileChange(name, _unread(name, path, error.reason, now))])
            return
        record = replace(
            record,
            chunks=len(reading.chunks),
            document=reading.document,
            version=reading.version,
            valid_from=reading.valid_from,
            valid_until=reading.valid_until,
        )
        self._store.apply([FileChange(name, record, self._chunks(reading.chunks))])
        told.chunks += len(reading.chunks)
        (told.changed if before and not before.reason else told.added).append(name)

    def _described(self, name: str, path: Path, given: Given, now: datetime) -> FileRecord:
        try:
            with path.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
            size = path.stat().st_size
        except OSError as error:
            raise UnreadableFileError(name, error.strerror or str(error)) from error
        return FileRecord(
            name=name,
            path=str(path.resolve()),
            sha256=digest,
            size=size,
            added=now.isoformat(timespec="minutes"),
            embedder=self._embedder.name if self._embedder else None,
        )

    def _chunks(self, documents: Sequence[Document]) -> list[Chunk]:
        vectors = self._vectors(documents)
        return [
            Chunk(
                document=document,
                body=tokens(document.page_content),
                head=tokens(_head(document)),
                cells=tuple(Cell(*cell) for cell in document.metadata.get("cells") or ()),
                vector=vector,
            )
            for document, vector in zip(documents, vectors, strict=True)
        ]

    def _vectors(self, documents: Sequence[Document]) -> Iterable[Any]:
        """One vector a document, or None for each where the library has no embedder."""
        if self._embedder is None:
            return [None] * len(documents)
        texts = [f"{_head(document)}\n{document.page_content}".strip() for document in documents]
        rows: list[list[float]] = []
        for at in range(0, len(texts), EMBEDDED_AT_ONCE):
            rows += self._embedder.embed_documents(texts[at : at + EMBEDDED_AT_ONCE])
        return np.array(rows, dtype=np.float32)

    def remove(self, names: Sequence[str]) -> None:
        """Take files out. Raises NotFoundError, and takes none out, where one of them is not there."""
        known = {record.name for record in self.files()}
        if missing := [name for name in names if name not in known]:
            raise NotFoundError(f"not in the library: {', '.join(missing)}")
        self._store.apply([FileChange(name, None) for name in names])

    def files(self) -> list[FileRecord]:
        """Every file, by name, those that could not be read included."""
        return self._store.snapshot().files()

    def close(self) -> None:
        """Let go of files and connections."""
        self._store.close()

    def snapshot(self) -> Snapshot:
        """One whole state, for reports."""
        return self._store.snapshot()

    def search(
        self, question: str, *, now: datetime, k: int = 8, include_ended: bool = False
    ) -> list[Document]:
        """At most `k` passages, the best first: what is in force at `now`, or everything.

        Metadata has `score`, the likelihood (0..1) that the passage answers, beside what `retrieval.ingest`
        tells of it.
        """
        day = None if include_ended else now.date()
        found = self._ranked(self._store.snapshot(), question, day)
        return [
            Document(
                id=one.document.id,
                page_content=one.document.page_content,
                metadata={**_told(one.document), "score": one.score},
            )
            for one in found[:k]
        ]

    def excerpts(self, question: str, *, now: datetime, room: int) -> tuple[Excerpt, ...]:
        """Words that may answer, the likeliest first: of what is in force at `now`, then the best of all else.

        `room` is about how many Chinese characters a quotation may have.
        """
        snapshot = self._store.snapshot()
        if not len(snapshot) or not question.strip():
            return ()
        found = self._excerpts(snapshot, question, now.date(), room)
        if found and found[0].score >= ENOUGH:
            return tuple(found)
        known = {one.source for one in found}
        ever = self._excerpts(snapshot, question, None, room)
        return (*found, *(one for one in ever if one.source not in known))

    def _excerpts(self, snapshot: Snapshot, question: str, day: date | None, room: int) -> list[Excerpt]:
        """The three likeliest, of cells and of sentences."""
        both = [*self._cells(snapshot, question, day), *self._quoted(snapshot, question, day, room)]
        return sorted(both, key=lambda one: -one.score)[:3]

    def _cells(self, snapshot: Snapshot, question: str, day: date | None) -> Iterator[Excerpt]:
        for answer in look_up(question, snapshot, day=day):
            document = snapshot.documents([answer.cells[0].row])[0]
            yield _excerpt(document, answer.text, 0, answer.score, in_force=day is not None)

    def _quoted(self, snapshot: Snapshot, question: str, day: date | None, room: int) -> Iterator[Excerpt]:
        weights = query_weights(question)
        for one in self._ranked(snapshot, question, day)[:3]:
            text = one.document.page_content
            wide = room if _HAN.search(text) else int(room * _ENGLISH_ROOM)
            if words := quotation(one.document, weights, tokens, room=wide):
                yield _excerpt(
                    one.document,
                    words.text,
                    words.start,
                    one.score * _sure(words.share),
                    in_force=day is not None,
                )

    def _ranked(self, snapshot: Snapshot, question: str, day: date | None) -> list[Found]:
        """Candidates by words and by vectors, ranked together."""
        weights = query_weights(question)
        if not weights or not len(snapshot):
            return []
        words = {hit.row: hit.score for hit in snapshot.by_words(weights, CANDIDATES, day=day)}
        dense = {hit.row: hit.score for hit in self._near(snapshot, question, day)}
        rows = list(dict.fromkeys([*words, *dense]))
        candidates = [
            Candidate(document, words.get(row, 0.0), dense.get(row))
            for row, document in zip(rows, snapshot.documents(rows), strict=True)
        ]
        ranked = rerank(Query(question, weights), candidates, snapshot)
        return [Found(one.document, one.score) for one in ranked]

    def _near(self, snapshot: Snapshot, question: str, day: date | None) -> Sequence[Hit]:
        """Chunks near in meaning; none where the vectors kept are of another embedder, or it fails just now."""
        if self._embedder is None or self.foreign(snapshot):
            return ()
        try:
            vector = np.array(self._embedder.embed_query(question), dtype=np.float32)
        except EngineError as error:
            log.warning("searching by words alone: %s", error)
            return ()
        return snapshot.by_vector(vector, CANDIDATES, day=day)

    def foreign(self, snapshot: Snapshot) -> list[str]:
        """Names of files whose vectors are not of this embedder: adding them again mends it."""
        generation, names = self._foreign
        if generation != snapshot.generation:
            own = self._embedder.name if self._embedder else None
            names = [row.name for row in snapshot.files() if not row.reason and row.embedder != own]
            self._foreign = (snapshot.generation, names)
        return names


def _sure(share: float) -> float:
    """How much of a passage's likelihood goes to words that hold this share of the question."""
    return min(1.0, 0.5 + share)


def _excerpt(document: Document, text: str, start: int, score: float, *, in_force: bool) -> Excerpt:
    metadata = document.metadata
    return Excerpt(
        source=metadata["source"],
        text=_on_one_line(text),
        start=int(metadata.get("start") or 0) + start,
        score=round(min(max(score, 0.0), 1.0), 4),
        heading=metadata.get("heading") or "",
        valid_from=metadata.get("valid_from"),
        valid_until=metadata.get("valid_until"),
        in_force=in_force,
    )


def _on_one_line(text: str) -> str:
    """The words without line breaks; between Chinese characters nothing takes their place."""
    return re.sub(r"(?<=[\u3000-\u9fff\uff00-\uffef])\s*\n\s*(?=[\u3000-\u9fff])|\s*\n\s*", _break, text)


def _break(match: re.Match[str]) -> str:
    before, after = (
        match.string[match.start() - 1 : match.start()],
        match.string[match.end() : match.end() + 1],
    )
    return "" if _HAN.match(before or " ") and _HAN.match(after or " ") else " "


def _told(document: Document) -> dict[str, Any]:
    """Metadata without what only the ranking needs."""
    return {key: value for key, value in document.metadata.items() if key not in {"body", "head"}}


def _head(document: Document) -> str:
    """What stands above a chunk: the file's name, headings, the question it answers."""
    metadata = document.metadata
    stem = Path(metadata["file"]).stem
    return " ".join(part for part in (stem, metadata.get("heading"), metadata.get("question")) if part)


def _files(paths: Iterable[Path]) -> Iterator[tuple[str, Path]]:
    """Name and path of every file; of a folder those of known suffixes, named by their way from it."""
    for path in paths:
        if path.is_dir():
            inside = (file for file in sorted(path.rglob("*")) if file.is_file())
            for file in inside:
                way = file.relative_to(path)
                if file.suffix.lower() in SUFFIXES and not any(
                    part.startswith((".", "~$")) for part in way.parts
                ):
                    yield way.as_posix(), file
        elif path.exists():
            yield path.name, path
        else:
            raise NotFoundError(f"no such file: {path}")


def _gone(paths: Iterable[Path], known: Iterable[FileRecord]) -> Iterator[str]:
    """Files that were added from one of the folders and are no longer in it."""
    folders = [path.resolve() for path in paths if path.is_dir()]
    for record in known:
        path = Path(record.path)
        if any(path.is_relative_to(folder) for folder in folders) and not path.exists():
            yield record.name


def _same(before: FileRecord, record: FileRecord, given: Given) -> bool:
    """Whether the library holds this very file, read in the same way."""
    told = {
        "valid_from": given.valid_from,
        "valid_until": given.valid_until,
        "version": given.version,
        "document": given.document,
    }
    return (
        before.reason is None
        and before.sha256 == record.sha256
        and before.embedder == record.embedder
        and all(value is None or getattr(before, key) == value for key, value in told.items())
    )


def _unread(name: str, path: Path, reason: str, now: datetime) -> FileRecord:
    return FileRecord(
        name=name,
        path=str(path.resolve()),
        sha256="",
        size=path.stat().st_size if path.exists() else 0,
        added=now.isoformat(timespec="minutes"),
        reason=reason,
    )
