"""`talktrack`: every command exits non-zero on failure with one clear line on stderr."""

from __future__ import annotations

import os
import sys

import typer

from core.errors import TalktrackError

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
    from cli import commands

    commands.register(app)
    try:
        app()
    except TalktrackError as error:
        typer.echo(f"talktrack: {error}", err=True)
        sys.exit(1)
    except BrokenPipeError:
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
