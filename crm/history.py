"""The course of talks: lines, stages, how earlier ones went."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.types import Line, TurnAnswer, Violation
from crm.customers import card_of, open_talk
from crm.effects import action_of
from crm.schema import AnswerRow, Customer, Effect, GuardAudit, Lead, QuoteRow, StageChange, Talk, TalkLine
from crm.views import AuditView, LeadView, StageView, TalkView


def append_lines(
    session: Session,
    tenant: str,
    thread: str,
    turn_id: str,
    customer_id: str | None,
    lines: Sequence[Line],
    now: datetime,
) -> bool:
    """Keep the lines of one turn; False, and nothing written, where the turn has lines already."""
    open_talk(session, tenant, thread, now, customer_id)
    if session.get(TalkLine, (tenant, thread, turn_id, 0)) is not None:
        return False
    for place, line in enumerate(lines):
        said = {"turn": line.turn, "who": line.who, "text": line.text, "tags": list(line.tags)}
        session.add(TalkLine(tenant=tenant, thread=thread, turn_id=turn_id, place=place, at=now, **said))
    session.flush()
    return True


def set_stage(
    session: Session, tenant: str, thread: str, stage: str, reason: str, turn: int, now: datetime
) -> None:
    """Move the talk to `stage`; a change, and the first stage, is kept with its reason."""
    talk = open_talk(session, tenant, thread, now)
    known = (
        select(StageChange.turn).where(StageChange.tenant == tenant, StageChange.thread == thread).limit(1)
    )
    if talk.stage != stage or session.scalars(known).first() is None:
        step = StageChange(tenant=tenant, thread=thread, turn=turn, stage=stage, reason=reason, at=now)
        session.merge(step)
    talk.stage = stage
    session.flush()


def keep_answer(session: Session, tenant: str, answer: TurnAnswer, now: datetime) -> None:
    """Keep the finished turn; the first answer to a turn id stays."""
    key = (tenant, answer.thread, answer.turn_id)
    if session.get(AnswerRow, key) is None:
        body = answer.model_dump(mode="json")
        session.add(
            AnswerRow(tenant=tenant, thread=answer.thread, turn_id=answer.turn_id, answer=body, at=now)
        )
        session.flush()


def answer_to(session: Session, tenant: str, thread: str, turn_id: str) -> TurnAnswer | None:
    """The stored answer to a turn id, None where it was never finished."""
    row = session.get(AnswerRow, (tenant, thread, turn_id))
    return TurnAnswer.model_validate(row.answer) if row else None


def earlier_talks(
    session: Session, tenant: str, customer_id: str, except_thread: str | None, limit: int
) -> tuple[str, ...]:
    """One line a talk, the newest first: day, products with counts, quoted total, stage or outcome."""
    talks = select(Talk).where(Talk.tenant == tenant, Talk.customer_id == customer_id)
    if except_thread is not None:
        talks = talks.where(Talk.thread != except_thread)
    newest = session.scalars(talks.order_by(Talk.started.desc(), Talk.thread).limit(limit))
    return tuple(_summary(session, talk) for talk in newest)


def summary_of(session: Session, tenant: str, thread: str) -> str:
    """What the books hold of one talk, in one line; empty for a thread never heard of."""
    talk = session.get(Talk, (tenant, thread))
    return _summary(session, talk) if talk is not None else ""


def talk_view(session: Session, tenant: str, thread: str) -> TalkView | None:
    """One talk, whole; None for a thread never heard of."""
    talk = session.get(Talk, (tenant, thread))
    if talk is None:
        return None
    lines = select(TalkLine).where(TalkLine.tenant == tenant, TalkLine.thread == thread)
    stages = select(StageChange).where(StageChange.tenant == tenant, StageChange.thread == thread)
    effects = select(Effect).where(Effect.tenant == tenant, Effect.thread == thread)
    return TalkView(
        **_talk_fields(session, talk),
        started=talk.started,
        lines=tuple(
            Line(turn=row.turn, who=row.who, text=row.text, tags=tuple(row.tags))
            for row in session.scalars(lines.order_by(TalkLine.turn, TalkLine.place))
        ),
        stages=tuple(
            StageView(turn=row.turn, stage=row.stage, reason=row.reason, at=row.at)
            for row in session.scalars(stages.order_by(StageChange.turn))
        ),
        actions=tuple(action_of(row) for row in session.scalars(effects.order_by(Effect.id))),
    )


def recent_talks(session: Session, tenant: str, limit: int) -> tuple[TalkView, ...]:
    """The last talks without their lines, the newest first."""
    newest = select(Talk).where(Talk.tenant == tenant).order_by(Talk.updated.desc(), Talk.thread).limit(limit)
    return tuple(
        TalkView(**_talk_fields(session, row), started=row.started) for row in session.scalars(newest)
    )


def leads(session: Session, tenant: str) -> tuple[LeadView, ...]:
    """Every deal, the newest first."""
    pairs = (
        select(Lead, Talk)
        .join(Talk, (Talk.tenant == Lead.tenant) & (Talk.thread == Lead.thread))
        .where(Lead.tenant == tenant)
        .order_by(Lead.updated.desc(), Lead.thread)
    )
    return tuple(
        LeadView(**{**_talk_fields(session, talk), "updated": lead.updated}, fields=lead.fields)
        for lead, talk in session.execute(pairs)
    )


def audit(
    session: Session,
    tenant: str,
    thread: str,
    turn_id: str,
    original: str,
    verdict: str,
    violations: Sequence[Violation],
    now: datetime,
) -> None:
    """Keep what the guard changed; the same sentence of the same turn is kept once."""
    digest = hashlib.sha256(original.encode(errors="replace")).hexdigest()
    place = {"tenant": tenant, "thread": thread, "turn_id": turn_id, "digest": digest}
    if session.scalars(select(GuardAudit.id).filter_by(**place)).first() is not None:
        return
    found = [violation.model_dump() for violation in violations]
    session.add(GuardAudit(**place, original=original, verdict=verdict, violations=found, at=now))
    session.flush()


def audits(session: Session, tenant: str, limit: int) -> tuple[AuditView, ...]:
    """The guard's last rulings, the newest first."""
    rows = select(GuardAudit).where(GuardAudit.tenant == tenant).order_by(GuardAudit.id.desc()).limit(limit)
    return tuple(
        AuditView(
            thread=row.thread,
            turn_id=row.turn_id,
            original=row.original,
            verdict=row.verdict,
            violations=tuple(Violation.model_validate(item) for item in row.violations),
            at=row.at,
        )
        for row in session.scalars(rows)
    )


