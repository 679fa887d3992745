"""Public dialogue corpora, turn by turn through the embedded reader and the tracker, beside two trivial baselines.

`python -m bench.dialogues crosswoz|risawoz FILE... [--talks N] [--seed S] [--scripted-model] [--domain NAME]`

Slots are those of `bench.corpora`; only they are compared. `--scripted-model` puts the tracker by chat model in the
rules' place, with an endpoint on loopback that answers with the labelled difference: it shows that prompts are built
and answers checked, and says nothing about any model.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.progress import track as watched

from bench.corpora import NOW, Talk, Turn, crosswoz, risawoz
from bench.table import err, machine, markdown
from core.errors import TalktrackError
from core.pack import Pack
from core.settings import Settings
from core.state import TalkState
from core.types import Line, SlotValue
from engines.tracking.base import Tracker
from engines.tracking.fallback import FallbackTracker
from engines.tracking.llm import LlmTracker
from engines.understanding.base import Understander
from evaluation.compare import same_value
from evaluation.scores import Tally, share
from graph.engines import prepare
from nodes.track import track
from policy.tracking.rules import RuleTracker
from tests.openai_server import OpenAIServer, Reply, serving

CORPORA = {"crosswoz": crosswoz, "risawoz": risawoz}
DATES = ("timeline", "demo_time")
"""Our slots that hold a `date` of the corpora."""
Values = Mapping[str, Any]
Row = list[str | float | int]


def project(slots: Mapping[str, SlotValue], scored: frozenset[str]) -> dict[str, Any]:
    """Our state as the corpora's slots: the date is the one set last, without the time of day."""
    held = {slot: one for slot, one in slots.items() if one.value is not None}
    dates = sorted((held[slot] for slot in DATES if slot in held), key=lambda one: one.turn)
    found = {slot: one.value for slot, one in held.items()}
    if dates:
        found["date"] = str(dates[-1].value)[:10]
    return {slot: value for slot, value in found.items() if slot in scored}


def started(talk: Talk) -> dict[str, SlotValue]:
    """What a talk that is cut from the middle of another one begins with."""
    return {
        DATES[0] if slot == "date" else slot: SlotValue(value=value, turn=0, text="")
        for slot, value in talk.start.items()
    }


Script = Callable[[Turn, Values], None]
"""Gets each turn, and the labelled state before it, before the tracker does."""


async def follow(
    talk: Talk, reader: Understander, tracker: Tracker, script: Script | None = None
) -> list[dict[str, Any]]:
    """Our state after every turn of a talk, in the corpora's slots."""
    state: TalkState = {"slots": started(talk), "now": NOW, "lang": "zh", "lines": []}
    states: list[dict[str, Any]] = []
    labelled: Values = talk.start
    for number, turn in enumerate(talk.turns, start=1):
        if script:
            script(turn, labelled)
        state["text"], state["turn"] = turn.user, number
        state["understanding"] = reader.read(turn.user, now=NOW)
        if turn.robot:
            state["lines"] = [*state["lines"], Line(turn=number - 1, who="robot", text=turn.robot)]
        state.update(await track(state, tracker=tracker))  # type: ignore[typeddict-item]
        state["lines"] = [*state["lines"], Line(turn=number, who="customer", text=turn.user)]
        states.append(project(state["slots"], talk.scored))
        labelled = turn.state
    return states


def if_asked(turn: Turn, told: Values, reader: Understander) -> dict[str, Any]:
    """What is read of the slots that a turn sets where the robot has just asked for them: reading without deciding."""
    found: dict[str, Any] = {}
    for slot in told:
        ours = DATES[0] if slot == "date" else slot
        mentions = reader.read(turn.user, now=NOW, expecting=ours).mentions
        held = {
            one.slot: SlotValue(value=one.value, turn=1, text=one.text) for one in mentions if not one.negated
        }
        found |= project(held, frozenset({slot}))
    return found


def changed(before: Values, after: Values) -> dict[str, Any]:
    """The slots that one turn has set anew."""
    return {
        slot: value
        for slot, value in after.items()
        if slot not in before or not same_value(slot, before[slot], value)
    }


def same_state(one: Values, other: Values) -> bool:
    return one.keys() == other.keys() and all(same_value(slot, one[slot], other[slot]) for slot in one)


@dataclass
class Score:
    """Counts over the turns of many talks."""

    turns: int = 0
    moved: int = 0
    """Turns that change the labelled state."""
    joint: Counter[str] = field(default_factory=Counter)
    """Turns with the whole state right, by who says it; `moved`: ours, among those that change it."""
    slots: defaultdict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    """What turns set, by our slot."""
    sources: defaultdict[str, list[tuple[bool, bool]]] = field(default_factory=lambda: defaultdict(list))
    """Whether what a turn sets was found, and would have been if asked for, by the slot of the corpus."""

    def add(self, talk: Talk, states: Sequence[Values], reader: Understander) -> None:
        """A talk, and our state after each of its turns."""
        ours_before: Values = project(started(talk), talk.scored)
        before = {slot: value for slot, value in talk.start.items() if slot in talk.scored}
        for turn, ours in zip(talk.turns, states, strict=True):
            labels = {slot: value for slot, value in turn.state.items() if slot in talk.scored}
            told = changed(before, labels)
            self._set(turn, told, changed(ours_before, ours), if_asked(turn, told, reader))
            self.turns += 1
            self.moved += bool(told)
            self.joint["nothing"] += not labels
            self.joint["carry over"] += same_state(before, labels)
            self.joint["ours"] += same_state(labels, ours)
            self.joint["moved"] += same_state(labels, ours) and bool(told)
            before, ours_before = labels, ours

    def _set(self, turn: Turn, told: Values, got: Values, asked: Values) -> None:
        for slot in {*told, *got}:
            right = _holds(got, slot, told)
            self.slots[slot] += Tally(int(right), int(slot in got) - right, int(slot in told) - right)
            if slot in told:
                self.sources[turn.sources[slot]].append((right, _holds(asked, slot, told)))


