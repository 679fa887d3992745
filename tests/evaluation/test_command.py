"""`talktrack evaluate` at the command line."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from cli.evaluate import evaluate
from core.errors import InputError, MissingEngineError

LINES = (
    {"id": "1", "lang": "zh", "text": "好的，您稍等。", "lie": False, "kind": "talk"},
    {"id": "2", "lang": "zh", "text": "全部产品今天一律打一折。", "lie": True, "kind": "price"},
)


def lines_in(folder: Path) -> Path:
    path = folder / "lines.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in LINES), encoding="utf-8")
    return path


@pytest.mark.parametrize("kind", ["utterances", "dialogues", "questions", "guard"])
def test_a_malformed_file_fails_before_anything_is_built(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TALKTRACK_HOME", str(tmp_path / "home"))
    path = tmp_path / "bad.jsonl"
    path.write_text('{"id": "1"}\n', encoding="utf-8")
    result = CliRunner().invoke(evaluate, [kind, str(path)])
    assert result.exit_code != 0
    assert isinstance(result.exception, InputError)
    assert "bad.jsonl:1: " in str(result.exception)
    assert not (tmp_path / "home").exists()


def test_guard_as_json(tmp_path: Path) -> None:
    arguments = ["guard", str(lines_in(tmp_path)), "--json", "--errors", "--now", "2026-01-15T10:00"]
    result = CliRunner().invoke(evaluate, arguments, catch_exceptions=False)
    record = json.loads(result.stdout)
    assert record["kind"] == "guard"
    assert record["now"] == "2026-01-15T10:00"
    assert record["figures"]["lies stopped"] == {"value": 1.0, "unit": "share", "of": 1}
    assert record["misses"] == []


def utterances_in(folder: Path) -> Path:
    path = folder / "utterances.jsonl"
    rows = (
        {"id": "1", "lang": "zh", "text": "这个多少钱一台", "style": "terse", "intent": "ask_price"},
        {"id": "2", "lang": "zh", "text": "转人工", "style": "terse", "intent": "request_human"},
        {"id": "3", "lang": "en", "text": "<b>not interested</b>", "style": "short", "intent": "greet"},
    )
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return path


def test_utterances_by_keywords_as_json_and_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TALKTRACK_HOME", str(tmp_path / "home"))
    page = tmp_path / "page.html"
    arguments = ["utterances", str(utterances_in(tmp_path)), "--engine", "keywords", "--json"]
    result = CliRunner().invoke(evaluate, [*arguments, "--html", str(page)], catch_exceptions=False)
    assert len(result.stdout.splitlines()) == 1
    record = json.loads(result.stdout)
    assert record["engine"] == "keywords"
    assert record["figures"]["intent macro-F1 zh"]["value"] == 1
    assert {"by intent zh", "slot F1 by style", "reliability", "risk over coverage"} <= set(record["tables"])
    assert page.read_text(encoding="utf-8").count("data:image/svg+xml;base64,") == 3
    assert not (tmp_path / "home").exists()


def dialogue_in(folder: Path) -> Path:
    path = folder / "dialogues.jsonl"
    expect = {"action": "handoff", "reply_any": ["\\S"]}
    turn = {"user": "转人工", "intent": "request_human", "state": {"location": "苏州"}, "expect": expect}
    row = {"id": "d1", "lang": "zh", "channel": "voice", "persona": "急性子", "turns": [turn]}
    path.write_text(json.dumps(row), encoding="utf-8")
    return path


def test_dialogues_as_json_and_page(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TALKTRACK_HOME", str(home))
    page = tmp_path / "page.html"
    arguments = ["dialogues", str(dialogue_in(tmp_path)), "--now", "2026-11-22T10:00", "--json", "--errors"]
    result = CliRunner().invoke(evaluate, [*arguments, "--html", str(page)], catch_exceptions=False)
    record = json.loads(result.stdout)
    assert record["figures"]["joint goal accuracy"] == {
        "value": 0.0,
        "unit": "share",
        "of": 1,
        "within": [0.0, 1.0],
    }
    (turn,) = record["turns"]
    assert turn["actions"] == ["handoff"]
    assert turn["slots"] == [{"slot": "location", "expected": "苏州", "got": None, "right": False}]
    text = page.read_text(encoding="utf-8")
    assert turn["reply"] in text
    assert "急性子" in text


def test_a_page_that_cannot_be_written_is_said_before_the_measuring(tmp_path: Path) -> None:
    for kind, file in (("utterances", utterances_in(tmp_path)), ("dialogues", dialogue_in(tmp_path))):
        for target in (tmp_path / "none" / "page.html", tmp_path):
            result = CliRunner().invoke(evaluate, [kind, str(file), "--html", str(target)])
            assert isinstance(result.exception, InputError)
            assert str(tmp_path) in str(result.exception)


def test_a_missing_picture_library_is_named_with_its_mend(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "evaluation.pictures", raising=False)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    arguments = ["utterances", str(utterances_in(tmp_path)), "--html", str(tmp_path / "page.html")]
    result = CliRunner().invoke(evaluate, arguments)
    assert isinstance(result.exception, MissingEngineError)
    assert str(result.exception) == (
        "pictures: matplotlib is not installed. To mend: pip install 'talktrack[report]'"
    )


def test_it_is_registered() -> None:
    from cli.commands import register

    app = typer.Typer()
    register(app)
    assert "evaluate" in [group.name for group in app.registered_groups]
