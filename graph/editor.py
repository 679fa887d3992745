"""Edits the script library while talks go on: what would break a rule is refused before it is stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Literal

from pydantic import ValidationError

from core.clock import local_minute
from core.errors import ConflictError, InputError, NotFoundError
from core.pack import Pack, ScriptLine
from core.types import Channel, Frozen, Lang
from crm.scripts import Library, ScriptChange, ScriptEdit
from crm.store import Store
from domains.fields import hint
from domains.labels import ROLES
from domains.load import personas_of, situations
from domains.parts.scripts import STAGES
from policy.guard.guard import Guard
from policy.lint import Finding, Linter

TOLD = 3
"""Faults named in one line; the others are counted."""
MAX_TOLD = 300
"""Characters of one fault that are told."""
MAX_LINE = 2000
"""Characters of one line's text; a longer one is refused before any rule looks at it."""
MAX_NAME = 100
"""Characters of the name of who edits."""
Watch = Callable[[Sequence[ScriptLine]], Iterable[ScriptLine]]
"""Goes through the lines while they are checked, to show how far that is."""
Plan = Callable[[], Sequence[ScriptChange]]
"""Works the changes out against the library as it stands."""


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

    def find(self, wanted: Filter) -> tuple[ScriptLine, ...]:
        """The lines that a filter wants. Raises InputError for a word in it that no line could have."""
        for what, word, known in (
            ("situation", wanted.situation, beginnings(situations())),
            ("stage", wanted.stage, STAGES),
            ("persona", wanted.persona, personas_of(self.pack.playbook)),
            ("role", wanted.role, ROLES),
        ):
            if word is not None and known is not None and word not in known:
                raise InputError(f"unknown {what} {word!r}{hint(word, known)}")
        return wanted.of(self.lines())

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

    def history(self, line_id: str | None = None, *, newest: int | None = None) -> tuple[ScriptEdit, ...]:
        """Every edit, of one line where it is named, the oldest first; at most the `newest` where given."""
        return self._store.script_history(self.pack.name, line_id, newest=newest)

    def change(self, line_id: str, fields: Mapping[str, Any], by: str) -> Stored:
        """Some fields of a line; of a new line at least situation, lang and text. Raises InputError."""
        return self._store_all(lambda: self._changed(line_id, fields), by)

    def _changed(self, line_id: str, fields: Mapping[str, Any]) -> list[ScriptChange]:
        before = self._library.last(line_id)
        given = before.model_dump() if before else {}
        missing = [name for name in ("situation", "lang", "text") if not {**given, **fields}.get(name)]
        if missing:
            what = "" if before else " (a new line)"
            raise InputError(f"{line_id}{what}: name its {' and '.join(missing)}")
        change = self._change(line_of({**given, **fields, "id": line_id}))
        return [change] if change else []

    def withdraw(self, line_id: str, by: str) -> Stored:
        """Speak a line no more. Raises NotFoundError, or InputError where nothing would be left to say."""

        def withdrawn() -> list[ScriptChange]:
            return [ScriptChange(id=self.line(line_id).id, line=None)]

        return self._store_all(withdrawn, by)

    def put(
        self, lines: Iterable[ScriptLine], by: str, *, replace: bool = False, watch: Watch = iter
    ) -> Stored:
        """Lines as they are to be from now on, all or none; those that are so already are left alone.

        `replace` withdraws what else the situations and languages of these lines have. Raises InputError.
        """
        given = {line.id: line for line in lines}
        return self._store_all(lambda: self._taken_in(given, replace=replace), by, watch)

    def _taken_in(self, given: Mapping[str, ScriptLine], *, replace: bool) -> list[ScriptChange]:
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
        return changes

    def revert(self, revision: int, by: str, *, line_id: str | None = None) -> Stored:
        """The library, or one line, as it was at `revision` again; the edits since stay on record.

        Raises InputError for a revision that never was.
        """
        return self._store_all(lambda: self._reverted(revision, line_id), by)

    def _reverted(self, revision: int, line_id: str | None) -> list[ScriptChange]:
        newest = self._library.revision
        if not 0 <= revision <= newest:
            raise InputError(f"no revision {revision}: there are 0 (the pack's files) to {newest}")
        touched = dict.fromkeys(edit.id for edit in self.history(line_id) if edit.revision > revision)
        changes: list[ScriptChange] = []
        for touched_id in touched:
            line = self._library.line(touched_id, revision)
            if line is None and self._library.line(touched_id) is not None:
                changes.append(ScriptChange(id=touched_id, line=None))
            elif line is not None and (change := self._change(line)):
                changes.append(change)
        return changes

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

    def _store_all(self, plan: Plan, by: str, watch: Watch = iter) -> Stored:
        """Plan, check and write; where another edited meanwhile, once more on top of that.

        Raises InputError with the reasons, ConflictError where another was first both times.
        """
        try:
            return self._try(plan, by, watch)
        except ConflictError:
            return self._try(plan, by, watch)

    def _try(self, plan: Plan, by: str, watch: Watch) -> Stored:
        checked = self._library.catch_up()
        changes = plan()
        if not changes:
            return Stored()
        name, day = editor_name(by), today()
        lines = [change.line for change in changes if change.line]
        faults = [fault for line in watch(lines) for fault in self._faults(line, day)]
        if faults := faults or self._uncovered(changes):
            raise InputError(f"refused: {told(faults)}")
        edits = self._store.edit_scripts(self.pack.name, changes, name, checked=checked)
        self._library.catch_up()
        return Stored(edits=edits, warnings=self._warnings(lines, day))

    def _faults(self, line: ScriptLine, day: date) -> list[str]:
        """What keeps one line out."""
        if len(line.text) > MAX_LINE:
            return [f"{line.id}: {len(line.text):,} characters; a line has at most {MAX_LINE:,}"]
        return [str(fault) for fault in self._linter.faults(line, day)]

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


def beginnings(names: Iterable[str]) -> tuple[str, ...]:
    """Every name and how it may begin: `a.b` gives `a` and `a.b`."""
    parts = (name.split(".") for name in names)
    return tuple(dict.fromkeys(".".join(part[:end]) for part in parts for end in range(1, len(part) + 1)))


def told(faults: Sequence[object]) -> str:
    """The first faults in one line, long ones cut, and how many more there are."""
    more = f" (and {len(faults) - TOLD} more)" if len(faults) > TOLD else ""
    texts = map(str, faults[:TOLD])
    return "; ".join(text if len(text) <= MAX_TOLD else f"{text[:MAX_TOLD]}…" for text in texts) + more


def editor_name(by: str) -> str:
    """Who edits, as it is kept. Raises InputError for a name that is none."""
    name = by.strip()
    if not name:
        raise InputError("say who edits")
    if len(name) > MAX_NAME or not name.isprintable():
        raise InputError(f"who edits is told in at most {MAX_NAME} characters on one line")
    return name


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
