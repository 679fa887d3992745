"""`talktrack`: every command exits non-zero on failure with one clear line on stderr."""

from __future__ import annotations

import io
import os
import sys

import typer

from core.errors import PackError, TalktrackError

app = typer.Typer(
    name="talktrack",
    help="An open, self-hosted AI sales robot.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


def run() -> None:
    """Entry of the console script."""
    os.environ.setdefault("LANGGRAPH_STRICT_MSGPACK", "true")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    from cli import commands
    from graph.masking import install

    install()
    commands.register(app)
    try:
        app()
    except (TalktrackError, OSError) as error:
        typer.echo(f"talktrack: {one_line(error)}", err=True)
        sys.exit(1)


def one_line(error: Exception) -> str:
    """What went wrong, in one line; of many faults in a pack the first, and how many more there are."""
    if isinstance(error, PackError) and len(error.faults) > 1:
        return f"{error.faults[0]} (and {len(error.faults) - 1} more: talktrack domain check lists them)"
    return " ".join(str(error).split())