def _talk_fields(session: Session, talk: Talk) -> dict[str, Any]:
    row = session.get(Customer, (talk.tenant, talk.customer_id)) if talk.customer_id else None
    return {
        "thread": talk.thread,
        "customer": card_of(row) if row is not None else None,
        "stage": talk.stage,
        "outcome": talk.outcome,
        "updated": talk.updated,
    }


def _summary(session: Session, talk: Talk) -> str:
    lead = session.get(Lead, (talk.tenant, talk.thread))
    last = select(func.max(QuoteRow.id)).where(QuoteRow.tenant == talk.tenant, QuoteRow.thread == talk.thread)
    quote = session.scalars(select(QuoteRow).where(QuoteRow.id == last.scalar_subquery())).first()
    parts = [
        talk.started.date().isoformat(),
        _deal(lead.fields if lead is not None else {}),
        f"{_plain(quote.total)} {quote.currency}" if quote is not None else "",
        talk.outcome or talk.stage,
    ]
    return " · ".join(part for part in parts if part)


def _plain(amount: float) -> str:
    """An amount in plain figures, at most two decimals: 1104000, 99.5."""
    return f"{amount:.2f}".rstrip("0").rstrip(".")


def _deal(fields: dict[str, Any]) -> str:
    """Products and counts: `A×3, B`. Line items where they were kept, else the product in focus."""
    items = fields.get("line_items") or [
        {"product": fields.get("product"), "quantity": fields.get("quantity")}
    ]
    named = [(item.get("product"), _count(item.get("quantity"))) for item in items if item.get("product")]
    return ", ".join(f"{product}×{count}" if count else f"{product}" for product, count in named)


def _count(quantity: Any) -> str:
    if isinstance(quantity, dict):
        return f"{quantity.get('min')}-{quantity.get('max')}"
    return "" if quantity is None else str(quantity)
