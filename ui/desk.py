"""The operator's tab: who waits, the talk with its summary, a box to answer, the talk given back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from html import escape
from typing import Any, NamedTuple

import gradio as gr
from pydantic import SecretStr

from core.access import is_operator
from core.errors import NotFoundError, TalktrackError
from core.types import Lang
from crm.store import Store
from crm.views import DeskTalk, HandoffView, SpokenLine
from ui.labels import labels
from ui.layout import BARE, Parts

EVERY_S = 3.0
"""Seconds between two looks at the queue and the talk."""
AWAY = ["away"]
"""Class of the side of the page that is not seen."""
Shown = tuple[Any, ...]


class DeskParts(NamedTuple):
    """Every part of the tab that is read or written."""

    tab: gr.Row
    name: gr.Textbox
    key: gr.Textbox
    queue: gr.Radio
    lines: gr.Chatbot
    notice: gr.HTML
    box: gr.Textbox
    send: gr.Button
    take: gr.Button
    back: gr.Button
    close: gr.Button
    side: gr.HTML
    timer: gr.Timer


class DeskPage:
    """Handlers of the tab over the business store; only operators are shown anything."""

    def __init__(self, store: Store, key: SecretStr | None = None) -> None:
        self._store = store
        self.key = key

    async def look(self, key: str, thread: str | None, before: Any, lang: Lang, request: gr.Request) -> Shown:
        """Queue, lines, side, notice and their mark; nothing where they are as `before`."""
        if not self._may(key, request):
            return only(said_no(lang))
        try:
            shown = await asyncio.to_thread(self._view, thread, lang)
        except TalktrackError as error:
            return only(note(str(error)))
        return shown if shown[-1] != before else (gr.skip(),) * len(shown)

    async def take(self, key: str, name: str, thread: str | None, lang: Lang, request: gr.Request) -> Shown:
        """The chosen talk, held by `name`."""
        return await self._do(key, thread, lang, request, lambda on: self._store.take(on, name))

    async def give_back(
        self, key: str, name: str, thread: str | None, lang: Lang, request: gr.Request
    ) -> Shown:
        """The chosen talk, given back to the robot."""
        return await self._do(key, thread, lang, request, lambda on: self._store.give_back(on, name))

    async def close(self, key: str, name: str, thread: str | None, lang: Lang, request: gr.Request) -> Shown:
        """The chosen talk, settled."""
        return await self._do(key, thread, lang, request, lambda on: self._store.close_handoff(on, name))

    async def say(
        self, key: str, name: str, thread: str | None, text: str, lang: Lang, request: gr.Request
    ) -> Shown:
        """The box, emptied where its line was kept, and the tab after it."""
        if not text.strip():
            return (text, *(gr.skip(),) * 5)
        shown = await self._do(
            key, thread, lang, request, lambda on: self._store.operator_says(on, name, text)
        )
        return "" if not shown[3] else text, *shown

    async def _do(
        self, key: str, thread: str | None, lang: Lang, request: gr.Request, work: Callable[[str], object]
    ) -> Shown:
        """The tab after `work` on the chosen talk, with one line on what could not be done."""
        if not self._may(key, request):
            return only(said_no(lang))
        if not thread:
            return gr.skip(), gr.skip(), gr.skip(), note(labels(lang)["desk_choose"]), gr.skip()
        trouble = ""
        try:
            await asyncio.to_thread(work, thread)
        except TalktrackError as error:
            trouble = note(str(error))
        try:
            queue, lines, side, _, mark = await asyncio.to_thread(self._view, thread, lang)
        except TalktrackError:
            return only(trouble)  # the work is done, so its text must go; the next look shows it
        return queue, lines, side, trouble, mark

    def _may(self, key: str, request: gr.Request) -> bool:
        client = request.client.host if request.client else ""
        return is_operator(self.key, key, client=client, headers=request.headers)

    def _view(self, thread: str | None, lang: Lang) -> Shown:
        rows = self._store.handoffs("waiting", "held")
        chosen = thread if any(row.thread == thread for row in rows) else None
        talk = self._talk(chosen)
        choices = [(queued(row, lang), row.thread) for row in rows]
        mark = (lang, chosen, choices, len(talk.lines) if talk else 0, talk and talk.handoff.status)
        queue = gr.update(
            choices=choices, value=chosen, label=labels(lang)["desk_queue" if rows else "desk_empty"]
        )
        lines = [spoken(line, lang) for line in talk.lines] if talk else []
        return queue, lines, summary(talk, lang), "", str(mark)

    def _talk(self, thread: str | None) -> DeskTalk | None:
        try:
            return self._store.on_desk(thread) if thread else None
        except NotFoundError:
            return None


def queued(row: HandoffView, lang: Lang) -> str:
    """One row of the queue: `10:05 waiting · request_human · ui-1a2b`."""
    words = labels(lang)
    by = f" {row.operator}" if row.operator else ""
    return f"{row.at:%H:%M} {words[row.status]}{by} · {row.thread}"


def spoken(line: SpokenLine, lang: Lang) -> dict[str, Any]:
    """A line as the operator sees it: the customer on one side, robot and colleagues on the other."""
    who = "" if line.who == "customer" else f"{labels(lang)[line.who]}: "
    role = "assistant" if line.who == "customer" else "user"
    return {"role": role, "content": escape(f"{who}{line.text}")}


def summary(talk: DeskTalk | None, lang: Lang) -> str:
    """The summary and the calls back that are owed, as HTML; everything is escaped."""
    words = labels(lang)
    if talk is None:
        return f'<div class="tt-empty">{escape(words["desk_choose"])}</div>'
    told = "".join(f"<li>{escape(line)}</li>" for line in talk.handoff.summary.splitlines())
    sections = [("desk_summary", f"<ul>{told}</ul>")]
    if talk.callbacks:
        rows = "".join(
            f"<li>{escape(row.phone or '?')} · {row.at:%m-%d %H:%M}</li>" for row in talk.callbacks
        )
        sections.append(("desk_callbacks", f"<ul>{rows}</ul>"))
    return "".join(
        f'<section class="tt-panel"><h3>{escape(words[name])}</h3>{body}</section>' for name, body in sections
    )


def note(text: str) -> str:
    """One line that says what could not be done."""
    return f'<p class="tt-notice" role="alert">{escape(text)}</p>'


def only(notice: str) -> Shown:
    """One line below what is shown already; the next look draws everything anew."""
    return gr.skip(), gr.skip(), gr.skip(), notice, ""


def said_no(lang: Lang) -> str:
    """One line for who is no operator."""
    return note(labels(lang)["desk_denied"])


def lay_out_desk(lang: Lang, *, keyed: bool) -> DeskParts:
    """Makes the tab's parts: queue on the left, the talk in the middle, the summary on the right."""
    words = labels(lang)
    with gr.Row(elem_id="desk", elem_classes=AWAY) as tab:
        with gr.Column(scale=2, elem_id="desk-left"):
            with gr.Row(elem_id="desk-who"):
                name = gr.Textbox(placeholder=words["desk_name"], max_lines=1, elem_id="desk-name", **BARE)
                key = gr.Textbox(
                    placeholder=words["desk_key"], type="password", visible=keyed, elem_id="desk-key", **BARE
                )
            with gr.Column(elem_id="desk-queue"):
                queue = gr.Radio([], label=words["desk_empty"], elem_id="queue")
        with gr.Column(scale=4, elem_id="desk-middle"):
            lines = gr.Chatbot(
                show_label=False,
                render_markdown=False,
                feedback_options=None,
                buttons=[],
                layout="bubble",
                height="100%",
                elem_id="desk-lines",
            )
            notice = gr.HTML("", apply_default_css=False, elem_id="desk-notice")
            with gr.Row(elem_id="desk-say"):
                box = gr.Textbox(
                    placeholder=words["desk_say"], max_lines=4, scale=5, elem_id="desk-line", **BARE
                )
                send = gr.Button(
                    words["send"], variant="primary", scale=0, min_width=100, elem_id="desk-send"
                )
            with gr.Row(elem_id="desk-buttons"):
                take = gr.Button(words["desk_take"], elem_id="desk-take")
                back = gr.Button(words["desk_back"], elem_id="desk-back")
                close = gr.Button(words["desk_close"], elem_id="desk-close")
        with gr.Column(scale=3, elem_id="desk-right"):
            side = gr.HTML(summary(None, lang), apply_default_css=False, elem_id="desk-side")
    return DeskParts(
        tab,
        name,
        key,
        queue,
        lines,
        notice,
        box,
        send,
        take,
        back,
        close,
        side,
        gr.Timer(EVERY_S, active=False),
    )


