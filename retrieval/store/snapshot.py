"""What a snapshot reads of the ledger, whatever finds its chunks."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from langchain_core.documents import Document

from retrieval.store.base import FileRecord, FoundCell, Hit
from retrieval.store.force import out_of_force
from retrieval.store.ledger import Ledger

_KEPT = 3
_DEEPER = 4


@dataclass
class Known:
    """What was worked out of a generation, kept for its next readers."""

    memo: dict[str, Any] = field(default_factory=dict)
    entities: dict[str, tuple[str, ...]] | None = None
    out: dict[date, tuple[frozenset[str], frozenset[int]]] = field(default_factory=dict)
    """Files and chunks out of force, by day."""


def known_of(kept: dict[int, Known], generation: int) -> Known:
    """The entry of a generation in `kept`, made where there is none; the oldest ones go."""
    if generation not in kept:
        kept[generation] = Known()
        for old in sorted(kept)[:-_KEPT]:
            kept.pop(old, None)
    return kept[generation]


class LedgerSnapshot:
    """One generation of a ledger: the half of `Snapshot` that needs no index."""

    def __init__(self, ledger: Ledger, generation: int, known: Known) -> None:
        self.generation = generation
        self.memo = known.memo
        self._ledger, self._known = ledger, known

    def out(self, day: date | None) -> tuple[frozenset[str], frozenset[int]]:
        """Files and chunks that are not in force on a day."""
        if day is None:
            return frozenset(), frozenset()
        if day not in self._known.out:
            files = out_of_force(self._ledger.files(self.generation, timed=True), day)
            rows = self._ledger.rows_out_of_force(self.generation, sorted(files), day)
            self._known.out[day] = (frozenset(files), frozenset(rows))
        return self._known.out[day]

    def documents(self, rows: Sequence[int]) -> list[Document]:
        """See `Snapshot.documents`."""
        found = self._ledger.documents(rows)
        return [found[row] for row in rows if row in found]

    def entities(self) -> Mapping[str, tuple[str, ...]]:
        """See `Snapshot.entities`."""
        if self._known.entities is None:
            self._known.entities = self._ledger.entities(self.generation)
        return self._known.entities

    def cells(self, entities: Sequence[str], *, day: date | None) -> list[FoundCell]:
        """See `Snapshot.cells`."""
        _, out = self.out(day)
        return [cell for cell in self._ledger.cells(entities, self.generation) if cell.row not in out]

    def table_of(self, row: int, *, day: date | None) -> list[FoundCell]:
        """See `Snapshot.table_of`."""
        _, out = self.out(day)
        return [cell for cell in self._ledger.table_of(row, self.generation) if cell.row not in out]

    def all_documents(self, *, day: date | None) -> Iterator[Document]:
        """See `Snapshot.all_documents`."""
        _, out = self.out(day)
        for row, document in self._ledger.all_documents(self.generation):
            if row not in out:
                yield document

    def files(self) -> list[FileRecord]:
        """See `Snapshot.files`."""
        return self._ledger.files(self.generation)


def deep_enough(
    search: Callable[[int], list[Hit]],
    count: int,
    out: Container[int],
    living: Callable[[list[int]], Container[int]] | None = None,
) -> list[Hit]:
    """The best `count` that are not `out` and are `living`, however many others lie before them."""
    wanted = count
    while True:
        hits = search(wanted)
        kept = [hit for hit in hits if hit.row not in out]
        if living is not None:
            alive = living([hit.row for hit in kept])
            kept = [hit for hit in kept if hit.row in alive]
        if len(kept) >= count or len(hits) < wanted:
            return kept[:count]
        wanted *= _DEEPER
