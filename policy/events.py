"""Turns without words: the call begins, falls silent, breaks off, or could not be read."""

from __future__ import annotations

from core.state import Trouble
from core.types import Act, Barrier, Stage, ToolCall
from policy.deal import Deal
from policy.human import waiting
from policy.move import Move
from policy.small_talk import greeting

SILENCES = 3
"""Silences in a row after which the robot says goodbye."""

LEFT_ALONE: dict[Barrier, tuple[str, str]] = {
    "do_not_call": ("barred", "barred"),
    "hours": ("barred.hours", "hours"),
    "attempts": ("barred.attempts", "attempts"),
}
"""What is said, and the outcome that is kept, where a call of ours should not have begun."""

TROUBLE_SCRIPTS: dict[Trouble, str] = {
    "empty": "clarify.empty",
    "long": "clarify.long",
    "unreadable": "clarify.broken",
    "bad_audio": "audio.unreadable",
    "no_recogniser": "audio.no_engine",
    "image": "image.unsupported",
}


def on_event(event: str, deal: Deal, *, barrier: Barrier | None = None) -> Move:
    """The move for `start`, `silence` or `hangup`."""
    if event == "start" and barrier:
        return _left_alone(barrier)
    if event == "hangup":
        end = ToolCall(name="end_call", args={"reason": "hangup"})
        return Move(reason="customer: hangup", stage=Stage.ENDED, tools=(end,))
    if deal.stage is Stage.HANDOFF:
        return waiting(deal)
    if event == "start":
        return greeting(deal)
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
    if deal.stage is Stage.HANDOFF:
        return waiting(deal)
    act = Act(act="clarify", script=TROUBLE_SCRIPTS[trouble])
    return Move(reason=f"input: {trouble}", stage=deal.stage, acts=(act,))


def _left_alone(barrier: Barrier) -> Move:
    """An apology that sells nothing, for a call that should not have begun."""
    script, reason = LEFT_ALONE[barrier]
    return Move(
        reason=f"no call now: {barrier}",
        stage=Stage.ENDED,
        acts=(Act(act="farewell", script=script),),
        tools=(ToolCall(name="end_call", args={"reason": reason}),),
    )
