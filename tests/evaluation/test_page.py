"""Tables and the page of a measurement of utterances."""

from __future__ import annotations

import base64
from datetime import datetime
from xml.etree import ElementTree

import pytest

from core.types import IntentScore, Mention, Understanding
from evaluation.intents import Matrix, matrix, second_tally
from evaluation.page import chinese, render
from evaluation.pictures import draw_pictures
from evaluation.reading import Read, read_utterances
from evaluation.report import Report
from evaluation.rows import Utterance
from evaluation.scores import Tally
from evaluation.utterances import summarise
from tests.evaluation.html import page_of

NOW = datetime(2026, 11, 22, 10)


def read(number: int, intent: str, got: list[str], *, confidence: float = 0.75, **fields: object) -> Read:
    mentions = fields.pop("found", {})
    assert isinstance(mentions, dict)
    row = Utterance.model_validate(
        {"id": f"u{number}", "lang": "zh", "text": f"<i>{number}</i>", "intent": intent, **fields}
    )
    understanding = Understanding(
        intents=tuple(IntentScore(id=name, confidence=confidence) for name in got),
        mentions=tuple(
            Mention(slot=slot, value=value, text="", start=0, end=0) for slot, value in mentions.items()
        ),
    )
    return Read(row, understanding, ms=float(number))


READS = (
    read(1, "ask_price", ["ask_price"], style="terse", slots={"quantity": 2}, found={"quantity": 2}),
    read(2, "ask_price", ["ask_case"], style="long", slots={"quantity": 2}, found={"quantity": 3}),
    read(3, "ask_case", ["ask_case"], confidence=0.95, style="long", slots={"location": "苏州"}),
    read(4, "out_of_scope", [], lang="en"),
)


def report() -> Report:
    return summarise(READS, NOW, engine="table")


def test_by_intent() -> None:
    assert report().grid("by intent zh").rows == (
        ("ask_price", 2, 1.0, 0.5, pytest.approx(2 / 3)),
        ("ask_case", 1, 0.5, 1.0, pytest.approx(2 / 3)),
    )
    assert report().figure("intent micro-F1 zh") == pytest.approx(2 / 3)
    assert report().figure("intent weighted F1 zh") == pytest.approx(2 / 3)


def test_slots_by_style() -> None:
    grid = report().grid("slot F1 by style")
    assert grid.columns == ("slot", "(none)", "long", "terse")
    assert grid.rows == (("location", "–", 0.0, "–"), ("quantity", "–", 0.0, 1.0))


def test_risk_and_reliability() -> None:
    assert report().grid("reliability").rows == (
        ("zh", "0.7-0.8", 2, 0.75, 0.5),
        ("zh", "0.9-1.0", 1, 0.95, 1.0),
        ("en", "0.0-0.1", 1, 0.0, 1.0),
    )
    last = report().grid("risk over coverage").rows[-1]
    assert last == (1.0, pytest.approx(1 / 3), 0.0)
    assert report().figure("calibration error zh") == pytest.approx((2 * 0.25 + 1 * 0.05) / 3)


def test_latency_is_of_the_reading_alone() -> None:
    assert report().figure("latency p50") == 2
    assert report().figure("latency p95") == 4


def test_matrix() -> None:
    assert matrix("zh", READS[:3]) == Matrix("zh", ("ask_price", "ask_case"), ((1, 1), (0, 1)))


@pytest.mark.parametrize(
    ("second", "got", "tally"),
    [
        ("ask_case", ["ask_price", "ask_case"], Tally(tp=1)),
        ("ask_case", ["ask_case", "ask_price"], Tally(tp=1)),
        ("ask_case", ["ask_case"], Tally(fn=1)),
        ("ask_case", ["greet", "ask_case"], Tally(tp=1)),
        ("ask_case", ["greet"], Tally(fn=1)),
        ("ask_case", ["ask_price", "greet"], Tally(fp=1, fn=1)),
        (None, ["ask_price"], Tally()),
        (None, ["greet"], Tally()),
        (None, ["ask_price", "greet"], Tally(fp=1)),
        (None, [], Tally()),
    ],
)
def test_second_intents(second: str | None, got: list[str], tally: Tally) -> None:
    assert second_tally(read(1, "ask_price", got, second_intent=second)) == tally


def test_the_first_utterance_is_read_once_more_to_warm_up() -> None:
    texts: list[str] = []

    class Reader:
        name = "reader"

        def read(self, text: str, *, now: datetime, expecting: str | None = None) -> Understanding:
            texts.append(text)
            return Understanding()

    reads = read_utterances([one.row for one in READS[:2]], Reader(), now=NOW)
    assert texts == ["<i>1</i>", "<i>1</i>", "<i>2</i>"]
    assert all(one.ms >= 0 for one in reads)


def test_the_page_stands_alone_with_three_pictures() -> None:
    text = render(report(), draw_pictures(READS))
    page = page_of(text)
    assert page.open == []
    assert len(page.sources) == 3
    assert page.addresses == page.sources
    assert "url(" not in text
    for source in page.sources:
        head, body = source.split(",", 1)
        assert head == "data:image/svg+xml;base64"
        assert ElementTree.fromstring(base64.b64decode(body)).tag.endswith("svg")


def test_the_page_says_all_in_both_languages_and_escapes_what_customers_said() -> None:
    page = page_of(render(report(), draw_pictures(READS)))
    for words in (
        "intent macro-F1 zh",
        "意图宏平均 F1（中文）",
        "confusion matrix",
        "混淆矩阵",
        "<i>2</i>",
        "table",
    ):
        assert any(words in said for said in page.words), words


def test_pictures_are_the_same_each_time() -> None:
    assert draw_pictures(READS) == draw_pictures(READS)


def test_every_name_has_its_chinese() -> None:
    one = report()
    columns = {column for grid in one.grids for column in grid.columns} - {"(none)", "long", "terse"}
    names = [figure.name for figure in one.figures] + [grid.name for grid in one.grids]
    assert [name for name in [*names, *columns] if not chinese(name)] == []
    assert chinese("intent macro-F1 en, second accepted") == "意图宏平均 F1，第二意图亦算（英文）"
    assert chinese("no such name") == ""
