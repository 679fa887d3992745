"""catalogue.csv: products, their prices, their values."""

from __future__ import annotations

import re
from pathlib import Path

from core.pack import Attribute, Product, Text
from core.types import Lang
from domains.fields import Reader, hint, parse_number
from domains.parts.company import Company
from domains.read import Place, Row, Table, read_csv

REQUIRED = ("id", "name", "list_price")
OPTIONAL = (
    "name_en",
    "name_zh",
    "aliases",
    "category",
    "unit",
    "unit_en",
    "unit_zh",
    "specs",
    "specs_en",
    "specs_zh",
    "valid_from",
    "valid_until",
)
_ID = re.compile(r"[^\s|,;#:]+")
_UNITS: Text = {"zh": "件", "en": "unit"}
_EDGES = " :：=\t"


def read_catalogue(file: Path, company: Company, reader: Reader) -> tuple[list[tuple[Product, Place]], bool]:
    """Products with their lines, and whether every row could be read."""
    table = read_csv(file, reader.faults)
    if table is None:
        return [], False
    _check_columns(table, company, reader)
    if not table.rows:
        reader.faults.add(table.at, "empty catalogue: at least one product is needed")
    products = [(product, row.at) for row in table.rows if (product := _product(row, company, reader))]
    _check_unique(products, reader)
    return products, bool(table.rows) and len(products) == len(table.rows)


def check_header(table: Table, required: tuple[str, ...], known: tuple[str, ...], reader: Reader) -> None:
    """Faults for required columns that are missing and for columns nobody reads."""
    for column in required:
        if column not in table.columns:
            reader.faults.add(table.at, f"missing column {column!r}")
    for column in table.columns:
        if column not in known:
            reader.faults.add(table.at, f"unknown column {column!r}{hint(column, known)}")


def _check_columns(table: Table, company: Company, reader: Reader) -> None:
    attributes = tuple(attribute.id for attribute in company.attributes)
    check_header(table, REQUIRED, (*REQUIRED, *OPTIONAL, *attributes), reader)


def _product(row: Row, company: Company, reader: Reader) -> Product | None:
    cells = row.cells
    id, price = cells.get("id", ""), _price(row, reader)
    for column in ("id", "name"):
        if column in cells and not cells[column]:
            reader.faults.add(row.at, f"no {column}")
    if id and not _ID.fullmatch(id):
        reader.faults.add(row.at, f"id {id!r}: no spaces and none of | , ; # :")
    category = cells.get("category", "")
    if category and company.categories:
        reader.knows(category, row.at, [known.id for known in company.categories], "category")
    first, last = (reader.day(cells.get(column, ""), row.at) for column in ("valid_from", "valid_until"))
    reader.span(first, last, row.at)
    if not id or not cells.get("name") or price is None:
        return None
    specs, features = _values(cells, company)
    main = company.languages[0]
    return Product(
        id=id,
        name=by_lang(cells, "name", company.languages),
        aliases=split(cells.get("aliases", ""), "|"),
        category=category,
        list_price=price,
        unit=by_lang(cells, "unit", company.languages) or {lang: _UNITS[lang] for lang in company.languages},
        specs=specs[main],
        features=features[main],
        valid_from=first,
        valid_until=last,
        specs_by_lang=specs,
        features_by_lang=features,
    )


def _price(row: Row, reader: Reader) -> float | None:
    text = row.cells.get("list_price", "")
    price = parse_number(text)
    if "list_price" in row.cells and (price is None or price <= 0):
        reader.faults.add(row.at, f"list_price must be a number above 0, not {text!r}")
        return None
    return price


def by_lang(cells: dict[str, str], column: str, langs: tuple[Lang, ...]) -> Text:
    """`name`, `name_en`: the plain column is the main language, the others carry their language."""
    found = {lang: cells.get(f"{column}_{lang}", "") for lang in langs}
    found[langs[0]] = cells.get(column, "") or found[langs[0]]
    return {lang: text for lang, text in found.items() if text}


def split(text: str, mark: str) -> tuple[str, ...]:
    """The parts between marks (full-width ones too), stripped, without empty ones."""
    parts = re.split(f"[{re.escape(mark)}{'；' if mark == ';' else '｜'}]", text)
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))


def _values(
    cells: dict[str, str], company: Company
) -> tuple[dict[Lang, dict[str, str]], dict[Lang, tuple[str, ...]]]:
    """Attribute values and other features, each by language."""
    texts = by_lang(cells, "specs", company.languages)
    specs: dict[Lang, dict[str, str]] = {}
    features: dict[Lang, tuple[str, ...]] = {}
    main = company.languages[0]
    for lang in company.languages:
        found, rest = _parse_specs(split(texts.get(lang, ""), ";"), company.attributes)
        columns = _columns(cells, company, lang)
        specs[lang] = {**found, **columns} if lang == main else {**columns, **found}
        features[lang] = rest
    for lang in company.languages[1:]:
        specs[lang] = {**specs[main], **{k: v for k, v in specs[lang].items() if k in specs[main]}}
        if not texts.get(lang):
            features[lang] = features[main]
    return specs, features


def _parse_specs(
    parts: tuple[str, ...], attributes: tuple[Attribute, ...]
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Specs that name an attribute, and those that name none."""
    found: dict[str, str] = {}
    rest: list[str] = []
    for part in parts:
        match = _match_spec(part, attributes)
        if match and match[0] not in found:
            found[match[0]] = match[1]
        else:
            rest.append(part)
    return found, tuple(rest)


def _match_spec(part: str, attributes: tuple[Attribute, ...]) -> tuple[str, str] | None:
    """Attribute and value of a spec: the name it starts with, else one it contains; the longest wins."""
    names = [(name, row.id) for row in attributes for texts in row.names.values() for name in texts]
    lower = part.lower()
    held = [(name, id) for name, id in names if name.lower() in lower]
    for name, id in sorted(held, key=lambda pair: (not lower.startswith(pair[0].lower()), -len(pair[0]))):
        start = lower.find(name.lower())
        value = (part[:start].rstrip(_EDGES) + " " + part[start + len(name) :].lstrip(_EDGES)).strip()
        if value:
            return id, value
    return None


def _columns(cells: dict[str, str], company: Company, lang: Lang) -> dict[str, str]:
    """Attribute columns; a bare number gets the attribute's unit."""
    values: dict[str, str] = {}
    for attribute in company.attributes:
        value = cells.get(f"{attribute.id}_{lang}", "") or cells.get(attribute.id, "")
        if value:
            bare = parse_number(value) is not None
            unit = company.units[attribute.id].get(lang, attribute.unit or "") if bare else ""
            values[attribute.id] = _join(value, unit, lang)
    return values


def _join(value: str, unit: str, lang: Lang) -> str:
    """`24个月` in Chinese; `24 months` in English, where only signs such as % stand close."""
    return f"{value} {unit}" if lang == "en" and unit[:1].isalpha() else f"{value}{unit}"


def _check_unique(products: list[tuple[Product, Place]], reader: Reader) -> None:
    ids: dict[str, Place] = {}
    names: dict[str, str] = {}
    for product, at in products:
        if product.id in ids:
            reader.faults.add(at, f"product id {product.id!r} used twice (line {ids[product.id].line})")
            continue
        ids[product.id] = at
        for word in dict.fromkeys(
            word.lower() for word in (product.id, *product.name.values(), *product.aliases)
        ):
            owner = names.setdefault(word, product.id)
            if owner != product.id:
                reader.faults.add(at, f"{word!r} names both {owner} and {product.id}")
