"""Figures of whole talks, held turn by turn through the graph, one thread a dialogue."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from evaluation.bootstrap import Group, interval
from evaluation.compare import SlotCheck
from evaluation.report import Figure, Grid, Miss, Report, ratio
from evaluation.rows import Dialogue
from evaluation.scores import percentile, share
from evaluation.slots import NOWHERE
from evaluation.turns import Answerer, Taken, by_talk, take_dialogues
from tools.registry import TOOLS

T = TypeVar("T")


async def evaluate_dialogues(
    rows: Iterable[Dialogue], talk: Answerer, *, now: datetime, run: str = "evaluation"
) -> Report:
    """Hold every dialogue and report. `run` begins the thread names: give a new one to a used store."""
    return summarise(await take_dialogues(rows, talk, now=now, run=run), now)


def summarise(taken: Sequence[Taken], now: datetime) -> Report:
    """Joint goal and slot accuracy, intents, checks of the replies, actions, stages, latency, every turn."""
    return Report(
        kind="dialogues",
        now=now.isoformat(timespec="minutes"),
        rows=len(by_talk(taken)),
        figures=(*_understood(taken), *_replied(taken), *_speed(taken)),
        grids=(_by_dialogue(taken), _by_channel(taken), _by_turn(taken), _by_slot(taken), _by_action(taken)),
        misses=tuple(miss for turn in taken for miss in _misses(turn)),
        turns=tuple(_record(turn) for turn in taken),
    )


def _understood(taken: Sequence[Taken]) -> tuple[Figure, ...]:
    groups = [Group(sum(turn.joint for turn in turns), len(turns)) for turns in by_talk(taken).values()]
    return (
        replace(_share("joint goal accuracy", [turn.joint for turn in taken]), within=interval(groups)),
        _share("slot accuracy", [check.right for turn in taken for check in turn.slots]),
        _share("intent accuracy", [turn.intent_right for turn in taken]),
    )


def _replied(taken: Sequence[Taken]) -> tuple[Figure, ...]:
    checked = [turn for turn in taken if turn.labels.expect.reply_any or turn.labels.expect.reply_none]
    acting = [turn for turn in taken if turn.labels.expect.action]
    return (
        _share("reply checks satisfied", [turn.replied for turn in checked]),
        _share("reply says what it must", [turn.wanted for turn in taken if turn.labels.expect.reply_any]),
        Figure("replies with forbidden content", sum(bool(turn.forbidden) for turn in taken), "count"),
        _share("action accuracy", [turn.acted for turn in acting]),
        _share("act accuracy", [turn.acted for turn in acting if turn.labels.expect.action not in TOOLS]),
        _share("stage accuracy", [turn.staged for turn in taken if turn.labels.expect.stage_in]),
    )


def _share(name: str, right: Sequence[bool]) -> Figure:
    return ratio(name, sum(right), len(right))


def _speed(taken: Sequence[Taken]) -> tuple[Figure, ...]:
    times = [turn.ms for turn in taken]
    return (
        Figure("latency mean", share(sum(times), len(times)), "ms", len(times)),
        Figure("latency p95", percentile(times, 95), "ms", len(times)),
    )


def _by_dialogue(taken: Sequence[Taken]) -> Grid:
    rows = [
        (
            name,
            len(turns),
            sum(turn.joint for turn in turns),
            sum(turn.intent_right for turn in turns),
            sum(turn.replied for turn in turns),
        )
        for name, turns in by_talk(taken).items()
    ]
    return Grid(
        "by dialogue", ("dialogue", "turns", "state right", "intent right", "reply right"), tuple(rows)
    )


def _by_channel(taken: Sequence[Taken]) -> Grid:
    """The main figures of every channel in every language."""
    rows = [
        (
            channel,
            lang,
            len(by_talk(turns)),
            _mean(turn.joint for turn in turns),
            _mean(check.right for turn in turns for check in turn.slots),
            _mean(turn.intent_right for turn in turns),
            _mean(turn.replied for turn in turns),
        )
        for (channel, lang), turns in _grouped(taken, lambda turn: (turn.row.channel, turn.row.lang))
    ]
    columns = (
        "channel",
        "language",
        "dialogues",
        "joint goal",
        "slots",
        "intents",
        "replies",
    )
    return Grid("by channel and language", columns, tuple(rows))


def _by_turn(taken: Sequence[Taken]) -> Grid:
    """Whether the state lasts: the joint goal accuracy of all first turns, of all second ones, and so on."""
    rows = [
        (number, len(turns), _mean(turn.joint for turn in turns))
        for number, turns in _grouped(taken, lambda turn: turn.number)
    ]
    return Grid("joint goal by turn", ("turn", "dialogues", "joint goal"), tuple(rows))


def _by_slot(taken: Sequence[Taken]) -> Grid:
    """The accuracy of every slot, and how the others are wrong: not held, held in vain, another value."""
    checks = [check for turn in taken for check in turn.slots]
    rows = [
        (
            slot,
            len(mine),
            _mean(check.right for check in mine),
            *(sum(_fault(check) == fault for check in mine) for fault in ("missing", "extra", "other")),
        )
        for slot, mine in _grouped(checks, lambda check: check.slot)
    ]
    return Grid("by slot", ("slot", "rows", "accuracy", "missing", "extra", "other value"), tuple(rows))


def _fault(check: SlotCheck) -> str:
    if check.right:
        return ""
    if check.got is None:
        return "missing"
    return "extra" if check.expected is None else "other"


def _by_action(taken: Sequence[Taken]) -> Grid:
    """How often each expected act or action came."""
    acting = [turn for turn in taken if turn.labels.expect.action]
    rows = [
        (name, len(turns), sum(turn.acted for turn in turns))
        for name, turns in _grouped(acting, lambda turn: turn.labels.expect.action or "")
    ]
    return Grid("by expected action", ("action", "times", "done"), tuple(rows))


def _grouped(items: Iterable[T], key: Callable[[T], Any]) -> Iterator[tuple[Any, list[T]]]:
    """The items by their key, the keys in order."""
    groups: dict[Any, list[T]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    yield from sorted(groups.items())


def _mean(right: Iterable[bool]) -> float | str:
    values = list(right)
    return share(sum(values), len(values)) if values else NOWHERE


def _misses(turn: Taken) -> Iterator[Miss]:
    words, expect, answer = turn.labels.user, turn.labels.expect, turn.answer
    for check in turn.slots:
        if not check.right:
            yield Miss(turn.id, f"slot {check.slot}", words, check.expected, check.got)
    if not turn.intent_right:
        yield Miss(turn.id, "intent", words, list(turn.intents_wanted), turn.intent)
    if not turn.wanted:
        yield Miss(turn.id, "reply_any", words, list(expect.reply_any or ()), answer.reply)
    for pattern in turn.forbidden:
        yield Miss(turn.id, "reply_none", words, pattern, answer.reply)
    if not turn.acted:
        yield Miss(turn.id, "action", words, expect.action, [*turn.acts, *turn.actions])
    if not turn.staged:
        stages = [str(stage) for stage in expect.stage_in or ()]
        yield Miss(turn.id, "stage", words, stages, str(answer.stage))


def _record(turn: Taken) -> dict[str, Any]:
    """All that came of a turn, for programs."""
    answer, expect = turn.answer, turn.labels.expect
    return {
        "id": turn.id,
        "dialogue": turn.row.id,
        "turn": turn.number,
        "right": turn.right,
        "user": turn.labels.user,
        "reply": answer.reply,
        "slots": [vars(check) for check in turn.slots],
        "joint": turn.joint,
        "intents": [score.model_dump() for score in answer.intents],
        "intents_wanted": list(turn.intents_wanted),
        "stage": str(answer.stage),
        "stage_in": [str(stage) for stage in expect.stage_in or ()],
        "acts": list(turn.acts),
        "actions": list(turn.actions),
        "action_wanted": expect.action,
        "reply_any_missed": [] if turn.wanted else list(expect.reply_any or ()),
        "reply_none_met": list(turn.forbidden),
        "ms": round(turn.ms, 1),
    }
