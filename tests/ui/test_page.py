"""The demo page in a real browser, served by the real command."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.cli.harness import ENTRY, ROOT

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-gpu"]
START_S = 90
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here"),
    pytest.mark.timeout(180, func_only=True),
]


@pytest.fixture(scope="module")
def address(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page of a running `talktrack ui`. Whatever it wanted of another machine would go to a proxy."""
    home = tmp_path_factory.mktemp("page")
    (home / "built").symlink_to(built)
    with socket.create_server(("127.0.0.1", 0)) as proxy, socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        taken.close()
        outside = f"http://127.0.0.1:{proxy.getsockname()[1]}"
        env = {**os.environ, "TALKTRACK_HOME": str(home), "PYTHONPATH": str(ROOT)}
        env |= {"http_proxy": outside, "https_proxy": outside, "no_proxy": "127.0.0.1"}
        command = [*ENTRY, "ui", "--port", str(port)]
        running = subprocess.Popen(command, env=env, stderr=subprocess.PIPE)
        try:
            wait_for(f"http://127.0.0.1:{port}/", running)
            yield f"http://127.0.0.1:{port}/"
        finally:
            running.send_signal(signal.SIGINT)
            _, errors = running.communicate(timeout=30)
        proxy.settimeout(0.1)
        with pytest.raises(TimeoutError):
            proxy.accept()
        assert b"Traceback" not in errors, errors.decode()


def wait_for(url: str, running: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until and running.poll() is None:
        try:
            httpx.get(url, timeout=10, trust_env=False).raise_for_status()
            return
        except httpx.TransportError:
            time.sleep(0.3)
    raise AssertionError(f"the page is not up: {running.poll()}")


@pytest.fixture
def page(address: str) -> Iterator[Any]:
    """An open page with its greeting; nothing was asked of any other machine when it closes."""
    from playwright.sync_api import sync_playwright

    asked: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        opened = browser.new_page(viewport={"width": 1280, "height": 800})
        opened.set_default_timeout(30_000)
        opened.on("request", lambda request: asked.append(request.url))
        opened.goto(address)
        opened.wait_for_selector("#talk [data-testid=bot]")
        yield opened
        browser.close()
    elsewhere = [url for url in asked if not url.startswith((address, "data:", "blob:"))]
    assert asked and elsewhere == []


def robot_lines(page: Any) -> list[str]:
    found: list[str] = page.locator("#talk [data-testid=bot]").all_inner_texts()
    return [line.strip() for line in found]


def say(page: Any, text: str) -> str:
    """The robot's answer to `text`, typed and sent with Enter."""
    before = len(robot_lines(page))
    page.fill("#line textarea", text)
    page.press("#line textarea", "Enter")
    page.wait_for_function(
        "n => document.querySelectorAll('#talk [data-testid=bot]').length > n "
        "&& document.querySelector('#line textarea').value === ''",
        arg=before,
    )
    page.wait_for_timeout(600)
    return robot_lines(page)[-1]


def fits(page: Any) -> bool:
    """Whether the page needs no scroll bar of its own."""
    found: bool = page.evaluate(
        "document.documentElement.scrollWidth <= innerWidth && document.documentElement.scrollHeight <= innerHeight"
    )
    return found


def test_a_question_is_answered_and_explained(page: Any) -> None:
    assert "启衡" in robot_lines(page)[0]
    page.fill("#clock textarea, #clock input", "2026-11-22T10:00")
    assert "138,000" in say(page, "六轴机器人二十公斤的多少钱")
    assert "128,340" in say(page, "要十二台,有优惠吗")
    side = page.inner_text("#side")
    for shown in (
        "ask_discount",
        "QH-R20",
        "十二台",
        "catalogue:QH-R20",
        "promotions:",
        "通过",
        "quote",
        "合计",
    ):
        assert shown in side
    assert fits(page)


def test_the_side_scrolls_and_the_page_does_not(page: Any) -> None:
    page.set_viewport_size({"width": 1100, "height": 600})
    say(page, "六轴机器人二十公斤的要十二台")
    scrolls = "e => e.scrollHeight > e.clientHeight && getComputedStyle(e).overflowY === 'auto'"
    assert page.eval_on_selector("#side", scrolls)
    assert fits(page)
    box = page.locator("#line textarea").bounding_box()
    assert box["y"] + box["height"] < 600


def test_the_language_changes_and_a_new_talk_begins(page: Any) -> None:
    page.click("#language label:has-text('English')")
    page.wait_for_function("document.querySelector('#send').innerText === 'Send'")
    page.wait_for_function("document.querySelector('#talk').innerText.includes('Hello')")
    assert "Commitment guard" in page.inner_text("#side")
    assert "138,000" in say(page, "How much is the 20 kg six-axis robot?")
    page.click("#new")
    page.wait_for_function("document.querySelectorAll('#talk [data-testid=user]').length === 0")
    page.wait_for_function("document.querySelectorAll('#talk [data-testid=bot]').length === 1")
    assert robot_lines(page)[0].isascii()


def test_a_wrong_clock_is_one_line_and_the_text_stays(page: Any) -> None:
    page.fill("#clock textarea, #clock input", "tomorrow")
    page.fill("#line textarea", "多少钱")
    page.press("#line textarea", "Enter")
    page.wait_for_selector("#notice [role=alert]")
    assert "2026-11-22T10:00" in page.inner_text("#notice")
    assert page.is_visible("#notice [role=alert]")
    assert page.input_value("#line textarea") == "多少钱"
    page.fill("#clock textarea, #clock input", "")
    say(page, "多少钱")
    assert page.locator("#notice [role=alert]").count() == 0


def test_enter_while_a_turn_runs_is_answered_after_it(page: Any) -> None:
    for text in ("六轴机器人二十公斤的多少钱", "要十二台"):
        page.fill("#line textarea", text)
        page.press("#line textarea", "Enter")
        page.wait_for_function("document.querySelector('#line textarea').value === ''")
    page.wait_for_function("document.querySelectorAll('#talk [data-testid=bot]').length === 3")
    said = [line.strip() for line in page.locator("#talk [data-testid=user]").all_inner_texts()]
    assert said == ["六轴机器人二十公斤的多少钱", "要十二台"]


def test_odd_input_is_shown_as_text_and_answered(page: Any) -> None:
    markup = "<b>六轴</b> <img src=x onerror=\"document.title='hurt'\"> ${1+1} 多少钱"
    assert say(page, markup)
    assert page.locator("#talk [data-testid=user]").last.inner_text().strip() == markup
    assert page.title() != "hurt" and page.locator("#talk img").count() == 0
    assert say(page, "😀🎉")
    assert say(page, "很" * 34_000)
    assert "34,000" in page.locator("#talk [data-testid=user]").last.inner_text()
    before = len(robot_lines(page))
    page.press("#line textarea", "Enter")
    page.wait_for_timeout(800)
    assert len(robot_lines(page)) == before
    assert fits(page)
