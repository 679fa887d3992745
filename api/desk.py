"""The operator's desk over HTTP, and the lines of a talk for the customer's front end."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from api.access import operator_only
from core.clock import local_minute, parse_minute
from core.errors import InputError
from core.types import Frozen, HandoffStatus
from crm.store import Store
from crm.views import CallbackStatus, CallbackView, DeskTalk, HandoffView, SpokenLine
from graph.request import Name
from graph.talk import Talk

MOST = 2**31 - 1
"""The largest number that every database keeps as an id."""


def _minute(now: str | None) -> str | None:
    try:
        return parse_minute(now).isoformat(timespec="minutes") if now else None
    except InputError as error:
        raise ValueError(str(error)) from error


Minute = Annotated[str | None, AfterValidator(_minute), Field(description="Local minute; empty: now.")]


class ByOperator(BaseModel):
    """Who does it, and when."""

    model_config = ConfigDict(extra="forbid")

    operator: str
    now: Minute = None

    @property
    def moment(self) -> datetime:
        """The minute given, else the present one."""
        return _moment(self.now)


class Said(ByOperator):
    """A line of the operator; the same `line_id` again adds nothing."""

    text: str
    line_id: Name | None = None


class Left(ByOperator):
    """The operator's leave, with a note for whoever reads the talk later."""

    note: str | None = Field(default=None, max_length=2000)


class Moment(BaseModel):
    """When it is done."""

    model_config = ConfigDict(extra="forbid")

    now: Minute = None


class Lines(Frozen):
    """New lines of a talk; `last` is what to ask `after` next, `status` how it stands with the humans."""

    lines: tuple[SpokenLine, ...]
    last: int
    status: HandoffStatus | None


def _moment(now: str | None) -> datetime:
    return parse_minute(now) if now else local_minute()


def desk_router(talk: Talk) -> APIRouter:
    """/desk and /callbacks for operators, /talks/{thread}/lines for the customer's front end.

    Errors: 404 for what is not there, 409 for a talk that another holds or that is over, 422 for bad input.
    """
    store, wait = talk.engines.store, timedelta(minutes=talk.engines.pack.contact.handoff_wait_minutes)
    router = APIRouter()
    router.include_router(_queue(store, wait), dependencies=[Depends(operator_only)])
    router.include_router(_held_talks(store), dependencies=[Depends(operator_only)])
    router.include_router(_callbacks(store), dependencies=[Depends(operator_only)])

    @router.get("/talks/{thread:path}/lines")
    def lines(thread: str, after: Annotated[int, Query(ge=0, le=MOST)] = 0) -> Lines:
        """Lines beyond the first `after`; poll it to show what an operator says."""
        status, found = store.desk_status(thread), store.lines_since(thread, after)
        return Lines(lines=found, last=found[-1].n if found else after, status=status)

    return router


def _queue(store: Store, wait: timedelta) -> APIRouter:
    router = APIRouter()

    @router.get("/desk")
    def queue(status: Annotated[list[HandoffStatus] | None, Query()] = None) -> tuple[HandoffView, ...]:
        """Talks that wait or are held (or of the statuses asked for), the oldest first."""
        return store.handoffs(*(status or ("waiting", "held")))

    @router.post("/desk/sweep")
    def sweep(body: Moment | None = None) -> tuple[HandoffView, ...]:
        """Owe a call to everybody who has waited too long; their handoffs."""
        return store.sweep(wait, now=_moment(body.now if body else None))

    @router.get("/desk/{thread:path}")
    def show(thread: str) -> DeskTalk:
        """One talk: its summary, every line, the calls back it is owed."""
        return store.on_desk(thread)

    return router


def _held_talks(store: Store) -> APIRouter:
    router = APIRouter()

    @router.post("/desk/{thread:path}/take")
    def take(thread: str, body: ByOperator) -> HandoffView:
        """Hold the talk; of two who ask one wins."""
        return store.take(thread, body.operator, now=body.moment)

    @router.post("/desk/{thread:path}/say")
    def say(thread: str, body: Said) -> SpokenLine:
        """Say a line to the customer."""
        return store.operator_says(thread, body.operator, body.text, line_id=body.line_id, now=body.moment)

    @router.post("/desk/{thread:path}/return")
    def give_back(thread: str, body: Left) -> HandoffView:
        """Let the robot go on with the talk."""
        return store.give_back(thread, body.operator, body.note, now=body.moment)

    @router.post("/desk/{thread:path}/close")
    def close(thread: str, body: Left) -> HandoffView:
        """Settle the talk."""
        return store.close_handoff(thread, body.operator, body.note, now=body.moment)

    return router


def _callbacks(store: Store) -> APIRouter:
    router = APIRouter()

    @router.get("/callbacks")
    def callbacks(status: CallbackStatus = "open") -> tuple[CallbackView, ...]:
        """Calls back that are owed, or were made."""
        return store.callbacks(status)

    @router.post("/callbacks/{callback_id}/done")
    def done(callback_id: Annotated[int, Path(ge=0, le=MOST)], body: Moment | None = None) -> CallbackView:
        """Note that the call was made."""
        return store.callback_done(callback_id, now=_moment(body.now if body else None))

    return router
