"""Per-run facts: who talks, when, over which channel. Handed to the graph as its runtime context."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.clock import local_minute, parse_minute
from core.types import Channel, Lang

MAX_TEXT = 4000
"""Code points of one customer line that are read; a longer one is refused politely."""


@dataclass(frozen=True)
class TalkContext:
    """What one run is told from outside; a plain dict of these fields serves as well.

    The clock is read once, when a turn opens, and kept in the state: a resumed turn ends at the
    moment it began.
    """

    now: str | None = None
    """A naive local minute `YYYY-MM-DDTHH:MM`; None reads the wall clock."""
    channel: Channel = "text"
    lang: Lang | None = None
    """Forces the language of the replies; None follows the customer."""
    customer_id: str | None = None

    def moment(self) -> datetime:
        """The minute this turn happens in. Raises InputError on a time that is none."""
        return parse_minute(self.now) if self.now else local_minute()


def context_or_default(context: TalkContext | None) -> TalkContext:
    """The context of this run; LangGraph gives None when a caller omits it."""
    return context if context is not None else TalkContext()
