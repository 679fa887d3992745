"""scripts.yaml: the lines to speak, by situation; situations.yaml says which there are."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, NamedTuple

from core.pack import ScriptLine
from core.types import Lang
from domains.fields import VALIDITY, Reader
from domains.parts.company import check_variables
from domains.read import Spot, read_yaml

_FIELDS = ("text", "channel", "industries", "version", *VALIDITY)


class Situation(NamedTuple):
    """What a script line may be asked for: when it is spoken and the variables it may use."""

    variables: tuple[str, ...]
    when: str


def read_situations(file: Path, reader: Reader) -> dict[str, Situation]:
    """The situations that the planner speaks in."""
    situations: dict[str, Situation] = {}
    for name, spot in reader.entries(read_yaml(file, reader.faults)):
        fields = reader.record(spot, ("variables", "when"), ("when",))
        situations[name] = Situation(reader.words(fields.get("variables")), reader.word(fields.get("when")))
    return situations


def read_scripts(file: Path, situations: dict[str, Situation], reader: Reader) -> tuple[ScriptLine, ...]:
    """The lines of a scripts file, in the order written."""
    lines: list[ScriptLine] = []
    for situation, spot in reader.entries(read_yaml(file, reader.faults)):
        if not reader.knows(situation, spot.key, situations, "situation"):
            continue
        for lang, variants in reader.by_lang(spot):
            for number, item in enumerate(_variants(variants, reader), 1):
                lines.append(_line(situation, lang, number, item, situations[situation].variables, reader))
    return tuple(lines)


def _variants(spot: Spot, reader: Reader) -> tuple[Spot, ...]:
    """A list of variants, or the single one written in its place."""
    return tuple(reader.items(spot)) if isinstance(spot.value, tuple) else (spot,)


def _line(
    situation: str, lang: Lang, number: int, item: Spot, variables: tuple[str, ...], reader: Reader
) -> ScriptLine:
    plain = not isinstance(item.value, dict)
    fields = {"text": item} if plain else reader.record(item, _FIELDS, ("text",))
    text = reader.word(fields.get("text"))
    check_variables(text, variables, item.at, reader)
    first, last = reader.validity(fields, item.at)
    return ScriptLine(
        id=f"{situation}.{lang}.{number}",
        situation=situation,
        lang=lang,
        text=text,
        channel=_channel(fields.get("channel"), reader),
        industries=reader.words(fields.get("industries")),
        version=reader.whole(fields.get("version")) or 1,
        valid_from=first,
        valid_until=last,
    )


def _channel(spot: Spot | None, reader: Reader) -> Literal["voice", "text"] | None:
    word = reader.one_of(spot, ("voice", "text"), "channel")
    if word == "voice":
        return "voice"
    return "text" if word else None


def merge_scripts(own: tuple[ScriptLine, ...], common: tuple[ScriptLine, ...]) -> tuple[ScriptLine, ...]:
    """A pack's own lines for a situation and language stand in for the default ones."""
    replaced = {(line.situation, line.lang) for line in own}
    return (*own, *(line for line in common if (line.situation, line.lang) not in replaced))
