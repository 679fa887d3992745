"""Every effect once: the row that says "done" is written in the same transaction as what was done."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from pydantic_core import to_jsonable_python
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.types import Action, ToolCall
from crm.customers import open_talk
from crm.schema import Effect

Run = Callable[[Session], dict[str, Any]]
"""Writes through the session it is given and returns plain JSON."""


def digest_of(args: dict[str, Any]) -> str:
    """SHA-256 of the arguments as canonical JSON: the order of keys does not matter."""
    canonical = json.dumps(to_jsonable_python(args), sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()


def run_once(
    session: Session, tenant: str, thread: str, turn_id: str, call: ToolCall, effect: Run, now: datetime
) -> Action:
    """Run `effect`, or answer with what it gave before. The session must hold the thread's write lock."""
    args: dict[str, Any] = to_jsonable_python(call.args)
    digest = digest_of(args)
    done = session.scalars(
        select(Effect).where(
            Effect.tenant == tenant,
            Effect.thread == thread,
            Effect.turn_id == turn_id,
            Effect.name == call.name,
            Effect.digest == digest,
        )
    ).first()
    if done is not None:
        return action_of(done)
    open_talk(session, tenant, thread, now)
    result: dict[str, Any] = to_jsonable_python(effect(session))
    row = Effect(
        tenant=tenant,
        thread=thread,
        turn_id=turn_id,
        name=call.name,
        digest=digest,
        args=args,
        result=result,
        at=now,
    )
    session.add(row)
    session.flush()
    return action_of(row)


def action_of(row: Effect) -> Action:
    """The action as it was answered first."""
    return Action(name=row.name, args=row.args, result=row.result)
