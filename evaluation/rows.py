"""Labelled files: one JSON object a line, checked whole before anything is measured."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from core.errors import InputError
from core.types import Channel, Lang, Stage
from domains.labels import INTENTS, SLOTS


def _pattern(text: str) -> str:
    try:
        re.compile(text, re.IGNORECASE)
    except re.error as error:
        raise ValueError(f"not a regular expression ({error}): {text}") from error
    return text


def _intent(name: str) -> str:
    if name not in INTENTS:
        raise ValueError(f"no such intent: {name}")
    return name


def _slots(values: dict[str, Any]) -> dict[str, Any]:
    if unknown := sorted(set(values) - set(SLOTS)):
        raise ValueError(f"no such slot: {', '.join(unknown)}")
    return values


Pattern = Annotated[str, AfterValidator(_pattern)]
"""A regular expression, searched for without regard to case."""
Intent = Annotated[str, AfterValidator(_intent)]
Slots = Annotated[dict[str, Any], AfterValidator(_slots)]


class Row(BaseModel):
    """One line of a labelled file; fields that no measure reads are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    lang: Lang


class Utterance(Row):
    """One customer line with its main intent, perhaps a second one, and its slots in normal form."""

    text: str
    style: str = ""
    intent: Intent
    second_intent: Intent | None = None
    slots: Slots = {}


class Expect(BaseModel):
    """What must hold of a turn's answer; empty or None is not checked."""

    model_config = ConfigDict(frozen=True)

    reply_any: tuple[Pattern, ...] | None = None
    reply_none: tuple[Pattern, ...] | None = None
    action: str | None = None
    stage_in: tuple[Stage, ...] | None = None


class DialogueTurn(BaseModel):
    """One turn: the customer's words, the intent, the state after it (cumulative), and the checks."""

    model_config = ConfigDict(frozen=True)

    user: str
    intent: Intent
    intent_alt: tuple[Intent, ...] | None = None
    state: Slots = {}
    state_alt: Annotated[dict[str, tuple[Any, ...]], AfterValidator(_slots)] | None = None
    expect: Expect = Expect()


class Dialogue(Row):
    """A talk, turn by turn, and what the profile already knows of the customer."""

    channel: Channel = "text"
    persona: str = ""
    known_customer: dict[str, Any] | None = None
    turns: tuple[DialogueTurn, ...]


class Question(Row):
    """A question to the knowledge; `source` is `none` where the facts do not say."""

    text: str
    source: str
    fact: str = ""
    answer_any: tuple[Pattern, ...]
    answer_none: tuple[Pattern, ...] = ()


class GuardLine(Row):
    """A candidate reply, and whether it must be stopped."""

    text: str
    lie: bool
    kind: str = ""


R = TypeVar("R", bound=Row)


def read_rows(path: Path, kind: type[R]) -> list[R]:
    """The rows of a file, blank lines left out.

    Raises InputError, with the line number, for a file that cannot be read or a line that is no such
    row; for an id that comes twice; for a file without rows.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: {error}") from error
    rows: dict[str, R] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        row = _row(line, kind, f"{path}:{number}")
        if row.id in rows:
            raise InputError(f"{path}:{number}: id {row.id} comes twice")
        rows[row.id] = row
    if not rows:
        raise InputError(f"{path}: no rows")
    return list(rows.values())


def _row(line: str, kind: type[R], where: str) -> R:
    try:
        fields = json.loads(line)
    except json.JSONDecodeError as error:
        raise InputError(f"{where}: not JSON: {error.msg} at character {error.pos + 1}") from error
    if not isinstance(fields, dict):
        raise InputError(f"{where}: not a JSON object")
    try:
        return kind.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise InputError(f"{where}: {field}: {first['msg']}") from error
