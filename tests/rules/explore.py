"""Explores the talks that the plan can lead, breadth first, and looks for one that breaks a rule.

`python -m tests.rules.explore` prints the figures. The plan is the product's own, before the correction at
run time; a state is what the plan reads of a talk, so that talks which differ in nothing it reads are one.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Generator, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from typing import Any, cast

from core.pack import Pack, When
from core.state import TalkState
from core.types import Act, Channel, CustomerCard, HandoffStatus, Line, Plan, SlotValue, Stage
from nodes.ground import ground
from nodes.plan import proposed
from nodes.record import asked_in, attempts, counted, expecting, recommended, stage_before, topics
from nodes.track import track
from policy.deal import Deal
from policy.invariants import INVARIANTS
from policy.invariants.turn import TurnView
from policy.minors import unheard
from policy.tracking.follow import FOLLOWED
from tests.fakes import book_of, done, opened, pack_of, tracker_of
from tests.rules.alphabet import DESK, STATUS, Letter, all_pairs, core, openings, probes

STRANGER = CustomerCard()
KNOWN = CustomerCard(id="c1", contact_name="王", location="苏州", phone="13700000000")
RUNS: tuple[tuple[str, Channel, CustomerCard, int], ...] = (
    ("qiheng", "text", STRANGER, 3),
    ("qingshui", "voice", STRANGER, 2),
    ("qiheng", "voice", KNOWN, 2),
    ("qingshui", "text", KNOWN, 2),
)
"""Pack, channel, what is known of the customer, and the turns of the longest talk from its first turn on."""
AFTER_OPENING = 2
"""Turns that follow each of the openings."""
Mark = tuple[Any, ...]
ASK_AT_MOST = 2
COUNTS = {"greet": 1, "wrong_person": 1, "silence": 2, "priced": 1, "booked": 1, "posted": 1, "recapped": 1}
"""Counters that rules read, and up to which number they tell apart."""


class Counters(dict[str, int]):
    """The counters of a talk; complains where the plan reads one that the state does not keep."""

    kept: frozenset[str] = frozenset()

    def get(self, key: str, default: Any = None) -> Any:
        assert key in self.kept, f"the plan reads the counter {key!r}, which the exploration does not keep"
        return super().get(key, default)


@dataclass(frozen=True)
class Talk:
    """A talk between two turns, and the way that led to it."""

    kept: Mapping[str, Any]
    desk: HandoffStatus | None = None
    parent: Talk | None = None
    letter: Letter | None = None
    plan: Plan | None = None

    def path(self) -> Iterator[Talk]:
        """The turns so far, the first one first."""
        if self.parent is not None:
            yield from self.parent.path()
            yield self


@dataclass(frozen=True)
class Broken:
    """A talk that breaks a rule."""

    rule: str
    says: str
    why: str
    path: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join([f"{self.rule}: {self.says}", *self.path, f"breach: {self.why}"])


@dataclass
class Figures:
    """What one exploration saw."""

    pack: str
    channel: Channel
    openings: int = 0
    states: int = 0
    transitions: int = 0
    """Turns planned and checked."""
    talks: int = 0
    """Sequences of turns that these stand for."""
    longest: int = 0
    """Turns of the longest talk."""
    seconds: float = 0.0
    """Of processor time."""
    broken: list[Broken] = field(default_factory=list)


class Explorer:
    """Grows talks over one pack and channel."""

    def __init__(self, pack: str, channel: Channel, card: CustomerCard = STRANGER) -> None:
        self.pack = pack_of(pack)
        self.channel = channel
        self.card = card
        self.caps = {**COUNTS, **_counted(self.pack)}
        self._counters = type("Kept", (Counters,), {"kept": frozenset(self.caps)})
        self._argued = {
            topic for play in self.pack.playbook.plays for step in play.steps for topic in step.argue
        }

    def root(self) -> Talk:
        return Talk({"stage": Stage.OPENING, "attempts": self._counters()})

    def turn(self, talk: Talk, letter: Letter) -> tuple[TurnView, TalkState]:
        """The turn that a letter makes of a talk, planned and not checked."""
        state = self._opened(talk, letter)
        book = book_of(self.pack.name)
        if not letter.event and not letter.trouble:
            state.update(cast("TalkState", done(track(state, tracker=tracker_of(self.pack.name)))))
            state.update(cast("TalkState", done(ground(state, book=book))))
        deal = Deal.of(state, book)
        return TurnView.of(state, deal, proposed(state, deal)), state

    def _opened(self, talk: Talk, letter: Letter) -> TalkState:
        """The turn as `receive` and `understand` open it."""
        minor = talk.kept.get("minor", False) if letter.minor is None else letter.minor
        understanding = unheard(letter.understanding) if minor else letter.understanding
        open_or_new = talk.desk in ("waiting", "held") or talk.kept["stage"] is Stage.HANDOFF
        now = {
            "turn": 2,
            "channel": self.channel,
            "profile": self.card,
            "text": letter.text,
            "event": letter.event,
            "trouble": letter.trouble,
            "barrier": letter.barrier,
            "understanding": understanding,
            "recalled": letter.recalled,
            "sensitive": letter.sensitive,
            "minor": minor,
            "handoff": talk.desk if open_or_new else None,
        }
        return opened(**{**talk.kept, **now})

    def after(self, talk: Talk, letter: Letter, turn: TurnView, state: TalkState) -> Talk:
        """The talk after the turn, as `record` hands it to the next one."""
        plan = turn.plan
        heard = attempts(cast("TalkState", {**state, "plan": plan, "actions": plan.tools}))
        return Talk(
            kept={
                "slots": _settled(state.get("slots", {})),
                "line_items": state.get("line_items", ()),
                "focus": state.get("focus"),
                "stage": plan.stage,
                "stage_before": stage_before(cast("TalkState", {**state, "plan": plan})),
                "expecting": expecting(plan.acts, state.get("expecting")),
                "asked": _capped(counted(state.get("asked", {}), asked_in(plan.acts)), None),
                "attempts": self._counters(_capped(heard, self.caps)),
                "lines": self._lines(state, plan),
                "minor": state.get("minor", False),
                "recommended": recommended(cast("TalkState", {**state, "plan": plan})),
                "topics": topics(cast("TalkState", {**state, "plan": plan})),
            },
            desk=desk_after(talk.desk, plan),
            parent=talk,
            letter=letter,
            plan=plan,
        )

    def _lines(self, state: TalkState, plan: Plan) -> list[Line]:
        """The question just heard, and one line that stands for all the robot has said: what it argued with is
        not argued with again. Questions of earlier turns are forgotten.
        """
        asked = tuple(score.id for score in state["understanding"].intents if score.id.startswith(FOLLOWED))
        heard = [Line(turn=1, who="customer", text="", tags=asked)] if asked else []
        before = [line.text for line in state.get("lines", []) if line.who == "robot"]
        said = {part for text in before for part in text.split("\n")}
        said |= {text for act in plan.acts for text in self._arguments(act)}
        if not plan.acts and not before:
            return heard
        return [*heard, Line(turn=1, who="robot", text="\n".join(sorted(said)) or "…")]

    def _arguments(self, act: Act) -> Iterator[str]:
        topic = act.values.get("topic")
        if topic in self._argued and "text" in act.values:
            yield str(act.values["text"])
        if act.values.get("offer") and "offer" in self._argued:
            yield str(act.values["offer"])

    def breaches(self, talk: Talk, letter: Letter, turn: TurnView) -> Iterator[Broken]:
        for rule in INVARIANTS:
            if found := rule.check(turn):
                steps = [(one.letter, one.plan) for one in talk.path()]
                path = tuple(_in_words(*step) for step in [*steps, (letter, turn.plan)])
                yield Broken(rule.id, rule.says["en"], found.why, path)


def desk_after(desk: HandoffStatus | None, plan: Plan) -> HandoffStatus | None:
    """How the talk stands with the humans after a plan was carried out."""
    for call in plan.tools:
        if call.name == "handoff":
            desk = "missed" if call.args.get("reason") == "missed" else desk if desk == "held" else "waiting"
        elif call.name == "end_call" and desk in ("waiting", "held"):
            desk = "closed"
    return desk if desk in ("waiting", "held") or plan.stage is Stage.HANDOFF else None


def _counted(pack: Pack) -> dict[str, int]:
    """Counters that the playbook reads, each up to the highest number that it names."""
    book = pack.playbook
    whens: list[When] = [ask.when for ask in book.asks] + [step.when for step in book.steps]
    whens += [when for plan in book.stages for when in (*plan.enter, *plan.exit)]
    caps = {play.intent: len(play.steps) for play in book.plays}
    for when in whens:
        for name, count in when.heard.items():
            caps[name] = max(caps.get(name, 0), count)
    return caps


def _capped(counts: Mapping[str, int], caps: Mapping[str, int] | None) -> dict[str, int]:
    if caps is None:
        return {name: min(count, 1 if ":" in name else ASK_AT_MOST) for name, count in counts.items()}
    return {name: min(count, caps[name]) for name, count in counts.items() if name in caps}


def _settled(slots: Mapping[str, SlotValue]) -> dict[str, SlotValue]:
    """Slots as the next turn sees them, without what no rule reads."""
    return {
        slot: held.model_copy(update={"turn": 1, "start": 0, "end": 0, "earlier": held.earlier[-1:]})
        for slot, held in slots.items()
    }


def fingerprint(talk: Talk) -> Mark:
    """Everything that a later plan may read."""
    kept = talk.kept
    slots = {
        slot: (repr(held.value), held.status, bool(held.text), held.earlier and repr(held.earlier[-1].value))
        for slot, held in kept.get("slots", {}).items()
    }
    return (
        kept["stage"],
        kept.get("stage_before"),
        talk.desk,
        kept.get("expecting"),
        kept.get("minor", False),
        kept.get("focus"),
        tuple((item.product, repr(item.quantity)) for item in kept.get("line_items", ())),
        tuple(sorted(kept.get("asked", {}).items())),
        tuple(sorted(kept["attempts"].items())),
        tuple((line.text, line.tags) for line in kept.get("lines", [])),
        kept.get("recommended"),
        kept.get("topics"),
        tuple(sorted(slots.items())),
    )


def _in_words(letter: Letter | None, plan: Plan | None) -> str:
    acts = [f"{act.act}[{act.slot or act.script}]" for act in plan.acts] if plan else []
    tools = [f"{call.name}()" for call in plan.tools] if plan else []
    robot = ", ".join([*acts, *tools]) or "-"
    return f"  {letter.name if letter else '-'}  ->  {robot}  ({plan.stage if plan else '-'})"


def with_desk(talk: Talk) -> Iterator[Talk]:
    """The talk, and what colleagues may make of it before the next turn; nothing is planned for that."""
    yield talk
    possible = {"waiting": ("take", "late", "close"), "held": ("return", "close")}.get(talk.desk or "", ())
    for letter in DESK:
        if letter.desk in possible:
            yield from with_desk(Talk(talk.kept, STATUS[letter.desk], talk, letter))


def explored(
    pack: str, channel: Channel, card: CustomerCard = STRANGER, depth: int = 2, *, rule: str | None = None
) -> Figures:
    """The exploration of every talk of up to `depth` turns, and of those that follow the openings.

    With a `rule` it stops at the first talk that breaks it.
    """
    explorer = Explorer(pack, channel, card)
    figures = Figures(pack, channel)
    begun = time.process_time()
    for found in _searched(explorer, depth, figures):
        if rule in (None, found.rule):
            figures.broken.append(found)
            if rule:
                break
    figures.seconds = time.process_time() - begun
    return figures


def _searched(explorer: Explorer, depth: int, figures: Figures) -> Iterator[Broken]:
    states: set[Mark] = set()
    for opening in ((), *openings(explorer.pack)):
        talk = explorer.root()
        for letter in opening:
            talk = yield from _stepped(explorer, talk, letter)
        turns = AFTER_OPENING if opening else depth
        yield from Search(explorer, figures, states).grown(talk, turns)
        figures.openings += bool(opening)
        figures.longest = max(figures.longest, sum(not letter.desk for letter in opening) + turns)
    figures.states = len(states)


def _stepped(explorer: Explorer, talk: Talk, letter: Letter) -> Generator[Broken, None, Talk]:
    if letter.desk:
        return Talk(talk.kept, STATUS[letter.desk], talk, letter)
    turn, state = explorer.turn(talk, letter)
    yield from explorer.breaches(talk, letter, turn)
    return explorer.after(talk, letter, turn, state)


class Search:
    """One breadth-first search: what was seen, and how the states follow one another."""

    def __init__(self, explorer: Explorer, figures: Figures, states: set[Mark]) -> None:
        self.explorer, self.figures, self.states = explorer, figures, states
        self._growing = core(explorer.pack)
        self._probing = probes(explorer.pack)
        self._follows: dict[Mark, Counter[Mark]] = {}

    def grown(self, start: Talk, depth: int) -> Iterator[Broken]:
        """Every talk that goes on from `start` by up to `depth` turns; those of the fewest turns first."""
        level = {fingerprint(start): start}
        seen = set(level)
        for left in range(depth, 0, -1):
            following: dict[Mark, Talk] = {}
            pairs = all_pairs() if start.parent is None and left == depth else ()
            for mark, talk in level.items():
                self._follows[mark] = Counter()
                for after in (yield from self._tried(talk, pairs, last=left == 1)):
                    found = fingerprint(after)
                    self._follows[mark][found] += 1
                    if found not in seen:
                        seen.add(found)
                        following[found] = after
            self.states |= set(level)
            level = following
        self.figures.talks += self._talks(fingerprint(start), depth)

    def _tried(
        self, talk: Talk, pairs: tuple[Letter, ...], *, last: bool
    ) -> Generator[Broken, None, list[Talk]]:
        """Every letter on one talk; the talks that the growing ones lead to, unless it is the `last` turn."""
        found: list[Talk] = []
        for letter in self._growing:
            turn, state = self.explorer.turn(talk, letter)
            yield from self.explorer.breaches(talk, letter, turn)
            if not last:
                found += with_desk(self.explorer.after(talk, letter, turn, state))
        for letter in (*self._probing, *pairs):
            turn, _ = self.explorer.turn(talk, letter)
            yield from self.explorer.breaches(talk, letter, turn)
        self.figures.transitions += len(self._growing) + len(self._probing) + len(pairs)
        return found

    def _talks(self, start: Mark, depth: int) -> int:
        """Sequences of up to `depth` turns that were checked, each ending in any letter."""
        letters, talks = len(self._growing) + len(self._probing), 0
        ways: Counter[Mark] = Counter({start: 1})
        for _ in range(depth):
            talks += sum(ways.values()) * letters
            following: Counter[Mark] = Counter()
            for mark, count in ways.items():
                for after, times in self._follows.get(mark, {}).items():
                    following[after] += count * times
            ways = following
        return talks


def explored_all() -> list[Figures]:
    """Every shipped pack over both channels, two at a time."""
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        return [run.result() for run in [pool.submit(explored, *one) for one in RUNS]]


def main() -> int:
    """Prints the figures of every run, and the shortest talk that breaks each rule that is broken."""
    begun, broken = time.monotonic(), dict[str, Broken]()
    print("pack      channel  longest   states   turns checked   talks they stand for   CPU seconds")
    for run in explored_all():
        print(
            f"{run.pack:<10}{run.channel:<9}{run.longest:>7}{run.states:>9,}{run.transitions:>16,}{run.talks:>23,}"
            f"{run.seconds:>14.1f}"
        )
        for found in run.broken:
            if found.rule not in broken or len(found.path) < len(broken[found.rule].path):
                broken[found.rule] = found
    print(f"{len(INVARIANTS)} rules, {len(broken)} broken, {time.monotonic() - begun:.0f} seconds")
    for found in broken.values():
        print(f"\n{found}")
    return 1 if broken else 0


if __name__ == "__main__":
    raise SystemExit(main())