def _holds(got: Values, slot: str, told: Values) -> bool:
    return slot in told and slot in got and same_value(slot, told[slot], got[slot])


def joint_table(score: Score) -> str:
    rows = [
        [
            "our state",
            _of(score.joint["ours"], score.turns),
            _of(score.joint["moved"], score.moved),
        ],
        ["nothing is ever held", _of(score.joint["nothing"], score.turns), _of(0, score.moved)],
        [
            "the labelled state of the turn before",
            _of(score.joint["carry over"], score.turns),
            _of(0, score.moved),
        ],
    ]
    return markdown(["joint accuracy", "all turns", "turns that change it"], rows)


def slot_table(score: Score) -> str:
    total = sum(score.slots.values(), Tally())
    rows: list[Row] = [
        [slot, tally.tp + tally.fn, *(f"{one:.3f}" for one in (tally.precision, tally.recall, tally.f1))]
        for slot, tally in [*sorted(score.slots.items()), ("together", total)]
    ]
    return markdown(["slot", "set by labels", "precision", "recall", "F1"], rows)


def source_table(score: Score) -> str:
    rows: list[Row] = [
        [name, len(found), *(f"{share(sum(one), len(found)):.3f}" for one in zip(*found, strict=True))]
        for name, found in sorted(score.sources.items())
    ]
    return markdown(["slot of the corpus", "set by labels", "recall", "recall, had the robot asked"], rows)


def _of(part: int, whole: int) -> str:
    return f"{share(part, whole):.3f} ({whole})"


def gold_answer(turn: Turn, before: Values) -> str:
    """The labelled difference as a model would tell it, resting on the whole line."""
    told = changed(before, turn.state)
    fields = [
        {"slot": DATES[0] if slot == "date" else slot, "value": _bare(value), "words": turn.user}
        for slot, value in told.items()
    ]
    return json.dumps(
        {"set": fields, "remove": [], "confirm": [], "items": [], "focus": None}, ensure_ascii=False
    )


def _bare(value: Any) -> Any:
    """A range without its currency, which is the pack's."""
    return {side: value[side] for side in ("min", "max")} if isinstance(value, dict) else value


class Scripted:
    """A tracker by chat model whose endpoint answers every turn with its labels."""

    def __init__(self, server: OpenAIServer, settings: Settings, pack: Pack) -> None:
        named = {"tracking_model": "scripted", "tracking_base_url": server.url, "tracking_timeout_s": 8.0}
        self._server, self._model = server, LlmTracker(settings.model_copy(update=named), pack)
        self.tracker = FallbackTracker(self._model, RuleTracker(pack))
        self._lines: list[str] = []

    def script(self, turn: Turn, before: Values) -> None:
        """The endpoint's next answer."""
        self._lines.append(turn.user)
        self._server.script(Reply(gold_answer(turn, before)))

    def report(self) -> str:
        """What was asked, what failed, what was not believed."""
        asked = [json.loads(request["messages"][-1]["content"]) for request in self._server.requests]
        shown = sum(line == one["customer"] for line, one in zip(self._lines, asked, strict=False))
        stats = self._model.stats
        rows: list[Row] = [
            ["turns", len(self._lines)],
            ["requests", len(asked)],
            ["requests that show the line", shown],
        ]
        rows += [
            [f"answers that failed: {reason}", times] for reason, times in sorted(stats.failures.items())
        ]
        rows += [
            [f"changes not believed: {reason}", times] for reason, times in sorted(stats.dropped.items())
        ]
        return markdown(["scripted model", "count"], rows)


async def measure(
    talks: Sequence[Talk], reader: Understander, tracker: Tracker, script: Script | None = None
) -> Score:
    """Follow every talk."""
    score = Score()
    for talk in watched(talks, "following", console=err, transient=True):
        score.add(talk, await follow(talk, reader, tracker, script), reader)
    return score


def sampled(corpus: str, files: Sequence[Path], most: int | None, seed: int) -> list[Talk]:
    """The talks in which something can be compared; `most` of them drawn by `seed`."""
    talks = [talk for path in files for talk in CORPORA[corpus](path) if talk.scored]
    return talks if most is None or most >= len(talks) else random.Random(seed).sample(talks, most)


def main(given: argparse.Namespace) -> None:
    talks = sampled(given.corpus, given.files, given.talks, given.seed)
    settings = Settings(understanding="embedded", **({"domain": given.domain} if given.domain else {}))
    ready = prepare(settings, err.print)
    reader = ready.understander()
    print(
        f"{machine()}\n{given.corpus}: {len(talks)} talks, {sum(len(talk.turns) for talk in talks)} turns\n"
    )
    if given.scripted_model:
        with serving() as server:
            scripted = Scripted(server, settings, ready.pack)
            score = asyncio.run(measure(talks, reader, scripted.tracker, scripted.script))
            print(scripted.report(), end="\n\n")
    else:
        score = asyncio.run(measure(talks, reader, RuleTracker(ready.pack)))
    print(joint_table(score), slot_table(score), source_table(score), sep="\n\n")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus", choices=CORPORA)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--talks", type=int, help="Only so many, drawn at random.")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument(
        "--scripted-model", action="store_true", help="The tracker by chat model, for form only."
    )
    parser.add_argument("--domain")
    return parser.parse_args()


if __name__ == "__main__":
    try:
        main(arguments())
    except TalktrackError as error:
        sys.exit(f"bench.dialogues: {error}")
