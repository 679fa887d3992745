"""The operator's tab beside the customer's, in a real browser; and its handlers alone."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest
from pydantic import SecretStr

from core.errors import StoreError
from crm.store import Store
from graph.talk import Talk
from tests.cli.harness import ROOT
from tests.ui.served import talk_over
from tests.ui.test_page import CHROMIUM, FLAGS, robot_lines, say, wait_for
from ui.desk import DeskPage
from ui.page import Page, colleague, is_colleague, robot

HERE: Any = SimpleNamespace(client=SimpleNamespace(host="127.0.0.1"), headers={"host": "localhost:7860"})
ELSEWHERE: Any = SimpleNamespace(client=SimpleNamespace(host="10.0.0.9"), headers={"host": "talk.example"})


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Talk]:
    made = talk_over(tmp_path)
    yield made
    made.engines.store.close()


@pytest.fixture
async def store(talk: Talk) -> Store:
    """The books of one talk, `t`, that asks for a human."""
    await talk.turn({"text": "转人工"}, thread="t")
    return talk.engines.store


async def test_an_operator_takes_speaks_and_gives_back(store: Store) -> None:
    desk = DeskPage(store)
    queue, lines, side, notice, mark = await desk.look("", "t", "", "zh", HERE)
    assert queue["choices"][0][1] == "t" and "等待中" in queue["choices"][0][0]
    assert (
        [line["role"] for line in lines] == ["assistant", "user"] and "客户要求人工" in side and notice == ""
    )
    again = await desk.look("", "t", mark, "zh", HERE)
    assert all(part == gr.skip() for part in again), "nothing new: nothing is drawn"
    queue, *_ = await desk.take("", "王芳", "t", "zh", HERE)
    assert "王芳" in queue["choices"][0][0]
    box, _, lines, *_ = await desk.say("", "王芳", "t", "您好 <b>", "zh", HERE)
    assert box == "" and lines[-1] == {"role": "user", "content": "同事: 您好 &lt;b&gt;"}
    queue, lines, side, *_ = await desk.give_back("", "王芳", "t", "zh", HERE)
    assert (queue["choices"], queue["value"], lines) == ([], None, []) and "请先选" in side
    assert store.desk_status("t") == "returned"


async def test_what_cannot_be_done_is_one_line_and_the_text_stays(store: Store) -> None:
    desk = DeskPage(store)
    box, *_, notice, _ = await desk.say("", "a", "t", "您好", "en", HERE)
    assert box == "您好" and "take it first" in notice
    for work in (desk.take, desk.give_back, desk.close):
        assert "Choose a talk" in (await work("", "a", None, "en", HERE))[3]
    assert "name" in (await desk.take("", " ", "t", "en", HERE))[3]
    assert (await desk.say("", "a", "t", " ", "en", HERE))[0] == " "


async def test_only_operators_are_shown_anything(store: Store) -> None:
    for desk, key, caller in (
        (DeskPage(store), "", ELSEWHERE),
        (DeskPage(store, SecretStr("secret")), "", HERE),
        (DeskPage(store, SecretStr("secret")), "wrong", ELSEWHERE),
    ):
        looked = await desk.look(key, "t", "", "zh", caller)
        taken = await desk.take(key, "a", "t", "zh", caller)
        for shown in (looked, taken):
            assert shown[0] == gr.skip() and shown[1] == gr.skip() and "没有坐席权限" in shown[3]
    assert store.desk_status("t") == "waiting"
    let_in = await DeskPage(store, SecretStr("secret")).take("secret", "a", "t", "zh", ELSEWHERE)
    assert let_in[3] == "" and store.desk_status("t") == "held"


async def test_the_customer_sees_what_the_operator_says_once(talk: Talk, store: Store) -> None:
    page = Page(talk)
    shown: list[Any] = [robot("您好")]
    assert await page.news(shown, "t", "zh") == gr.skip()
    store.take("t", "a")
    store.operator_says("t", "a", "我来了")
    shown = await page.news(shown, "t", "zh")
    assert shown[-1] == colleague("我来了", "zh") and is_colleague(shown[-1]) and not is_colleague(shown[0])
    assert await page.news(shown, "t", "zh") == gr.skip()
    assert await page.news(shown, "nobody", "zh") == gr.skip()


async def test_who_was_denied_is_shown_everything_again_with_the_key(store: Store) -> None:
    desk = DeskPage(store, SecretStr("secret"))
    *_, mark = await desk.look("secret", "t", "", "zh", HERE)
    *_, mark = await desk.look("wrong", "t", mark, "zh", HERE)
    queue, _, _, notice, _ = await desk.look("secret", "t", mark, "zh", HERE)
    assert queue["choices"] and notice == ""


async def test_a_busy_store_is_one_line(talk: Talk, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: Any) -> Any:
        raise StoreError("business database x: database is locked", transient=True)

    desk, page = DeskPage(store), Page(talk)
    *_, mark = await desk.look("", "t", "", "zh", HERE)
    store.take("t", "a")
    with monkeypatch.context() as patched:
        patched.setattr(Store, "handoffs", busy)
        patched.setattr(Store, "desk_news", busy)
        *_, notice, mark = await desk.look("", "t", mark, "zh", HERE)
        assert "database is locked" in notice
        box, *_, notice, mark = await desk.say("", "a", "t", "您好", "zh", HERE)
        assert (box, notice, mark) == ("", "", ""), "the line is kept: it must not be sent again"
        assert await page.news([], "t", "zh") == gr.skip()
    _, lines, *_ = await desk.look("", "t", mark, "zh", HERE)
    assert lines[-1]["content"] == "同事: 您好"


async def test_a_talk_by_voice_opens_at_night_too(talk: Talk) -> None:
    _, lines, answer, _, notice = await Page(talk).open("voice", "2026-11-22T23:30", "zh")
    assert len(lines) == 1 and notice == "" and answer.acts[0]["act"] == "greet"


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """The page over fake engines, served by a process of its own."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    command = [sys.executable, "-m", "tests.ui.served", str(port), str(tmp_path)]
    running = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE)
    try:
        wait_for(f"http://127.0.0.1:{port}/", running)
        yield f"http://127.0.0.1:{port}/"
    finally:
        running.send_signal(signal.SIGINT)
        _, errors = running.communicate(timeout=30)
    assert b"Traceback" not in errors, errors.decode()


