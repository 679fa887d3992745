"""`talktrack chat`: the talk at the keyboard, or line by line for programs."""

from __future__ import annotations

import asyncio
import json
import sys
from hashlib import file_digest
from pathlib import Path
from typing import Annotated, Any, get_args
from uuid import uuid4

import typer
from rich.console import Console
from rich.markup import escape

from cli.options import Domain, Json, Now, input_lines, progress, settings_for
from core.clock import parse_minute
from core.context import TalkContext
from core.errors import InputError
from core.settings import Settings
from core.state import TalkInput
from core.types import Channel, Event, TurnAnswer
from graph.engines import assemble
from graph.talk import Talk, open_talk

FIELDS = frozenset(["text", "thread", "turn_id", "now", "channel", "event", "audio", "image", "customer"])


def chat(
    as_json: Json = False,
    thread: Annotated[str | None, typer.Option(help="Goes on with this talk. Default: a new one.")] = None,
    now: Now = None,
    customer: Annotated[str | None, typer.Option(help="Customer id.")] = None,
    domain: Domain = None,
) -> None:
    """Talk with the robot: one customer turn a line, plain text or a JSON object."""
    if now:
        parse_minute(now)
    settings = settings_for(domain)
    asyncio.run(_chat(settings, as_json, thread or f"cli-{uuid4().hex[:8]}", now, customer))


async def _chat(
    settings: Settings, as_json: bool, thread: str, now: str | None, customer: str | None
) -> None:
    engines = assemble(settings, progress)
    async with open_talk(settings, engines) as talk:
        if as_json:
            await _serve_lines(talk, thread, now, customer)
        else:
            await _converse(talk, thread, now, customer)


async def _serve_lines(talk: Talk, thread: str, now: str | None, customer: str | None) -> None:
    """One JSON answer a line; a line that is no turn gets one with `error`, and the rest goes on."""
    for line in input_lines():
        try:
            answer = await _turn(talk, line, thread, now, customer)
            print(answer.model_dump_json(exclude={"turn_id"}), flush=True)
        except InputError as error:
            print(json.dumps({"thread": thread, "error": str(error)}, ensure_ascii=False), flush=True)


async def _converse(talk: Talk, thread: str, now: str | None, customer: str | None) -> None:
    console = Console()
    console.print(f"[dim]thread {thread} · empty line or Ctrl-D ends[/dim]")
    if sys.stdin.isatty():
        opening = await talk.turn({"event": "start"}, thread=thread, context=TalkContext(now=now))
        _show(console, opening)
    while True:
        try:
            line = await asyncio.to_thread(console.input, "[bold]> [/bold]")
        except EOFError:
            return
        if not line.strip():
            return
        _show(console, await _turn(talk, line, thread, now, customer))


def _show(console: Console, answer: TurnAnswer) -> None:
    console.print(escape(answer.reply), style="green")
    intents = " ".join(f"{score.id} {score.confidence:.2f}" for score in answer.intents)
    slots = " ".join(f"{slot}={value}" for slot, value in answer.slots.items())
    sources = " ".join(dict.fromkeys(citation.source for citation in answer.citations))
    actions = " ".join(action.name for action in answer.actions)
    parts = [answer.stage.value, intents, slots, sources, actions, f"guard {answer.guard.verdict}"]
    console.print(escape("  " + " · ".join(part for part in parts if part)), style="dim", highlight=False)


async def _turn(talk: Talk, line: str, thread: str, now: str | None, customer: str | None) -> TurnAnswer:
    given = parse_line(line)
    context = TalkContext(
        now=given.pop("now", None) or now,
        channel=given.pop("channel", "text"),
        customer_id=(given.get("customer") or {}).get("id") or customer,
    )
    context.moment()
    turn_input: TalkInput = given["input"]
    return await talk.turn(turn_input, thread=given.get("thread") or thread, context=context)


def parse_line(line: str) -> dict[str, Any]:
    """A line of stdin as `{input, thread?, now?, channel?, customer?}`.

    A line that begins with `{` must be a JSON object of the contract's fields. Raises InputError.
    """
    if not line.lstrip().startswith("{"):
        return {"input": {"text": line}}
    try:
        fields = json.loads(line)
    except json.JSONDecodeError as error:
        raise InputError(f"not a JSON object: {error.msg} at character {error.pos}") from error
    except RecursionError as error:
        raise InputError("not a JSON object: nested too deeply") from error
    unknown = sorted(set(fields) - FIELDS)
    if unknown:
        raise InputError(f"unknown field: {', '.join(unknown)}")
    _check(fields)
    given: TalkInput = {
        key: value for key, value in fields.items() if key in TalkInput.__annotations__ and value is not None
    }  # type: ignore[assignment]
    if audio := fields.get("audio"):
        given["audio"] = read_audio(audio if isinstance(audio, str) else str(audio.get("path", "")))
    return {"input": given} | {
        key: fields[key] for key in ("thread", "now", "channel", "customer") if fields.get(key)
    }


def _check(fields: dict[str, Any]) -> None:
    allowed = {"channel": get_args(Channel), "event": get_args(Event)}
    for key, values in allowed.items():
        if fields.get(key) is not None and fields[key] not in values:
            raise InputError(f"{key} must be one of {', '.join(values)}, not {fields[key]!r}")
    for key in ("text", "thread", "turn_id", "now", "image"):
        if fields.get(key) is not None and not isinstance(fields[key], str):
            raise InputError(f"{key} must be a string")
    if fields.get("customer") is not None and not isinstance(fields["customer"], dict):
        raise InputError("customer must be an object")
    if not isinstance(fields.get("audio") or "", str | dict):
        raise InputError("audio must be a path, or an object with a path")


def read_audio(path: str) -> dict[str, str]:
    """Path and digest of a recording. Raises InputError where there is no such file."""
    file = Path(path)
    if not file.is_file():
        raise InputError(f"no such audio file: {path}")
    with file.open("rb") as stream:
        return {"path": str(file), "sha256": file_digest(stream, "sha256").hexdigest()}
