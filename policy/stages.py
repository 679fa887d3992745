"""The one table of stages: where a talk may go from each, and which stage a turn's acts mean."""

from __future__ import annotations

from core.types import Stage

TRANSITIONS: dict[Stage, frozenset[Stage]] = {
    Stage.OPENING: frozenset(Stage),
    Stage.QUALIFICATION: frozenset(Stage) - {Stage.OPENING},
    Stage.PRESENTATION: frozenset(Stage) - {Stage.OPENING},
    Stage.OBJECTION: frozenset(Stage) - {Stage.OPENING},
    Stage.PROPOSAL: frozenset(Stage) - {Stage.OPENING},
    Stage.CLOSING: frozenset(Stage) - {Stage.OPENING},
    Stage.HANDOFF: frozenset({Stage.HANDOFF, Stage.ENDED}),
    Stage.ENDED: frozenset({Stage.ENDED, Stage.QUALIFICATION, Stage.HANDOFF}),
}


def move(current: Stage, wanted: Stage) -> Stage:
    """`wanted` where the table allows it; an ended talk that goes on is qualified anew."""
    if wanted in TRANSITIONS[current]:
        return wanted
    return Stage.QUALIFICATION if current is Stage.ENDED else current
