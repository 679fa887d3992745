"""`talktrack contact`: a dialler's question and the list of bans."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import cli.contact
from core.errors import InputError, NotFoundError
from tests.cli.harness import complaints, talktrack
from tests.fakes import pack_of

PHONE = "13800001234"
NOON = ("--now", "2026-11-23T12:00")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TALKTRACK_HOME", str(tmp_path))
    monkeypatch.setattr(cli.contact, "load_pack", pack_of)
    return tmp_path


def run(*args: str) -> Result:
    return CliRunner().invoke(cli.contact.contact, args)


def contact(*args: str) -> list[dict[str, Any]]:
    done = run(*args, "--json")
    assert done.exit_code == 0, done.output
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_ban_is_set_seen_listed_and_taken_back() -> None:
    assert contact("check", "--phone", PHONE, *NOON)[0]["allowed"] is True
    assert contact("bar", "--phone", f"+86 {PHONE}", *NOON)[0]["phone"] == PHONE
    (found,) = contact("check", "--phone", PHONE, *NOON)
    assert (found["allowed"], found["reason"]) == (False, "do_not_call")
    (row,) = contact("list")
    assert row["phone"] == PHONE and row["at"].startswith("2026-11-23T12:00")
    assert contact("unbar", "--phone", PHONE) == [{"taken_back": 1}]
    assert contact("list") == []


def test_the_hours_are_told() -> None:
    (found,) = contact("check", "--customer", "c1", "--now", "2026-11-23T22:00")
    assert (found["allowed"], found["reason"]) == (False, "hours")


def test_a_person_reads_words() -> None:
    assert run("check", "--phone", PHONE, *NOON).stdout.startswith("yes")
    run("bar", "--customer", "c1", *NOON)
    assert run("check", "--customer", "c1", *NOON).stdout.startswith("no: 登记了免打扰")
    assert "c1" in run("list").stdout
    run("unbar", "--customer", "c1")
    assert "nobody is barred" in run("list").stdout


@pytest.mark.parametrize(
    "args", [("check",), ("bar",), ("unbar",), ("bar", "--phone", "abc"), ("check", "--phone", "-")]
)
def test_nobody_is_no_one_to_ask_about(args: tuple[str, ...]) -> None:
    assert isinstance(run(*args).exception, InputError)


def test_a_ban_that_is_none_cannot_be_taken_back() -> None:
    assert isinstance(run("unbar", "--phone", PHONE).exception, NotFoundError)


def test_what_cannot_be_done_is_said_in_one_line(tmp_path: Path) -> None:
    done = talktrack("contact", "check", "--phone", PHONE, "--now", "noon", home=tmp_path)
    (line,) = complaints(done)
    assert done.returncode == 1 and "not a time" in line
