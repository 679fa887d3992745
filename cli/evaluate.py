"""`talktrack evaluate`: measures understanding, talks, answers and the guard on labelled files."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.progress import Progress

from cli.options import Domain, Json, Now, err, progress, settings_for
from core.clock import local_minute, parse_minute
from domains.facts import facts_of
from domains.load import load_pack
from evaluation.dialogues import evaluate_dialogues
from evaluation.guard import evaluate_guard
from evaluation.questions import evaluate_questions
from evaluation.report import Report, show, to_json
from evaluation.rows import Dialogue, GuardLine, Question, Utterance, read_rows
from evaluation.utterances import evaluate_utterances
from graph.engines import assemble, prepare
from graph.talk import Talk, open_saver
from policy.guard.guard import Guard

evaluate = typer.Typer(help="Measure the robot on labelled files.", no_args_is_help=True)

File = Annotated[Path, typer.Argument(help="Labelled lines, one JSON object each.")]
Errors = Annotated[bool, typer.Option("--errors", help="List every miss: what was expected, what came.")]
T = TypeVar("T")


@evaluate.command("utterances")
def utterances(
    file: File, as_json: Json = False, now: Now = None, domain: Domain = None, errors: Errors = False
) -> None:
    """Intents and slots of single utterances."""
    rows = read_rows(file, Utterance)
    engine = prepare(settings_for(domain), progress).understander()
    with _watched(rows) as watched:
        report = evaluate_utterances(watched, engine, now=_moment(now))
    _print(report, as_json, errors)


@evaluate.command("dialogues")
def dialogues(
    file: File, as_json: Json = False, now: Now = None, domain: Domain = None, errors: Errors = False
) -> None:
    """Whole talks through the graph: state, intents, replies, actions, speed."""
    rows = read_rows(file, Dialogue)

    async def hold() -> Report:
        async with _fresh_talk(domain) as talk:
            with _watched(rows) as watched:
                return await evaluate_dialogues(watched, talk, now=_moment(now))

    _print(asyncio.run(hold()), as_json, errors)


@evaluate.command("questions")
def questions(
    file: File, as_json: Json = False, now: Now = None, domain: Domain = None, errors: Errors = False
) -> None:
    """Knowledge questions: answers, sources, what is declined, what is invented."""
    rows = read_rows(file, Question)

    async def ask() -> Report:
        async with _fresh_talk(domain) as talk:
            with _watched(rows) as watched:
                return await evaluate_questions(watched, talk, now=_moment(now))

    _print(asyncio.run(ask()), as_json, errors)


@evaluate.command("guard")
def guard(
    file: File, as_json: Json = False, now: Now = None, domain: Domain = None, errors: Errors = False
) -> None:
    """Candidate replies without a plan: lies stopped, true lines passed."""
    rows = read_rows(file, GuardLine)
    pack = load_pack(settings_for(domain).domain)
    checker = Guard(pack, facts_of(pack))
    with _watched(rows) as watched:
        report = evaluate_guard(watched, checker, now=_moment(now))
    _print(report, as_json, errors)


@asynccontextmanager
async def _fresh_talk(domain: str | None) -> AsyncIterator[Talk]:
    """The configured talk over empty stores that are gone afterwards: no run sees another's customers."""
    settings = settings_for(domain)
    with TemporaryDirectory(prefix="talktrack-evaluate-") as folder:
        url = f"sqlite:///{Path(folder) / 'business.db'}"
        engines = assemble(settings.model_copy(update={"database_url": url}), progress)
        with closing(engines.store):
            async with open_saver(Path(folder) / "threads.db") as saver:
                yield Talk(engines, saver)


@contextmanager
def _watched(rows: list[T]) -> Iterator[Iterator[T]]:
    """The rows with a progress bar on stderr, which ends with the block even where that fails."""
    with Progress(console=err, transient=True) as bar:
        task = bar.add_task("measuring", total=len(rows))

        def taken() -> Iterator[T]:
            for row in rows:
                yield row
                bar.advance(task)

        yield taken()


def _moment(now: str | None) -> datetime:
    return parse_minute(now) if now else local_minute()


def _print(report: Report, as_json: bool, errors: bool) -> None:
    if as_json:
        typer.echo(to_json(report, errors=errors))
    else:
        show(report, Console(), errors=errors)
