"""`talktrack serve`: the HTTP API."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from cli.options import Domain, progress, settings_for


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on. Default: TALKTRACK_HOST.")] = None,
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Port to listen on. Default: TALKTRACK_PORT.")
    ] = None,
    domain: Domain = None,
) -> None:
    """Serve the HTTP API: /sales/invoke, /batch, /stream, /playground, and /health."""
    from api.app import build_app
    from cli.serving import serve_app
    from graph.engines import assemble

    settings = settings_for(domain)
    engines = assemble(settings, progress)
    make = partial(build_app, audio_folder=settings.audio_folder, desk_key=settings.desk_key)
    serve_app(make, settings, engines, host=host or settings.host, port=port or settings.port)
