"""Public dialogue corpora in our own slots, as far as these hold what theirs say.

CrossWOZ (a zip of one JSON file) and X-RiSAWOZ in Chinese (a JSON list of turns, previous state and words in, new
state out). What maps, and why the rest does not, stands in `CROSSWOZ` and `RISAWOZ` and in `docs/results.md`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from core.errors import InputError

NOW = datetime(2026, 11, 18, 10, 0)
"""The clock: a Wednesday, so that 下周三 means one day only."""
WAN = 10_000


@dataclass(frozen=True)
class Turn:
    """A customer line, the robot's line before it, the mapped slots after it, and their names in the corpus."""

    user: str
    robot: str
    state: Mapping[str, Any]
    sources: Mapping[str, str]


@dataclass(frozen=True)
class Talk:
    """Turns in a row, the state before the first, and the slots that can be compared in them."""

    id: str
    turns: tuple[Turn, ...]
    scored: frozenset[str]
    start: Mapping[str, Any]


def money(least: float | None, most: float | None) -> dict[str, Any]:
    """A budget in normal form."""
    whole = [None if side is None else round(side) for side in (least, most)]
    return {"min": whole[0], "max": whole[1], "currency": "CNY"}


_YUAN = re.compile(r"(?P<low>\d+)(?:-(?P<high>\d+))?元(?P<side>以上|以下)?")
_RANGE = re.compile(r"(?P<low>\d+)\s*(?:到|~)\s*(?P<high>\d+)|(?P<side>小于|<|>)\s*(?P<one>\d+)")


def yuan(told: str) -> dict[str, Any] | None:
    """CrossWOZ's 100-150元, 1000元以上, 52元; None for 免费, 不免费."""
    found = _YUAN.fullmatch(told)
    if found is None:
        return None
    low = int(found["low"])
    if found["side"]:
        return money(low, None) if found["side"] == "以上" else money(None, low)
    return money(low, int(found["high"] or low))


def price_range(told: str, unit: int) -> dict[str, Any] | None:
    """X-RiSAWOZ's 5000 到 10000, 小于 5000, 15~20, >30, in `unit` yuan; None for 便宜, 中等, 偏贵."""
    found = _RANGE.fullmatch(told)
    if found is None:
        return None
    if found["side"]:
        one = int(found["one"]) * unit
        return money(one, None) if found["side"] == ">" else money(None, one)
    return money(int(found["low"]) * unit, int(found["high"]) * unit)


def next_week(told: str) -> str | None:
    """The ISO date of 下周三, of 下周三上午 too; None for other words."""
    found = re.fullmatch(r"下周([一二三四五六日])(?:上午|下午|晚上)?", told)
    if found is None:
        return None
    monday = NOW.date() - timedelta(days=NOW.weekday()) + timedelta(days=7)
    day: date = monday + timedelta(days="一二三四五六日".index(found[1]))
    return day.isoformat()


Form = Callable[[str], Any]
CROSSWOZ: Mapping[tuple[str, str], tuple[str, Form]] = {
    ("酒店", "价格"): ("budget", yuan),
    ("餐馆", "人均消费"): ("budget", yuan),
    ("景点", "门票"): ("budget", yuan),
}
RISAWOZ: Mapping[tuple[str, str], tuple[str, Form]] = {
    ("pc", "pricerange"): ("budget", lambda told: price_range(told, 1)),
    ("car", "pricerange"): ("budget", lambda told: price_range(told, WAN)),
    ("weather", "city"): ("location", str),
    **{
        (domain, "area"): ("location", str)
        for domain in ("attraction", "hotel", "restaurant", "hospital", "class")
    },
    **{(domain, "date"): ("date", next_week) for domain in ("weather", "flight", "train")},
}
"""`date` stands for whichever of `timeline` and `demo_time` holds it."""
TWO_PLACES = frozenset({"flight", "train"})
"""Domains with a place of departure and one of arrival, which one `location` cannot hold: it is not compared there."""


def crosswoz(path: Path) -> Iterator[Talk]:
    """The talks of a zip of CrossWOZ. What the customer informs of is the state; what is said last holds."""
    try:
        with ZipFile(path) as archive:
            talks = json.loads(archive.read(archive.namelist()[0]))
    except (OSError, BadZipFile, IndexError, ValueError) as error:
        raise InputError(f"{path}: no zip of CrossWOZ: {error}") from error
    for number, talk in talks.items():
        yield _crosswoz_talk(number, talk["messages"])


