"""From when until when a file or a row holds, and which version of what it is, as the file itself says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from itertools import islice
from pathlib import PurePosixPath
from typing import Any

from core.errors import UnreadableFileError

HEAD_LINES = 10
"""Lines at the top of a file in which labels of validity are looked for."""
_DAY = r"(\d{4})\s*(?:[-/.年])\s*(\d{1,2})\s*(?:[-/.月])\s*(\d{1,2})\s*日?"
_FROM = r"生效日期|生效时间|执行日期|实施日期|effective(?: date| from)?|valid from"
_UNTIL = r"失效日期|截止日期|到期日|有效期至|有效期到|有效至|valid (?:until|to)|expires?(?: on)?"
_SPAN = r"有效期|适用时间|执行时间|活动时间|valid(?:ity)?"
_FIRST = re.compile(rf"(?:{_FROM})\s*[:：]?\s*{_DAY}|自\s*{_DAY}\s*起(?:执行|生效|施行|实施)", re.IGNORECASE)
_LAST = re.compile(rf"(?:{_UNTIL})\s*[:：]?\s*{_DAY}", re.IGNORECASE)
_RANGE = re.compile(
    rf"(?:{_SPAN})\s*[:：]?\s*(?:自|从|from)?\s*{_DAY}\s*(?:起?至|起?到|~|～|-|—|–|to|until)+\s*{_DAY}",
    re.IGNORECASE,
)
_VAGUE = re.compile(rf"^\W*(?:{_FROM}|{_UNTIL})\s*[:：]\s*(?P<said>.*\d.*)$", re.IGNORECASE)
"""A label with something after it that may be no day."""
_VERSION = re.compile(
    r"^\W*(?:版本号?|文件版本|version|rev(?:ision)?)\s*[:：]?\s*(?P<version>[A-Za-z]?\d[\w.\-]*)\s*$",
    re.IGNORECASE,
)
_A_VERSION = re.compile(r"(?:v|ver|rev|第)?[\s.]*\d[\w.\-]*版?", re.IGNORECASE)
_OPEN_DAY = re.compile(
    r"[-—–/]+|无|无限期|不限|长期(?:有效)?|永久(?:有效)?|n/?a|none|open|unlimited", re.IGNORECASE
)
_TIME = r"(?:[T\s]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
_DATE = r"(?:19|20)\d{2}[-_.年]?(?:0[1-9]|1[0-2])(?:[-_.月]?(?:0[1-9]|[12]\d|3[01]))?[日月]?"
_PLAIN = r"\d+(?:\.\d+)*"
_STEM_VERSION = re.compile(
    r"(?:"
    rf"[\s_\-.(（]*(?<![A-Za-z])(?:version|ver|rev|v|版本)[\s._]*(?P<marked>{_DATE}|{_PLAIN})"
    rf"|[\s_\-.(（]*第?(?P<edition>{_DATE}|{_PLAIN})\s*(?:版|修订)"
    rf"|(?:[\s_\-.(（]+|(?<=[\u3400-\u9fff]))(?P<dated>{_DATE})"
    r"|[\s_\-(（]+(?P<dotted>\d+(?:\.\d+)+)"
    r"|(?<=[\u3400-\u9fff])[\s_\-.(（]*(?P<year>20\d{2})年?"
    r")[\s)）]*$",
    re.IGNORECASE,
)
"""A plain number at the end of a name (附件2, R-20) is no version: files are parts or products more often."""
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
_KEYS = tuple(one.name for one in fields(Given))


def from_front_matter(told: str, name: str) -> Given:
    """What the YAML at the top of a Markdown file says. Raises UnreadableFileError with the line."""
    import yaml

    if not told.strip():
        return OPEN
    try:
        known = yaml.load(told, Loader=yaml.BaseLoader)
    except yaml.YAMLError as error:
        mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
        line = mark.line + 2 if mark else 1
        raise UnreadableFileError(name, f"line {line}: the front matter is no YAML") from error
    if not isinstance(known, Mapping):
        raise UnreadableFileError(name, "line 2: the front matter is no list of names and values")
    said = {key: _scalar(known.get(key), _line_of(key, told), name) for key in _KEYS}
    first, last = (
        day_of(said[key] or "", f"line {_line_of(key, told)}, {key}", name)
        for key in ("valid_from", "valid_until")
    )
    return Given(first, last, said["version"], said["document"])


def _scalar(value: Any, line: int, name: str) -> str | None:
    """A value as written, None for one left open. Raises UnreadableFileError for a list."""
    if value is None or isinstance(value, str):
        text = (value or "").strip()
        return None if text.lower() in {"", "null", "~"} else text
    raise UnreadableFileError(name, f"line {line}: a single value is wanted here")


def _line_of(key: str, told: str) -> int:
    """The line of the file on which a key of the front matter stands."""
    lines = told.split("\n")
    return next((at for at, line in enumerate(lines, 2) if line.lstrip("\"' ").startswith(key)), 2)


def day_of(text: str, where: str, name: str) -> date | None:
    """A day in any of the usual forms, None for an empty text or 长期. Raises UnreadableFileError for anything else."""
    said = text.strip()
    if not said or _OPEN_DAY.fullmatch(said):
        return None
    match = re.fullmatch(_DAY + _TIME, said) or re.fullmatch(r"(\d{4})(\d{2})(\d{2})", said)
    day = _day(match.groups()) if match else None
    if day is None:
        raise UnreadableFileError(name, f"{where}: {said[:40]!r} is no day (write 2026-12-31)")
    return day


def _day(parts: Sequence[str | None]) -> date | None:
    said = [int(part) for part in parts if part is not None]
    try:
        return date(said[0], said[1], said[2])
    except (ValueError, IndexError):
        return None


def is_label(line: str) -> bool:
    """Whether a line says when a file holds, or which version it is."""
    return any(form.search(line) for form in (_FIRST, _LAST, _RANGE, _VERSION))


def is_version(text: str) -> bool:
    """Whether a text is a version by its form: 3, v2.1, 2026-10; 标准版 is none."""
    return _A_VERSION.fullmatch(text.strip()) is not None


def from_labels(lines: Iterable[str], name: str) -> Given:
    """What labelled lines at the top of a file say: 有效期: A 至 B, Valid until: B, 版本: 3; the first goes first."""
    known = OPEN
    said = ((number, line) for number, line in enumerate(lines, 1) if line.strip())
    for number, line in islice(said, HEAD_LINES):
        known = known.over(_labelled(line, number, name))
    return known


def _labelled(line: str, number: int, name: str) -> Given:
    if match := _RANGE.search(line):
        days = match.groups()
        return Given(_sure(days[:3], number, name), _sure(days[3:], number, name))
    first, last, version = _FIRST.search(line), _LAST.search(line), _VERSION.match(line.strip())
    if not (first or last) and (vague := _VAGUE.match(line)):
        raise UnreadableFileError(name, f"line {number}: {vague['said'][:40]!r} is no day (write 2026-12-31)")
    return Given(
        _sure(first.groups(), number, name) if first else None,
        _sure(last.groups(), number, name) if last else None,
        version["version"] if version else None,
    )


def _sure(parts: Sequence[str | None], line: int, name: str) -> date:
    day = _day(parts)
    if day is None:
        raise UnreadableFileError(name, f"line {line}: {'-'.join(filter(None, parts))} is no day")
    return day


def from_name(name: str) -> Given:
    """The document and the version that a file's name tells: 报价/价目表_v2.xlsx is version 2 of 报价/价目表."""
    path = PurePosixPath(name)
    match = _STEM_VERSION.search(path.stem)
    if match is None or match.start() == 0:
        return Given(document=str(path.with_name(path.stem)))
    version = next(said for said in match.groups() if said)
    return Given(version=version, document=str(path.with_name(path.stem[: match.start()])))


def checked(known: Given, name: str, where: str = "") -> Given:
    """`known`. Raises UnreadableFileError where it ends before it begins."""
    if known.valid_from and known.valid_until and known.valid_from > known.valid_until:
        place = f"{where}: " if where else ""
        raise UnreadableFileError(
            name, f"{place}in force from {known.valid_from}, but only until {known.valid_until}"
        )
    return known
