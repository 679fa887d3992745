"""`talktrack chat` as a program sees it: what comes on stdin, what goes out, how it ends."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from cli.commands import register
from core.errors import InputError
from domains.new import create_pack
from graph.request import read_line
from tests.cli.harness import ENTRY, ROOT, complaints, objects, talktrack

COMMANDS = ("chat", "understand", "search", "guard", "transcribe", "index", "ui", "serve", "doctor", "draw")
CLOCK = ("--now", "2026-11-22T10:00")


def test_odd_lines_are_answered_and_the_talk_goes_on(home: Path) -> None:
    lines: list[bytes] = [
        "你好".encode(),
        b"",
        b"   ",
        ("很" * 34_000).encode(),
        "六轴\x00\x07机器人\x1b[31m多少钱".encode(),
        "😀🎉👍".encode(),
        b"\xff\xfe\x00broken",
        b'{"text": "hello"}',
    ]
    done = talktrack("chat", "--json", "--thread", "odd", *CLOCK, home=home, stdin=b"\n".join(lines) + b"\n")
    answers = objects(done)
    assert done.returncode == 0, done.stderr.decode()
    assert complaints(done) == []
    assert len(answers) == len(lines)
    assert [answer["turn"] for answer in answers] == list(range(1, len(lines) + 1))
    assert all(answer["reply"] for answer in answers)
    assert all("\x1b" not in answer["reply"] for answer in answers)


REFUSED = {
    "broken JSON": ('{"text": "你好"', "not a JSON object"),
    "something behind": ('{"text": "你好"} x', "not a JSON object"),
    "unknown field": ('{"text": "你好", "colour": "red"}', "unknown field: colour"),
    "bad clock": ('{"text": "你好", "now": "tomorrow"}', "not a time"),
    "clock with an offset": ('{"text": "你好", "now": "2026-11-22T10:00+08:00"}', "without an offset"),
    "a year long past": ('{"text": "你好", "now": "0001-01-01T00:00"}', "a year from"),
    "text that is none": ('{"text": 5}', "text"),
    "unknown channel": ('{"text": "你好", "channel": "fax"}', "channel"),
    "unknown event": ('{"event": "explode"}', "event"),
    "nothing said": ("{}", "one of text, audio, event"),
    "no such recording": ('{"audio": "/nowhere/at/all.wav"}', "no such audio file"),
    "words and an event": ('{"text": "你好", "event": "hangup"}', "only one of text, audio, event"),
    "words and a recording": ('{"text": "你好", "audio": "a.wav"}', "not text and audio"),
    "a recording and an event": ('{"audio": "a.wav", "event": "silence"}', "not audio and event"),
    "half a character": ('{"text": "\\ud83d"}', "text"),
    "control characters in a name": ('{"text": "你好", "thread": "a\\u0000b"}', "thread"),
    "customer of another kind": ('{"text": "你好", "customer": "Wang"}', "customer"),
    "a number without end": ('{"text": ' + "9" * 5000 + "}", "not a JSON object"),
    "too deep": ('{"a":' * 100_000, "not a JSON object"),
    "far too long": ("长" * 1_000_001, "text"),
}


def test_lines_that_are_no_turn_are_named_and_the_others_answered(home: Path) -> None:
    lines = [line for line, _ in REFUSED.values()]
    stdin = "\n".join([*lines, "你好"]) + "\n"
    done = talktrack("chat", "--json", "--thread", "bad", *CLOCK, home=home, stdin=stdin)
    answers, said = objects(done), complaints(done)
    assert done.returncode == 1
    assert len(answers) == len(lines) + 1 and len(said) == len(lines)
    for answer, line, (_, reason) in zip(answers, said, REFUSED.values(), strict=False):
        assert reason in answer["error"] and reason in line
    assert answers[-1]["turn"] == 1 and answers[-1]["reply"]


@pytest.mark.parametrize(("line", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_the_reason_is_one_short_line(line: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason) as caught:
        read_line(line).given()
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 200


def test_an_empty_text_beside_an_event_is_none() -> None:
    for text in ("", "  "):
        request = read_line(json.dumps({"text": text, "event": "silence"}))
        assert request.event == "silence"


def test_an_error_carries_the_thread_of_its_line(home: Path) -> None:
    lines = [
        '{"thread": "own", "text": 5}',
        '{"thread": "a\\u0000b", "text": 5}',
        '{"thread": "own", ',
        "[5]",
    ]
    stdin = "\n".join([*lines, '{"thread": ["own"], "text": "x"}']) + "\n"
    done = talktrack("chat", "--json", "--thread", "line", *CLOCK, home=home, stdin=stdin)
    assert [answer["thread"] for answer in objects(done)] == ["own", "line", "line", "line", "line"]


def test_a_mark_before_the_first_line_is_no_part_of_it(home: Path) -> None:
    stdin = "\ufeff".encode() + '{"text": "你好", "thread": "bom"}\n'.encode()
    (answer,) = objects(talktrack("chat", "--json", *CLOCK, home=home, stdin=stdin))
    assert answer["thread"] == "bom"


@pytest.mark.parametrize(
    ("args", "reason"),
    [
        (("search", ""), "the question is empty"),
        (("search", "  "), "the question is empty"),
        (("domain", "new", "qiheng"), "comes with Talktrack"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line(
    home: Path, tmp_path: Path, args: tuple[str, ...], reason: str
) -> None:
    done = talktrack(*args, home=home, cwd=tmp_path)
    (line,) = complaints(done)
    assert done.returncode == 1 and reason in line
    assert not (tmp_path / "qiheng").exists()


def test_one_process_serves_many_talks_and_the_next_one_goes_on(home: Path) -> None:
    turns = [
        {"thread": "a", "turn_id": "a1", "text": "六轴机器人二十公斤的要十二台"},
        {"thread": "b", "turn_id": "b1", "text": "hello"},
        {"thread": "a", "turn_id": "a1", "text": "六轴机器人二十公斤的要十二台"},
    ]
    stdin = "".join(json.dumps(turn, ensure_ascii=False) + "\n" for turn in turns)
    first, other, again = objects(talktrack("chat", "--json", *CLOCK, home=home, stdin=stdin))
    assert (first["thread"], other["thread"]) == ("a", "b")
    assert other["slots"] == {}
    for answer in (first, again):
        answer.pop("latency_ms")
    assert again == first
    stdin = '{"thread": "a", "text": "一共多少钱"}\n'
    (later,) = objects(talktrack("chat", "--json", *CLOCK, home=home, stdin=stdin))
    assert later["turn"] == 2 and later["slots"]["quantity"] == 12


def test_a_line_of_output_has_the_fields_of_the_contract(home: Path) -> None:
    (answer,) = objects(talktrack("chat", "--json", *CLOCK, home=home, stdin="六轴机器人二十公斤的多少钱\n"))
    fields = "thread turn reply intents mentions slots line_items evidence stage acts actions citations guard"
    assert set(answer) == {*fields.split(), "latency_ms"}
    assert answer["latency_ms"]["total"] > 0


@pytest.mark.parametrize(
    ("args", "reason"),
    [
        (("--now", "soon"), "not a time"),
        (("--domain", "no-such-pack"), "no-such-pack"),
        (("--thread", "a\x07b"), "control characters"),
    ],
)
def test_wrong_options_are_one_line_and_status_1(home: Path, args: tuple[str, ...], reason: str) -> None:
    done = talktrack("chat", "--json", *args, home=home, stdin="你好\n")
    assert done.returncode == 1 and done.stdout == b""
    (line,) = complaints(done)
    assert reason in line


def test_a_broken_pack_is_one_line_with_file_and_place(home: Path, tmp_path: Path) -> None:
    pack = create_pack("lamps", tmp_path)
    (pack / "catalogue.csv").write_text("id,name\nx,\ny,\n", encoding="utf-8")
    done = talktrack("chat", "--json", "--domain", str(pack), home=home, stdin="你好\n")
    assert done.returncode == 1
    (line,) = complaints(done)
    assert "catalogue.csv:" in line


def test_a_checkpoint_store_that_is_none_is_one_line(home: Path) -> None:
    (home / "threads-qiheng.db").write_bytes(
        b"no database at all, but long enough to look like a header" * 20
    )
    done = talktrack("chat", "--json", home=home, stdin="你好\n")
    assert done.returncode == 1
    (line,) = complaints(done)
    assert "threads-qiheng.db" in line


def test_at_the_keyboard_an_empty_line_ends_it(home: Path) -> None:
    done = talktrack("chat", *CLOCK, home=home, stdin="你好\n{bad\n[red]谢谢[/red]\n\n不再读到\n")
    shown = done.stdout.decode()
    assert done.returncode == 0 and "Traceback" not in done.stderr.decode()
    assert "guard pass" in shown and "not a JSON object" in done.stderr.decode()
    assert shown.count("guard ") == 2


def test_a_reader_that_leaves_is_no_traceback(home: Path) -> None:
    env = {**os.environ, "TALKTRACK_HOME": str(home), "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [*ENTRY, "chat", "--json"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=env,
    ) as running:
        assert running.stdin and running.stdout and running.stderr
        running.stdin.write("你好\n".encode())
        running.stdin.flush()
        assert running.stdout.readline()
        running.stdout.close()
        running.stdin.write("多少钱\n".encode() * 3)
        running.stdin.close()
        errors = running.stderr.read().decode()
        assert running.wait(timeout=60) == 1
    assert "Traceback" not in errors and "Exception ignored" not in errors, errors


@pytest.mark.parametrize(
    "command",
    [(), *((name,) for name in COMMANDS)],
)
def test_help_says_something_of_every_option(command: tuple[str, ...]) -> None:
    app = typer.Typer()
    register(app)
    done = CliRunner().invoke(app, [*command, "--help"])
    assert done.exit_code == 0
    assert "Usage" in done.output
    options = [line for line in done.output.splitlines() if line.lstrip("│ *").startswith("-")]
    assert options and all(len(line.strip("│ *").split()) > 2 for line in options)
