"""What a rule looks at, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from core.pack import Text
from core.state import TalkState, Trouble
from core.types import Act, Barrier, Plan, Stage, ToolCall
from policy.deal import Deal
from policy.ended import MANNERS, RESPECT, wants_business

ASKING = frozenset({"ask_slot", "confirm_slot", "propose", "clarify"})
"""Acts that end in a question."""
HEARD_SURELY = 0.5
"""Confidence from which a wish never to be called again counts as heard."""


@dataclass(frozen=True)
class TurnView:
    """One turn: the deal before it, what came in, and what the plan makes of it."""

    deal: Deal
    plan: Plan
    event: str = ""
    trouble: Trouble | None = None
    barrier: Barrier | None = None

    @classmethod
    def of(cls, state: TalkState, deal: Deal, plan: Plan) -> TurnView:
        """The view over a turn whose `plan` is made and not yet carried out."""
        event = state.get("event", "")
        return cls(
            deal=deal,
            plan=plan,
            event=event,
            trouble=state.get("trouble"),
            barrier=state.get("barrier") if event == "start" else None,
        )

    def with_plan(self, plan: Plan) -> TurnView:
        """The same turn with another plan."""
        return replace(self, plan=plan)

    @property
    def ends(self) -> bool:
        """Whether the robot takes its leave, or the customer has hung up."""
        return self.event == "hangup" or self.has("farewell")

    @property
    def first_words(self) -> bool:
        """Whether the robot has said nothing in this talk yet."""
        deal = self.deal
        return not deal.attempts.get("greet") and all(line.who != "robot" for line in deal.lines)

    def heard(self, *ids: str) -> bool:
        """Whether the customer's words of this turn carry one of the intents."""
        return self.deal.understanding.has(*ids)

    def mainly(self, intent: str) -> bool:
        return self.deal.understanding.intent == intent

    @property
    def wants_business(self) -> bool:
        """Whether the customer asks about business or tells something of his need."""
        return wants_business(self.deal)

    def acts(self, *names: str) -> tuple[Act, ...]:
        return tuple(act for act in self.plan.acts if act.act in names)

    def has(self, *names: str) -> bool:
        return bool(self.acts(*names))

    def tools(self, *names: str) -> tuple[ToolCall, ...]:
        return tuple(call for call in self.plan.tools if call.name in names)

    @property
    def questions(self) -> tuple[Act, ...]:
        return tuple(act for act in self.plan.acts if act.act in ASKING)

    @property
    def pitches(self) -> tuple[Act, ...]:
        """The acts that sell: arguments, answers about goods, questions that lead on, proposals."""
        return tuple(act for act in self.plan.acts if sells(act))


def sells(act: Act) -> bool:
    """Whether an act furthers a sale rather than the manners of the talk."""
    if act.act == "handle_objection":
        return act.script != RESPECT
    if act.act == "answer":
        return act.values.get("topic") not in MANNERS
    return act.act in {"ask_slot", "confirm_slot", "propose"} and act.script != "handoff.phone"


@dataclass(frozen=True)
class Breach:
    """How a plan breaks a rule, and the least that mends it.

    What is in `acts` and `tools` has to go; then `first` and `first_tools` come in front of what is left.
    """

    why: str
    acts: tuple[Act, ...] = ()
    tools: tuple[ToolCall, ...] = ()
    first: tuple[Act, ...] = ()
    first_tools: tuple[ToolCall, ...] = ()
    stage: Stage | None = None
    """The stage that the turn has to end in."""


Check = Callable[[TurnView], Breach | None]


@dataclass(frozen=True)
class Invariant:
    """A rule that holds in every turn of every talk: its name, in words, and its check."""

    id: str
    says: Text
    check: Check


def unwanted(why: str, acts: Iterable[Act] = (), tools: Iterable[ToolCall] = ()) -> Breach | None:
    """The breach of acts and tools that may not be in the plan; None where there are none."""
    acts, tools = tuple(acts), tuple(tools)
    if not acts and not tools:
        return None
    found = ", ".join([*map(_shown, acts), *(call.name for call in tools)])
    return Breach(why=f"{why}: {found}", acts=acts, tools=tools)


def _shown(act: Act) -> str:
    return f"{act.act}({act.script})" if act.script else act.act
