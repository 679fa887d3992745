"""Serves the demo page on localhost: one event loop for the page, the graph and its store."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import gradio as gr
import typer
import uvicorn
from fastapi import FastAPI

from core.settings import Settings
from graph.engines import Engines, Progress, assemble
from graph.talk import open_talk
from ui.page import Page, build_page, style, theme


def build_ui(settings: Settings, engines: Engines) -> FastAPI:
    """The page as an application; the talk opens with it and closes with it."""
    page = Page()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_talk(settings, engines) as talk:
            page.talk = talk
            typer.echo(f"Talktrack is at http://{settings.host}:{settings.ui_port}")
            yield

    app = FastAPI(lifespan=lifespan)
    blocks = build_page(page, engines.pack.languages[0])
    mounted: FastAPI = gr.mount_gradio_app(
        app,
        blocks,
        path="/",
        theme=theme(),
        css=style(),
        footer_links=[],
        enable_monitoring=False,
        ssr_mode=False,
    )
    return mounted


def launch(settings: Settings, *, port: int, progress: Progress) -> None:
    """Serve until interrupted; nothing is asked of any other machine."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    chosen = settings.model_copy(update={"ui_port": port})
    app = build_ui(chosen, assemble(chosen, progress))
    uvicorn.run(app, host=chosen.host, port=port, log_level="warning")
