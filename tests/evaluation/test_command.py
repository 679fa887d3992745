"""`talktrack evaluate` at the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from cli.evaluate import evaluate
from core.errors import InputError

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


def test_it_is_registered() -> None:
    from cli.commands import register

    app = typer.Typer()
    register(app)
    assert "evaluate" in [group.name for group in app.registered_groups]
