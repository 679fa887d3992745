"""`talktrack index`: trains and indexes what a pack needs."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from cli.options import Domain, progress, settings_for
from domains.facts import facts_of
from domains.load import load_pack
from graph.artefacts import build_artefacts


def index(
    domain: Domain = None,
    force: Annotated[bool, typer.Option(help="Build again even where this version is built.")] = False,
) -> None:
    """Train the embedded understanding and build the knowledge index of a pack."""
    begun = time.perf_counter()
    settings = settings_for(domain)
    pack = load_pack(settings.domain)
    folder = build_artefacts(pack, facts_of(pack), settings.built, progress, force=force)
    typer.echo(f"{pack.name} is ready in {folder} ({time.perf_counter() - begun:.1f} s)")
