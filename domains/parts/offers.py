"""offers.csv: price reductions and the rules they follow."""

from __future__ import annotations

import re
from pathlib import Path

from core.pack import Offer, OfferRule
from domains.fields import Reader, parse_number
from domains.parts.catalogue import by_lang, check_header, split
from domains.read import Place, Row, read_csv

REQUIRED = ("id", "product_ids", "discount", "note")
OPTIONAL = ("rule", "valid_from", "valid_until", "note_en", "note_zh")
_COUNT = re.compile(r"(quantity|years)\s*>=\s*([0-9]{1,7})")
_FLAG = re.compile(r"[a-z][a-z0-9_]*")


def read_offers(file: Path, products: tuple[str, ...] | None, reader: Reader) -> tuple[Offer, ...]:
    """Offers; `products` are the known ids, None where the catalogue could not be read."""
    table = read_csv(file, reader.faults)
    if table is None:
        return ()
    check_header(table, REQUIRED, (*REQUIRED, *OPTIONAL), reader)
    offers = [offer for row in table.rows if (offer := _offer(row, products, reader))]
    lines: dict[str, Place] = {}
    for row in table.rows:
        id = row.cells.get("id", "")
        if id in lines:
            reader.faults.add(row.at, f"offer id {id!r} used twice (line {lines[id].line})")
        lines.setdefault(id, row.at)
    return tuple(offers)


def _offer(row: Row, products: tuple[str, ...] | None, reader: Reader) -> Offer | None:
    cells, at = row.cells, row.at
    ids = split(cells.get("product_ids", ""), "|")
    for column in ("id", "product_ids", "note"):
        if column in cells and not cells[column]:
            reader.faults.add(at, f"no {column}")
    rule = _rule(cells.get("rule", ""), at, reader)
    for id in (*ids, *(rule.products if rule else ())):
        if products is not None:
            reader.knows(id, at, products, "product")
    discount = parse_number(cells.get("discount", ""))
    if "discount" in cells and (discount is None or not 0 < discount <= 1):
        reader.faults.add(
            at, f"discount must be above 0 and at most 1 (0.93 is 7 % off): {cells['discount']!r}"
        )
    first, last = (reader.day(cells.get(column, ""), at) for column in ("valid_from", "valid_until"))
    reader.span(first, last, at)
    if rule is None or discount is None:
        return None
    note = by_lang(cells, "note", reader.langs)
    return Offer(
        id=cells.get("id", ""),
        products=ids,
        rule=rule,
        discount=discount,
        note=note,
        valid_from=first,
        valid_until=last,
    )


def _rule(text: str, at: Place, reader: Reader) -> OfferRule | None:
    count = _COUNT.fullmatch(text)
    if not text:
        return OfferRule(kind="always")
    if count:
        kind = "quantity" if count[1] == "quantity" else "years"
        return OfferRule.model_validate({"kind": kind, "threshold": int(count[2])})
    if text.startswith("bundle_with:") and split(text.removeprefix("bundle_with:"), "|"):
        return OfferRule(kind="bundle", products=split(text.removeprefix("bundle_with:"), "|"))
    if _FLAG.fullmatch(text):
        return OfferRule(kind="flag", flag=text)
    known = "quantity>=N, years>=N, bundle_with:ID|ID, a single word, or nothing"
    reader.faults.add(at, f"rule {text!r} is none of: {known}")
    return None
