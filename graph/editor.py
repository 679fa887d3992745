"""Edits the script library while talks go on: what would break a rule is refused before it is stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Literal

from pydantic import ValidationError

from core.clock import local_minute
from core.errors import InputError, NotFoundError
from core.pack import Pack, ScriptLine
from core.types import Channel, Frozen, Lang
from crm.scripts import Library, ScriptChange, ScriptEdit
from crm.store import Store
from domains.load import situations
from policy.guard.guard import Guard
from policy.lint import Finding, Linter

TOLD = 3
"""Faults named in one line; the others are counted."""


class Filter(Frozen):
    """Which lines are wanted; every field that is given must agree."""

    situation: str | None = None
    """One situation, or how several begin: `objection` for every objection."""
    lang: Lang | None = None
    channel: Channel | None = None
    stage: str | None = None
    persona: str | None = None
    role: str | None = None
    customers: Literal["new", "returning"] | None = None

    def of(self, lines: Iterable[ScriptLine]) -> tuple[ScriptLine, ...]:
        """The lines that are written for this case."""
        return tuple(line for line in lines if self._agrees(line))

    def _agrees(self, line: ScriptLine) -> bool:
        named = f"{line.situation}."
        return (
            (self.situation is None or named.startswith(f"{self.situation}."))
            and self.lang in (None, line.lang)
            and self.channel in (None, line.channel)
            and self.customers in (None, line.customers)
            and (self.stage is None or self.stage in line.stages)
            and (self.persona is None or self.persona in line.personas)
            and (self.role is None or self.role in line.roles)
        )


class Stored(Frozen):
    """What came of an edit: what was written, and what is odd about it all the same."""

    edits: tuple[ScriptEdit, ...] = ()
    warnings: tuple[Finding, ...] = ()


class Editor:
    """Reads and edits the lines of one pack. Blocking; every method raises StoreError."""

    def __init__(self, pack: Pack, store: Store, guard: Guard, library: Library | None = None) -> None:
        """`library` is the one that talks speak from, where they run in this process."""
        self.pack = pack
        self._store = store
        self._library = library or Library(pack, store)
        self._linter = Linter(pack, situations(), guard)

    def lines(self) -> tuple[ScriptLine, ...]:
        """Every line as it is spoken now."""
        self._library.catch_up()
        return self._library.all()

    def own(self) -> tuple[ScriptLine, ...]:
        """The lines to take away: all but the fallbacks that nobody has edited."""
        untouched = {line.id: line for line in self.pack.scripts if line.origin == "fallback"}
        return tuple(line for line in self.lines() if untouched.get(line.id) != line)

    def line(self, line_id: str) -> ScriptLine:
        """One line. Raises NotFoundError."""
        self._library.catch_up()
        found = self._library.line(line_id)
        if found is None:
            withdrawn = self._library.last(line_id) is not None
            raise NotFoundError(f"{line_id}: " + ("withdrawn" if withdrawn else "no such line"))
        return found

    def history(self, line_id: str | None = None) -> tuple[ScriptEdit, ...]:
        """Every edit, of one line where it is named, the oldest first."""
        edits = (edit for edit in self._store.script_edits() if edit.pack == self.pack.name)
        return tuple(edit for edit in edits if line_id in (None, edit.id))

    def change(self, line_id: str, fields: Mapping[str, Any], by: str) -> Stored:
        """Some fields of a line; of a new line at least situation, lang and text. Raises InputError."""
        self._library.catch_up()
        before = self._library.last(line_id)
        given = before.model_dump() if before else {}
        missing = [name for name in ("situation", "lang", "text") if not {**given, **fields}.get(name)]
        if missing:
            what = "" if before else " (a new line)"
            raise InputError(f"{line_id}{what}: name its {' and '.join(missing)}")
        return self.put([line_of({**given, **fields, "id": line_id})], by)

    def withdraw(self, line_id: str, by: str) -> Stored:
        """Speak a line no more. Raises NotFoundError, or InputError where nothing would be left to say."""
        self.line(line_id)
        return self._store_all([ScriptChange(id=line_id, line=None)], by)

    def put(self, lines: Iterable[ScriptLine], by: str, *, replace: bool = False) -> Stored:
        """Lines as they are to be from now on, all or none; those that are so already are left alone.

        `replace` withdraws what else the situations and languages of these lines have. Raises InputError.
        """
        self._library.catch_up()
        given = {line.id: line for line in lines}
        changes = [change for line in given.values() if (change := self._change(line))]
        if replace:
            covered = {(line.situation, line.lang) for line in given.values()}
            changes += [
                ScriptChange(id=line.id, line=None)
                for line in self._library.all()
                if (line.situation, line.lang) in covered
                and line.id not in given
                and line.origin != "fallback"
            ]
        return self._store_all(changes, by)

    def revert(self, revision: int, by: str, *, line_id: str | None = None) -> Stored:
        """The library, or one line, as it was at `revision` again; the edits since stay on record.

        Raises InputError for a revision that never was.
        """
        newest = self._library.catch_up()
        if not 0 <= revision <= newest:
            raise InputError(f"no revision {revision}: there are 0 (the pack's files) to {newest}")
        touched = dict.fromkeys(edit.id for edit in self.history(line_id) if edit.revision > revision)
        changes = []
        for touched_id in touched:
            line = self._library.line(touched_id, revision)
            if line is None and self._library.line(touched_id) is not None:
                changes.append(ScriptChange(id=touched_id, line=None))
            elif line is not None and (change := self._change(line)):
                changes.append(change)
        return self._store_all(changes, by)

    def lint(self, day: date | None = None) -> tuple[Finding, ...]:
        """What is wrong with the library as it is spoken now."""
        return self._linter.lint(self.lines(), day or today())

    def _change(self, line: ScriptLine) -> ScriptChange | None:
        """The change that makes a line so, None where it is so. Raises InputError for one that moves a line."""
        before, now = self._library.last(line.id), self._library.line(line.id)
        if before is None:
            return ScriptChange(id=line.id, line=line)
        if (before.situation, before.lang) != (line.situation, line.lang):
            raise InputError(f"{line.id}: is a line of {before.situation} in {before.lang}; take another id")
        kept = line.model_copy(update={"origin": before.origin, "version": before.version})
        if kept == now:
            return None
        version = max(line.version, before.version + 1)
        return ScriptChange(id=line.id, line=kept.model_copy(update={"version": version}))

    def _store_all(self, changes: Sequence[ScriptChange], by: str) -> Stored:
        """Check, then write. Raises InputError with the reasons."""
        if not changes:
            return Stored()
        if not by.strip():
            raise InputError("say who edits")
        day = today()
        lines = [change.line for change in changes if change.line]
        faults = [str(fault) for line in lines for fault in self._linter.faults(line, day)]
        faults = faults or self._uncovered(changes)
        if faults:
            more = f" (and {len(faults) - TOLD} more)" if len(faults) > TOLD else ""
            raise InputError("refused: " + "; ".join(faults[:TOLD]) + more)
        edits = self._store.edit_scripts(self.pack.name, changes, by.strip())
        self._library.catch_up()
        return Stored(edits=edits, warnings=self._warnings(lines, day))

    def _uncovered(self, changes: Iterable[ScriptChange]) -> list[str]:
        """The situations in which these changes would leave nothing to say to some customer."""
        changed = {change.id: change.line for change in changes}
        before = [line for line_id in changed if (line := self._library.line(line_id))]
        faults = []
        for situation, lang in dict.fromkeys((line.situation, line.lang) for line in before):
            lines = self._library.lines(situation, lang)
            after = [line for one in lines if (line := changed.get(one.id, one))]
            if any(map(always, lines)) and not any(map(always, after)):
                faults.append(
                    f"{situation} in {lang} would be left without a line for every talk; add one first"
                )
        return faults

    def _warnings(self, lines: Sequence[ScriptLine], day: date) -> tuple[Finding, ...]:
        """What is odd about the lines just written, beside the others of their situations."""
        keys = dict.fromkeys((line.situation, line.lang) for line in lines)
        beside = [line for key in keys for line in self._library.lines(*key)]
        written = {line.id for line in lines}
        return tuple(found for found in self._linter.warnings(beside, day) if found.line in written)


def always(line: ScriptLine) -> bool:
    """Whether the line fits every talk on every day."""
    return not (line.criteria or line.valid_from or line.valid_until)


def line_of(fields: Mapping[str, Any]) -> ScriptLine:
    """A line out of plain fields. Raises InputError on the first that is not of its type."""
    try:
        return ScriptLine.model_validate({**fields, "text": str(fields.get("text", "")).strip()})
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InputError(f"{fields.get('id')}: {place}: {first['msg']}") from error


def today() -> date:
    """The day by the wall clock: edits are made outside all talks."""
    return local_minute().date()
