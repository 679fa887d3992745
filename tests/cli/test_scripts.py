"""`talktrack scripts` at the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from cli.domain import domain
from cli.scripts import scripts
from core.errors import InputError, NotFoundError, PackError
from tests.cli.harness import complaints, talktrack
from tests.fakes import pack_of

Run = Callable[..., Result]
BYE = "end.bye.zh.1"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command over the demo pack, loaded once; its errors come as they are."""
    monkeypatch.setenv("TALKTRACK_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("cli.scripts.load_pack", lambda name: pack_of(name))

    def command(*args: str, fails: type[Exception] | None = None) -> Result:
        result = CliRunner().invoke(scripts, list(args))
        if fails is None:
            assert result.exception is None, (result.output, result.exception)
        else:
            assert isinstance(result.exception, fails), result.exception
        return result

    return command


def rows(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_line_from_its_edit_to_its_return(run: Run) -> None:
    edited = run("edit", BYE, "--text", "谢谢{company},再见。", "--by", "小王")
    assert edited.stdout.startswith("1  ") and "小王" in edited.stdout
    assert "text: 谢谢{company},再见。" in run("show", BYE).stdout
    run(
        "edit",
        BYE,
        "--channel",
        "text",
        "--stage",
        "ended",
        "--persona",
        "technical",
        "--until",
        "2030-01-01",
    )
    (line,) = rows(run("show", BYE, "--json"))
    assert (line["channel"], line["stages"], line["valid_until"]) == ("text", ["ended"], "2030-01-01")
    run("edit", BYE, "--channel", "any", "--stage", "any", "--persona", "any", "--until", "any")
    (line,) = rows(run("show", BYE, "--json"))
    assert (line["channel"], line["stages"], line["personas"], line["valid_until"]) == (None, [], [], None)
    run("withdraw", BYE)
    assert "withdrawn" in run("history", BYE).stdout
    run("revert", "1", "--line", BYE)
    assert rows(run("history", "--json"))[-1]["line"]["text"] == "谢谢{company},再见。"
    run("revert", "0")
    assert rows(run("show", BYE, "--json"))[0]["text"] == next(
        line.text for line in pack_of().scripts if line.id == BYE
    )
    assert run("revert", "0").stdout == "nothing changed\n"


def test_lines_are_listed_by_what_they_are_for(run: Run) -> None:
    found = rows(run("list", "--situation", "objection", "--lang", "zh", "--persona", "executive", "--json"))
    assert found and all(line["personas"] == ["executive"] for line in found)
    assert "(text executive)" in run("list", "--situation", "objection.price.1").stdout


def test_a_new_line(run: Run) -> None:
    run("edit", "end.bye.zh.new", "--situation", "end.bye", "--lang", "zh", "--text", "再会。")
    assert [line["id"] for line in rows(run("history", "--json"))] == ["end.bye.zh.new"]


@pytest.mark.parametrize("name", ["lines.yaml", "lines.csv"])
def test_export_and_import_go_round(run: Run, tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    run("edit", BYE, "--text", "再见,{company}。")
    assert f"{file}: " in run("export", str(file)).stdout
    assert run("import", str(file)).stdout == "nothing changed\n"
    file.write_text(file.read_text("utf-8").replace("再见,{company}。", "再会,{company}。"), "utf-8")
    assert len(rows(run("import", str(file), "--json"))[0]["edits"]) == 1
    assert "再会" in run("show", BYE).stdout


def test_the_library_is_clean_until_an_edit_is_odd(run: Run) -> None:
    assert run("lint").stdout == "0 findings\n"
    told = run("edit", BYE, "--text", "再见" * 30)
    assert f"warning: {BYE}: 60 characters" in told.stderr
    (found,) = rows(run("lint", "--json"))
    assert (found["line"], found["kind"]) == (BYE, "length")


@pytest.mark.parametrize(
    ("args", "error", "reason"),
    [
        (["edit", BYE], InputError, "say what to change"),
        (["edit", BYE, "--text", "再见,R20只要88000元。"], InputError, "a price of its own"),
        (["edit", BYE, "--until", "soon"], InputError, "not a date"),
        (["edit", BYE, "--channel", "phone"], InputError, "channel"),
        (["edit", "end.bye.zh.new", "--text", "再见"], InputError, "name its situation and lang"),
        (["list", "--lang", "fr"], InputError, "--lang is zh or en"),
        (["list", "--situation", "objetion"], InputError, "'objetion' (did you mean objection?)"),
        (["edit", BYE, "--text", "再" * 2001], InputError, "at most 2,000"),
        (["withdraw", BYE, "--by", "x" * 101], InputError, "at most 100 characters"),
        (["show", "end.bye.zh.99"], NotFoundError, "no such line"),
        (["withdraw", "end.bye.zh.99"], NotFoundError, "no such line"),
        (["revert", "5"], InputError, "no revision 5"),
        (["import", "missing.yaml"], InputError, "no such file"),
        (["import", "README.md"], InputError, "name a .yaml or .csv file"),
        (["export", "lines.txt"], InputError, "name a .yaml or .csv file"),
    ],
)
def test_what_is_refused(run: Run, args: list[str], error: type[Exception], reason: str) -> None:
    assert reason in str(run(*args, fails=error).exception)
    assert run("history").stdout == ""


def test_a_broken_file_is_named_by_line(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "lines.yaml"
    file.write_text("end.bye:\n  zh: ['{pri}']\n", "utf-8")
    told = str(run("import", str(file), fails=PackError).exception)
    assert f"{file}:2: variable {{pri}}" in told


def test_a_refusal_is_one_line_on_stderr_and_a_failure(tmp_path: Path) -> None:
    done = talktrack("scripts", "show", "end.bye.zh.99", "--domain", "qingshui", home=tmp_path)
    assert done.returncode == 1
    assert complaints(done) == ["talktrack: end.bye.zh.99: no such line"]


def test_a_check_of_a_pack_warns_of_its_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    odd = next(line for line in pack_of().scripts if line.id == BYE).model_copy(update={"text": "再见,好吗?"})
    pack = pack_of().model_copy(update={"scripts": (odd,)})
    monkeypatch.setattr("cli.domain.load_pack", lambda name: pack)
    result = CliRunner().invoke(domain, ["check", "qiheng"])
    assert result.exit_code == 0 and "1 script lines" in result.stdout
    assert result.stderr == f"warning: {BYE}: asks, where no question is planned\n"
