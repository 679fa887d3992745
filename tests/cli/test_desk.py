"""`talktrack desk` as an operator has it, over the books that `chat` wrote."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

import cli.desk
from core.errors import ConflictError, InputError, NotFoundError
from core.settings import Settings
from crm.store import Store
from tests.cli.harness import complaints, talktrack
from tests.crm.test_desk import NOW, asked
from tests.fakes import pack_of


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two talks of the demo pack that ask for a human, [b] with a number."""
    store = Store(Settings(home=tmp_path).business_url(), tenant="qiheng", clock=lambda: NOW)
    asked(store, "a")
    asked(store, "[b]", callback="13800001234", summary="客户:王")
    store.close()
    monkeypatch.setenv("TALKTRACK_HOME", str(tmp_path))
    monkeypatch.setattr(cli.desk, "load_pack", pack_of)
    return tmp_path


def run(*args: str) -> Result:
    return CliRunner().invoke(cli.desk.desk, args)


def desk(*args: str) -> list[dict[str, Any]]:
    done = run(*args, "--json", "--now", "2026-11-22T10:05")
    assert done.exit_code == 0, done.output
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_an_operator_takes_speaks_and_gives_back(home: Path) -> None:
    assert [row["thread"] for row in desk("list")] == ["a", "[b]"]
    (taken,) = desk("take", "a", "--as", "王芳")
    assert (taken["status"], taken["operator"], taken["taken"]) == ("held", "王芳", "2026-11-22T10:05:00")
    for _ in range(2):
        (line,) = desk("say", "a", "您好,我是王芳。", "--as", "王芳", "--id", "1")
        assert (line["n"], line["who"], line["text"]) == (3, "operator", "您好,我是王芳。")
    (shown,) = desk("show", "a")
    assert [line["who"] for line in shown["lines"]] == ["customer", "robot", "operator"]
    (back,) = desk("return", "a", "--as", "王芳", "--note", "谈好了")
    assert (back["status"], back["note"]) == ("returned", "谈好了")
    assert [row["thread"] for row in desk("list", "--status", "returned")] == ["a"]


def test_what_nobody_took_is_swept_and_ticked_off(home: Path) -> None:
    assert desk("sweep") == []
    done = run("sweep", "--json", "--now", "2026-11-22T10:10")
    assert [json.loads(line)["status"] for line in done.stdout.splitlines()] == ["missed", "missed"]
    owed = desk("callbacks")
    assert [(row["thread"], row["phone"]) for row in owed] == [("[b]", "13800001234"), ("a", None)]
    (made,) = desk("callbacks", "--done", str(owed[0]["id"]))
    assert made["status"] == "done"
    assert [row["thread"] for row in desk("callbacks")] == ["a"]


def test_people_read_tables_and_the_talk(home: Path) -> None:
    listed = run("list").stdout
    assert "[b]" in listed and "waiting" in listed
    shown = run("show", "[b]").stdout
    assert "客户:王" in shown and "customer: 转人工" in shown and "13800001234" in shown
    assert run("close", "a", "--as", "me").stdout.strip() == "a: closed"
    assert run("take", "[b]", "--as", "me").stdout.startswith("[b] · held · me")
    assert "[b]" in run("callbacks").stdout


@pytest.mark.parametrize(
    ("args", "kind", "says"),
    [
        (("show", "nobody"), NotFoundError, "no talk nobody has asked for a human"),
        (("say", "a", "您好", "--as", "me"), ConflictError, "a is not held but waiting: take it first"),
        (("take", "a", "--as", " "), InputError, "an operator has a name"),
        (("list", "--status", "lost"), InputError, "no status lost"),
        (("callbacks", "--done", "99"), NotFoundError, "no call back 99"),
        (("callbacks", "--status", "lost"), InputError, "no status lost"),
        (("sweep", "--now", "soon"), InputError, "not a time like"),
    ],
)
def test_what_cannot_be_done_is_said(
    home: Path, args: tuple[str, ...], kind: type[Exception], says: str
) -> None:
    done = run(*args)
    assert done.exit_code == 1 and done.stdout == ""
    assert isinstance(done.exception, kind) and says in str(done.exception)


def test_the_second_operator_at_another_keyboard_is_told_in_one_line(home: Path) -> None:
    desk("take", "a", "--as", "first")
    done = talktrack("desk", "take", "a", "--as", "second", "--json", home=home)
    assert done.returncode == 1 and complaints(done) == ["talktrack: a is held by first"]
