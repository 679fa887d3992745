"""`talktrack desk`: who waits for a human, and what an operator does about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.options import Domain, Json, Now, settings_for
from core.clock import local_minute, parse_minute
from core.types import Frozen
from crm.store import Store
from crm.views import CallbackView, DeskTalk, HandoffView
from domains.load import load_pack

desk = typer.Typer(help="Talks that wait for a human, and calls back that are owed.", no_args_is_help=True)

Thread = Annotated[str, typer.Argument(help="The talk.")]
As = Annotated[str, typer.Option("--as", help="Your name, as the other operators know you.")]
Note = Annotated[str | None, typer.Option("--note", help="What whoever reads the talk later should know.")]


@contextmanager
def opened(domain: str | None, now: str | None) -> Iterator[tuple[Store, timedelta]]:
    """The tenant's store, seeing the clock at `now`, and how long a customer waits for a human."""
    settings, moment = settings_for(domain), parse_minute(now) if now else None
    pack = load_pack(settings.domain)
    tenant = settings.tenant or pack.name
    store = Store(settings.business_url(), tenant=tenant, clock=lambda: moment or local_minute())
    try:
        yield store, timedelta(minutes=pack.contact.handoff_wait_minutes)
    finally:
        store.close()


@desk.command("list")
def show_queue(
    status: Annotated[
        list[str] | None,
        typer.Option(help="waiting, held, returned, closed or missed. Default: the first two."),
    ] = None,
    as_json: Json = False,
    now: Now = None,
    domain: Domain = None,
) -> None:
    """List the talks that wait for, or are held by, a human, the oldest first."""
    with opened(domain, now) as (store, _):
        rows = store.handoffs(*(status or ("waiting", "held")))
    if as_json:
        return print_json(rows)
    table = Table("thread", "status", "asked", "operator", "reason")
    for row in rows:
        table.add_row(*plain(row.thread, row.status, f"{row.at:%m-%d %H:%M}", row.operator, row.reason))
    Console().print(table if rows else "nobody waits")


@desk.command()
def show(thread: Thread, as_json: Json = False, now: Now = None, domain: Domain = None) -> None:
    """Show one talk: its summary, every line, the calls back it is owed."""
    with opened(domain, now) as (store, _):
        found = store.on_desk(thread)
    print_json([found]) if as_json else print_talk(found)


@desk.command()
def take(thread: Thread, operator: As, as_json: Json = False, now: Now = None, domain: Domain = None) -> None:
    """Hold the talk: of two operators who take it one wins."""
    with opened(domain, now) as (store, _):
        store.take(thread, operator)
        found = store.on_desk(thread)
    print_json([found.handoff]) if as_json else print_talk(found)


@desk.command()
def say(
    thread: Thread,
    text: Annotated[str, typer.Argument(help="What the customer is to read.")],
    operator: As,
    line_id: Annotated[
        str | None, typer.Option("--id", help="Your id of this line: sent again it adds nothing.")
    ] = None,
    as_json: Json = False,
    now: Now = None,
    domain: Domain = None,
) -> None:
    """Say a line to the customer of a talk that you hold."""
    with opened(domain, now) as (store, _):
        line = store.operator_says(thread, operator, text, line_id=line_id)
    print_json([line]) if as_json else typer.echo(f"{line.n}  {line.text}")


@desk.command("return")
def give_back(
    thread: Thread,
    operator: As,
    note: Note = None,
    as_json: Json = False,
    now: Now = None,
    domain: Domain = None,
) -> None:
    """Give the talk back to the robot, which goes on where it was."""
    with opened(domain, now) as (store, _):
        done([store.give_back(thread, operator, note)], as_json)


@desk.command()
def close(
    thread: Thread,
    operator: As,
    note: Note = None,
    as_json: Json = False,
    now: Now = None,
    domain: Domain = None,
) -> None:
    """Settle the talk."""
    with opened(domain, now) as (store, _):
        done([store.close_handoff(thread, operator, note)], as_json)


@desk.command()
def sweep(as_json: Json = False, now: Now = None, domain: Domain = None) -> None:
    """Owe a call back to everybody who has waited too long; run it every few minutes."""
    with opened(domain, now) as (store, wait):
        done(store.sweep(wait), as_json)


@desk.command()
def callbacks(
    made: Annotated[int | None, typer.Option("--done", help="The id of a call that was made.")] = None,
    status: Annotated[str, typer.Option(help="open or done.")] = "open",
    as_json: Json = False,
    now: Now = None,
    domain: Domain = None,
) -> None:
    """List the calls back that are owed, or note that one was made."""
    with opened(domain, now) as (store, _):
        rows = store.callbacks(status) if made is None else (store.callback_done(made),)
    if as_json:
        return print_json(rows)
    Console().print(callback_table(rows) if rows else "no calls")


def done(rows: Iterable[HandoffView], as_json: bool) -> None:
    """Show what became of the handoffs."""
    if as_json:
        return print_json(rows)
    for row in rows:
        typer.echo(f"{row.thread}: {row.status}")


def print_json(rows: Iterable[Frozen]) -> None:
    """One JSON object a line."""
    for row in rows:
        print(row.model_dump_json(), flush=True)


def print_talk(found: DeskTalk) -> None:
    """The summary, the lines, the calls owed."""
    console = Console()
    row = found.handoff
    by = f" · {row.operator}" if row.operator else ""
    console.print(Text(f"{row.thread} · {row.status}{by}", style="bold"))
    console.print(Text(row.summary), Text(""), sep="\n")
    for line in found.lines:
        console.print(Text(f"{line.at:%H:%M} {line.who}: {line.text}"))
    if found.callbacks:
        console.print(callback_table(found.callbacks))


def callback_table(rows: Iterable[CallbackView]) -> Table:
    """Calls back, one a row."""
    table = Table("id", "thread", "phone", "name", "reason", "promised", "status")
    for row in rows:
        name = row.customer.contact_name if row.customer else None
        promised = f"{row.at:%m-%d %H:%M}"
        table.add_row(*plain(row.id, row.thread, row.phone, name, row.reason, promised, row.status))
    return table


def plain(*cells: object) -> Iterator[Text]:
    """Cells whose brackets are no markup; None is empty."""
    return (Text("" if cell is None else str(cell)) for cell in cells)
