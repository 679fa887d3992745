"""Labelled utterances from files and packs, and how they are split."""

from __future__ import annotations

import csv
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from core.errors import InputError, PackError, PackFault
from core.pack import Pack
from core.types import Lang
from engines.understanding.decision import OUT_OF_SCOPE as OUT_OF_SCOPE

_TEXT = ("text", "sentence")
_LABEL = ("intent", "category", "label_des", "label")
"""Names of the two columns, the first that a row has. A described label comes before its number."""
_SECOND = "second_intent"
_OOS = frozenset({"oos", OUT_OF_SCOPE})
"""What public files call an utterance that no intent covers."""
_PARTS = ("train", "dev", "test")
_PART_FILES = {
    "train": ("train.json", "train.jsonl", "train.csv", "train.tsv"),
    "dev": ("dev.json", "dev.jsonl", "dev.csv", "dev.tsv", "valid.csv"),
    "test": ("test.json", "test.jsonl", "test.csv", "test.tsv", "test_public.json"),
}
_CLINC = {"train": ("train", "oos_train"), "dev": ("val", "oos_val"), "test": ("test", "oos_test")}


class LabelledText(NamedTuple):
    """What was said and what it means; `also` are further intents of the same utterance."""

    text: str
    intent: str
    also: tuple[str, ...] = ()


Rows = tuple[LabelledText, ...]


class Split(NamedTuple):
    """Rows to learn from, to choose by, and to report on (empty where there are none)."""

    train: Rows
    dev: Rows
    test: Rows = ()

    @property
    def intents(self) -> tuple[str, ...]:
        """The labels of the training rows in order of the alphabet."""
        return tuple(sorted({row.intent for row in self.train}))

    @property
    def digest(self) -> str:
        """SHA-256 over every row: what a checkpoint is keyed by."""
        lines = json.dumps(self, ensure_ascii=False)
        return hashlib.sha256(lines.encode()).hexdigest()


def read_split(
    data: Path, *, dev: Path | None = None, test: Path | None = None, seed: int = 7, share: float = 0.1
) -> Split:
    """The split of a file or folder. PackError for malformed files, with file, line and reason.

    `data` may be a file of rows, one file with all parts (CLINC150's `data_full.json`), or a folder with
    `train.*` and maybe `dev.*` and `test.*`. `dev` and `test` replace what `data` brings. Where there is
    no dev part, `share` (0..1) of each label's training rows becomes it, by `seed`.
    """
    parts = read_parts(data)
    parts |= {name: read_rows(file) for name, file in (("dev", dev), ("test", test)) if file}
    if not parts["train"]:
        raise _fault(data, 1, "no training rows")
    return make_split(parts["train"], parts.get("dev", ()), parts.get("test", ()), seed=seed, share=share)


def make_split(train: Rows, dev: Rows = (), test: Rows = (), *, seed: int = 7, share: float = 0.1) -> Split:
    """A split of rows; where `dev` is empty it is drawn from `train`, see `stratified`.

    InputError where there are fewer than two labels to tell apart.
    """
    if len({row.intent for row in train}) < 2:
        raise InputError("the training rows need two labels or more")
    if not dev:
        train, dev = stratified(train, seed=seed, share=share)
    return Split(train, dev, test)


def stratified(rows: Rows, *, seed: int, share: float) -> tuple[Rows, Rows]:
    """`rows` without a dev part, and that dev part: about `share` of each label, at least one row stays.

    Which rows go is decided by a hash of seed and text, so that neither order nor other labels matter,
    and equal texts stay together.
    """
    by_label: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        by_label[row.intent].add(row.text)
    taken: set[tuple[str, str]] = set()
    for intent, texts in by_label.items():
        ordered = sorted(texts, key=lambda text: hashlib.sha256(f"{seed}:{text}".encode()).digest())
        taken |= {(intent, text) for text in ordered[: round(len(ordered) * share)]}
    kept = tuple(row for row in rows if (row.intent, row.text) not in taken)
    return kept, tuple(row for row in rows if (row.intent, row.text) in taken)


def pack_rows(pack: Pack, lang: Lang | None = None) -> Rows:
    """The example utterances of a pack, of one language where `lang` is given."""
    return tuple(
        LabelledText(example.text, example.intents[0], example.intents[1:])
        for example in pack.examples
        if lang in (None, example.lang)
    )


def read_parts(data: Path) -> dict[str, Rows]:
    """`train`, and `dev` and `test` where `data` holds them; see `read_split`."""
    if (data / "seq.in").is_file():
        return {"train": _paired(data / "seq.in", data / "label")}
    if data.is_dir():
        found = {part: _first_file(data, part) for part in _PARTS}
        if found["train"] is None:
            raise _fault(data, 1, f"no training file: expected one of {', '.join(_PART_FILES['train'])}")
        return {part: read_rows(file) for part, file in found.items() if file}
    if data.suffix.lower() == ".json" and (whole := _whole_json(data)) is not None:
        return {part: _clinc(data, whole, names) for part, names in _CLINC.items()}
    return {"train": read_rows(data)}


