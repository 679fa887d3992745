"""The operator's desk: who waits for a human, who holds which talk, and what was said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, get_args

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from core.context import MAX_TEXT
from core.errors import ConflictError, InputError, NotFoundError
from core.types import HandoffStatus, Line
from crm import callbacks
from crm.customers import talk_card
from crm.schema import CallbackRow, HandoffRow, Talk, TalkLine
from crm.views import DeskNews, DeskTalk, HandoffView, SpokenLine

OPEN: tuple[HandoffStatus, ...] = ("waiting", "held")
"""A human is asked for or has the talk."""
LISTED = 200
"""Handoffs that are over which a list shows, the newest of them."""
MAX_NAME = 80
"""Characters of an operator's name."""


def ask(
    session: Session,
    tenant: str,
    thread: str,
    now: datetime,
    *,
    reason: str,
    summary: str,
    details: dict[str, Any] | None = None,
) -> HandoffRow:
    """Queue the talk; one that waits or is held already keeps its place and its summary."""
    row = last(session, tenant, thread)
    if row is None or row.status not in OPEN:
        row = HandoffRow(
            tenant=tenant,
            thread=thread,
            at=now,
            reason=reason,
            summary=summary,
            details=details,
            status="waiting",
        )
        session.add(row)
        session.flush()
    return row


def last(session: Session, tenant: str, thread: str) -> HandoffRow | None:
    """The last handoff of the talk, None where none was asked for."""
    rows = select(HandoffRow).where(HandoffRow.tenant == tenant, HandoffRow.thread == thread)
    return session.scalars(rows.order_by(HandoffRow.id.desc()).limit(1)).first()


def news(session: Session, tenant: str, thread: str, seen: int) -> DeskNews:
    """How the talk stands with the humans; their lines without the first `seen` ones."""
    row = last(session, tenant, thread)
    if row is None:
        return DeskNews()
    said = _lines(tenant, thread).where(TalkLine.who == "operator").offset(seen)
    lines = tuple(
        Line(turn=line.turn, who="operator", text=line.text, tags=tuple(line.tags))
        for line in session.scalars(said)
    )
    return DeskNews.model_validate({"status": row.status, "asked": row.at, "lines": lines})


def queue(session: Session, tenant: str, statuses: Sequence[str]) -> tuple[HandoffView, ...]:
    """Handoffs in any of `statuses`, the oldest first; of those that are over the newest LISTED.

    Raises InputError for a status that is none.
    """
    if unknown := set(statuses) - set(get_args(HandoffStatus)):
        offered = ", ".join(get_args(HandoffStatus))
        raise InputError(f"no status {', '.join(sorted(unknown))}; there are {offered}")
    wanted = select(HandoffRow).where(HandoffRow.tenant == tenant)
    going_on = wanted.where(HandoffRow.status.in_(set(statuses) & set(OPEN)))
    over = wanted.where(HandoffRow.status.in_(set(statuses) - set(OPEN)))
    newest = over.order_by(HandoffRow.id.desc()).limit(LISTED)
    rows = [*session.scalars(going_on), *session.scalars(newest)]
    return tuple(_view(row) for row in sorted(rows, key=lambda row: row.id))


def on_desk(session: Session, tenant: str, thread: str) -> DeskTalk:
    """The talk as an operator sees it. Raises NotFoundError for one that never asked for a human."""
    row = _known(session, tenant, thread)
    return DeskTalk(
        handoff=_view(row),
        customer=talk_card(session, tenant, thread),
        lines=lines_since(session, tenant, thread, 0),
        callbacks=callbacks.owed(session, tenant, thread),
    )


def take(session: Session, tenant: str, thread: str, operator: str, now: datetime) -> HandoffView:
    """`operator` holds the talk from now on; one who comes after nobody came may still take it.

    Taking what one holds already changes nothing. Raises NotFoundError, or ConflictError where another
    holds it or nobody waits.
    """
    name, row = _named(operator), _known(session, tenant, thread)
    if row.status == "held" and row.operator == name:
        return _view(row)
    if row.status == "held":
        raise ConflictError(f"{thread} is held by {row.operator}")
    if row.status not in ("waiting", "missed"):
        raise ConflictError(f"{thread} waits for nobody: it is {row.status}")
    row.status, row.operator, row.taken, row.ended = "held", name, now, None
    session.flush()
    return _view(row)


def say(
    session: Session, tenant: str, thread: str, operator: str, text: str, line_id: str, now: datetime
) -> SpokenLine:
    """Keep a line of the operator who holds the talk; a repeated `line_id` gives the line kept first.

    Raises NotFoundError, ConflictError where `operator` does not hold it, InputError for no text.
    """
    key = f"operator:{line_id}"
    row = _known(session, tenant, thread)
    kept = session.scalars(_lines(tenant, thread).where(TalkLine.turn_id == key)).first()
    if kept is None:
        _held_by(row, _named(operator))
        said = text.strip()
        if not said or len(said) > MAX_TEXT:
            raise InputError(f"a line has from 1 to {MAX_TEXT} characters")
        kept = _add_line(session, tenant, thread, key, said, now)
    return next(line for place, line in _numbered(session, tenant, thread) if place == key)


