"""`talktrack serve`: the HTTP API."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.options import Domain, progress, settings_for


def serve(
    host: Annotated[str | None, typer.Option()] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535)] = None,
    domain: Domain = None,
) -> None:
    """Serve /sales/invoke, /batch, /stream and /playground."""
    import uvicorn
    from api.app import build_app

    settings = settings_for(domain)
    app = build_app(settings, progress)
    uvicorn.run(app, host=host or settings.host, port=port or settings.port, log_level="warning")
