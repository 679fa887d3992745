"""From when until when a file or a row holds, and which version of what it is, as the file itself says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from pathlib import PurePosixPath
from typing import Any

from core.errors import UnreadableFileError

HEAD_LINES = 10
"""Lines at the top of a file in which labels of validity are looked for."""
_DAY = r"(\d{4})\s*(?:[-/.年])\s*(\d{1,2})\s*(?:[-/.月])\s*(\d{1,2})\s*日?"
_FIRST = re.compile(
    rf"(?:生效日期|生效时间|执行日期|实施日期|effective(?: date| from)?|valid from)\s*[:：]?\s*{_DAY}"
    rf"|自\s*{_DAY}\s*起(?:执行|生效|施行|实施)",
    re.IGNORECASE,
)
_LAST = re.compile(
    rf"(?:失效日期|截止日期|到期日|有效期至|有效期到|有效至|valid (?:until|to)|expires?(?: on)?)\s*[:：]?\s*{_DAY}",
    re.IGNORECASE,
)
_RANGE = re.compile(
    rf"(?:有效期|适用时间|执行时间|活动时间|valid(?:ity)?)\s*[:：]?\s*{_DAY}\s*(?:至|到|~|-|—|–|to|until)+\s*{_DAY}",
    re.IGNORECASE,
)
_VERSION = re.compile(
    r"^(?:版本号?|文件版本|version|rev(?:ision)?)\s*[:：]?\s*([A-Za-z]?\d[\w.\-]*)\s*$", re.IGNORECASE
)
_NUMBER = r"\d{4}[-_.年]?\d{2}(?:[-_.月]?\d{2})?日?|\d+(?:\.\d+)*"
_STEM_VERSION = re.compile(
    rf"(?:[\s_\-.(（]+(?:v|ver|rev|version|版本?|第)?[\s._]*|(?<![A-Za-z])(?:v|ver|rev|第)[\s._]*|(?<=[\u3400-\u9fff]))"
    rf"(?P<version>{_NUMBER})\s*(?:版|月|rev)?[\s)）]*$",
    re.IGNORECASE,
)
COLUMNS = {
    "valid_from": ("valid_from", "生效日期", "生效时间", "开始日期", "effective date", "valid from"),
    "valid_until": ("valid_until", "失效日期", "截止日期", "有效期至", "结束日期", "valid until", "expires"),
    "version": ("version", "版本", "版本号"),
}
"""Columns of a table that say when a row holds."""


@dataclass(frozen=True)
class Given:
    """What is known of a file beside its text; None where nothing is."""

    valid_from: date | None = None
    valid_until: date | None = None
    version: str | None = None
    document: str | None = None

    def over(self, other: Given) -> Given:
        """What this says, and of `other` what it leaves open."""
        mine = {one.name: getattr(self, one.name) for one in fields(self)}
        return replace(other, **{key: value for key, value in mine.items() if value is not None})


OPEN = Given()
"""Nothing known: in force for ever."""


def from_front_matter(told: str, name: str) -> Given:
    """What the YAML at the top of a Markdown file says. Raises UnreadableFileError with the line."""
    import yaml

    if not told.strip():
        return Given()
    try:
        known = yaml.safe_load(told)
    except yaml.YAMLError as error:
        line = (
            error.problem_mark.line + 2
            if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark
            else 1
        )
        raise UnreadableFileError(name, f"line {line}: the front matter is no YAML") from error
    if not isinstance(known, Mapping):
        raise UnreadableFileError(name, "line 2: the front matter is no list of names and values")
    days = {key: _yaml_day(known.get(key), key, name) for key in ("valid_from", "valid_until")}
    texts = {key: str(known[key]) if known.get(key) is not None else None for key in ("version", "document")}
    return Given(days["valid_from"], days["valid_until"], **texts)


def _yaml_day(value: Any, key: str, name: str) -> date | None:
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    return day_of(str(value), f"front matter, {key}", name)


def day_of(text: str, where: str, name: str) -> date | None:
    """A day in any of the usual forms, None for an empty text. Raises UnreadableFileError for anything else."""
    if not text.strip():
        return None
    match = re.match(_DAY, text.strip())
    day = _day(match.groups()) if match else None
    if day is None:
        raise UnreadableFileError(name, f"{where}: {text.strip()!r} is no day (write 2026-12-31)")
    return day


def _day(parts: Sequence[str | None]) -> date | None:
    said = [int(part) for part in parts if part is not None]
    try:
        return date(said[0], said[1], said[2])
    except (ValueError, IndexError):
        return None


def from_labels(lines: Iterable[str], name: str) -> Given:
    """What labelled lines at the top of a file say: 有效期: A 至 B, Valid until: B, 版本: 3."""
    known = Given()
    for number, line in enumerate(lines, 1):
        if number > HEAD_LINES:
            break
        if match := _RANGE.search(line):
            first, last = match.groups()[:3], match.groups()[3:]
            known = Given(_sure(first, number, name), _sure(last, number, name)).over(known)
        if match := _FIRST.search(line):
            known = Given(valid_from=_sure(match.groups(), number, name)).over(known)
        if match := _LAST.search(line):
            known = Given(valid_until=_sure(match.groups(), number, name)).over(known)
        if match := _VERSION.match(line.strip()):
            known = Given(version=match[1]).over(known)
    return known


def _sure(parts: Sequence[str | None], line: int, name: str) -> date:
    day = _day(parts)
    if day is None:
        raise UnreadableFileError(name, f"line {line}: {'-'.join(filter(None, parts))} is no day")
    return day


def from_name(name: str) -> Given:
    """The document and the version that a file's name tells: 报价/价目表_v2.xlsx is version 2 of 报价/价目表."""
    path = PurePosixPath(name)
    match = _STEM_VERSION.search(path.stem)
    stem = path.stem[: match.start()] if match and match.start() else path.stem
    return Given(
        version=match["version"] if match and match.start() else None, document=str(path.with_name(stem))
    )


def checked(known: Given, name: str) -> Given:
    """`known`. Raises UnreadableFileError where it ends before it begins."""
    if known.valid_from and known.valid_until and known.valid_from > known.valid_until:
        raise UnreadableFileError(
            name, f"in force from {known.valid_from}, but only until {known.valid_until}"
        )
    return known