def give_back(
    session: Session, tenant: str, thread: str, operator: str, note: str | None, now: datetime
) -> HandoffView:
    """The robot goes on with the talk. Raises NotFoundError, or ConflictError where another holds it."""
    row = _known(session, tenant, thread)
    _held_by(row, _named(operator))
    return _over(session, row, "returned", now, note)


def close(
    session: Session, tenant: str, thread: str, operator: str, note: str | None, now: datetime
) -> HandoffView:
    """The talk is settled; the outcome of the talk is `operator`.

    Raises NotFoundError, or ConflictError where another holds it or it is over already.
    """
    name, row = _named(operator), _known(session, tenant, thread)
    if row.status != "waiting":
        _held_by(row, name)
    talk = session.get_one(Talk, (tenant, thread))
    talk.outcome = "operator"
    row.operator = name
    return _over(session, row, "closed", now, note)


def miss(session: Session, row: HandoffRow, now: datetime, *, phone: str | None = None) -> CallbackRow | None:
    """Nobody came: the wait is over, and the call back that is owed. None for a talk that is held after all."""
    if row.status == "waiting":
        _over(session, row, "missed", now, row.note)
    return callbacks.promise(session, row, "missed", now, phone=phone) if row.status == "missed" else None


def sweep(session: Session, tenant: str, now: datetime, limit: timedelta) -> tuple[HandoffView, ...]:
    """Owe a call to all who have waited for `limit` or longer; those handoffs."""
    late = select(HandoffRow).where(
        HandoffRow.tenant == tenant, HandoffRow.status == "waiting", HandoffRow.at <= now - limit
    )
    rows = list(session.scalars(late.order_by(HandoffRow.id)))
    for row in rows:
        miss(session, row, now)
    return tuple(_view(row) for row in rows)


def leave(session: Session, tenant: str, thread: str, now: datetime, *, wanted: bool) -> None:
    """The customer has left: what waits is missed and a call is owed where a human is `wanted` still."""
    row = last(session, tenant, thread)
    if row is None or row.status not in OPEN:
        return
    if wanted and row.status == "waiting":
        miss(session, row, now)
    else:
        _over(session, row, "closed", now, row.note)


def forget(session: Session, tenant: str, thread: str, now: datetime) -> None:
    """No human rings a customer who is never to be called again: handoff and calls of the talk are over."""
    leave(session, tenant, thread, now, wanted=False)
    for owed in callbacks.owed(session, tenant, thread):
        callbacks.done(session, tenant, owed.id, now)


def lines_since(session: Session, tenant: str, thread: str, after: int) -> tuple[SpokenLine, ...]:
    """Lines of the talk beyond the first `after`, in order."""
    return tuple(line for _, line in _numbered(session, tenant, thread, after))


def status_of(session: Session, tenant: str, thread: str) -> HandoffStatus | None:
    """How the talk stands with the humans. Raises NotFoundError for a talk never heard of."""
    if session.get(Talk, (tenant, thread)) is None:
        raise NotFoundError(f"no talk {thread}")
    return news(session, tenant, thread, 0).status


def _numbered(session: Session, tenant: str, thread: str, after: int = 0) -> Iterator[tuple[str, SpokenLine]]:
    for n, row in enumerate(session.scalars(_lines(tenant, thread).offset(after)), start=after + 1):
        said = {"n": n, "turn": row.turn, "who": row.who, "text": row.text, "at": row.at}
        yield row.turn_id, SpokenLine.model_validate(said)


def _lines(tenant: str, thread: str) -> Select[Any]:
    """The lines of a talk in the order they were said: an operator's come after those of the turn before."""
    said = select(TalkLine).where(TalkLine.tenant == tenant, TalkLine.thread == thread)
    return said.order_by(TalkLine.turn, TalkLine.place, TalkLine.turn_id)


def _add_line(session: Session, tenant: str, thread: str, key: str, text: str, now: datetime) -> TalkLine:
    of_talk = (TalkLine.tenant == tenant, TalkLine.thread == thread)
    turn = session.scalar(select(func.max(TalkLine.turn)).where(*of_talk)) or 0
    place = session.scalar(select(func.max(TalkLine.place)).where(*of_talk, TalkLine.turn == turn)) or 0
    line = TalkLine(
        tenant=tenant,
        thread=thread,
        turn_id=key,
        place=max(place, 1) + 1,
        turn=turn,
        who="operator",
        text=text,
        tags=[],
        at=now,
    )
    session.add(line)
    session.flush()
    return line


def _known(session: Session, tenant: str, thread: str) -> HandoffRow:
    row = last(session, tenant, thread)
    if row is None:
        raise NotFoundError(f"no talk {thread} has asked for a human")
    return row


def _held_by(row: HandoffRow, operator: str) -> None:
    if row.status != "held":
        raise ConflictError(f"{row.thread} is not held but {row.status}: take it first")
    if row.operator != operator:
        raise ConflictError(f"{row.thread} is held by {row.operator}")


def _named(operator: str) -> str:
    name = operator.strip()
    if not name or len(name) > MAX_NAME or not name.isprintable():
        raise InputError(f"an operator has a name of 1 to {MAX_NAME} characters")
    return name


def _over(
    session: Session, row: HandoffRow, status: HandoffStatus, now: datetime, note: str | None
) -> HandoffView:
    row.status, row.note, row.ended = status, note or row.note, now
    session.flush()
    return _view(row)


def _view(row: HandoffRow) -> HandoffView:
    return HandoffView.model_validate(row, from_attributes=True)
