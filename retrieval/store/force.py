"""What is in force on a day: own dates, and of the versions of one document the newest."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from retrieval.store.base import FileRecord

_NUMBER = re.compile(r"\d+")
Order = tuple[tuple[int, ...], str]


def natural(version: str | None) -> Order:
    """A key that orders versions as people do: v2 before v10, 2026-09 before 2026-10, 1.0a before 1.0b; none first."""
    said = (version or "").lower()
    return tuple(map(int, _NUMBER.findall(said))), _NUMBER.sub("#", said)


def holds(first: date | str | None, last: date | str | None, day: date) -> bool:
    """Whether `day` is neither before `first` nor after `last`; None is open."""
    today = day.isoformat()
    return not (first and today < str(first)) and not (last and today > str(last))


def out_of_force(files: Iterable[FileRecord], day: date) -> set[str]:
    """Names of the files that are not in force on `day`: by their dates, or for a newer version that is.

    Versions of a document that nothing orders, neither a version nor a first day, stand side by side.
    """
    out: set[str] = set()
    versions: defaultdict[str, list[FileRecord]] = defaultdict(list)
    for row in files:
        if row.reason is not None or not holds(row.valid_from, row.valid_until, day):
            out.add(row.name)
        elif row.document:
            versions[row.document].append(row)
    for rows in versions.values():
        newest = max(map(_order, rows))
        out.update(row.name for row in rows if _order(row) < newest)
    return out


def _order(row: FileRecord) -> tuple[Order, str]:
    return natural(row.version), str(row.valid_from or "")
