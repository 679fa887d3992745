"""The business data of one tenant: everything the rest of Talktrack may ask of the database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import local_minute
from core.pack import Pack
from core.types import Action, Barrier, CustomerCard, HandoffStatus, Line, ToolCall, TurnAnswer, Violation
from crm import callbacks, calls, catalogue, customers, desk, history, scripts
from crm import effects as once
from crm.database import Database
from crm.schema import Base, MaterialRequest
from crm.scripts import ScriptChange, ScriptEdit
from crm.views import (
    AuditView,
    BarView,
    CallbackView,
    CallView,
    DeskNews,
    DeskTalk,
    HandoffView,
    LeadView,
    Opening,
    OutboxView,
    SpokenLine,
    Standing,
    TalkView,
)


class Store:
    """Blocking and safe from several threads and processes; every method raises StoreError.

    Each call is one transaction, on disk when it returns. `now`, a naive local minute, is the moment of
    the turn; left out, it is read from `clock`.
    """

    def __init__(
        self,
        url: str,
        tenant: str = "default",
        *,
        clock: Callable[[], datetime] = local_minute,
        timeout_s: float = 5.0,
    ) -> None:
        """Opens `url` (SQLite or PostgreSQL) and makes missing tables; see Database for what it raises."""
        self.tenant = tenant
        self._clock = clock
        self._database = Database(url, Base.metadata, what="business database", timeout_s=timeout_s)

    def for_tenant(self, tenant: str) -> Store:
        """The same database seen by another tenant; the connections are shared."""
        other = object.__new__(Store)
        other.tenant, other._clock, other._database = tenant, self._clock, self._database
        return other

    def close(self) -> None:
        self._database.close()

    # the pack

    def sync_pack(self, pack: Pack) -> bool:
        """Write the pack's products and offers; False where they are stored already."""
        with self._database.write(self.tenant) as session:
            return catalogue.sync(session, self.tenant, pack)

    def edit_scripts(
        self,
        pack: str,
        changes: Sequence[ScriptChange],
        by: str,
        *,
        checked: int | None = None,
        now: datetime | None = None,
    ) -> tuple[ScriptEdit, ...]:
        """Change lines of the pack's script library, all of them or none; each as a revision of its own.

        Raises ConflictError where there are edits behind `checked`, the revision they were checked against.
        """
        moment = now or self._clock()
        with self._database.write(self.tenant) as session:
            return scripts.append(session, self.tenant, pack, changes, by, moment, checked=checked)

    def script_edits(self, after: int = 0) -> tuple[ScriptEdit, ...]:
        """Every edit of a script library behind the revision `after`, of any pack, the oldest first."""
        with self._database.read() as session:
            return scripts.edits_after(session, self.tenant, after)

    def script_history(
        self, pack: str, line_id: str | None = None, *, newest: int | None = None
    ) -> tuple[ScriptEdit, ...]:
        """Edits of the pack's library, of one line where it is named, the oldest first; at most the `newest`."""
        with self._database.read() as session:
            return scripts.history(session, self.tenant, pack, line_id, newest)

    # customers

    def customer(
        self, card: CustomerCard, customer_id: str | None = None, *, thread: str | None = None
    ) -> CustomerCard:
        """The card, its gaps and history filled from what is stored under its id, else phone, else e-mail.

        `thread` is the talk under way: it is left out of the history.
        """
        with self._database.read() as session:
            return self._known(session, card, customer_id, thread)

    def _known(
        self, session: Session, card: CustomerCard, customer_id: str | None, thread: str | None
    ) -> CustomerCard:
        row = customers.find(session, self.tenant, customer_id or card.id, card.phone, card.email)
        earlier = history.earlier_talks(session, self.tenant, row.id, thread, 5) if row is not None else ()
        named = card if card.id else card.model_copy(update={"id": customer_id})
        return customers.merged(named, row, earlier)

    def save_profile(
        self, thread: str, customer_id: str | None, fields: dict[str, Any], *, now: datetime | None = None
    ) -> str:
        """Upsert customer and lead by id, phone, e-mail, or thread; the customer's id.

        `fields` are slots and card fields in normal form; `line_items` (a list of product and quantity) and
        anything else is kept with the lead.
        """
        with self._database.write(self.tenant) as session:
            return customers.save(session, self.tenant, thread, customer_id, fields, now or self._clock())

    def history(
        self, customer_id: str, *, except_thread: str | None = None, limit: int = 5
    ) -> tuple[str, ...]:
        """Earlier talks in one line each, the newest first: `2026-11-20 · A×3 · 354000 CNY · closing`."""
        with self._database.read() as session:
            return history.earlier_talks(session, self.tenant, customer_id, except_thread, limit)

    def bar(
        self,
        *,
        phone: str | None = None,
        customer_id: str | None = None,
        thread: str = "",
        now: datetime | None = None,
    ) -> None:
        """Never call this number or customer again."""
        with self._database.write(self.tenant) as session:
            customers.bar(session, self.tenant, thread, phone, customer_id, now or self._clock())

    def barred(self, phone: str | None, customer_id: str | None, thread: str | None = None) -> bool:
        """Whether any ban names this number, customer or thread."""
        with self._database.read() as session:
            return customers.is_barred(session, self.tenant, phone, customer_id, thread)

    def unbar(self, *, phone: str | None = None, customer_id: str | None = None) -> int:
        """Take back every ban that names this number or this customer; how many there were."""
        with self._database.write(self.tenant) as session:
            return calls.unbar(session, self.tenant, phone, customer_id)

    def bans(self) -> tuple[BarView, ...]:
        """Everyone who is never to be called again, the last first."""
        with self._database.read() as session:
            return calls.bans(session, self.tenant)

    def standing(
        self, phone: str | None, customer_id: str | None, *, now: datetime | None = None
    ) -> Standing:
        """The ban on this number or customer, and our calls to them that stayed unanswered."""
        with self._database.read() as session:
            moment = now or self._clock()
            return calls.standing(session, self.tenant, phone, customer_id, None, moment)

    def begin_call(self, call: CallView, ruling: calls.Ruling) -> Barrier | None:
        """What `ruling` says to a call of ours; let through, it is kept as unanswered, once a turn id."""
        with self._database.write(self.tenant) as session:
            return calls.begin(session, self.tenant, call, ruling)

    # the talk

    def opening(
        self, thread: str, turn_id: str, card: CustomerCard, customer_id: str | None = None, *, heard: int = 0
    ) -> Opening:
        """Everything a turn opens with, in one transaction: customer, ban, the desk's news, the newest script edit.

        `heard` counts the operators' lines that the talk knows already. Of a turn id that was answered before
        only the stored answer comes.
        """
        with self._database.read() as session:
            if answered := history.answer_to(session, self.tenant, thread, turn_id):
                return Opening(answer=answered)
            profile = self._known(session, card, customer_id, thread)
            return Opening(
                profile=profile,
                barred=customers.is_barred(session, self.tenant, profile.phone, profile.id, thread),
                desk=desk.news(session, self.tenant, thread, heard),
                scripts_revision=scripts.newest_revision(session, self.tenant),
            )

    def run_once(
        self, thread: str, turn_id: str, call: ToolCall, effect: once.Run, *, now: datetime | None = None
    ) -> Action:
        """Run `effect` in one transaction with the row that remembers it; a repeat only reads that row.

        The key is tenant, thread, turn, tool and arguments. Whatever `effect` raises undoes all it wrote.
        """
        with self._database.write(self.tenant) as session:
            moment = now or self._clock()
            return once.run_once(session, self.tenant, thread, turn_id, call, effect, moment)

    def append_lines(
        self,
        thread: str,
        turn_id: str,
        customer_id: str | None,
        lines: Sequence[Line],
        *,
        now: datetime | None = None,
    ) -> bool:
        """Keep the lines of one turn; False where that turn is kept already."""
        with self._database.write(self.tenant) as session:
            moment = now or self._clock()
            return history.append_lines(session, self.tenant, thread, turn_id, customer_id, lines, moment)

    def set_stage(
        self, thread: str, stage: str, reason: str, turn: int, *, now: datetime | None = None
    ) -> None:
        """Move the talk to `stage`; every change is kept with its reason and turn."""
        with self._database.write(self.tenant) as session:
            history.set_stage(session, self.tenant, thread, stage, reason, turn, now or self._clock())

    def record_turn(
        self,
        thread: str,
        turn_id: str,
        *,
        turn: int,
        lines: Sequence[Line],
        stage: str,
        reason: str,
        customer_id: str | None = None,
        fields: dict[str, Any] | None = None,
        answer: TurnAnswer | None = None,
        now: datetime | None = None,
    ) -> str | None:
        """Profile (of a known customer, or learned fields), lines, stage and answer in one transaction.

        The customer's id, None while nobody is known.
        """
        moment = now or self._clock()
        with self._database.write(self.tenant) as session:
            known = customer_id
            if fields or customer_id:
                known = customers.save(session, self.tenant, thread, customer_id, fields or {}, moment)
            history.append_lines(session, self.tenant, thread, turn_id, known, lines, moment)
            if any(line.who == "customer" for line in lines):
                calls.answer(session, self.tenant, thread)
            history.set_stage(session, self.tenant, thread, stage, reason, turn, moment)
            if answer is not None:
                history.keep_answer(session, self.tenant, answer, moment)
            return known

    def answer(self, thread: str, turn_id: str) -> TurnAnswer | None:
        """The stored answer to a turn id, None where that turn was never finished."""
        with self._database.read() as session:
            return history.answer_to(session, self.tenant, thread, turn_id)

    def audit_guard(
        self,
        thread: str,
        turn_id: str,
        original: str,
        verdict: str,
        violations: Sequence[Violation],
        *,
        now: datetime | None = None,
    ) -> None:
        """Keep a sentence that the guard changed or stopped; the same one of the same turn once."""
        with self._database.write(self.tenant) as session:
            moment = now or self._clock()
            history.audit(session, self.tenant, thread, turn_id, original, verdict, violations, moment)

    # what screens and reports read

    def talk(self, thread: str) -> TalkView | None:
        """One talk, whole; None for a thread never heard of."""
        with self._database.read() as session:
            return history.talk_view(session, self.tenant, thread)

    def talks(self, limit: int = 50) -> tuple[TalkView, ...]:
        """The last talks without their lines, the newest first."""
        with self._database.read() as session:
            return history.recent_talks(session, self.tenant, limit)

    def leads(self) -> tuple[LeadView, ...]:
        with self._database.read() as session:
            return history.leads(session, self.tenant)

    def audits(self, limit: int = 50) -> tuple[AuditView, ...]:
        with self._database.read() as session:
            return history.audits(session, self.tenant, limit)

    def outbox(self, status: str = "queued") -> tuple[OutboxView, ...]:
        """Documents to send, the oldest first."""
        with self._database.read() as session:
            rows = (
                select(MaterialRequest)
                .filter_by(tenant=self.tenant, status=status)
                .order_by(MaterialRequest.id)
            )
            return tuple(
                OutboxView.model_validate(row, from_attributes=True) for row in session.scalars(rows)
            )

    # the operator's desk; who is unknown, late or not the holder gets NotFoundError or ConflictError

    def handoffs(self, *statuses: str) -> tuple[HandoffView, ...]:
        """Handoffs in any of `statuses` (default: `waiting`), the oldest first; of those over the newest 200.

        Raises InputError.
        """
        with self._database.read() as session:
            return desk.queue(session, self.tenant, statuses or ("waiting",))

    def on_desk(self, thread: str) -> DeskTalk:
        """The talk as an operator sees it."""
        with self._database.read() as session:
            return desk.on_desk(session, self.tenant, thread)

    def take(self, thread: str, operator: str, *, now: datetime | None = None) -> HandoffView:
        """Give the talk to `operator`: of two who ask at once one wins."""
        with self._database.write(self.tenant) as session:
            return desk.take(session, self.tenant, thread, operator, now or self._clock())

    def operator_says(
        self,
        thread: str,
        operator: str,
        text: str,
        *,
        line_id: str | None = None,
        now: datetime | None = None,
    ) -> SpokenLine:
        """Keep a line of the operator who holds the talk; the same `line_id` again adds nothing."""
        key = line_id or uuid4().hex
        with self._database.write(self.tenant) as session:
            return desk.say(session, self.tenant, thread, operator, text, key, now or self._clock())

    def give_back(
        self, thread: str, operator: str, note: str | None = None, *, now: datetime | None = None
    ) -> HandoffView:
        """The robot goes on with the talk."""
        with self._database.write(self.tenant) as session:
            return desk.give_back(session, self.tenant, thread, operator, note, now or self._clock())

    def close_handoff(
        self, thread: str, operator: str, note: str | None = None, *, now: datetime | None = None
    ) -> HandoffView:
        """The talk is settled."""
        with self._database.write(self.tenant) as session:
            return desk.close(session, self.tenant, thread, operator, note, now or self._clock())

    def sweep(self, limit: timedelta, *, now: datetime | None = None) -> tuple[HandoffView, ...]:
        """Owe a call to every customer who has waited for `limit` and whom nobody took; their handoffs."""
        with self._database.write(self.tenant) as session:
            return desk.sweep(session, self.tenant, now or self._clock(), limit)

    def desk_news(self, thread: str, heard: int = 0) -> DeskNews:
        """How the talk stands with the humans, and what operators said beyond their first `heard` lines."""
        with self._database.read() as session:
            return desk.news(session, self.tenant, thread, heard)

    def lines_since(self, thread: str, after: int = 0) -> tuple[SpokenLine, ...]:
        """Lines of the talk beyond the first `after`, in order; none for a thread never heard of."""
        with self._database.read() as session:
            return desk.lines_since(session, self.tenant, thread, after)

    def desk_status(self, thread: str) -> HandoffStatus | None:
        """How the talk stands with the humans, None where none was asked for."""
        with self._database.read() as session:
            return desk.status_of(session, self.tenant, thread)

    def callbacks(self, status: str = "open") -> tuple[CallbackView, ...]:
        """Calls owed (`open`) or made (`done`: the newest 200), the oldest first. Raises InputError."""
        with self._database.read() as session:
            return callbacks.listed(session, self.tenant, status)

    def callback_done(self, callback_id: int, *, now: datetime | None = None) -> CallbackView:
        """The call was made."""
        with self._database.write(self.tenant) as session:
            return callbacks.done(session, self.tenant, callback_id, now or self._clock())
