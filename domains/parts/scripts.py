"""scripts.yaml: the lines to speak, by situation; situations.yaml says which there are."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Literal, NamedTuple

from core.pack import ScriptLine
from core.types import Lang, Stage
from domains.fields import VALIDITY, Reader
from domains.labels import ROLES
from domains.parts.company import check_variables
from domains.read import Place, Spot, read_yaml

FIELDS = (
    "id",
    "text",
    "channel",
    "industries",
    "stages",
    "personas",
    "roles",
    "customers",
    "version",
    *VALIDITY,
)
"""What may be said of a variant."""
STAGES = tuple(str(stage) for stage in Stage)
CHANNELS = ("voice", "text")
CUSTOMERS = ("new", "returning")
SEPARATOR = "|"
"""What stands between the words of a list in a CSV cell, and so in no word."""


class Situation(NamedTuple):
    """What a script line may be asked for: when it is spoken, the variables it may and those it must use."""

    variables: tuple[str, ...]
    when: str
    needs: tuple[str, ...] = ()


class Vocabulary(NamedTuple):
    """What lines may refer to; personas None takes any word."""

    situations: Mapping[str, Situation]
    personas: Collection[str] | None = None


def read_situations(file: Path, reader: Reader) -> dict[str, Situation]:
    """The situations that the planner speaks in."""
    situations: dict[str, Situation] = {}
    for name, spot in reader.entries(read_yaml(file, reader.faults)):
        fields = reader.record(spot, ("variables", "when", "needs"), ("when",))
        variables = reader.words(fields.get("variables"))
        needs = reader.many_of(fields.get("needs"), variables, "variable")
        situations[name] = Situation(variables, reader.word(fields.get("when")), needs)
    return situations


def read_scripts(file: Path, known: Vocabulary, reader: Reader) -> tuple[ScriptLine, ...]:
    """The lines of a scripts file, in the order written."""
    return lines_of(read_yaml(file, reader.faults), known, reader)


def lines_of(document: Spot | None, known: Vocabulary, reader: Reader) -> tuple[ScriptLine, ...]:
    """The lines of a document of the same form; an id that is used twice is a fault."""
    lines: list[ScriptLine] = []
    ids: set[str] = set()
    for situation, spot in reader.entries(document):
        if not reader.knows(situation, spot.key, known.situations, "situation"):
            continue
        for lang, variants in reader.by_lang(spot):
            for number, item in enumerate(_variants(variants, reader), 1):
                line = _line(f"{situation}.{lang}.{number}", situation, lang, item, known, reader)
                once(line.id, ids, item.at, reader)
                lines.append(line)
    return tuple(lines)


def once(line_id: str, ids: set[str], at: Place, reader: Reader) -> None:
    """A fault where `line_id` is among `ids` already; it is from now on."""
    if line_id in ids:
        reader.faults.add(at, f"id {line_id!r} used twice")
    ids.add(line_id)


def _variants(spot: Spot, reader: Reader) -> tuple[Spot, ...]:
    """A list of variants, or the single one written in its place."""
    return tuple(reader.items(spot)) if isinstance(spot.value, tuple) else (spot,)


def _line(
    line_id: str, situation: str, lang: Lang, item: Spot, known: Vocabulary, reader: Reader
) -> ScriptLine:
    plain = not isinstance(item.value, dict)
    fields = {"text": item} if plain else reader.record(item, FIELDS, ("text",))
    return line_from(fields, item.at, line_id, situation, lang, known, reader)


def line_from(
    fields: Mapping[str, Spot],
    at: Place,
    line_id: str,
    situation: str,
    lang: Lang,
    known: Vocabulary,
    reader: Reader,
) -> ScriptLine:
    """One line out of its fields; `line_id` names it where it brings no id of its own."""
    text = reader.word(fields.get("text"))
    check_variables(text, known.situations[situation].variables, at, reader)
    first, last = reader.validity(dict(fields), at)
    return ScriptLine(
        id=reader.word(fields.get("id")) or line_id,
        situation=situation,
        lang=lang,
        text=text,
        channel=_channel(fields.get("channel"), reader),
        industries=_words(fields.get("industries"), reader),
        stages=reader.many_of(fields.get("stages"), STAGES, "stage"),
        personas=reader.many_of(fields.get("personas"), known.personas, "persona"),
        roles=reader.many_of(fields.get("roles"), ROLES, "role"),
        customers=_customers(fields.get("customers"), reader),
        version=reader.whole(fields.get("version")) or 1,
        valid_from=first,
        valid_until=last,
    )


def _words(spot: Spot | None, reader: Reader) -> tuple[str, ...]:
    """Free words; the one mark that separates them in a CSV file is in none."""
    words = tuple(reader.placed_words(spot))
    for word, at in words:
        if SEPARATOR in word:
            reader.faults.add(at, f"{word!r}: write several words as a list, not with {SEPARATOR}")
    return tuple(word for word, _ in words)


def _channel(spot: Spot | None, reader: Reader) -> Literal["voice", "text"] | None:
    word = reader.one_of(spot, CHANNELS, "channel")
    if word == "voice":
        return "voice"
    return "text" if word else None


def _customers(spot: Spot | None, reader: Reader) -> Literal["new", "returning"] | None:
    word = reader.one_of(spot, CUSTOMERS, "kind of customers")
    if word == "new":
        return "new"
    return "returning" if word else None


def merge_scripts(own: tuple[ScriptLine, ...], common: tuple[ScriptLine, ...]) -> tuple[ScriptLine, ...]:
    """A pack's own lines for a situation and language stand in for the default ones.

    Those stay behind as fallbacks, spoken where none of the pack's own lines fits or is in force.
    """
    replaced = {(line.situation, line.lang) for line in own}
    ids = {line.id for line in own}
    shared = (_shared(line, (line.situation, line.lang) in replaced) for line in common)
    return (*own, *(line for line in shared if line.id not in ids))


def _shared(line: ScriptLine, replaced: bool) -> ScriptLine:
    if replaced:
        return line.model_copy(update={"origin": "fallback", "id": f"fallback.{line.id}"})
    return line.model_copy(update={"origin": "common"})
