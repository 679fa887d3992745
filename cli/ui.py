"""`talktrack ui`: the demo page."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from cli.options import Domain, progress, settings_for


def ui(
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Port to listen on. Default: TALKTRACK_UI_PORT.")
    ] = None,
    domain: Domain = None,
) -> None:
    """Open the demo page on localhost: the talk, and beside it what the robot understood and why."""
    from cli.serving import serve_app
    from graph.engines import assemble
    from ui.launch import build_ui

    settings = settings_for(domain)
    engines = assemble(settings, progress)
    make = partial(build_ui, desk_key=settings.desk_key)
    serve_app(make, settings, engines, host=settings.host, port=port or settings.ui_port)
