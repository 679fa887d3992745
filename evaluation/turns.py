"""Turns of labelled talks, as they were taken: the labels beside the answer, and what is right of it."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Protocol

from core.context import TalkContext
from core.state import TalkInput
from core.types import TurnAnswer
from evaluation.compare import SlotCheck, check_state
from evaluation.rows import Dialogue, DialogueTurn


class Answerer(Protocol):
    """Answers one customer turn of one thread."""

    async def turn(self, given: TalkInput, *, thread: str, context: TalkContext | None = None) -> TurnAnswer:
        """The finished turn."""
        ...


@dataclass(frozen=True)
class Taken:
    """A turn that was taken: the talk, its number from 1, the answer, and the milliseconds from outside."""

    row: Dialogue
    number: int
    answer: TurnAnswer
    ms: float

    @property
    def id(self) -> str:
        return f"{self.row.id}.{self.number}"

    @property
    def labels(self) -> DialogueTurn:
        return self.row.turns[self.number - 1]

    @cached_property
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
    def intents_wanted(self) -> tuple[str, ...]:
        """The labelled main intent and the others that will do."""
        return (self.labels.intent, *(self.labels.intent_alt or ()))

    @property
    def intent_right(self) -> bool:
        return self.intent in self.intents_wanted

    @cached_property
    def wanted(self) -> bool:
        """Whether the reply says one of the things it must; True where nothing is asked for."""
        patterns = self.labels.expect.reply_any
        return not patterns or any(said(pattern, self.answer.reply) for pattern in patterns)

    @cached_property
    def forbidden(self) -> tuple[str, ...]:
        """The patterns that the reply must not match and does."""
        patterns = self.labels.expect.reply_none or ()
        return tuple(pattern for pattern in patterns if said(pattern, self.answer.reply))

    @property
    def replied(self) -> bool:
        """Whether the reply says what it must and nothing that it must not."""
        return self.wanted and not self.forbidden

    @property
    def acts(self) -> tuple[str, ...]:
        """Names of the turn's acts."""
        return tuple(str(act["act"]) for act in self.answer.acts)

    @property
    def actions(self) -> tuple[str, ...]:
        """Names of the turn's actions."""
        return tuple(action.name for action in self.answer.actions)

    @property
    def acted(self) -> bool:
        """Whether the expected action is among the acts and actions; True where none is expected."""
        expected = self.labels.expect.action
        return expected is None or expected in (*self.acts, *self.actions)

    @property
    def staged(self) -> bool:
        stages = self.labels.expect.stage_in
        return not stages or self.answer.stage in stages

    @property
    def right(self) -> bool:
        """Whether every check of the turn holds."""
        return self.joint and self.intent_right and self.replied and self.acted and self.staged


def said(pattern: str, reply: str) -> bool:
    """Whether `reply` matches `pattern` somewhere, whatever the case."""
    return re.search(pattern, reply, re.IGNORECASE) is not None


async def take_dialogues(
    rows: Iterable[Dialogue], talk: Answerer, *, now: datetime, run: str = "evaluation"
) -> list[Taken]:
    """Hold every dialogue. `run` begins the thread names: give a new one to a used store."""
    taken: list[Taken] = []
    for row in rows:
        taken += await hold(row, talk, now=now, thread=f"{run}-{row.id}")
    return taken


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
        taken.append(Taken(row, number, answer, (time.perf_counter() - begun) * 1000))
    return taken


def by_talk(taken: Iterable[Taken]) -> dict[str, list[Taken]]:
    """The turns by the id of their talk, in the order they were taken."""
    talks: dict[str, list[Taken]] = {}
    for turn in taken:
        talks.setdefault(turn.row.id, []).append(turn)
    return talks
