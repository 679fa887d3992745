"""The demo page: the talk, and beside it what the robot understood and why it answers so."""

from __future__ import annotations

from importlib.resources import files
from typing import Any
from uuid import uuid4

import gradio as gr

from core.context import TalkContext
from core.errors import TalktrackError
from core.types import Channel, Lang, TurnAnswer
from graph.talk import Talk
from ui.labels import labels
from ui.panels import panels

FONT = ["system-ui", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", "sans-serif"]
MONO = ["ui-monospace", "Consolas", "monospace"]
Message = dict[str, str]


def theme() -> gr.themes.Base:
    """Fonts of the reader's own machine: the page fetches nothing from elsewhere."""
    return gr.themes.Base(primary_hue="teal", font=FONT, font_mono=MONO)


def style() -> str:
    """The page's own style sheet."""
    return files("ui").joinpath("style.css").read_text("utf-8")


class Page:
    """Handlers of the page over one `Talk`, set when the server starts."""

    def __init__(self) -> None:
        self.talk: Talk | None = None

    async def open(self, lang: Lang) -> tuple[str, list[Message], str]:
        """A new thread, opened by the robot."""
        thread = f"ui-{uuid4().hex[:8]}"
        assert self.talk is not None
        answer = await self.talk.turn({"event": "start"}, thread=thread, context=TalkContext(lang=lang))
        return thread, [{"role": "assistant", "content": answer.reply}], panels(answer, lang)

    async def send(
        self, text: str, lines: list[Message], thread: str, channel: Channel, now: str, lang: Lang
    ) -> tuple[str, list[Message], str | dict[str, Any]]:
        """One customer turn: the box emptied, the talk longer, the panels new.

        What cannot be answered leaves the typed text in its box and says why in one line.
        """
        assert self.talk is not None
        try:
            context = TalkContext(now=now.strip() or None, channel=channel)
            context.moment()
            answer = await self.talk.turn({"text": text}, thread=thread, context=context)
        except TalktrackError as error:
            gr.Warning(str(error))
            return text, lines, gr.skip()
        return "", [*lines, *said(text, answer)], panels(answer, lang)


def said(text: str, answer: TurnAnswer) -> list[Message]:
    """The turn as chat messages."""
    robot: list[Message] = [{"role": "assistant", "content": answer.reply}] if answer.reply else []
    return [{"role": "user", "content": text}, *robot]


def build_page(page: Page, lang: Lang = "zh") -> gr.Blocks:
    """The Gradio page; `page.talk` must be set before the first visitor comes."""
    words = labels(lang)
    with gr.Blocks(title="Talktrack 话术", analytics_enabled=False, fill_width=True) as blocks:
        thread = gr.State("")
        with gr.Row():
            title = gr.Markdown(heading(lang))
            language = gr.Radio(
                ["zh", "en"], value=lang, show_label=False, container=False, scale=0, min_width=160
            )
        with gr.Row():
            with gr.Column(scale=3):
                talk = gr.Chatbot(
                    label=words["talk"],
                    height=560,
                    render_markdown=False,
                    feedback_options=None,
                    elem_id="talk",
                )
                with gr.Row():
                    box = gr.Textbox(
                        placeholder=words["placeholder"],
                        show_label=False,
                        scale=5,
                        autofocus=True,
                        elem_id="line",
                        max_lines=4,
                    )
                    send = gr.Button(words["send"], variant="primary", scale=1, min_width=90, elem_id="send")
                with gr.Row():
                    channel = gr.Radio(
                        [(words["text"], "text"), (words["voice"], "voice")],
                        value="text",
                        label=words["channel"],
                    )
                    now = gr.Textbox(label=words["now"], placeholder="2026-11-22T10:00")
                    new = gr.Button(words["new"], min_width=90)
            with gr.Column(scale=2):
                side = gr.HTML(panels(None, lang), elem_id="side")
        given = [box, talk, thread, channel, now, language]
        for happens in (send.click, box.submit):
            happens(page.send, given, [box, talk, side], api_name=False)
        for happens in (blocks.load, new.click):
            happens(page.open, [language], [thread, talk, side], api_name=False)
        language.change(
            relabel, [language], [title, talk, box, send, channel, now, new], api_name=False
        ).then(page.open, [language], [thread, talk, side], api_name=False)
    return blocks


def heading(lang: Lang) -> str:
    """The page's heading."""
    words = labels(lang)
    return f"## {words['title']}\n{words['tagline']}"


def relabel(lang: Lang) -> tuple[Any, ...]:
    """Every label in the chosen language."""
    words = labels(lang)
    return (
        heading(lang),
        gr.update(label=words["talk"]),
        gr.update(placeholder=words["placeholder"]),
        gr.update(value=words["send"]),
        gr.update(choices=[(words["text"], "text"), (words["voice"], "voice")], label=words["channel"]),
        gr.update(label=words["now"]),
        gr.update(value=words["new"]),
    )