def relabelled(lang: Lang) -> Shown:
    """Name, key, box and buttons in the language."""
    words = labels(lang)
    fields = [gr.update(placeholder=words[name]) for name in ("desk_name", "desk_key", "desk_say")]
    return *fields, *(
        gr.update(value=words[name]) for name in ("send", "desk_take", "desk_back", "desk_close")
    )


def turned(tab: str) -> Shown:
    """Which side of the page is seen, and whether the operator's looks for news."""
    on_desk = tab == "desk"
    seen, unseen = gr.update(elem_classes=[]), gr.update(elem_classes=AWAY)
    return (unseen, seen, gr.Timer(active=True)) if on_desk else (seen, unseen, gr.Timer(active=False))


def connect_desk(page: DeskPage, parts: DeskParts, customer: Parts) -> None:
    """Ties the tab to its handlers; it looks for news only while it is open."""
    mark, head = gr.State(""), customer.head
    quiet: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
    shown: list[Any] = [parts.queue, parts.lines, parts.side, parts.notice, mark]
    look = [parts.key, parts.queue, mark, head.language]
    head.tabs.change(turned, head.tabs, [customer.tab, parts.tab, parts.timer], **quiet).then(
        page.look, look, shown, **quiet
    )
    gr.on([parts.timer.tick, parts.queue.input, parts.key.submit], page.look, look, shown, **quiet)
    chosen = [parts.key, parts.name, parts.queue]
    for button, work in ((parts.take, page.take), (parts.back, page.give_back), (parts.close, page.close)):
        button.click(work, [*chosen, head.language], shown, **quiet)
    gr.on(
        [parts.send.click, parts.box.submit],
        page.say,
        [*chosen, parts.box, head.language],
        [parts.box, *shown],
        **quiet,
    )
    words: list[Any] = [parts.name, parts.key, parts.box, parts.send, parts.take, parts.back, parts.close]
    head.language.change(relabelled, head.language, words, **quiet).then(page.look, look, shown, **quiet)
