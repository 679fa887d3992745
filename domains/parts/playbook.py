"""playbook.yaml: the stages of a talk, what to ask and propose, and how to meet objections."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import Any, TypeVar

from core.pack import Ask, NextStep, Persona, Play, Playbook, PlayStep, StagePlan, When
from core.types import Frozen, Stage
from domains.fields import Reader
from domains.labels import ACTS, INTENTS, SLOTS, TOOLS
from domains.read import Spot, read_yaml

STAGES = tuple(str(stage) for stage in Stage)
BANT = ("budget", "authority", "need", "timing")
STEPS = ("quote", "demo", "material", "contact")
COUNTED = (*INTENTS, "priced", "booked")
"""What `heard` may count: intents, prices told, demos booked."""
ROLES = ("decision_maker", "influencer", "user", "none")
DEAREST = 10.0
_FIELDS = ("stages", "asks", "plays", "steps", "personas", "confirm", "propose_after")
T = TypeVar("T", bound=Frozen)
Values = dict[str, Any]


def read_playbook(file: Path, situations: Collection[str], slots: tuple[str, ...], reader: Reader) -> Values:
    """The fields of a playbook that the file sets; asks for slots that the pack does not use are left out."""
    spot = read_yaml(file, reader.faults)
    fields = reader.record(spot, _FIELDS) if spot else {}
    readers: dict[str, Callable[[Spot], object]] = {
        "stages": lambda found: _entries(found, STAGES, "stage", reader, _stage),
        "asks": lambda found: tuple(
            ask for ask in (_ask(item, reader) for item in reader.items(found)) if ask and ask.slot in slots
        ),
        "plays": lambda found: _entries(
            found, INTENTS, "intent", reader, lambda key, spot, r: _play(key, spot, situations, r)
        ),
        "steps": lambda found: tuple(filter(None, (_step(item, reader) for item in reader.items(found)))),
        "personas": lambda found: tuple(
            Persona(id=name, signs=_whens(signs, reader)) for name, signs in reader.entries(found)
        ),
        "confirm": lambda found: _costs(found, reader),
        "propose_after": lambda found: reader.whole(found) or 0,
    }
    return {name: readers[name](spot) for name, spot in fields.items()}


def merge_playbook(own: Values, common: Values) -> Playbook:
    """A pack's own fields replace the default ones; stages, plays, personas and costs one by one.

    `propose_after` sets how many answers end the qualification.
    """
    merged: Values = {**common, **own}
    for name, key in (("stages", "stage"), ("plays", "intent"), ("personas", "id")):
        merged[name] = _one_by_one(own.get(name, ()), common.get(name, ()), key)
    merged["confirm"] = {**common.get("confirm", {}), **own.get("confirm", {})}
    enough = merged.pop("propose_after", None)
    playbook = Playbook.model_validate(merged)
    return playbook if enough is None else _enough_after(playbook, enough)


def _one_by_one(own: Iterable[T], common: Iterable[T], key: str) -> tuple[T, ...]:
    """The default entries in their order, each replaced by the pack's own of the same key; new ones behind."""
    mine = {getattr(entry, key): entry for entry in own}
    kept = [mine.pop(getattr(entry, key), entry) for entry in common]
    return (*kept, *mine.values())


def _enough_after(playbook: Playbook, answers: int) -> Playbook:
    stages = tuple(
        plan.model_copy(update={"exit": (When(known=("product",), at_least=answers),)})
        if plan.stage is Stage.QUALIFICATION
        else plan
        for plan in playbook.stages
    )
    return playbook.model_copy(update={"stages": stages})


def _entries(
    spot: Spot, known: Collection[str], what: str, reader: Reader, read: Callable[[str, Spot, Reader], T]
) -> tuple[T, ...]:
    """The entries of a mapping whose keys are out of `known`."""
    return tuple(
        read(key, value, reader)
        for key, value in reader.entries(spot)
        if reader.knows(key, value.key, known, what)
    )


