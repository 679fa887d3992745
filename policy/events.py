"""Turns without words: the call begins, falls silent, breaks off, or could not be read."""

from __future__ import annotations

from core.state import Trouble
from core.types import Act, Stage, ToolCall
from policy.deal import Deal
from policy.move import Move
from policy.small_talk import greeting

SILENCES = 3
"""Silences in a row after which the robot says goodbye."""

TROUBLE_SCRIPTS: dict[Trouble, str] = {
    "empty": "clarify.empty",
    "long": "clarify.long",
    "unreadable": "clarify.broken",
    "bad_audio": "audio.unreadable",
    "no_recogniser": "audio.no_engine",
    "image": "image.unsupported",
}


def on_event(event: str, deal: Deal, *, barred: bool = False) -> Move:
    """The move for `start`, `silence` or `hangup`."""
    if event == "start":
        return _barred() if barred else greeting(deal)
    if event == "hangup":
        end = ToolCall(name="end_call", args={"reason": "hangup"})
        return Move(reason="customer: hangup", stage=Stage.ENDED, tools=(end,))
    count = deal.attempts.get("silence", 0) + 1
    if count >= SILENCES:
        return Move(
            reason="customer: silent",
            stage=Stage.ENDED,
            acts=(Act(act="farewell", script="silence.bye"),),
            tools=(ToolCall(name="end_call", args={"reason": "silence"}),),
        )
    return Move(
        reason="customer: silent", stage=deal.stage, acts=(Act(act="clarify", script=f"silence.{count}"),)
    )


def on_trouble(trouble: Trouble, deal: Deal) -> Move:
    """A polite word on input that could not be read; the talk stays where it was."""
    act = Act(act="clarify", script=TROUBLE_SCRIPTS[trouble])
    return Move(reason=f"input: {trouble}", stage=deal.stage, acts=(act,))


def _barred() -> Move:
    return Move(
        reason="the number is barred",
        stage=Stage.ENDED,
        acts=(Act(act="farewell", script="barred"),),
        tools=(ToolCall(name="end_call", args={"reason": "barred"}),),
    )