def _crosswoz_talk(number: str, messages: Iterable[Mapping[str, Any]]) -> Talk:
    turns, robot = [], ""
    state: dict[str, Any] = {}
    sources: dict[str, str] = {}
    for message in messages:
        if message["role"] == "sys":
            robot = message["content"]
            continue
        for act, domain, slot, told in message["dialog_act"]:
            if act == "Inform":
                _tell(state, sources, CROSSWOZ, domain, slot, told)
        turns.append(Turn(message["content"], robot, dict(state), dict(sources)))
    return Talk(number, tuple(turns), frozenset({"budget"}), {})


_STATE = re.compile(r"<state> (.*?) <endofstate>")
_USER = re.compile(r"USER: (.*?) <endofhistory>", re.DOTALL)
_ACTS = re.compile(r"AGENT_ACTS: (.*?) USER:", re.DOTALL)
_TOKEN = re.compile(r"\( (?P<domain>[a-z]+) \)|(?P<slot>\w+) equal_to \" (?P<value>.*?) \"")


def risawoz(path: Path) -> Iterator[Talk]:
    """The talks of a file of X-RiSAWOZ: rows in a row where each begins with the state the one before left."""
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(rows, dict):
            rows = [
                {"input": row["input_text"], "output": row["output_text"]}
                for row in rows["data"]
                if row["train_target"] == "dst"
            ]
        steps = [_Step.read(row["input"], row["output"]) for row in rows]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{path}: no file of X-RiSAWOZ: {error!r}") from error
    for number, run in enumerate(_runs(steps), start=1):
        yield _risawoz_talk(f"{path.stem}-{number}", run)


Slots = Mapping[tuple[str, str], str]


def _runs(steps: Iterable[_Step]) -> list[list[_Step]]:
    runs: list[list[_Step]] = []
    for step in steps:
        if not runs or step.opens or step.before != runs[-1][-1].after:
            runs.append([])
        runs[-1].append(step)
    return runs


@dataclass(frozen=True)
class _Step:
    """A row: the state before and after, the words between."""

    user: str
    robot: str
    before: Slots
    after: Slots

    @classmethod
    def read(cls, given: str, after: str) -> _Step:
        before, user, acts = _STATE.search(given), _USER.search(given), _ACTS.search(given)
        if before is None or user is None:
            raise ValueError(f"not a row of state and words: {given[:60]}")
        return cls(user[1], acts[1] if acts else "", _slots(before[1]), _slots(after))

    @property
    def opens(self) -> bool:
        """Whether nobody has said anything yet."""
        return not self.before and not self.robot


def _slots(text: str) -> Slots:
    found, domain = {}, ""
    for token in _TOKEN.finditer(text):
        if token["domain"]:
            domain = token["domain"]
        else:
            found[domain, token["slot"]] = token["value"]
    return found


def _risawoz_talk(name: str, run: list[_Step]) -> Talk:
    state: dict[str, Any] = {}
    sources: dict[str, str] = {}
    for (domain, slot), told in run[0].before.items():
        _tell(state, sources, RISAWOZ, domain, slot, told)
    start, turns = dict(state), []
    for step in run:
        for (domain, slot), told in step.after.items():
            if step.before.get((domain, slot)) != told:
                _tell(state, sources, RISAWOZ, domain, slot, told)
        turns.append(Turn(step.user, step.robot, dict(state), dict(sources)))
    domains = {domain for step in run for domain, _ in (*step.before, *step.after)}
    scored = {ours for (domain, _), (ours, _) in RISAWOZ.items() if domain in domains}
    if domains & TWO_PLACES:
        scored.discard("location")
    return Talk(name, tuple(turns), frozenset(scored), start)


def _tell(
    state: dict[str, Any],
    sources: dict[str, str],
    mapping: Mapping[tuple[str, str], tuple[str, Form]],
    domain: str,
    slot: str,
    told: str,
) -> None:
    """Enter what was told under our slot, where there is one and the value has its form."""
    ours, form = mapping.get((domain, slot), ("", str))
    value = form(told) if ours else None
    if value is not None:
        state[ours], sources[ours] = value, f"{domain}.{slot}"
