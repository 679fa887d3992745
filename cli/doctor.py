"""`talktrack doctor`: what is installed, which engine serves each capability, what is missing."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from cli.checkup import Finding, checkup
from cli.options import Domain, Json, settings_for


def doctor(
    as_json: Json = False,
    domain: Domain = None,
    strict: Annotated[
        bool, typer.Option(help="Fail when anything is missing, not only what must be there.")
    ] = False,
) -> None:
    """Look at every capability and name the one step that mends what is missing."""
    findings = checkup(settings_for(domain))
    if as_json:
        for finding in findings:
            print(json.dumps(finding.model_dump(), ensure_ascii=False))
    else:
        Console().print(_table(findings))
    bad = [finding for finding in findings if finding.state == "broken" or (strict and finding.state != "ok")]
    if bad:
        raise typer.Exit(1)


def _table(findings: list[Finding]) -> Table:
    table = Table("capability", "engine", "state", "to mend")
    colour = {"ok": "green", "missing": "yellow", "broken": "red"}
    for finding in findings:
        state = f"[{colour[finding.state]}]{finding.state}[/]"
        table.add_row(finding.capability, finding.engine, f"{state} {finding.detail}".strip(), finding.mend)
    return table
