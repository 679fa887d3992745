"""The demo page: the talk, and beside it what the robot understood and why it answers so."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from html import escape
from importlib.resources import files
from typing import Any
from uuid import uuid4

import gradio as gr

from core.errors import InputError, TalktrackError
from core.types import Channel, Lang, TurnAnswer
from graph.request import TurnRequest, read_request
from graph.talk import Talk
from ui.desk import DeskPage, connect_desk, lay_out_desk
from ui.labels import labels
from ui.layout import Parts, channels, heading, lay_out, lay_out_head, tabs
from ui.panels import panels

FONT = ["system-ui", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", "sans-serif"]
MONO = ["ui-monospace", "Consolas", "monospace"]
SHOWN = 600
"""Characters of one customer line that the page shows."""
COLLEAGUE = "colleague"
"""What marks the lines of operators in the chat."""
logger = logging.getLogger(__name__)
Message = dict[str, Any]
Shown = tuple[Any, ...]


def theme() -> gr.themes.Base:
    """Fonts of the reader's own machine: the page fetches nothing from elsewhere."""
    return gr.themes.Base(primary_hue="teal", neutral_hue="slate", font=FONT, font_mono=MONO)


def style() -> str:
    """The page's own style sheet."""
    return files("ui").joinpath("style.css").read_text("utf-8")


class Page:
    """Handlers of the page over one `Talk`."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk

    async def news(self, lines: list[Message], thread: str, lang: Lang) -> Any:
        """The talk with what operators have said since; nothing where they said nothing."""
        shown = sum(map(is_colleague, lines))
        try:
            new = (await asyncio.to_thread(self._talk.engines.store.desk_news, thread, shown)).lines
        except TalktrackError as error:
            logger.info("no look for news of %s: %s", thread, error)
            return gr.skip()
        return [*lines, *(colleague(line.text, lang) for line in new)] if new else gr.skip()

    async def open(self, channel: Channel, now: str, lang: Lang) -> Shown:
        """A new thread, opened by the robot: its name, the talk, the last answer, the side, the notice.

        The reader came to us, also by voice: the hours in which we may call do not bind a demonstration.
        """
        thread = f"ui-{uuid4().hex[:8]}"
        try:
            request = turn_at(now, channel, event="start", direction="inbound")
            context = request.context(lang)
            answer = await self._talk.turn(request.given(), thread=thread, context=context)
        except TalktrackError as error:
            return thread, [], None, panels(None, lang), notice(error, lang)
        return thread, [robot(answer.reply)], answer, panels(answer, lang), ""

    async def send(
        self, text: str, lines: list[Message], thread: str, channel: Channel, now: str, lang: Lang
    ) -> AsyncIterator[Shown]:
        """One customer turn, shown as it is spoken: box, talk, last answer, side, notice.

        What cannot be answered leaves the typed text in its box and says why in one line.
        """
        if not text.strip():
            yield text, gr.skip(), gr.skip(), gr.skip(), ""
            return
        lines = [*lines, customer(text)]
        spoken = ""
        try:
            request = turn_at(now, channel, text=text)
            yield "", lines, gr.skip(), gr.skip(), ""
            async for item in self._talk.stream(request.given(), thread=thread, context=request.context()):
                if isinstance(item, TurnAnswer):
                    talk = [*lines, robot(item.reply)] if item.reply else lines
                    yield gr.skip(), talk, item, panels(item, lang), gr.skip()
                else:
                    spoken += item
                    yield gr.skip(), [*lines, robot(spoken)], gr.skip(), gr.skip(), gr.skip()
        except TalktrackError as error:
            yield text, lines[:-1], gr.skip(), gr.skip(), notice(error, lang)

    async def relabel(
        self, lines: list[Message], answer: TurnAnswer | None, channel: Channel, now: str, lang: Lang
    ) -> Shown:
        """The page in the other language; a talk that the customer has begun goes on as it is."""
        words = labels(lang)
        labelled = (
            heading(lang),
            gr.update(choices=tabs(lang)),
            gr.update(placeholder=words["placeholder"]),
            gr.update(value=words["send"]),
            gr.update(choices=channels(lang)),
            gr.update(placeholder=words["now"]),
            gr.update(value=words["new"]),
        )
        if any(line["role"] == "user" for line in lines):
            return *labelled, gr.skip(), gr.skip(), gr.skip(), panels(answer, lang), ""
        return *labelled, *(await self.open(channel, now, lang))


def turn_at(now: str, channel: Channel, **given: str) -> TurnRequest:
    """The turn of the page's fields. Raises InputError."""
    return read_request({"now": now.strip(), "channel": channel, **given})


def robot(text: str) -> Message:
    """A line of the robot; the chat shows markup as markup, so there must be none."""
    return {"role": "assistant", "content": escape(text)}


def colleague(text: str, lang: Lang) -> Message:
    """A line of an operator, told apart from the robot's."""
    said = f"{labels(lang)['operator']}: {text}"
    return {"role": "assistant", "content": escape(said), "metadata": {"id": COLLEAGUE}}


def is_colleague(line: Message) -> bool:
    """Whether a line of the chat is an operator's."""
    return (line.get("metadata") or {}).get("id") == COLLEAGUE


def customer(text: str) -> Message:
    """A line of the customer, its markup shown as text, a long one cut."""
    shown = text if len(text) <= SHOWN else f"{text[:SHOWN]}… ({len(text):,})"
    return {"role": "user", "content": escape(shown)}


def notice(error: TalktrackError, lang: Lang) -> str:
    """One line that says what went wrong."""
    words = labels(lang)
    wrong_clock = isinstance(error, InputError) and str(error).startswith("now")
    return (
        f'<p class="tt-notice" role="alert">{escape(words["bad_clock"] if wrong_clock else str(error))}</p>'
    )


def build_page(page: Page, desk: DeskPage, lang: Lang = "zh") -> gr.Blocks:
    """The Gradio page over the handlers of `page`, with the operator's tab over those of `desk`."""
    with gr.Blocks(title="Talktrack 话术", analytics_enabled=False, fill_width=True) as blocks:
        head = lay_out_head(lang)
        parts, on_desk = lay_out(lang, head), lay_out_desk(lang, keyed=desk.key is not None)
        _connect(page, blocks, parts)
        connect_desk(desk, on_desk, parts)
    return blocks


def _connect(page: Page, blocks: gr.Blocks, parts: Parts) -> None:
    """Ties what the reader does to the handlers, inside `blocks`."""
    thread, answer = gr.State(""), gr.State(None)
    head, _, talk, say, settings, side, timer = parts
    opened: list[Any] = [thread, talk.lines, answer, side, talk.notice]
    quiet: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
    gr.on(
        [say.button.click, say.box.submit],
        page.send,
        [say.box, talk.lines, thread, settings.channel, settings.now, head.language],
        [say.box, talk.lines, answer, side, talk.notice],
        trigger_mode="always_last",  # Enter while a turn runs is answered after it
        **quiet,
    )
    timer.tick(page.news, [talk.lines, thread, head.language], talk.lines, **quiet)
    chosen = [settings.channel, settings.now, head.language]
    gr.on([blocks.load, settings.new.click], page.open, chosen, opened, **quiet)
    head.language.change(
        page.relabel,
        [talk.lines, answer, *chosen],
        [head.title, head.tabs, say.box, say.button, *settings, *opened],
        **quiet,
    )
