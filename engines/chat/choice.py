"""Which script line is spoken: in force, fitting in every criterion, the most specific, the least used."""

from __future__ import annotations

from collections.abc import Iterable

from core.pack import ScriptLine
from engines.chat.base import Brief


def choose(lines: Iterable[ScriptLine], brief: Brief) -> ScriptLine | None:
    """The line to speak out of those of one situation and language; None where none fits."""
    return min(
        best(lines, brief), key=lambda line: brief.used_lines.get(line.id, 0), default=None
    )  # of equals the first


def best(lines: Iterable[ScriptLine], brief: Brief) -> list[ScriptLine]:
    """The lines that take turns: of those that fit the ones with the most criteria, a fallback last of all."""
    fitting = [line for line in lines if fits(line, brief)]
    top = max(map(rank, fitting), default=None)
    return [line for line in fitting if rank(line) == top]


def rank(line: ScriptLine) -> tuple[bool, int]:
    """How closely a line is made for its case: a pack's own before a fallback, then by criteria."""
    return line.origin != "fallback", len(line.criteria)


def fits(line: ScriptLine, brief: Brief) -> bool:
    """Whether the line is in force and each criterion that it has is met."""
    industry = brief.customer.industry or ""
    return (
        (brief.day is None or line.in_force(brief.day))
        and line.channel in (None, brief.channel)
        and (not line.stages or brief.stage in line.stages)
        and (not line.roles or brief.role in line.roles)
        and (not line.personas or bool({*line.personas} & {*brief.personas}))
        and (not line.industries or any(trade in industry for trade in line.industries))
        and (line.customers is None or (line.customers == "returning") is brief.returning)
    )
