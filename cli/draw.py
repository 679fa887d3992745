"""`talktrack draw`: the graph as a Mermaid diagram, printed or put into a document."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from cli.options import Domain, progress, settings_for
from core.errors import InputError
from graph.build import build_graph
from graph.engines import assemble

MARK = re.compile(r"(<!-- graph -->\n).*?(<!-- /graph -->)", re.S)


def draw(
    into: Annotated[Path | None, typer.Option(help="A Markdown file with <!-- graph --> marks.")] = None,
    domain: Domain = None,
) -> None:
    """Draw the graph as it is wired."""
    diagram = build_graph(assemble(settings_for(domain), progress)).compile().get_graph().draw_mermaid()
    if into is None:
        typer.echo(diagram)
        return
    text = into.read_text(encoding="utf-8")
    if not MARK.search(text):
        raise InputError(f"{into} has no <!-- graph --> marks")
    into.write_text(MARK.sub(rf"\g<1>```mermaid\n{diagram}```\n\g<2>", text), encoding="utf-8")
    typer.echo(f"drew the graph into {into}")
