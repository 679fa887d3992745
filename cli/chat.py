"""`talktrack chat`: the talk at the keyboard, or line by line for programs."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated
from uuid import uuid4

import typer
from rich.console import Console
from rich.text import Text

from cli.options import Domain, Json, Now, err, input_lines, progress, settings_for
from core.errors import TalktrackError
from core.settings import Settings
from core.types import TurnAnswer
from engines.normalise.contact import mask
from graph.engines import assemble
from graph.request import TurnRequest, read_line, read_request, thread_in
from graph.talk import open_talk

log = logging.getLogger(__name__)

Say = Callable[[TurnRequest], TurnAnswer]


def chat(
    as_json: Json = False,
    thread: Annotated[str | None, typer.Option(help="Go on with this talk. Default: a new one.")] = None,
    now: Now = None,
    customer: Annotated[str | None, typer.Option(help="Customer id of the lines that name none.")] = None,
    domain: Domain = None,
) -> None:
    """Talk with the robot: one customer turn a line, plain text or a JSON object.

    With --json a line that cannot be answered gets an object with `error`, and the rest goes on; the exit
    status is then 1.
    """
    who = {"id": customer} if customer else None
    opening = {"event": "start", "thread": thread or f"cli-{uuid4().hex[:8]}", "now": now, "customer": who}
    default = read_request(opening)
    with talking(settings_for(domain)) as say:
        if not as_json:
            converse(say, default)
        elif serve_lines(say, default):
            raise typer.Exit(1)


@contextmanager
def talking(settings: Settings) -> Iterator[Say]:
    """Turns as plain calls, so that waiting for the keyboard blocks no event loop and Ctrl-C ends it."""
    engines = assemble(settings, progress)
    with asyncio.Runner() as runner:
        opened = open_talk(settings, engines)
        talk = runner.run(opened.__aenter__())

        def say(request: TurnRequest) -> TurnAnswer:
            given, thread = request.given(), request.thread or "default"
            return runner.run(talk.turn(given, thread=thread, context=request.context()))

        try:
            yield say
        finally:
            runner.run(opened.__aexit__(None, None, None))


def filled(request: TurnRequest, default: TurnRequest) -> TurnRequest:
    """The request with what the command line said where the line itself says nothing."""
    update = {
        "thread": request.thread or default.thread,
        "now": request.now or default.now,
        "customer": request.customer or default.customer,
    }
    return request.model_copy(update=update)


def serve_lines(say: Say, default: TurnRequest) -> int:
    """One JSON object a line; the number of lines that could not be answered.

    A fault of our own in one turn is named like any other reason: it must not end the other talks.
    """
    failed = 0
    for number, line in enumerate(input_lines(), start=1):
        try:
            shown = say(filled(read_line(line), default)).model_dump_json(exclude={"turn_id"})
        except Exception as error:
            failed += 1
            named = thread_in(line) or default.thread
            shown = json.dumps({"thread": named, "error": reason(error)}, ensure_ascii=False)
            typer.echo(f"talktrack: line {number}: {reason(error)}", err=True)
        print(shown, flush=True)
    return failed


def reason(error: Exception) -> str:
    """Why a turn could not be answered, in one line."""
    if isinstance(error, TalktrackError):
        return str(error)
    log.debug("a turn failed", exc_info=error)
    return f"internal error: {type(error).__name__}: {mask(' '.join(str(error).split()))[:200]}"


def converse(say: Say, default: TurnRequest) -> None:
    """The talk at the keyboard; an empty line ends it."""
    console = Console()
    console.print(Text(f"thread {default.thread} · empty line or Ctrl-D ends", style="dim"))
    if sys.stdin.isatty():
        show(console, say(default))
    while True:
        try:
            line = console.input("[bold]> [/bold]")
        except EOFError:
            return
        if not line.strip():
            return
        try:
            show(console, say(filled(read_line(line), default)))
        except Exception as error:
            err.print(Text(reason(error), style="red"))


def show(console: Console, answer: TurnAnswer) -> None:
    """The reply, and under it what was understood and why it is said."""
    console.print(Text(answer.reply, style="green"))
    intents = " ".join(f"{score.id} {score.confidence:.2f}" for score in answer.intents)
    slots = " ".join(f"{slot}={value}" for slot, value in answer.slots.items())
    sources = " ".join(dict.fromkeys(citation.source for citation in answer.citations))
    actions = " ".join(action.name for action in answer.actions)
    parts = [answer.stage.value, intents, slots, sources, actions, f"guard {answer.guard.verdict}"]
    console.print(Text("  " + " · ".join(part for part in parts if part), style="dim"))
