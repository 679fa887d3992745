"""`talktrack domain`: makes and checks domain packs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from core.clock import local_minute
from core.errors import InputError, PackError
from domains.facts import facts_of
from domains.load import load_pack, shipped_packs, situations
from domains.new import create_pack
from policy.guard.guard import Guard
from policy.lint import Linter

domain = typer.Typer(help="Make and check domain packs.", no_args_is_help=True)


@domain.command("new")
def new(
    name: Annotated[str, typer.Argument(help="Lower-case letters, digits, hyphens.")],
    folder: Annotated[Path, typer.Option("--in", help="Where to make it.")] = Path(),
) -> None:
    """Make a skeleton pack that runs at once."""
    if name in shipped_packs():
        raise InputError(f"{name} is a pack that comes with Talktrack: take another name")
    made = create_pack(name, folder)
    typer.echo(f"made {made}; talk with it: talktrack chat --domain {made}")


@domain.command("check")
def check(pack: Annotated[str, typer.Argument(help="A shipped pack by name, or a directory.")]) -> None:
    """Load a pack and list everything that is wrong with it, by file and line; what is odd about its script lines too."""
    try:
        found = load_pack(pack)
    except PackError as error:
        for fault in error.faults:
            typer.echo(str(fault), err=True)
        raise typer.Exit(1) from error
    counts = {
        "products": found.products,
        "offers": found.offers,
        "claims": found.claims,
        "examples": found.examples,
        "script lines": found.scripts,
        "knowledge chunks": found.knowledge,
    }
    typer.echo(f"{found.name}: " + ", ".join(f"{len(rows)} {name}" for name, rows in counts.items()))
    linter = Linter(found, situations(), Guard(found, facts_of(found)))
    for finding in linter.lint(found.scripts, local_minute().date()):
        typer.echo(f"warning: {finding}", err=True)
