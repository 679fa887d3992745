"""Malformed files are refused with the line that is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.errors import InputError
from evaluation.rows import Dialogue, Question, Utterance, read_rows

GOOD = {"id": "u1", "lang": "zh", "text": "喂", "intent": "greet", "slots": {}, "second_intent": None}


def write(folder: Path, *lines: str) -> Path:
    path = folder / "rows.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_reads_rows_over_blank_lines_and_unknown_fields(tmp_path: Path) -> None:
    path = write(tmp_path, json.dumps(GOOD), "", json.dumps(GOOD | {"id": "u2", "annotator": "B"}))
    assert [row.id for row in read_rows(path, Utterance)] == ["u1", "u2"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"id": "u2", ', "not JSON"),
        ("[1]", "not a JSON object"),
        (json.dumps(GOOD | {"id": "u2", "lang": "fr"}), "lang"),
        (json.dumps({"id": "u2", "lang": "zh", "text": "喂"}), "intent: Field required"),
        (json.dumps(GOOD | {"id": "u2", "intent": "ask_prize"}), "no such intent: ask_prize"),
        (json.dumps(GOOD | {"id": "u2", "slots": {"colour": 1}}), "no such slot: colour"),
        (json.dumps(GOOD), "id u1 comes twice"),
    ],
)
def test_names_the_line_and_the_reason(tmp_path: Path, line: str, reason: str) -> None:
    with pytest.raises(InputError) as caught:
        read_rows(write(tmp_path, json.dumps(GOOD), "", line), Utterance)
    assert "rows.jsonl:3: " in str(caught.value)
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_broken_pattern_is_a_fault_of_its_line(tmp_path: Path) -> None:
    row = {"id": "q", "lang": "zh", "text": "?", "source": "none", "answer_any": ["("]}
    with pytest.raises(InputError, match=r":1: answer_any\.0: .*not a regular expression"):
        read_rows(write(tmp_path, json.dumps(row)), Question)


def test_a_turn_at_fault_is_named(tmp_path: Path) -> None:
    turn = {"user": "喂", "intent": "greet", "state": {}, "expect": {"stage_in": ["begin"]}}
    row = {"id": "d", "lang": "zh", "turns": [turn]}
    with pytest.raises(InputError, match=r":1: turns\.0\.expect\.stage_in\.0"):
        read_rows(write(tmp_path, json.dumps(row)), Dialogue)


def test_missing_empty_and_undecodable_files(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        read_rows(tmp_path / "nothing.jsonl", Utterance)
    with pytest.raises(InputError, match="no rows"):
        read_rows(write(tmp_path, ""), Utterance)
    path = tmp_path / "bytes.jsonl"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="utf-8"):
        read_rows(path, Utterance)
