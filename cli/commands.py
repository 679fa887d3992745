"""The commands, each imported when it is registered and heavy only when it runs."""

from __future__ import annotations

import typer

from cli.chat import chat
from cli.contact import contact
from cli.desk import desk
from cli.doctor import doctor
from cli.domain import domain
from cli.draw import draw
from cli.evaluate import evaluate
from cli.guard import guard
from cli.index import index
from cli.scripts import scripts
from cli.search import search
from cli.serve import serve
from cli.train import train
from cli.transcribe import transcribe
from cli.ui import ui
from cli.understand import understand


def register(app: typer.Typer) -> None:
    """Put every command on `app`."""
    for command in (chat, understand, search, guard, transcribe, ui, serve, doctor, draw):
        app.command()(command)
    app.add_typer(domain, name="domain")
    app.add_typer(contact, name="contact")
    app.add_typer(desk, name="desk")
    app.add_typer(evaluate, name="evaluate")
    app.add_typer(index, name="index")
    app.add_typer(scripts, name="scripts")
    app.add_typer(train, name="train")
