"""Checks that look at more than one entry: the files of a folder, the labels of utterances."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from domains.fields import hint
from domains.parts.examples import Template
from domains.read import Faults, Place

REQUIRED = ("pack.yaml", "catalogue.csv")
OPTIONAL = ("offers.csv", "claims.yaml", "scripts.yaml", "playbook.yaml", "intents.yaml", "dialogues.yaml")
_READ = {".yaml", ".yml", ".csv"}


def check_folder(folder: Path, faults: Faults) -> None:
    """Faults for missing files and for data files that nobody would read."""
    for name in REQUIRED:
        if not (folder / name).is_file():
            faults.add(Place(folder / name, 1), "missing file: every pack needs it")
    for path in sorted(folder.iterdir()):
        known = path.name in (*REQUIRED, *OPTIONAL)
        if path.is_file() and path.suffix in _READ and not known:
            wanted = hint(path.name, (*REQUIRED, *OPTIONAL))
            faults.add(Place(path, 1), f"not a file of a pack{wanted}")
    for path in sorted((folder / "intents").glob("*.yml")):
        faults.add(Place(path, 1), "name it .yaml: other endings are not read")


def check_labels(templates: Iterable[Template], faults: Faults) -> None:
    """Faults for utterances that the same author listed under two intents."""
    first: dict[tuple[str, str], Template] = {}
    for template in templates:
        other = first.setdefault((template.lang, template.text), template)
        if other.intents != template.intents:
            where = f"{'+'.join(other.intents)} ({other.at.file.name} line {other.at.line})"
            faults.add(template.at, f"{template.text!r} is listed under {where} too")
