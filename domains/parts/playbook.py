"""playbook.yaml: what to ask, in which order, and how to meet objections."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from core.pack import Ask, Play, Playbook
from core.types import Stage
from domains.fields import Reader
from domains.labels import INTENTS, SLOTS
from domains.read import Spot, read_yaml

_STAGES = tuple(str(stage) for stage in Stage)


def read_playbook(
    file: Path, situations: Collection[str], slots: tuple[str, ...], reader: Reader
) -> dict[str, object]:
    """The fields of a playbook that the file sets; asks for slots that the pack does not use are left out."""
    spot = read_yaml(file, reader.faults)
    fields = reader.record(spot, ("asks", "plays", "propose_after")) if spot else {}
    values: dict[str, object] = {}
    if "asks" in fields:
        asks = (_ask(item, reader) for item in reader.items(fields["asks"]))
        values["asks"] = tuple(ask for ask in asks if ask and ask.slot in slots)
    if "plays" in fields:
        values["plays"] = _plays(fields["plays"], situations, reader)
    if "propose_after" in fields:
        values["propose_after"] = reader.whole(fields["propose_after"]) or 0
    return values


def merge_playbook(own: dict[str, object], common: dict[str, object]) -> Playbook:
    """A pack's own fields replace the default ones; plays one by one."""
    base, mine = Playbook.model_validate(common), Playbook.model_validate(own)
    met = {play.intent for play in mine.plays}
    merged = {
        **common,
        **own,
        "plays": (*mine.plays, *(play for play in base.plays if play.intent not in met)),
    }
    return Playbook.model_validate(merged)


def _ask(spot: Spot, reader: Reader) -> Ask | None:
    """`{slot: quantity}`, `{slot: phone, stage: closing}` or the bare slot."""
    if isinstance(spot.value, str):
        slot, stage = reader.one_of(spot, SLOTS, "slot"), ""
    else:
        fields = reader.record(spot, ("slot", "stage"), ("slot",))
        slot = reader.one_of(fields.get("slot"), SLOTS, "slot")
        stage = reader.one_of(fields.get("stage"), _STAGES, "stage")
    return Ask(slot=slot, stage=stage or str(Stage.QUALIFICATION)) if slot else None


def _plays(spot: Spot, situations: Collection[str], reader: Reader) -> tuple[Play, ...]:
    plays = []
    for intent, names in reader.entries(spot):
        if reader.knows(intent, names.key, INTENTS, "intent"):
            plays.append(Play(intent=intent, situations=reader.many_of(names, situations, "situation")))
    return tuple(plays)
