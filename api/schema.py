"""What the HTTP API takes and gives: the turn of `talktrack chat --json`, as a typed body."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from core.context import TalkContext
from core.state import TalkInput
from core.types import Audio, Channel, CustomerCard, Event


class TurnRequest(BaseModel):
    """One customer turn: one of text, audio, event. Without a thread, a new talk begins."""

    model_config = ConfigDict(extra="forbid")

    text: str | None = Field(default=None, description="What the customer says.")
    thread: str | None = Field(default=None, min_length=1, max_length=200)
    turn_id: str | None = Field(default=None, min_length=1, max_length=200)
    now: str | None = Field(default=None, description="Local minute, YYYY-MM-DDTHH:MM.")
    channel: Channel = "text"
    event: Event | None = None
    audio: Audio | None = None
    customer: CustomerCard | None = None

    def given(self) -> TalkInput:
        """The graph's input."""
        fields: dict[str, Any] = self.model_dump(
            include={"text", "turn_id", "event", "audio", "customer"}, exclude_none=True
        )
        return fields  # type: ignore[return-value]

    def context(self) -> TalkContext:
        """The run's context."""
        return TalkContext(
            now=self.now, channel=self.channel, customer_id=self.customer.id if self.customer else None
        )
