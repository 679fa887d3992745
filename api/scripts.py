"""The script library over HTTP, for operators: lines as they are spoken, edits while talks go on, history."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict

from api.access import operator_only
from core.errors import InputError, PackError
from core.pack import ScriptLine
from core.types import Channel, Lang
from crm.scripts import ScriptEdit
from domains.script_files import Form, parsed
from graph.editor import Editor, Filter, Stored, told
from graph.talk import Talk


class Body(BaseModel):
    """What a client sends; a field it does not know is refused."""

    model_config = ConfigDict(extra="forbid")


class LineBody(Body):
    """A whole line: a criterion left out is dropped. Situation and language are needed for a new one."""

    text: str
    situation: str | None = None
    lang: Lang | None = None
    channel: Channel | None = None
    industries: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    personas: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    customers: Literal["new", "returning"] | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    by: str = "api"

    def fields(self) -> dict[str, Any]:
        """What becomes of the line: all that is said of it, and nothing of what was."""
        said = self.model_dump(exclude={"by"})
        return {name: value for name, value in said.items() if value is not None or name not in PLACE}


PLACE = ("situation", "lang")
LISTED = 200
"""Edits that the history shows, the newest of them."""


class ImportBody(Body):
    """A file of lines, as text."""

    text: str
    format: Form = "yaml"
    replace: bool = False
    """Withdraw what else the situations and languages of the file have."""
    by: str = "api"


class RevertBody(Body):
    """Back to how things stood at a revision, of one line where it is named."""

    revision: int
    line: str | None = None
    by: str = "api"


def scripts_router(talk: Talk) -> APIRouter:
    """GET /scripts, /scripts/history, /scripts/lint, /scripts/{id}; PUT and DELETE of a line; POST of many."""
    engines = talk.engines
    editor = Editor(engines.pack, engines.store, engines.guard, engines.library)
    router = APIRouter(prefix="/scripts", dependencies=[Depends(operator_only)], tags=["scripts"])

    @router.get("")
    def lines(wanted: Annotated[Filter, Query()]) -> list[ScriptLine]:
        """Every line as it is spoken now, cut down by what the query names."""
        return list(editor.find(wanted))

    @router.get("/history")
    def history(id: str | None = None) -> list[ScriptEdit]:
        """The newest 200 edits, of one line where it is named, the oldest of them first."""
        return list(editor.history(id, newest=LISTED))

    @router.get("/lint")
    def lint() -> list[dict[str, Any]]:
        """What is wrong with the library as it is spoken now."""
        return [{**found.model_dump(), "warns": found.warns} for found in editor.lint()]

    @router.post("/import")
    def take_in(body: ImportBody) -> Stored:
        """Lines as a file has them, all or none."""
        try:
            found = parsed(body.text, body.format, engines.pack)
        except PackError as error:
            raise InputError(told(error.faults)) from error
        return editor.put(found, body.by, replace=body.replace)

    @router.post("/revert")
    def revert(body: RevertBody) -> Stored:
        """The library as it was at a revision again."""
        return editor.revert(body.revision, body.by, line_id=body.line)

    @router.get("/{line_id}")
    def line(line_id: str) -> ScriptLine:
        """One line as it is spoken now."""
        return editor.line(line_id)

    @router.put("/{line_id}")
    def put(line_id: str, body: LineBody) -> Stored:
        """One line, new or as it is to be from now on."""
        return editor.change(line_id, body.fields(), body.by)

    @router.delete("/{line_id}")
    def withdraw(line_id: str, by: str = "api") -> Stored:
        """Speak a line no more."""
        return editor.withdraw(line_id, by)

    return router
