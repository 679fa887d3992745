"""Where a turn goes next: pure functions of the state."""

from __future__ import annotations

from typing import Literal

from core.state import TalkState

Read = Literal["understand", "recall"]
READ: list[Read] = ["understand", "recall"]


def after_receive(state: TalkState) -> Literal["transcribe", "plan", "__end__"] | list[Read]:
    """Answered before: done. Audio is transcribed; words are read; the rest is planned at once."""
    if state.get("repeated"):
        return "__end__"
    if state.get("event") or state.get("trouble"):
        return "plan"
    return "transcribe" if state.get("audio") else READ


def after_transcribe(state: TalkState) -> Literal["plan"] | list[Read]:
    """What was heard is read; what could not be heard is planned for at once."""
    return "plan" if state.get("trouble") else READ
