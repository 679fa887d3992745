"""Script lines as files to take away and bring back: YAML in the form of a pack, or CSV for a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal, get_args

from core.errors import InputError
from core.pack import Pack, ScriptLine
from core.types import Lang
from domains.fields import Reader
from domains.load import personas_of, situations
from domains.parts.scripts import FIELDS, SEPARATOR, Vocabulary, line_from, lines_of, once
from domains.read import Faults, Place, Row, Spot, parse_csv, parse_yaml, read_text

Form = Literal["yaml", "csv"]
LISTS = ("industries", "stages", "personas", "roles")
COLUMNS = ("id", "situation", "lang", *FIELDS[1:])
REQUIRED = ("situation", "lang", "text")
MAX_LINES = 20_000
"""Script lines of one file that are taken."""
MAX_BYTES = 5_000_000
"""Size of a file that is read, as UTF-8."""


def form_of(file: Path) -> Form:
    """By the ending of the name. Raises InputError for another one."""
    ending = file.suffix.lower().removeprefix(".")
    if ending == "yml":
        return "yaml"
    found = next((form for form in get_args(Form) if form == ending), None)
    if found is None:
        raise InputError(f"{file}: name a .yaml or .csv file")
    return "csv" if found == "csv" else "yaml"


def read_file(file: Path, pack: Pack) -> tuple[ScriptLine, ...]:
    """The lines of a file. Raises InputError where there is none or it is too large, PackError with every fault."""
    form, faults = form_of(file), Faults()
    if file.is_file():
        _fits(file.stat().st_size, file)
    text = read_text(file, faults)
    faults.raise_any()
    if text is None:
        raise InputError(f"{file}: no such file")
    return parsed(text, form, pack, file)


def parsed(text: str, form: Form, pack: Pack, file: Path = Path("import")) -> tuple[ScriptLine, ...]:
    """The lines of a text; `file` is what faults call it.

    Raises InputError for one that is too large, PackError with every fault found.
    """
    _fits(len(text.encode(errors="replace")), file)
    faults = Faults()
    reader, known = Reader(faults, pack.languages), Vocabulary(situations(), personas_of(pack.playbook))
    if form == "csv":
        lines = _of_table(text, file, known, reader)
    else:
        lines = lines_of(parse_yaml(text, Place(file, 1), faults), known, reader)
    if not lines:
        faults.add(Place(file, 1), "no script lines in it")
    faults.raise_any()
    if len(lines) > MAX_LINES:
        raise InputError(f"{file}: {len(lines):,} lines; at most {MAX_LINES:,} at once, so split it")
    return lines


def _fits(size: int, file: Path) -> None:
    if size > MAX_BYTES:
        raise InputError(f"{file}: {size:,} bytes; at most {MAX_BYTES:,} at once, so split it")


def written(lines: Iterable[ScriptLine], form: Form) -> str:
    """The lines as a text of that form; `parsed` gives them back."""
    return _as_csv(lines) if form == "csv" else "\n".join(_as_yaml(lines)) + "\n"


def _of_table(text: str, file: Path, known: Vocabulary, reader: Reader) -> tuple[ScriptLine, ...]:
    table = parse_csv(text, file, reader.faults)
    if table is None:
        return ()
    for column in table.columns:
        reader.knows(column, table.at, COLUMNS, "column")
    for column in REQUIRED:
        if column not in table.columns:
            reader.faults.add(table.at, f"missing column {column!r}")
            return ()
    return tuple(_of_rows(table.rows, known, reader))


def _of_rows(rows: Iterable[Row], known: Vocabulary, reader: Reader) -> Iterator[ScriptLine]:
    numbers: dict[tuple[str, str], int] = {}
    ids: set[str] = set()
    for row in rows:
        fields = {name: _spot(name, cell, row.at) for name, cell in row.cells.items() if cell}
        situation = reader.one_of(fields.get("situation"), known.situations, "situation")
        lang = _lang(fields.get("lang"), row.at, reader)
        if "text" not in fields:
            reader.faults.add(row.at, "no text")
        if not situation or lang is None:
            if "situation" not in fields:
                reader.faults.add(row.at, "no situation")
            continue
        number = numbers[situation, lang] = numbers.get((situation, lang), 0) + 1
        line = line_from(fields, row.at, f"{situation}.{lang}.{number}", situation, lang, known, reader)
        once(line.id, ids, row.at, reader)
        yield line


def _lang(spot: Spot | None, at: Place, reader: Reader) -> Lang | None:
    if spot is None:
        reader.faults.add(at, "no lang")
    word = reader.one_of(spot, reader.langs, "language")
    return next((lang for lang in reader.langs if lang == word), None)


def _spot(column: str, cell: str, at: Place) -> Spot:
    """A cell as the YAML reader would have it."""
    if column not in LISTS:
        return Spot(cell, at, at)
    words = (word.strip() for word in cell.split(SEPARATOR))
    return Spot(tuple(Spot(word, at, at) for word in words if word), at, at)


def _as_csv(lines: Iterable[ScriptLine]) -> str:
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(COLUMNS)
    for line in lines:
        fields = _given(line)
        cells = (fields.get(column, getattr(line, column, "")) for column in COLUMNS)
        table.writerow(_cell(cell) for cell in cells)
    return out.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return ""
    return SEPARATOR.join(value) if isinstance(value, list | tuple) else str(value)


def _as_yaml(lines: Iterable[ScriptLine]) -> Iterator[str]:
    """Grouped by situation and language, in the order of the first line of each."""
    grouped: dict[str, dict[Lang, list[ScriptLine]]] = {}
    for line in lines:
        grouped.setdefault(line.situation, {}).setdefault(line.lang, []).append(line)
    for situation, by_lang in grouped.items():
        yield f"{situation}:"
        for lang, variants in by_lang.items():
            yield f"  {lang}:"
            for number, line in enumerate(variants, 1):
                named = line.id == f"{situation}.{lang}.{number}"
                yield f"    - {_variant(line, named)}"


def _variant(line: ScriptLine, named: bool) -> str:
    """The text, or a mapping where more is said of it; `named`: its place gives the line its id."""
    given = {"text": line.text, **_given(line)}
    fields = given if named else {"id": line.id, **given}
    if len(fields) == 1:
        return _quoted(line.text)
    return "{" + ", ".join(f"{key}: {_quoted(value)}" for key, value in fields.items()) + "}"


def _given(line: ScriptLine) -> Mapping[str, object]:
    """What is said of a line beyond what every line has."""
    data = line.model_dump(mode="json", include={*FIELDS} - {"id", "text"}, exclude_defaults=True)
    return {name: data[name] for name in FIELDS if name in data}


def _quoted(value: object) -> str:
    """JSON, which YAML reads the same."""
    return json.dumps(value, ensure_ascii=False)
