"""What lies where on the page, and the words on it."""

from __future__ import annotations

from html import escape
from typing import Any, NamedTuple

import gradio as gr

from core.types import Channel, Lang
from ui.labels import labels
from ui.panels import panels

BARE: dict[str, Any] = {"show_label": False, "container": False}
"""A field without a frame and a label of its own."""
NEWS_S = 2.0
"""Seconds between two looks for what an operator says."""


class Head(NamedTuple):
    """The top of the page."""

    title: gr.HTML
    tabs: gr.Radio
    language: gr.Radio


class TalkArea(NamedTuple):
    """The lines spoken, and the notice below them."""

    lines: gr.Chatbot
    notice: gr.HTML


class Say(NamedTuple):
    """Where the customer types."""

    box: gr.Textbox
    button: gr.Button


class TurnSettings(NamedTuple):
    """What a turn is sent with: channel and clock; and the button of a new talk."""

    channel: gr.Radio
    now: gr.Textbox
    new: gr.Button


class Parts(NamedTuple):
    """Every part of the page that is read or written."""

    head: Head
    tab: gr.Row
    talk: TalkArea
    say: Say
    settings: TurnSettings
    side: gr.HTML
    timer: gr.Timer


def lay_out(lang: Lang, head: Head) -> Parts:
    """Makes the customer's tab: the talk on the left, the side on the right."""
    with gr.Row(elem_id="main") as tab:
        with gr.Column(scale=3, elem_id="left"):
            talk, say, settings = _talk_area(), _say(lang), _settings(lang)
        with gr.Column(scale=2, elem_id="right"):
            side = gr.HTML(panels(None, lang), apply_default_css=False, elem_id="side")
    return Parts(head, tab, talk, say, settings, side, gr.Timer(NEWS_S))


def heading(lang: Lang) -> str:
    """The page's heading."""
    words = labels(lang)
    return f"<h1>{escape(words['title'])}</h1><p>{escape(words['tagline'])}</p>"


def tabs(lang: Lang) -> list[tuple[str, str]]:
    """The two sides of the page, with their names."""
    words = labels(lang)
    return [(words["tab_talk"], "talk"), (words["tab_desk"], "desk")]


def channels(lang: Lang) -> list[tuple[str, Channel]]:
    """The channels to choose from, with their names."""
    words = labels(lang)
    return [(words["text"], "text"), (words["voice"], "voice")]


def lay_out_head(lang: Lang) -> Head:
    """Makes the top of the page inside the open `gr.Blocks`."""
    with gr.Row(elem_id="top"):
        title = gr.HTML(heading(lang), apply_default_css=False, elem_id="title")
        offered = [("中文", "zh"), ("English", "en")]
        shown = gr.Radio(tabs(lang), value="talk", scale=0, min_width=190, elem_id="tabs", **BARE)
        language = gr.Radio(offered, value=lang, scale=0, min_width=190, elem_id="language", **BARE)
    return Head(title, shown, language)


def _talk_area() -> TalkArea:
    lines = gr.Chatbot(
        show_label=False,
        render_markdown=False,
        feedback_options=None,
        buttons=[],
        layout="bubble",
        height="100%",
        elem_id="talk",
    )
    return TalkArea(lines, gr.HTML("", apply_default_css=False, elem_id="notice"))


def _say(lang: Lang) -> Say:
    words = labels(lang)
    with gr.Row(elem_id="say"):
        box = gr.Textbox(
            placeholder=words["placeholder"], scale=5, max_lines=4, autofocus=True, elem_id="line", **BARE
        )
        button = gr.Button(words["send"], variant="primary", scale=0, min_width=120, elem_id="send")
    return Say(box, button)


def _settings(lang: Lang) -> TurnSettings:
    words = labels(lang)
    with gr.Row(elem_id="settings"):
        channel = gr.Radio(channels(lang), value="text", scale=0, min_width=200, elem_id="channel", **BARE)
        now = gr.Textbox(placeholder=words["now"], max_lines=1, elem_id="clock", **BARE)
        new = gr.Button(words["new"], scale=0, min_width=120, elem_id="new")
    return TurnSettings(channel, now, new)
