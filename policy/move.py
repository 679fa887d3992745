"""What a rule proposes for one turn."""

from __future__ import annotations

from core.types import Act, Frozen, Stage, ToolCall


class Move(Frozen):
    """Acts to say, tools to run, the stage that follows and why; `leads` lets the next question follow."""

    reason: str
    stage: Stage
    acts: tuple[Act, ...] = ()
    tools: tuple[ToolCall, ...] = ()
    leads: bool = False