def _stage(name: str, spot: Spot, reader: Reader) -> StagePlan:
    fields = reader.record(spot, ("goal", "enter", "exit"), ("goal",))
    return StagePlan(
        stage=Stage(name),
        goal=reader.text(fields.get("goal")),
        enter=_whens(fields.get("enter"), reader),
        exit=_whens(fields.get("exit"), reader),
    )


def _ask(spot: Spot, reader: Reader) -> Ask | None:
    """`{slot: quantity}`, `{slot: phone, stage: closing}` or the bare slot."""
    if isinstance(spot.value, str):
        slot = reader.one_of(spot, SLOTS, "slot")
        return Ask(slot=slot) if slot else None
    fields = reader.record(spot, ("slot", "stage", "bant", "when"), ("slot",))
    slot = reader.one_of(fields.get("slot"), SLOTS, "slot")
    if not slot:
        return None
    return Ask.model_validate(
        {
            "slot": slot,
            "stage": reader.one_of(fields.get("stage"), STAGES, "stage") or Stage.QUALIFICATION,
            "bant": reader.one_of(fields.get("bant"), BANT, "part of the qualification") or None,
            "when": _when(fields.get("when"), reader),
        }
    )


def _play(intent: str, spot: Spot, situations: Collection[str], reader: Reader) -> Play:
    """One step an attempt: a situation, or `{say: situation, argue: [offer, case, topic]}`."""
    steps = []
    for item in reader.items(spot):
        if isinstance(item.value, str):
            steps.append(PlayStep(say=reader.one_of(item, situations, "situation")))
        else:
            fields = reader.record(item, ("say", "argue"), ("say",))
            said = reader.one_of(fields.get("say"), situations, "situation")
            steps.append(PlayStep(say=said, argue=reader.words(fields.get("argue"))))
    return Play(intent=intent, steps=tuple(step for step in steps if step.say))


def _step(spot: Spot, reader: Reader) -> NextStep | None:
    if isinstance(spot.value, str):
        name, when = reader.one_of(spot, STEPS, "step"), When()
    else:
        fields = reader.record(spot, ("id", "when"), ("id",))
        name, when = reader.one_of(fields.get("id"), STEPS, "step"), _when(fields.get("when"), reader)
    return NextStep.model_validate({"id": name, "when": when}) if name else None


def _whens(spot: Spot | None, reader: Reader) -> tuple[When, ...]:
    return tuple(_when(item, reader) for item in reader.items(spot))


_LISTS: dict[str, tuple[Collection[str] | None, str]] = {
    "stages": (STAGES, "stage"),
    "intents": (INTENTS, "intent"),
    "acts": (ACTS, "act"),
    "tools": (TOOLS, "action"),
    "topics": (None, "topic"),
    "known": (SLOTS, "slot"),
    "unknown": (SLOTS, "slot"),
    "categories": (None, "category"),
    "titles": (None, "title"),
    "roles": (ROLES, "role"),
}


def _when(spot: Spot | None, reader: Reader) -> When:
    """A condition: the fields of `When`."""
    if spot is None:
        return When()
    fields = reader.record(spot, (*_LISTS, "at_least", "heard", "channel"))
    values: Values = {
        name: reader.many_of(fields[name], known, what)
        for name, (known, what) in _LISTS.items()
        if name in fields
    }
    if "at_least" in fields:
        values["at_least"] = reader.whole(fields["at_least"]) or 0
    if "heard" in fields:
        values["heard"] = {
            name: reader.whole(count) or 1
            for name, count in reader.entries(fields["heard"])
            if reader.knows(name, count.key, COUNTED, "intent")
        }
    if channel := reader.one_of(fields.get("channel"), ("voice", "text"), "channel"):
        values["channel"] = channel
    return When.model_validate(values)


def _costs(spot: Spot, reader: Reader) -> dict[str, float]:
    costs = {}
    for slot, cost in reader.entries(spot):
        value = reader.number(cost)
        if value is not None and not 0 <= value <= DEAREST:
            reader.faults.add(cost.at, f"a cost is from 0 to {DEAREST:g}, not {value:g}")
        elif value is not None and reader.knows(slot, cost.key, SLOTS, "slot"):
            costs[slot] = value
    return costs
