"""Whether any talk can get to a script line: its situation is spoken, its case occurs, no closer line stands before it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import combinations, product

from core.pack import Pack, ScriptLine
from core.types import Channel, CustomerCard, Stage
from engines.chat.base import Brief
from engines.chat.choice import fits, rank

OF_SLOT = ("ask.", "confirm.", "names.")
"""How the situations begin that end in the name of a slot."""
OF_DEMO = ("demo.", "propose.demo", "ask.demo_time")
ONLY_IN: dict[str, Stage] = {"end.": Stage.ENDED, "barred": Stage.ENDED, "silence.bye": Stage.ENDED}
"""How the situations begin that belong to one stage."""
CHANNELS: tuple[Channel, ...] = ("text", "voice")


def unspoken(line: ScriptLine, pack: Pack) -> str | None:
    """Why no talk of this pack speaks the line's situation; None where one does."""
    name = line.situation
    slot = next((name.removeprefix(stem) for stem in OF_SLOT if name.startswith(stem)), None)
    if slot and slot != "value" and slot not in pack.slots:
        return f"never spoken: the pack has no slot {slot}"
    if name.startswith(OF_DEMO) and not pack.demo_modes:
        return "never spoken: the pack has no way to see the goods"
    if name.startswith("propose.") and name.removeprefix("propose.") not in _steps(pack):
        return "never spoken: it is no step of the playbook"
    in_play = name.startswith("objection.") and name[-1].isdigit()
    if in_play and not any(name in play.situations for play in pack.playbook.plays):
        return "never spoken: no play of the playbook names it"
    return None


def _steps(pack: Pack) -> frozenset[str]:
    return frozenset(str(step.id) for step in pack.playbook.steps)


def unmet(line: ScriptLine, pack: Pack) -> str | None:
    """Why no talk is of the line's case; None where one may be."""
    if line.roles and "decision_role" not in pack.slots:
        return "never spoken: the pack has no slot decision_role, so no role is ever known"
    only = next((stage for stem, stage in ONLY_IN.items() if line.situation.startswith(stem)), None)
    if only and line.stages and only not in line.stages:
        return f"never spoken: {line.situation} belongs to the stage {only}"
    return None


def shadowed(group: Iterable[ScriptLine], day: date) -> tuple[ScriptLine, ...]:
    """The lines of one situation and language that another one, in force for good, always goes before."""
    alive = [line for line in group if not line.ended(day)]
    if len({rank(line) for line in alive}) < 2:
        return ()
    lasting = [line for line in alive if line.valid_until is None and line.in_force(day)]
    reached: set[str] = set()
    for case in cases(alive):
        top = max((rank(line) for line in lasting if fits(line, case)), default=(False, 0))
        reached |= {line.id for line in alive if fits(line, case) and rank(line) >= top}
    return tuple(line for line in alive if line.id not in reached and line.origin != "fallback")


def cases(lines: Iterable[ScriptLine]) -> Iterator[Brief]:
    """One talk of each kind that the lines tell apart."""
    lines = tuple(lines)
    industries = _words(line.industries for line in lines)
    for channel, stage, personas, role, returning, industry in product(
        CHANNELS,
        _or_other(_words(line.stages for line in lines)),
        _subsets(_words(line.personas for line in lines)),
        (*_words(line.roles for line in lines), None),
        (False, True),
        dict.fromkeys(("", *industries, " ".join(industries))),
    ):
        yield Brief(
            acts=(),
            channel=channel,
            stage=stage,
            personas=personas,
            role=role,
            returning=returning,
            customer=CustomerCard(industry=industry),
        )


def _words(groups: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for group in groups for word in group))


def _or_other(stages: tuple[str, ...]) -> tuple[Stage, ...]:
    """The stages named, and one that is not."""
    other = next((stage for stage in Stage if stage not in stages), None)
    return (*map(Stage, stages), *([other] if other else []))


def _subsets(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for size in range(len(words) + 1):
        yield from combinations(words, size)