@pytest.fixture
def pages(address: str) -> Iterator[tuple[Any, Any]]:
    """A customer's page and an operator's, each with its greeting."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chrome = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        opened = []
        for _ in range(2):
            page = chrome.new_context(viewport={"width": 1280, "height": 800}).new_page()
            page.set_default_timeout(30_000)
            page.goto(address)
            page.wait_for_selector("#talk [data-testid=bot]")
            opened.append(page)
        yield opened[0], opened[1]
        chrome.close()


def fits(page: Any) -> bool:
    found: bool = page.evaluate(
        "document.documentElement.scrollWidth <= innerWidth && document.documentElement.scrollHeight <= innerHeight"
    )
    return found


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here")
@pytest.mark.timeout(180, func_only=True)
def test_two_people_at_two_pages(pages: tuple[Any, Any]) -> None:
    customer, operator = pages
    assert say(customer, "转人工")
    operator.click("#tabs label:has-text('人工坐席')")
    operator.wait_for_selector("#queue label")
    operator.fill("#desk-name input, #desk-name textarea", "王芳")
    operator.click("#queue label")
    operator.wait_for_function("document.querySelector('#desk-side').innerText.includes('客户要求人工')")
    operator.click("#desk-take")
    operator.wait_for_function("document.querySelector('#queue').innerText.includes('王芳')")
    operator.fill("#desk-line textarea", "您好,我是王芳 <i>")
    operator.press("#desk-line textarea", "Enter")
    customer.wait_for_function(
        "document.querySelector('#talk').innerText.includes('同事: 您好,我是王芳 <i>')"
    )
    assert "同事" in say(customer, "好的")
    operator.wait_for_function("document.querySelector('#desk-lines').innerText.includes('好的')")
    assert fits(operator) and fits(customer)
    operator.click("#desk-back")
    operator.wait_for_function("document.querySelector('#queue').innerText.includes('没有客户在等待')")
    assert "智能助理" in say(customer, "多少钱")
    said = robot_lines(customer)
    assert sum("我是王芳" in line for line in said) == 1


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here")
@pytest.mark.timeout(180, func_only=True)
def test_the_tab_speaks_both_languages(pages: tuple[Any, Any]) -> None:
    _, page = pages
    page.click("#tabs label:has-text('人工坐席')")
    page.click("#language label:has-text('English')")
    page.wait_for_function("document.querySelector('#desk-take').innerText === 'Take'")
    page.wait_for_function("document.querySelector('#queue').innerText.includes('Nobody is waiting')")
    assert "Operator" in page.inner_text("#tabs") and not page.is_visible("#main")
