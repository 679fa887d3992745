"""`talktrack ui`: the demo page."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.options import Domain, progress, settings_for


def ui(
    port: Annotated[int | None, typer.Option(min=1, max=65535)] = None,
    domain: Domain = None,
) -> None:
    """Open the demo page on localhost: the talk, and beside it what the robot understood and why."""
    from ui.launch import launch

    settings = settings_for(domain)
    launch(settings, port=port or settings.ui_port, progress=progress)
