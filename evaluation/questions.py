"""Knowledge questions, each in a thread of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.context import TalkContext
from core.types import TurnAnswer
from evaluation.report import Figure, Miss, Report, ratio
from evaluation.rows import Question
from evaluation.turns import Answerer, said

NOWHERE = "none"
"""The source of a question that the facts do not answer."""


@dataclass(frozen=True)
class Asked:
    """A question and its answer."""

    row: Question
    answer: TurnAnswer

    @property
    def answerable(self) -> bool:
        return self.row.source != NOWHERE

    @property
    def declined(self) -> bool:
        """Whether the robot says that the facts do not hold the answer."""
        return any(act["act"] == "decline" for act in self.answer.acts)

    @property
    def worded(self) -> bool:
        """Whether the reply says what it must."""
        return any(said(pattern, self.answer.reply) for pattern in self.row.answer_any)

    @property
    def invented(self) -> tuple[str, ...]:
        """The patterns that the reply must not match and does."""
        return tuple(pattern for pattern in self.row.answer_none if said(pattern, self.answer.reply))

    @property
    def right(self) -> bool:
        """Whether an answerable question is answered: the words are there, nothing false, no decline."""
        return self.worded and not self.invented and not self.declined

    @property
    def sourced(self) -> bool:
        """Whether the labelled source is among the citations."""
        return self.row.source in self.sources

    @property
    def sources(self) -> list[str]:
        return [citation.source for citation in self.answer.citations]


async def evaluate_questions(
    rows: Iterable[Question], talk: Answerer, *, now: datetime, run: str = "evaluation"
) -> Report:
    """Ask every question and report. `run` begins the thread names: give a new one to a used store."""
    context = TalkContext(now=now.isoformat(timespec="minutes"))
    asked = [
        Asked(row, await talk.turn({"text": row.text}, thread=f"{run}-{row.id}", context=context))
        for row in rows
    ]
    return summarise(asked, now)


def summarise(asked: Sequence[Asked], now: datetime) -> Report:
    """Answers right, sources right, unanswerable declined, invented."""
    known = [one for one in asked if one.answerable]
    unknown = [one for one in asked if not one.answerable]
    return Report(
        kind="questions",
        now=now.isoformat(timespec="minutes"),
        rows=len(asked),
        figures=(
            ratio("answer right", sum(one.right for one in known), len(known)),
            ratio("source right", sum(one.sourced for one in known), len(known)),
            ratio("unanswerable declined", sum(one.declined for one in unknown), len(unknown)),
            ratio("unanswerable declined in words", sum(one.worded for one in unknown), len(unknown)),
            Figure("answers invented", sum(bool(one.invented) for one in asked), "count"),
            Figure("answerable declined", sum(one.declined for one in known), "count"),
        ),
        misses=tuple(miss for one in asked for miss in _misses(one)),
    )


def _misses(one: Asked) -> Iterable[Miss]:
    row, reply = one.row, one.answer.reply
    if not one.worded:
        yield Miss(row.id, "answer", row.text, row.fact or list(row.answer_any), reply)
    for pattern in one.invented:
        yield Miss(row.id, "invented", row.text, pattern, reply)
    if one.declined == one.answerable:
        yield Miss(row.id, "decline", row.text, "no decline" if one.answerable else "decline", reply)
    if one.answerable and not one.sourced:
        yield Miss(row.id, "source", row.text, row.source, one.sources)
