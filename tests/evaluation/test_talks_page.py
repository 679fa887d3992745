"""The page of whole talks, turn by turn."""

from __future__ import annotations

import shutil
from pathlib import Path
from urllib.parse import unquote

import pytest

from evaluation.dialogues import summarise
from evaluation.page import chinese, render_talks
from tests.evaluation.html import page_of
from tests.evaluation.talks import NOW, TAKEN

REPORT = summarise(TAKEN, NOW)
TEXT = render_talks(REPORT, TAKEN)
PAGE = page_of(TEXT)


def test_it_stands_alone_and_its_contents_lead_to_every_talk() -> None:
    assert PAGE.open == []
    assert PAGE.sources == []
    assert "url(" not in TEXT
    assert "<script" not in TEXT
    targets = {unquote(address.removeprefix("#")) for address in PAGE.addresses}
    assert {"first talk", "second", "contents"} == targets
    assert targets <= set(PAGE.ids)
    assert {"first talk.1", "first talk.2", "second.1"} <= set(PAGE.ids)


def test_what_people_said_is_escaped() -> None:
    for words in ("要<i>三台</i>", "<b>急性子</b>的采购", "运费免费"):
        assert any(words in said for said in PAGE.words), words


def test_what_went_wrong_stands_beside_what_was_expected() -> None:
    said = " ".join(PAGE.words)
    for words in (
        "expected 应为 inform",
        "must say one of 须说其一 苏州",
        "must not say 不得说 免费",
        "expected 应有 ask_slot",
        "✗ quantity 3 30",
        "✗ location 苏州 –",
        "✗ title – 经理",
        "✓ industry – or 或 五金 五金",
    ):
        assert words in said, words


def test_turns_and_talks_without_a_fault_can_be_hidden() -> None:
    assert sorted(name for name in PAGE.classes if "turn" in name.split()) == [
        "turn",
        "turn whole",
        "turn whole",
    ]
    assert sorted(name for name in PAGE.classes if "talk" in name.split()) == ["talk", "talk whole"]


def test_every_name_has_its_chinese() -> None:
    columns = {column for grid in REPORT.grids for column in grid.columns}
    names = [figure.name for figure in REPORT.figures] + [grid.name for grid in REPORT.grids]
    assert [name for name in [REPORT.kind, *names, *columns] if not chinese(name)] == []


@pytest.mark.browser
def test_the_filter_works_without_a_script(tmp_path: Path) -> None:
    browser = shutil.which("chromium")
    if browser is None:
        pytest.skip("no Chromium")
    from playwright.sync_api import sync_playwright

    (tmp_path / "talks.html").write_text(TEXT, encoding="utf-8")
    options = ["--no-sandbox", "--disable-background-networking"]
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=browser, args=options)
        page = chromium.new_page(java_script_enabled=False)
        page.goto((tmp_path / "talks.html").as_uri())
        assert page.locator(".turn:visible").count() == 3
        page.locator("label").click()
        assert page.locator(".turn:visible").count() == 1
        assert page.locator(".talk:visible").count() == 1
        chromium.close()
