"""claims.yaml: sentences the company stands behind, with their conditions."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from core.pack import About, Claim, Condition
from domains.fields import VALIDITY, Reader
from domains.labels import INTENTS
from domains.read import Place, Spot, read_yaml

_FIELDS = ("id", "heading", "topic", "intent", "text", "asks", "when", "about", "default", *VALIDITY)
_REQUIRED = ("id", "heading", "topic", "intent", "text")
_WHEN = ("regions", "not_regions", "products", "categories", "amount_at_least", "quantity_at_least")
_ABOUT = ("products", "categories", "industries", "applications")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


class Known(NamedTuple):
    """Ids that claims may name; None takes any (the file that defines them could not be read)."""

    products: tuple[str, ...] | None
    categories: tuple[str, ...] | None


def read_claims(file: Path, known: Known, reader: Reader) -> tuple[Claim, ...]:
    """The claims, in the order written."""
    spot = read_yaml(file, reader.faults)
    lines: dict[str, Place] = {}
    claims = []
    for item in reader.items(spot):
        fields = reader.record(item, _FIELDS, _REQUIRED)
        id = reader.word(fields.get("id"))
        if id in lines:
            reader.faults.add(item.at, f"claim id {id!r} used twice (line {lines[id].line})")
        elif id and not _ID.fullmatch(id):
            reader.faults.add(item.at, f"claim id {id!r}: letters, digits, - _ . only")
        lines.setdefault(id, item.at)
        if id:
            claims.append(_claim(id, fields, item.at, known, reader))
    return tuple(claims)


def _claim(id: str, fields: dict[str, Spot], at: Place, known: Known, reader: Reader) -> Claim:
    first, last = reader.validity(fields, at)
    return Claim(
        id=id,
        heading=reader.word(fields.get("heading")),
        topic=reader.word(fields.get("topic")),
        intent=reader.one_of(fields.get("intent"), INTENTS, "intent", INTENTS[-1]),
        text=reader.text(fields.get("text")),
        asks=reader.texts(fields.get("asks")),
        when=_condition(fields.get("when"), known, reader),
        about=_about(fields.get("about"), known, reader),
        default=reader.flag(fields.get("default")),
        valid_from=first,
        valid_until=last,
    )


def _condition(spot: Spot | None, known: Known, reader: Reader) -> Condition:
    fields = reader.record(spot, _WHEN) if spot else {}
    return Condition(
        regions=reader.words(fields.get("regions")),
        not_regions=reader.words(fields.get("not_regions")),
        products=reader.many_of(fields.get("products"), known.products, "product"),
        categories=reader.many_of(fields.get("categories"), known.categories, "category"),
        amount_at_least=reader.number(fields.get("amount_at_least")),
        quantity_at_least=reader.whole(fields.get("quantity_at_least")),
    )


def _about(spot: Spot | None, known: Known, reader: Reader) -> About:
    fields = reader.record(spot, _ABOUT) if spot else {}
    return About(
        products=reader.many_of(fields.get("products"), known.products, "product"),
        categories=reader.many_of(fields.get("categories"), known.categories, "category"),
        industries=reader.words(fields.get("industries")),
        applications=reader.words(fields.get("applications")),
    )
