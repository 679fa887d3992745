"""The script library: the lines of a pack's files under every edit since, as they stood at any revision."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from threading import Lock
from typing import NamedTuple, Protocol

from pydantic import ValidationError
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.errors import ConflictError, StoreError
from core.pack import Pack, ScriptLine
from core.types import Frozen, Lang
from crm.schema import ScriptEditRow

Key = tuple[str, Lang]


class ScriptChange(Frozen):
    """A line as it is to be from now on; no line withdraws it."""

    id: str
    line: ScriptLine | None


class ScriptEdit(ScriptChange):
    """A change that was made: to which pack, as which revision of the tenant's, when, by whom."""

    pack: str
    revision: int
    at: datetime
    by: str


def append(
    session: Session,
    tenant: str,
    pack: str,
    changes: Sequence[ScriptChange],
    by: str,
    now: datetime,
    *,
    checked: int | None = None,
) -> tuple[ScriptEdit, ...]:
    """Write the changes behind all others, one revision each. The session must hold the tenant's lock.

    Raises ConflictError where the library has moved on since `checked`, the revision they were checked against.
    """
    newest = newest_revision(session, tenant)
    if checked is not None and newest > checked:
        raise ConflictError("the script library was edited by somebody else in this moment: try again")
    edits = tuple(
        ScriptEdit(id=change.id, line=change.line, pack=pack, revision=newest + place, at=now, by=by)
        for place, change in enumerate(changes, 1)
    )
    session.add_all(
        ScriptEditRow(
            tenant=tenant,
            pack=pack,
            revision=edit.revision,
            line_id=edit.id,
            data=edit.line.model_dump(mode="json") if edit.line else None,
            at=now,
            by=by,
        )
        for edit in edits
    )
    session.flush()
    return edits


def newest_revision(session: Session, tenant: str) -> int:
    """The number of the tenant's last edit, 0 where there is none."""
    last = select(func.max(ScriptEditRow.revision)).where(ScriptEditRow.tenant == tenant)
    return session.scalar(last) or 0


def edits_after(session: Session, tenant: str, revision: int) -> tuple[ScriptEdit, ...]:
    """Every edit behind `revision`, the oldest first. Raises StoreError for one that cannot be read."""
    rows = (
        select(ScriptEditRow)
        .where(ScriptEditRow.tenant == tenant, ScriptEditRow.revision > revision)
        .order_by(ScriptEditRow.revision)
    )
    return tuple(_edit(row) for row in session.scalars(rows))


def history(
    session: Session, tenant: str, pack: str, line_id: str | None = None, newest: int | None = None
) -> tuple[ScriptEdit, ...]:
    """The edits of a pack, of one line where it is named, the oldest first; of many the `newest` so many."""
    rows = select(ScriptEditRow).where(ScriptEditRow.tenant == tenant, ScriptEditRow.pack == pack)
    if line_id is not None:
        rows = rows.where(ScriptEditRow.line_id == line_id)
    found = list(session.scalars(rows.order_by(ScriptEditRow.revision.desc()).limit(newest)))
    return tuple(_edit(row) for row in reversed(found))


def _edit(row: ScriptEditRow) -> ScriptEdit:
    try:
        line = None if row.data is None else ScriptLine.model_validate(row.data)
    except ValidationError as error:
        reason = f"script edit {row.revision} of {row.line_id} is no script line"
        raise StoreError(reason, transient=False) from error
    return ScriptEdit(id=row.line_id, line=line, pack=row.pack, revision=row.revision, at=row.at, by=row.by)


class Edits(Protocol):
    """Who keeps the edits of one tenant."""

    def script_edits(self, after: int = 0) -> tuple[ScriptEdit, ...]:
        """Every edit behind the revision `after`, of any pack, the oldest first. Raises StoreError."""
        ...


class _Seen(NamedTuple):
    """What is known of the library at one moment; replaced as a whole, never changed."""

    revision: int
    lives: dict[str, tuple[tuple[int, ScriptLine | None], ...]]
    """Line id to what the line was from which revision on, the oldest first."""
    places: dict[Key, tuple[str, ...]]
    """Ids of the lines that a situation has or had, in order."""


class Library:
    """The lines of a pack and their edits. Safe from several threads.

    What this or any other process edits is there once `catch_up` has read it.
    """

    def __init__(self, pack: Pack, edits: Edits) -> None:
        """Reads nothing yet: until `catch_up` the library is that of the files, revision 0."""
        self._pack = pack.name
        self._edits = edits
        self._lock = Lock()
        self._seen = _with(_Seen(0, {}, {}), ((line.id, line, 0) for line in pack.scripts))

    @property
    def revision(self) -> int:
        """The newest edit known, 0 where there is none."""
        return self._seen.revision

    def catch_up(self) -> int:
        """The newest edit, what was edited since the last call read first. Raises StoreError."""
        with self._lock:
            if found := self._edits.script_edits(self._seen.revision):
                steps = ((edit.id, edit.line, edit.revision) for edit in found if edit.pack == self._pack)
                self._seen = _with(self._seen, steps)._replace(revision=found[-1].revision)
            return self._seen.revision

    def lines(self, situation: str, lang: Lang, revision: int | None = None) -> tuple[ScriptLine, ...]:
        """The lines of a situation in one language, those of the files first; None: as of the newest edit."""
        seen = self._seen
        at = seen.revision if revision is None else revision
        lines = (_as_of(seen.lives[line_id], at) for line_id in seen.places.get((situation, lang), ()))
        return tuple(line for line in lines if line and (line.situation, line.lang) == (situation, lang))

    def all(self, revision: int | None = None) -> tuple[ScriptLine, ...]:
        """Every line, those of one situation and language together."""
        return tuple(
            line for situation, lang in self._seen.places for line in self.lines(situation, lang, revision)
        )

    def line(self, line_id: str, revision: int | None = None) -> ScriptLine | None:
        """The line of `line_id`, None where there is none or it was withdrawn."""
        seen = self._seen
        return _as_of(seen.lives.get(line_id, ()), seen.revision if revision is None else revision)

    def last(self, line_id: str) -> ScriptLine | None:
        """The line as it was last, though it be withdrawn; None for an id never used."""
        return next((line for _, line in reversed(self._seen.lives.get(line_id, ())) if line), None)


def _with(seen: _Seen, steps: Iterable[tuple[str, ScriptLine | None, int]]) -> _Seen:
    lives, places = dict(seen.lives), dict(seen.places)
    for line_id, line, revision in steps:
        lives[line_id] = (*lives.get(line_id, ()), (revision, line))
        if line is not None:
            ids = places.get((line.situation, line.lang), ())
            places[line.situation, line.lang] = ids if line_id in ids else (*ids, line_id)
    return _Seen(seen.revision, lives, places)


def _as_of(life: tuple[tuple[int, ScriptLine | None], ...], revision: int) -> ScriptLine | None:
    return next((line for begun, line in reversed(life) if begun <= revision), None)
