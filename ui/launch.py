"""The demo page as an application."""

from __future__ import annotations

import os
import warnings

import gradio as gr
from fastapi import FastAPI
from pydantic import SecretStr

from graph.talk import Talk
from ui.desk import DeskPage
from ui.page import Page, build_page, style, theme


def build_ui(talk: Talk, *, desk_key: SecretStr | None = None) -> FastAPI:
    """The page over `talk`; nothing is asked of any other machine.

    Operators give `desk_key`; without one only who sits at this machine is an operator.
    """
    warnings.filterwarnings("ignore", message="'HTTP_422_UNPROCESSABLE_ENTITY'", module="gradio")
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    mounted: FastAPI = gr.mount_gradio_app(
        FastAPI(),
        build_page(Page(talk), DeskPage(talk.engines.store, desk_key), talk.engines.pack.languages[0]),
        path="/",
        theme=theme(),
        css=style(),
        footer_links=[],
        enable_monitoring=False,
        ssr_mode=False,
    )
    return mounted
