"""pack.yaml: who the company is, its words, its attributes, its demos."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from core.pack import Attribute, Category, Contact, DemoMode, Requirement, Text, Texts
from core.types import Lang
from domains.fields import Reader
from domains.labels import INTENTS, LANGS, SLOTS
from domains.read import Faults, Place, Spot, read_yaml

NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")
_FIELDS = (
    "name",
    "version",
    "languages",
    "company",
    "short_name",
    "robot",
    "currency",
    "slots",
    "lexicon",
    "categories",
    "attributes",
    "demo",
    "contact",
)
_CONTACT = ("hours", "days", "attempts_a_day", "attempts_a_month", "handoff_wait_minutes")
_MINUTES = 24 * 60
_RESERVED = ("price", "feature", "offer", "unit", "name")
_SAY = ("product", "name", "value")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOURS = re.compile(r"((?:[01]\d|2[0-3]):[0-5]\d)\s*[-–]\s*((?:[01]\d|2[0-3]):[0-5]\d)", re.ASCII)


class Company(NamedTuple):
    """What pack.yaml says. `units` holds each attribute's unit by language."""

    name: str
    version: str
    languages: tuple[Lang, ...]
    company: Text
    short_name: Text
    robot: Text
    currency: str
    slots: tuple[str, ...]
    lexicon: dict[str, dict[str, tuple[str, ...]]]
    categories: tuple[Category, ...]
    attributes: tuple[Attribute, ...]
    units: dict[str, Text]
    demo_modes: tuple[DemoMode, ...]
    contact: Contact


def read_company(file: Path, faults: Faults) -> Company | None:
    """pack.yaml; None and a fault where nothing can be made of it."""
    spot = read_yaml(file, faults)
    if spot is None:
        if not any(fault.file == file for fault in faults.found):
            faults.add(Place(file, 1), "empty: at least name, company and robot are needed")
        return None
    langs = _languages(spot.mapping.get("languages"), Reader(faults))
    reader = Reader(faults, langs)
    fields = reader.record(spot, _FIELDS, ("name", "company", "robot"))
    slots = reader.many_of(fields.get("slots"), SLOTS, "slot") or SLOTS
    attributes, units = _attributes(fields.get("attributes"), reader)
    company = reader.text(fields.get("company"))
    return Company(
        name=_name(fields.get("name"), reader),
        version=reader.word(fields.get("version")) or "1",
        languages=langs,
        company=company,
        short_name=reader.text(fields.get("short_name")) or company,
        robot=reader.text(fields.get("robot")),
        currency=reader.word(fields.get("currency")) or "CNY",
        slots=slots,
        lexicon=_lexicon(fields.get("lexicon"), reader),
        categories=_categories(fields.get("categories"), reader),
        attributes=attributes,
        units=units,
        demo_modes=_demos(fields.get("demo"), reader),
        contact=_contact(fields.get("contact"), reader),
    )


def _languages(spot: Spot | None, reader: Reader) -> tuple[Lang, ...]:
    named = reader.many_of(spot, LANGS, "language")
    ordered = sorted((lang for lang in LANGS if lang in named), key=named.index)
    return tuple(ordered) or LANGS


def _name(spot: Spot | None, reader: Reader) -> str:
    name = reader.word(spot)
    if name and spot is not None and not NAME.fullmatch(name):
        reader.faults.add(spot.at, f"name {name!r}: small letters, digits, - and _ only, a letter first")
    return name


def _lexicon(spot: Spot | None, reader: Reader) -> dict[str, dict[str, tuple[str, ...]]]:
    lexicon: dict[str, dict[str, tuple[str, ...]]] = {}
    for slot, values in reader.entries(spot):
        if reader.knows(slot, values.key, SLOTS, "slot"):
            lexicon[slot] = _canonical(slot, values, reader)
    return lexicon


def _canonical(slot: str, values: Spot, reader: Reader) -> dict[str, tuple[str, ...]]:
    """Canonical values with their other wordings; a wording may mean one value of a language only."""
    owner: dict[tuple[str, bool], str] = {}
    table: dict[str, tuple[str, ...]] = {}
    for canonical, wordings in reader.entries(values):
        table[canonical] = reader.words(wordings) if wordings.value is not None else ()
        for word in dict.fromkeys(word.lower() for word in (canonical, *table[canonical])):
            first = owner.setdefault((word, canonical.isascii()), canonical)
            if first != canonical:
                reader.faults.add(wordings.key, f"{slot}: {word!r} means both {first!r} and {canonical!r}")
    return table


def _categories(spot: Spot | None, reader: Reader) -> tuple[Category, ...]:
    return tuple(Category(id=id, names=reader.texts(names)) for id, names in reader.entries(spot))


def read_questions(file: Path, reader: Reader) -> tuple[Attribute, ...]:
    """Questions that are asked of any company, in the form of attributes."""
    found = []
    for item in reader.items(read_yaml(file, reader.faults)):
        fields = reader.record(item, ("id", "names", "intent", "asks"), ("id", "names", "asks"))
        found.append(
            Attribute(
                id=reader.word(fields.get("id")),
                names=_names(fields.get("names"), reader),
                intent=reader.one_of(fields.get("intent"), INTENTS, "intent", "ask_product"),
                asks=reader.texts(fields.get("asks")),
            )
        )
    return tuple(found)


