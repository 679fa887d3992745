"""Office files are zip archives of XML: read only when whole, unlocked, and not swelling beyond measure."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import UnreadableFileError

LARGEST_WITHIN = 512 * 1024 * 1024
"""Bytes of an archive when unpacked, at most."""
_OLD = b"\xd0\xcf\x11\xe0"
"""The first bytes of the container that locked files and those of the formats before 2007 come in."""


@contextmanager
def opened(path: Path, name: str, kind: str) -> Iterator[None]:
    """A block in which the file is read; `kind` says in a few words what it should be.

    Raises UnreadableFileError for whatever its library stumbles over inside the block.
    """
    _sound(path, name, kind)
    try:
        yield
    except (
        KeyError,
        IndexError,
        ValueError,
        TypeError,
        AttributeError,
        AssertionError,
        SyntaxError,
        RecursionError,
        zipfile.BadZipFile,
    ) as error:
        raise UnreadableFileError(name, f"not {kind}, or damaged") from error


def _sound(path: Path, name: str, kind: str) -> None:
    if path.read_bytes()[: len(_OLD)] == _OLD:
        raise UnreadableFileError(name, f"not {kind}: locked by a password, or of the format before 2007")
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(part.file_size for part in archive.infolist()) > LARGEST_WITHIN:
                raise UnreadableFileError(name, f"unpacks to more than {LARGEST_WITHIN // 1024 // 1024} MB")
            damaged = archive.testzip()
            parts = set(archive.namelist())
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, OverflowError) as error:
        raise UnreadableFileError(name, f"not {kind}, or damaged or locked") from error
    if damaged or "[Content_Types].xml" not in parts:
        raise UnreadableFileError(name, f"not {kind}, or damaged")
