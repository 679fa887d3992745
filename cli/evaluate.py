"""`talktrack evaluate`: measures understanding, talks, answers and the guard on labelled files."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, closing, contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.progress import Progress

from cli.options import Domain, Json, Now, err, progress, settings_for
from core.clock import local_minute, parse_minute
from core.errors import InputError, MissingEngineError
from domains.facts import facts_of
from domains.load import load_pack
from engines.understanding.base import Understander
from engines.understanding.cascade import Cascade
from evaluation.baselines.keywords import KeywordUnderstander
from evaluation.dialogues import summarise as summarise_talks
from evaluation.guard import evaluate_guard
from evaluation.page import render, render_talks
from evaluation.questions import evaluate_questions
from evaluation.reading import Read, read_utterances
from evaluation.report import Report, show, to_json
from evaluation.rows import Dialogue, GuardLine, Question, Utterance, read_rows
from evaluation.turns import Taken, take_dialogues
from evaluation.utterances import escalations, summarise
from graph.engines import assemble, prepare
from graph.talk import Talk, open_saver
from policy.guard.guard import Guard

evaluate = typer.Typer(help="Measure the robot on labelled files.", no_args_is_help=True)

File = Annotated[Path, typer.Argument(help="Labelled lines, one JSON object each.")]
Errors = Annotated[bool, typer.Option("--errors", help="List every miss: what was expected, what came.")]
Html = Annotated[
    Path | None,
    typer.Option("--html", metavar="FILE", help="Also write one HTML page that needs no other file."),
]


class Engine(StrEnum):
    """An understanding engine that can be measured."""

    EMBEDDED = "embedded"
    KEYWORDS = "keywords"


EngineName = Annotated[
    Engine, typer.Option("--engine", help="embedded: the product's. keywords: rules by hand, as a baseline.")
]
T = TypeVar("T")


@evaluate.command("utterances")
def utterances(
    file: File,
    as_json: Json = False,
    now: Now = None,
    domain: Domain = None,
    errors: Errors = False,
    engine: EngineName = Engine.EMBEDDED,
    html: Html = None,
) -> None:
    """Intents and slots of single utterances."""
    rows = read_rows(file, Utterance)
    write = _page_writer(html) if html else None
    moment = _moment(now)
    reader = _understander(engine, domain)
    with _watched(rows) as watched:
        reads = read_utterances(watched, reader, now=moment)
    report = summarise(reads, moment, engine=reader.name)
    if isinstance(reader, Cascade):
        report = escalations(report, reader.stats)
    if write:
        write(report, reads)
    _print(report, as_json, errors)


@evaluate.command("dialogues")
def dialogues(
    file: File,
    as_json: Json = False,
    now: Now = None,
    domain: Domain = None,
    errors: Errors = False,
    html: Html = None,
) -> None:
    """Whole talks through the graph: state, intents, replies, actions, speed."""
    rows = read_rows(file, Dialogue)
    page = _writable(html) if html else None
    moment = _moment(now)

    async def hold() -> list[Taken]:
        async with _fresh_talk(domain) as talk:
            with _watched(rows) as watched:
                return await take_dialogues(watched, talk, now=moment)

    taken = asyncio.run(hold())
    report = summarise_talks(taken, moment)
    if page:
        page.write_text(render_talks(report, taken), encoding="utf-8")
    _print(report, as_json, errors)


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


def _understander(engine: Engine, domain: str | None) -> Understander:
    settings = settings_for(domain)
    if engine is Engine.KEYWORDS:
        return KeywordUnderstander(load_pack(settings.domain))
    return prepare(settings, progress).understander()


def _page_writer(path: Path) -> Callable[[Report, Sequence[Read]], None]:
    """What writes the page to `path`; a missing folder or library is said now, not after the measuring."""
    page = _writable(path)
    try:
        from evaluation.pictures import draw_pictures  # matplotlib, which only a page needs
    except ModuleNotFoundError as error:
        mend = "pip install 'talktrack[report]'"
        raise MissingEngineError("pictures", f"{error.name} is not installed", mend) from error

    def write(report: Report, reads: Sequence[Read]) -> None:
        page.write_text(render(report, draw_pictures(reads)), encoding="utf-8")

    return write


def _writable(path: Path) -> Path:
    """The path of a page that can be written there. Raises InputError before anything is measured."""
    if not path.parent.is_dir():
        raise InputError(f"{path}: no such folder: {path.parent}")
    if path.is_dir():
        raise InputError(f"{path}: is a folder, not a file")
    return path


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
