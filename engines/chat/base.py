"""The port every realiser implements: one plan in, sentences out, none of them guarded yet."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import date
from typing import Protocol

from core.pack import Fact, ScriptLine
from core.types import Act, Channel, CustomerCard, Frozen, Lang, Line, Stage


class Brief(Frozen):
    """Everything a realiser may use to speak one turn."""

    acts: tuple[Act, ...]
    facts: tuple[Fact, ...] = ()
    lang: Lang = "zh"
    channel: Channel = "text"
    customer: CustomerCard = CustomerCard()
    lines: tuple[Line, ...] = ()
    """The last lines of the talk, oldest first."""
    customer_text: str = ""
    """What the customer has just said."""
    used_lines: Mapping[str, int] = {}
    """How often each script line was said in this talk, so that variants do not repeat."""
    stage: Stage = Stage.OPENING
    personas: tuple[str, ...] = ()
    """What kind of customer this is, as the playbook names kinds."""
    role: str | None = None
    """The customer's part in the decision, a value of the slot decision_role; None while unknown."""
    returning: bool = False
    """Whether there were talks with this customer before."""
    day: date | None = None
    """The day of the turn; None leaves the validity of lines aside."""
    revision: int | None = None
    """The revision of the script library that the turn speaks from; None: the newest known."""


class Sentence(Frozen):
    """One sentence to say, the acts it speaks (their places in the brief), its script line if any."""

    text: str
    acts: tuple[int, ...] = ()
    line_id: str | None = None


class ScriptSource(Protocol):
    """Where script lines come from, as they stood at any revision."""

    @property
    def revision(self) -> int:
        """The newest revision known."""
        ...

    def lines(self, situation: str, lang: Lang, revision: int | None = None) -> tuple[ScriptLine, ...]:
        """The lines of a situation in one language, in order; None: of the newest revision known."""
        ...

    def catch_up(self) -> object:
        """Read what was edited since; blocks, and raises StoreError."""
        ...


class Realiser(Protocol):
    """Speaks a plan sentence by sentence."""

    name: str

    def sentences(self, brief: Brief) -> AsyncIterator[Sentence]:
        """Sentences in order. Raises EngineError when the engine fails or is late."""
        ...
