"""Options that several commands share, and how they become settings."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.console import Console

from core.errors import SettingsError
from core.settings import Settings

Domain = Annotated[str | None, typer.Option("--domain", help="A shipped pack by name, or a directory.")]
Now = Annotated[str | None, typer.Option("--now", help="The clock, YYYY-MM-DDTHH:MM (local). Default: now.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")]

err = Console(stderr=True)


def settings_for(domain: str | None) -> Settings:
    """Settings from the environment, the pack from the option where given. Raises SettingsError."""
    try:
        return Settings(domain=domain) if domain else Settings()
    except ValidationError as error:
        first = error.errors()[0]
        field = "_".join(str(part) for part in first["loc"])
        raise SettingsError(f"TALKTRACK_{field.upper()}: {first['msg']}") from error


def progress(message: str) -> None:
    """Show what takes long, on stderr."""
    err.print(f"[dim]{message} …[/dim]")


def input_lines() -> Iterator[str]:
    """Lines of stdin; bytes that are no UTF-8 are replaced, not fatal; a mark before the first line goes."""
    encoding = "utf-8-sig"
    for raw in sys.stdin.buffer:
        yield raw.decode(encoding, errors="replace").rstrip("\r\n")
        encoding = "utf-8"
