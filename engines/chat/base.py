"""The port every realiser implements: one plan in, sentences out, none of them guarded yet."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Protocol

from core.pack import Fact
from core.types import Act, Channel, CustomerCard, Frozen, Lang, Line


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


class Sentence(Frozen):
    """One sentence to say, the acts it speaks (their places in the brief), its script line if any."""

    text: str
    acts: tuple[int, ...] = ()
    line_id: str | None = None


class Realiser(Protocol):
    """Speaks a plan sentence by sentence."""

    name: str

    def sentences(self, brief: Brief) -> AsyncIterator[Sentence]:
        """Sentences in order. Raises EngineError when the engine fails or is late."""
        ...
