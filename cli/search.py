"""`talktrack search`: what the knowledge says to a question."""

from __future__ import annotations

import json
from itertools import islice
from typing import Annotated

import typer

from cli.options import Domain, Json, Now, progress, settings_for
from core.clock import local_minute, parse_minute
from core.errors import InputError
from graph.engines import prepare


def search(
    question: Annotated[str, typer.Argument(help="The question, in any words.")],
    as_json: Json = False,
    now: Now = None,
    domain: Domain = None,
    limit: Annotated[int, typer.Option("-k", min=1, max=50)] = 5,
) -> None:
    """Find passages that are in force, best first."""
    if not question.strip():
        raise InputError("search: the question is empty")
    moment = parse_minute(now) if now else local_minute()
    index = prepare(settings_for(domain), progress).index()
    found = (
        passage for passage in index.search(question, now=moment, k=3 * limit) if passage.kind != "question"
    )
    for passage in islice(found, limit):
        if as_json:
            record = passage.model_dump(include={"source", "text", "score", "valid_from", "valid_until"})
            print(json.dumps(record, ensure_ascii=False))
        else:
            typer.echo(f"{passage.score:.2f}  {passage.source}  {passage.text}")
