"""A new pack to start from: a copy of the skeleton under the name wished for."""

from __future__ import annotations

import shutil
from pathlib import Path

from core.errors import InputError
from domains.load import SHIPPED
from domains.parts.company import NAME

SKELETON = SHIPPED / "skeleton"
_BLANK = "__NAME__"
_TAKEN = ("common", "skeleton", "parts")


def create_pack(name: str, folder: Path) -> Path:
    """Make `folder/name`, a small pack that loads as it is, and return its directory.

    Raises InputError for a name that is no pack name and for a directory that exists already.
    """
    if not NAME.fullmatch(name) or name in _TAKEN:
        raise InputError(f"not a pack name: {name!r} (small letters, digits, - and _, a letter first)")
    target = folder / name
    if target.exists() or target.is_symlink():
        raise InputError(f"{target} exists already; nothing was written")
    try:
        shutil.copytree(SKELETON, target)
        pack = target / "pack.yaml"
        pack.write_text(pack.read_text(encoding="utf-8").replace(_BLANK, name), encoding="utf-8")
    except OSError as error:
        raise InputError(f"{target} cannot be written: {error.strerror or error}") from error
    return target