def _attributes(spot: Spot | None, reader: Reader) -> tuple[tuple[Attribute, ...], dict[str, Text]]:
    attributes: list[Attribute] = []
    units: dict[str, Text] = {}
    for id, value in reader.entries(spot):
        if not _ID.fullmatch(id) or id in _RESERVED:
            reader.faults.add(
                value.key, f"attribute id {id!r}: letters, digits and _ only, none of {_RESERVED}"
            )
        fields = reader.record(value, ("names", "unit", "intent", "asks", "requirement", "say"), ("names",))
        units[id] = reader.text(fields.get("unit"))
        attributes.append(
            Attribute(
                id=id,
                names=_names(fields.get("names"), reader),
                intent=reader.one_of(fields.get("intent"), INTENTS, "intent", "ask_product"),
                unit=next(iter(units[id].values()), None),
                say=_say(fields.get("say"), reader),
                asks=reader.texts(fields.get("asks")),
                requirement=_requirement(fields.get("requirement"), reader),
            )
        )
    return tuple(attributes), units


def _names(spot: Spot | None, reader: Reader) -> Texts:
    names = reader.texts(spot)
    if spot is not None and not all(names.values()):
        reader.faults.add(spot.at, "at least one name a language")
    return {lang: words for lang, words in names.items() if words}


def _say(spot: Spot | None, reader: Reader) -> Text | None:
    if spot is None:
        return None
    for _, part in reader.by_lang(spot):
        check_variables(reader.word(part), _SAY, part.at, reader)
    return reader.text(spot) or None


def check_variables(text: str, known: tuple[str, ...], at: Place, reader: Reader) -> None:
    """A fault for each {variable} of `text` that is not among `known`, and for stray braces."""
    for name in re.findall(r"\{([^{}]*)\}", text):
        if name not in known:
            offered = ", ".join(f"{{{word}}}" for word in known) or "none"
            reader.faults.add(at, f"variable {{{name}}} is not offered here (offered: {offered})")
    if re.search(r"[{}]", re.sub(r"\{[^{}]*\}", "", text)):
        reader.faults.add(at, "a brace without its partner")


def _requirement(spot: Spot | None, reader: Reader) -> Requirement | None:
    if spot is None:
        return None
    fields = reader.record(spot, ("slot", "at"), ("slot",))
    slot = reader.one_of(fields.get("slot"), SLOTS, "slot")
    side = reader.one_of(fields.get("at"), ("least", "most"), "side", "least")
    return Requirement(slot=slot, at="most" if side == "most" else "least") if slot else None


def _demos(spot: Spot | None, reader: Reader) -> tuple[DemoMode, ...]:
    modes = []
    for id, value in reader.entries(spot):
        known = ("name", "days", "open", "default", "words")
        fields = reader.record(value, known, ("name", "open"))
        opens, closes = _hours(fields.get("open"), reader)
        modes.append(
            DemoMode(
                id=id,
                name=reader.text(fields.get("name")),
                weekdays=_weekdays(fields.get("days"), reader),
                opens=opens,
                closes=closes,
                default=reader.flag(fields.get("default")),
                words=reader.words(fields.get("words")),
            )
        )
    if spot is not None and sum(mode.default for mode in modes) > 1:
        reader.faults.add(spot.key, "only one demo can be the default")
    return tuple(modes)


def _contact(spot: Spot | None, reader: Reader) -> Contact:
    """When and how often customers may be called; what is left out keeps its default."""
    if spot is None:
        return Contact()
    fields = reader.record(spot, _CONTACT)
    values: dict[str, object] = {"weekdays": _weekdays(fields.get("days"), reader)}
    if "hours" in fields:
        values["opens"], values["closes"] = _hours(fields["hours"], reader)
    limits = {"attempts_a_day": 1000, "attempts_a_month": 1000, "handoff_wait_minutes": _MINUTES}
    for name, most in limits.items():
        value = reader.whole(fields.get(name))
        if value is not None and 1 <= value <= most:
            values[name] = value
        elif value is not None:
            reader.faults.add(fields[name].at, f"{name}: from 1 to {most}, not {value}")
    return Contact.model_validate(values)


def _hours(spot: Spot | None, reader: Reader) -> tuple[str, str]:
    text = reader.word(spot)
    match = _HOURS.fullmatch(text)
    if match and match[1] < match[2]:
        return match[1], match[2]
    if text and spot is not None:
        reader.faults.add(spot.at, f"hours like 09:00-17:00, not {text!r}")
    return "00:00", "23:59"


def _weekdays(spot: Spot | None, reader: Reader) -> tuple[int, ...]:
    """`mon-fri`, `sat`, `mon-wed,fri`, or a list of such; no entry means every day."""
    days: set[int] = set()
    for text, at in reader.placed_words(spot):
        for part in text.lower().split(","):
            ends = [end.strip() for end in part.split("-")]
            if len(ends) > 2 or any(end not in _DAYS for end in ends):
                reader.faults.add(at, f"days like mon-fri or sat, not {part.strip()!r}")
                continue
            first, last = _DAYS.index(ends[0]), _DAYS.index(ends[-1])
            days.update((first + step) % 7 for step in range((last - first) % 7 + 1))
    return tuple(sorted(days)) or tuple(range(7))
