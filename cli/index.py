"""`talktrack index`: trains and indexes what a pack needs, and keeps the library of files beside it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from cli.options import Domain, Json, Now, err, progress, settings_for
from core.clock import local_minute, parse_minute
from core.errors import InputError
from domains.facts import facts_of
from domains.load import load_pack
from graph.artefacts import build_artefacts

if TYPE_CHECKING:
    from retrieval.ingest.validity import Given
    from retrieval.knowledge import Added, Knowledge

index = typer.Typer(help="Build what a pack needs; add files to the library, list them, take them out.")

Day = Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", help="Overrides what the files say.")]


@index.callback(invoke_without_command=True)
def build(
    context: typer.Context,
    domain: Domain = None,
    force: Annotated[bool, typer.Option(help="Build again even where this version is built.")] = False,
) -> None:
    """Train the embedded understanding and build the index of a pack's facts; or work on its library."""
    if context.invoked_subcommand:
        context.obj = domain
        return
    begun = time.perf_counter()
    settings = settings_for(domain)
    pack = load_pack(settings.domain)
    folder = build_artefacts(pack, facts_of(pack), settings.built, progress, force=force)
    typer.echo(f"{pack.name} is ready in {folder} ({time.perf_counter() - begun:.1f} s)")


@contextmanager
def opened(domain: str | None) -> Iterator[Knowledge]:
    """The library of the pack's tenant, closed at the end."""
    from graph.library import open_knowledge  # faiss and tantivy are heavy; most commands need neither

    settings = settings_for(domain)
    knowledge = open_knowledge(settings, load_pack(settings.domain))
    try:
        yield knowledge
    finally:
        knowledge.close()


@index.command()
def add(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(help="Files, or folders with files.")],
    valid_from: Day = None,
    valid_until: Day = None,
    version: Annotated[
        str | None, typer.Option(help="Version of the document; the newest in force wins.")
    ] = None,
    document: Annotated[str | None, typer.Option(help="The document that the files are versions of.")] = None,
    as_json: Json = False,
    domain: Domain = None,
) -> None:
    """Add files to the library; those that did not change are not read again. Fails where one cannot be read."""
    given = given_of(valid_from, valid_until, version, document)
    with opened(domain or context.obj) as knowledge, reading() as show:
        told = knowledge.add(paths, now=local_minute(), given=given, progress=show)
    if as_json:
        print(json.dumps(asdict(told), ensure_ascii=False))
    else:
        typer.echo(in_words(told))
    show_broken(told)
    if told.broken:
        raise typer.Exit(1)


def given_of(first: str | None, last: str | None, version: str | None, document: str | None) -> Given:
    """What the command line says of the files. Raises InputError for a day that is none."""
    from retrieval.ingest.validity import Given

    days = [day_of(first, "--valid-from"), day_of(last, "--valid-until")]
    if days[0] and days[1] and days[0] > days[1]:
        raise InputError(f"--valid-from {first} is after --valid-until {last}")
    return Given(valid_from=days[0], valid_until=days[1], version=version, document=document)


def day_of(text: str | None, option: str) -> date | None:
    """A day `YYYY-MM-DD`. Raises InputError on anything else."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise InputError(f"{option}: {text!r} is no day; write YYYY-MM-DD") from error


@contextmanager
def reading() -> Iterator[Any]:
    """A progress bar on stderr, by files."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=err, transient=True) as bars:
        task = bars.add_task("", total=None)
        yield lambda name, number, of: bars.update(task, description=name, completed=number, total=of)


def in_words(told: Added) -> str:
    """`3 added, 1 changed, 12 unchanged, 0 removed, 40 chunks read`."""
    counts = {kind: len(getattr(told, kind)) for kind in ("added", "changed", "unchanged", "removed")}
    return ", ".join(f"{count} {kind}" for kind, count in counts.items()) + f", {told.chunks} chunks read"


def show_broken(told: Added) -> None:
    """Files that could not be read, with the reason, on stderr."""
    for name, reason in told.broken:
        typer.echo(f"{name}: {reason}", err=True)


@index.command("list")
def list_files(context: typer.Context, as_json: Json = False, domain: Domain = None) -> None:
    """Every file of the library, those that could not be read with the reason."""
    with opened(domain or context.obj) as knowledge:
        records = knowledge.files()
    if as_json:
        for record in records:
            print(json.dumps(asdict(record), ensure_ascii=False, default=str))
        return
    table = Table("file", "chunks", "version", "in force from", "until", "added", "not read because")
    for row in records:
        days = (str(row.valid_from or ""), str(row.valid_until or ""))
        table.add_row(row.name, str(row.chunks), row.version or "", *days, row.added, row.reason or "")
    Console().print(table)


@index.command()
def remove(
    context: typer.Context,
    names: Annotated[list[str], typer.Argument(help="Names as `talktrack index list` shows them.")],
    domain: Domain = None,
) -> None:
    """Take files out of the library; nothing is answered from them any more."""
    with opened(domain or context.obj) as knowledge:
        knowledge.remove(names)
    typer.echo(f"{len(names)} removed")


@index.command()
def status(context: typer.Context, as_json: Json = False, now: Now = None, domain: Domain = None) -> None:
    """How much the library holds, what of it is in force, which engines find it."""
    from retrieval.reports import status_of

    moment = parse_minute(now) if now else local_minute()
    with opened(domain or context.obj) as knowledge:
        told = status_of(knowledge, moment.date())
    if as_json:
        print(json.dumps(told, ensure_ascii=False))
        return
    for key, value in told.items():
        typer.echo(f"{key.replace('_', ' ')}: {value}")


@index.command()
def expiring(
    context: typer.Context,
    days: Annotated[int, typer.Option(min=0, max=3660, help="How many days ahead to look.")] = 30,
    as_json: Json = False,
    now: Now = None,
    domain: Domain = None,
) -> None:
    """What ends soon, in pack and library, and what contradicts what."""
    from retrieval.reports import Contradiction, Ending, contradictions, ending

    moment = parse_minute(now) if now else local_minute()
    pack = load_pack(settings_for(domain or context.obj).domain)
    facts, today = facts_of(pack), moment.date()
    with opened(domain or context.obj) as knowledge:
        rows: list[Ending | Contradiction] = [
            *ending(knowledge, facts, today, today + timedelta(days=days)),
            *contradictions(knowledge, pack, facts, today),
        ]
    for row in rows:
        if as_json:
            print(json.dumps(asdict(row), ensure_ascii=False, default=str))
        else:
            typer.echo(str(row))
    if not rows and not as_json:
        typer.echo(f"nothing ends within {days} days, and nothing contradicts")
