"""Per-run facts: who talks, when, over which channel. Handed to the graph as its runtime context."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from core.clock import local_minute
from core.types import Channel, Lang

MAX_TEXT = 4000
"""Code points of one customer line that are read; a longer one is refused politely."""


@dataclass(frozen=True)
class TalkContext:
    """What one run is told from outside. `now` is a naive local minute."""

    now: datetime = field(default_factory=local_minute)
    channel: Channel = "text"
    lang: Lang | None = None
    """Forces the language of the replies; None follows the customer."""
    tenant: str = "default"
    customer_id: str | None = None


def context_or_default(context: TalkContext | None) -> TalkContext:
    """The context of this run; LangGraph gives None when a caller omits it."""
    return context if context is not None else TalkContext()
