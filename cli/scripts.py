"""`talktrack scripts`: the lines the robot speaks from, edited while talks go on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import track

from cli.options import Domain, Json, err, settings_for
from core.errors import InputError
from core.pack import CRITERIA, ScriptLine
from core.types import Frozen
from crm.scripts import ScriptEdit
from crm.store import Store
from domains.facts import facts_of
from domains.fields import parse_day
from domains.load import load_pack
from domains.script_files import form_of, read_file, written
from graph.editor import Editor, Filter, Stored
from policy.guard.guard import Guard
from policy.lint import Finding

scripts = typer.Typer(help="The script library: list, edit, import, export.", no_args_is_help=True)

By = Annotated[str, typer.Option("--by", help="Who edits; kept in the history.")]
Id = Annotated[str, typer.Argument(help="A line's id, as `list` shows it.")]
MANY = 200
"""Lines of one file from which on it shows how far the check is."""
ANY = "any"
"""What takes a criterion away."""


@contextmanager
def editing(domain: str | None) -> Iterator[Editor]:
    """The editor of the pack that option and settings name."""
    settings = settings_for(domain)
    pack = load_pack(settings.domain)
    store = Store(settings.business_url(), tenant=settings.tenant or pack.name)
    try:
        yield Editor(pack, store, Guard(pack, facts_of(pack)))
    finally:
        store.close()


@scripts.command("list")
def show_all(
    situation: Annotated[
        str | None, typer.Option(help="One situation, or how several begin: objection.")
    ] = None,
    lang: Annotated[str | None, typer.Option(help="zh or en.")] = None,
    channel: Annotated[str | None, typer.Option(help="voice or text.")] = None,
    stage: Annotated[str | None, typer.Option(help="Lines for this stage.")] = None,
    persona: Annotated[str | None, typer.Option(help="Lines for this kind of customer.")] = None,
    role: Annotated[str | None, typer.Option(help="Lines for this part in the decision.")] = None,
    customers: Annotated[str | None, typer.Option(help="new or returning.")] = None,
    as_json: Json = False,
    domain: Domain = None,
) -> None:
    """List the lines as they are spoken now."""
    wanted = checked(
        situation=situation,
        lang=lang,
        channel=channel,
        stage=stage,
        persona=persona,
        role=role,
        customers=customers,
    )
    with editing(domain) as editor:
        found = editor.find(wanted)
    if as_json:
        say_json(found)
    else:
        print_lines(found)


@scripts.command()
def show(line: Id, as_json: Json = False, domain: Domain = None) -> None:
    """Show one line."""
    with editing(domain) as editor:
        found = editor.line(line)
    if as_json:
        say_json([found])
        return
    for name, value in found.model_dump(mode="json").items():
        if value not in (None, [], ()):
            typer.echo(f"{name}: {', '.join(value) if isinstance(value, list) else value}")


@scripts.command()
def edit(
    line: Id,
    text: Annotated[str | None, typer.Option(help="The words, with {variables}.")] = None,
    situation: Annotated[str | None, typer.Option(help="Of a new line.")] = None,
    lang: Annotated[str | None, typer.Option(help="Of a new line: zh or en.")] = None,
    channel: Annotated[str | None, typer.Option(help="voice, text or any.")] = None,
    stage: Annotated[list[str] | None, typer.Option(help="Repeatable; any takes the criterion away.")] = None,
    persona: Annotated[list[str] | None, typer.Option(help="Likewise.")] = None,
    role: Annotated[list[str] | None, typer.Option(help="Likewise.")] = None,
    industry: Annotated[list[str] | None, typer.Option(help="Likewise.")] = None,
    customers: Annotated[str | None, typer.Option(help="new, returning or any.")] = None,
    valid_from: Annotated[str | None, typer.Option("--from", help="First day, YYYY-MM-DD, or any.")] = None,
    valid_until: Annotated[str | None, typer.Option("--until", help="Last day, or any.")] = None,
    by: By = "cli",
    as_json: Json = False,
    domain: Domain = None,
) -> None:
    """Change a line, or write a new one; running talks speak it from their next turn on."""
    told = {
        "text": text,
        "situation": situation,
        "lang": lang,
        "channel": channel,
        "stages": stage,
        "personas": persona,
        "roles": role,
        "industries": industry,
        "customers": customers,
        "valid_from": valid_from,
        "valid_until": valid_until,
    }
    fields = {name: given(name, value) for name, value in told.items() if value is not None}
    if not fields:
        raise InputError(f"{line}: say what to change, for instance --text")
    with editing(domain) as editor:
        tell(editor.change(line, fields, by), as_json)


@scripts.command()
def withdraw(line: Id, by: By = "cli", as_json: Json = False, domain: Domain = None) -> None:
    """Speak a line no more; `revert` brings it back."""
    with editing(domain) as editor:
        tell(editor.withdraw(line, by), as_json)


@scripts.command("import")
def take_in(
    file: Annotated[Path, typer.Argument(help="A .yaml file in the form of a pack, or a .csv file.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Withdraw what else its situations have.")
    ] = False,
    by: By = "cli",
    as_json: Json = False,
    domain: Domain = None,
) -> None:
    """Take lines from a file, all of them or none."""
    with editing(domain) as editor:
        lines = read_file(file, editor.pack)
        tell(editor.put(lines, by, replace=replace, watch=watched), as_json)


@scripts.command("export")
def give_out(
    file: Annotated[Path, typer.Argument(help="A .yaml or .csv file to write.")], domain: Domain = None
) -> None:
    """Write every line to a file that `import` reads."""
    form = form_of(file)
    with editing(domain) as editor:
        lines = editor.own()
    file.write_text(written(lines, form), encoding="utf-8")
    typer.echo(f"{file}: {len(lines)} lines")


@scripts.command()
def history(
    line: Annotated[str | None, typer.Argument(help="Of one line alone.")] = None,
    as_json: Json = False,
    domain: Domain = None,
) -> None:
    """List the edits, the oldest first."""
    with editing(domain) as editor:
        edits = editor.history(line)
    if as_json:
        say_json(edits)
        return
    for made in edits:
        typer.echo(one_edit(made))


@scripts.command()
def revert(
    revision: Annotated[int, typer.Argument(min=0, help="As it was then; 0 is the pack's own files.")],
    line: Annotated[str | None, typer.Option("--line", help="One line alone.")] = None,
    by: By = "cli",
    as_json: Json = False,
    domain: Domain = None,
) -> None:
    """Bring the library back to how it stood at a revision; the edits since stay on record."""
    with editing(domain) as editor:
        tell(editor.revert(revision, by, line_id=line), as_json)


@scripts.command()
def lint(as_json: Json = False, domain: Domain = None) -> None:
    """List what is wrong with the library; the exit status is 1 where a line breaks a rule."""
    with editing(domain) as editor:
        findings = editor.lint()
    if as_json:
        say_json(findings)
    else:
        show_findings(findings)
        typer.echo(f"{len(findings)} findings")
    if any(not found.warns for found in findings):
        raise typer.Exit(1)


def checked(**fields: str | None) -> Filter:
    """The filter that the options name. Raises InputError for a word that is none."""
    known = {"lang": ("zh", "en"), "channel": ("voice", "text"), "customers": ("new", "returning")}
    for name, words in known.items():
        if fields[name] is not None and fields[name] not in words:
            raise InputError(f"--{name} is {' or '.join(words)}, not {fields[name]!r}")
    return Filter.model_validate(fields)


def given(name: str, value: Any) -> Any:
    """A field as the line takes it; `any` empties it. Raises InputError for a day that is none."""
    if isinstance(value, list):
        return tuple(word for word in value if word != ANY)
    if value == ANY and name in (*CRITERIA, "valid_from", "valid_until"):
        return None
    if name.startswith("valid_"):
        day = parse_day(value)
        if day is None:
            raise InputError(f"not a date like 2026-12-31: {value!r}")
        return day
    return value


def watched(lines: Sequence[ScriptLine]) -> Iterable[ScriptLine]:
    """The lines while they are checked, with a bar on stderr where there are many."""
    return track(
        lines, "checking lines", console=err, transient=True, disable=len(lines) < MANY or not err.is_terminal
    )


def tell(stored: Stored, as_json: bool) -> None:
    """What was written, and the warnings on stderr."""
    if as_json:
        typer.echo(stored.model_dump_json())
    else:
        for made in stored.edits:
            typer.echo(one_edit(made))
        if not stored.edits:
            typer.echo("nothing changed")
    show_findings(stored.warnings)


def one_edit(made: ScriptEdit) -> str:
    """An edit in one line."""
    what = made.line.text if made.line else "withdrawn"
    return f"{made.revision}  {made.at:%Y-%m-%d %H:%M}  {made.by}  {made.id}  {what}"


def show_findings(findings: Iterable[Finding]) -> None:
    """One finding a line on stderr."""
    for found in findings:
        typer.echo(f"{'warning' if found.warns else 'fault'}: {found}", err=True)


def say_json(rows: Iterable[Frozen]) -> None:
    """One JSON object a line."""
    for row in rows:
        typer.echo(row.model_dump_json())


def print_lines(lines: Iterable[ScriptLine]) -> None:
    """One line a line: id, the case it is for, text."""
    for line in lines:
        typer.echo(f"{line.id}  {case_of(line)}{line.text}")


def case_of(line: ScriptLine) -> str:
    """The criteria of a line, empty where it has none."""
    values = (getattr(line, name) for name in line.criteria)
    words = [word for value in values for word in ([value] if isinstance(value, str) else value)]
    return f"({' '.join(words)})  " if words else ""
