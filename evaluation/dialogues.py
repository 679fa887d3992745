"""Whole talks, turn by turn through the graph, one thread a dialogue."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.context import TalkContext
from core.state import TalkInput
from core.types import TurnAnswer
from evaluation.compare import SlotCheck, check_state
from evaluation.report import Figure, Grid, Miss, Report, ratio
from evaluation.rows import Dialogue, DialogueTurn
from evaluation.scores import percentile, share


class Answerer(Protocol):
    """Answers one customer turn of one thread."""

    async def turn(self, given: TalkInput, *, thread: str, context: TalkContext | None = None) -> TurnAnswer:
        """The finished turn."""
        ...


@dataclass(frozen=True)
class Taken:
    """A turn that was taken: where it stands, its labels, the answer, and the milliseconds from outside."""

    dialogue: str
    number: int
    labels: DialogueTurn
    answer: TurnAnswer
    ms: float

    @property
    def id(self) -> str:
        return f"{self.dialogue}.{self.number}"

    @property
    def slots(self) -> tuple[SlotCheck, ...]:
        """Every checked slot of the state after this turn."""
        return check_state(self.labels.state, self.answer.slots, self.labels.state_alt or {})

    @property
    def joint(self) -> bool:
        """Whether the whole state is right."""
        return all(check.right for check in self.slots)

    @property
    def intent(self) -> str:
        """The main intent that was heard."""
        return self.answer.intents[0].id if self.answer.intents else "out_of_scope"

    @property
    def intent_right(self) -> bool:
        return self.intent in (self.labels.intent, *(self.labels.intent_alt or ()))

    @property
    def wanted(self) -> bool:
        """Whether the reply says one of the things it must; True where nothing is asked for."""
        patterns = self.labels.expect.reply_any
        return not patterns or any(said(pattern, self.answer.reply) for pattern in patterns)

    @property
    def forbidden(self) -> tuple[str, ...]:
        """The patterns that the reply must not match and does."""
        patterns = self.labels.expect.reply_none or ()
        return tuple(pattern for pattern in patterns if said(pattern, self.answer.reply))

    @property
    def done(self) -> tuple[str, ...]:
        """Names of the turn's acts and actions."""
        acts = [str(act["act"]) for act in self.answer.acts]
        return (*acts, *(action.name for action in self.answer.actions))

    @property
    def acted(self) -> bool:
        expected = self.labels.expect.action
        return expected is None or expected in self.done

    @property
    def staged(self) -> bool:
        stages = self.labels.expect.stage_in
        return not stages or self.answer.stage in stages


def said(pattern: str, reply: str) -> bool:
    """Whether `reply` matches `pattern` somewhere, whatever the case."""
    return re.search(pattern, reply, re.IGNORECASE) is not None


async def evaluate_dialogues(
    rows: Iterable[Dialogue], talk: Answerer, *, now: datetime, run: str = "evaluation"
) -> Report:
    """Hold every dialogue and report. `run` begins the thread names: give a new one to a used store."""
    taken: list[Taken] = []
    for row in rows:
        taken += await hold(row, talk, now=now, thread=f"{run}-{row.id}")
    return summarise(taken, now)


async def hold(row: Dialogue, talk: Answerer, *, now: datetime, thread: str) -> list[Taken]:
    """One dialogue in one thread, its known customer given with every line."""
    customer = row.known_customer or {}
    context = TalkContext(
        now=now.isoformat(timespec="minutes"), channel=row.channel, customer_id=customer.get("id")
    )
    taken = []
    for number, labels in enumerate(row.turns, start=1):
        given: TalkInput = {"text": labels.user}
        if customer:
            given["customer"] = customer
        begun = time.perf_counter()
        answer = await talk.turn(given, thread=thread, context=context)
        taken.append(Taken(row.id, number, labels, answer, (time.perf_counter() - begun) * 1000))
    return taken


def summarise(taken: Sequence[Taken], now: datetime) -> Report:
    """Joint goal and slot accuracy, intents, checks of the replies, actions, stages, latency."""
    return Report(
        kind="dialogues",
        now=now.isoformat(timespec="minutes"),
        rows=len({turn.dialogue for turn in taken}),
        figures=(*_understood(taken), *_replied(taken), *_speed(taken)),
        grids=(_by_dialogue(taken),),
        misses=tuple(miss for turn in taken for miss in _misses(turn)),
    )


def _understood(taken: Sequence[Taken]) -> tuple[Figure, ...]:
    checks = [check for turn in taken for check in turn.slots]
    return (
        ratio("joint goal accuracy", sum(turn.joint for turn in taken), len(taken)),
        ratio("slot accuracy", sum(check.right for check in checks), len(checks)),
        ratio("intent accuracy", sum(turn.intent_right for turn in taken), len(taken)),
    )


def _replied(taken: Sequence[Taken]) -> tuple[Figure, ...]:
    wanted = [turn for turn in taken if turn.labels.expect.reply_any]
    checked = [turn for turn in taken if turn.labels.expect.reply_any or turn.labels.expect.reply_none]
    acting = [turn for turn in taken if turn.labels.expect.action]
    staged = [turn for turn in taken if turn.labels.expect.stage_in]
    good = sum(turn.wanted and not turn.forbidden for turn in checked)
    return (
        ratio("reply checks satisfied", good, len(checked)),
        ratio("reply says what it must", sum(turn.wanted for turn in wanted), len(wanted)),
        Figure("replies with forbidden content", sum(bool(turn.forbidden) for turn in taken), "count"),
        ratio("action accuracy", sum(turn.acted for turn in acting), len(acting)),
        ratio("stage accuracy", sum(turn.staged for turn in staged), len(staged)),
    )


def _speed(taken: Sequence[Taken]) -> tuple[Figure, ...]:
    times = [turn.ms for turn in taken]
    return (
        Figure("latency mean", share(sum(times), len(times)), "ms", len(times)),
        Figure("latency p95", percentile(times, 95), "ms", len(times)),
    )


def _by_dialogue(taken: Sequence[Taken]) -> Grid:
    rows = []
    for name in dict.fromkeys(turn.dialogue for turn in taken):
        mine = [turn for turn in taken if turn.dialogue == name]
        rows.append(
            (
                name,
                len(mine),
                sum(turn.joint for turn in mine),
                sum(turn.intent_right for turn in mine),
                sum(turn.wanted and not turn.forbidden for turn in mine),
            )
        )
    return Grid(
        "by dialogue", ("dialogue", "turns", "state right", "intent right", "reply right"), tuple(rows)
    )


def _misses(turn: Taken) -> Iterable[Miss]:
    words, expect, answer = turn.labels.user, turn.labels.expect, turn.answer
    for check in turn.slots:
        if not check.right:
            yield Miss(turn.id, f"slot {check.slot}", words, check.expected, check.got)
    if not turn.intent_right:
        labels = [turn.labels.intent, *(turn.labels.intent_alt or ())]
        yield Miss(turn.id, "intent", words, labels, turn.intent)
    if not turn.wanted:
        yield Miss(turn.id, "reply_any", words, list(expect.reply_any or ()), answer.reply)
    for pattern in turn.forbidden:
        yield Miss(turn.id, "reply_none", words, pattern, answer.reply)
    if not turn.acted:
        yield Miss(turn.id, "action", words, expect.action, list(turn.done))
    if not turn.staged:
        yield Miss(
            turn.id, "stage", words, [str(stage) for stage in expect.stage_in or ()], str(answer.stage)
        )