def read_rows(file: Path) -> Rows:
    """The rows of a .csv, .tsv, .jsonl or .json file. PackError with file, line and reason.

    A .json file holds one list of objects, or one object a line.
    """
    kind = file.suffix.lower()
    if kind in (".csv", ".tsv"):
        records = _table(file, "," if kind == ".csv" else "\t")
    elif kind in (".jsonl", ".json"):
        records = _objects(file)
    else:
        raise _fault(file, 1, "cannot read this kind of file: expected .csv, .tsv, .jsonl or .json")
    rows = tuple(_row(file, line, record) for line, record in records)
    if not rows:
        raise _fault(file, 1, "no rows")
    return rows


def _first_file(folder: Path, part: str) -> Path | None:
    return next((folder / name for name in _PART_FILES[part] if (folder / name).is_file()), None)


def _row(file: Path, line: int, record: dict[str, Any]) -> LabelledText:
    text = _field(file, line, record, _TEXT)
    intent = _field(file, line, record, _LABEL)
    second = record.get(_SECOND)
    also = (_field(file, line, record, (_SECOND,)),) if second else ()
    return LabelledText(text, OUT_OF_SCOPE if intent in _OOS else intent, also)


def _field(file: Path, line: int, record: dict[str, Any], names: Sequence[str]) -> str:
    name = next((name for name in names if name in record), None)
    if name is None:
        raise _fault(file, line, f"no field {' or '.join(names)}")
    value = record[name]
    if isinstance(value, bool) or not isinstance(value, str | int) or not str(value).strip():
        raise _fault(file, line, f"{name} must be a text that is not empty")
    return str(value).strip()


def _table(file: Path, delimiter: str) -> Iterator[tuple[int, dict[str, Any]]]:
    reader = csv.DictReader(_text(file).splitlines(keepends=True), delimiter=delimiter, strict=True)
    try:
        for record in reader:
            if None in record or None in record.values():
                raise _fault(file, reader.line_num, "number of cells differs from the header's")
            yield reader.line_num, record
    except csv.Error as error:
        raise _fault(file, reader.line_num + 1, f"broken table: {error}") from error


def _objects(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    text = _text(file)
    if text.lstrip().startswith("["):
        records = list(enumerate(_json(file, 1, text), start=1))
    else:
        records = [
            (place, _json(file, place, line))
            for place, line in enumerate(text.split("\n"), start=1)
            if line.strip()
        ]
    for place, record in records:
        if not isinstance(record, dict):
            raise _fault(file, place, "expected an object with a text and a label")
        yield place, record


def _whole_json(file: Path) -> dict[str, Any] | None:
    """The object of a file with all parts, None where it is of another form."""
    try:
        whole = json.loads(_text(file))
    except json.JSONDecodeError:
        return None
    return whole if isinstance(whole, dict) and "train" in whole else None


def _clinc(file: Path, whole: dict[str, Any], names: Sequence[str]) -> Rows:
    rows: list[LabelledText] = []
    for name in names:
        pairs = whole.get(name, [])
        if not isinstance(pairs, list):
            raise _fault(file, 1, f"{name} must be a list of [text, label]")
        for place, pair in enumerate(pairs, start=1):
            if not isinstance(pair, list) or len(pair) != 2:
                raise _fault(file, 1, f"{name}, entry {place}: expected [text, label]")
            rows.append(_row(file, 1, {"text": pair[0], "label": pair[1]}))
    return tuple(rows)


def _paired(texts: Path, labels: Path) -> Rows:
    """Rows of two files with a line each (the few-shot splits)."""
    lines, intents = (_text(file).splitlines() for file in (texts, labels))
    if len(lines) != len(intents):
        raise _fault(labels, len(intents), f"{len(intents)} labels for {len(lines)} texts")
    pairs = zip(lines, intents, strict=True)
    return tuple(
        _row(texts, line, {"text": text, "label": intent})
        for line, (text, intent) in enumerate(pairs, start=1)
    )


def _json(file: Path, line: int, text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise _fault(file, line + error.lineno - 1, f"broken JSON: {error.msg}") from error


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise _fault(file, 1, "no such file") from error
    except UnicodeDecodeError as error:
        raise _fault(file, 1, "not UTF-8") from error


def _fault(file: Path, line: int, reason: str) -> PackError:
    return PackError([PackFault(file, line, reason)])
