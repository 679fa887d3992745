"""`talktrack search`: what the knowledge says to a question."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from langchain_core.documents import Document

from cli.options import Domain, Json, Now, progress, settings_for
from core.clock import local_minute, parse_minute
from core.errors import InputError
from core.types import Passage
from graph.engines import prepare
from graph.library import open_knowledge


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
    ready = prepare(settings_for(domain), progress)
    knowledge = open_knowledge(ready.settings, ready.pack)
    try:
        found = [
            *(
                fact
                for fact in ready.index().search(question, now=moment, k=3 * limit)
                if fact.kind == "fact"
            ),
            *(passage_of(document) for document in knowledge.search(question, now=moment, k=limit)),
        ]
    finally:
        knowledge.close()
    for passage in sorted(found, key=lambda one: -one.score)[:limit]:
        if as_json:
            record = passage.model_dump(include={"source", "text", "score", "valid_from", "valid_until"})
            print(json.dumps(record, ensure_ascii=False))
        else:
            typer.echo(f"{passage.score:.2f}  {passage.source}  {passage.text}")


def passage_of(document: Document) -> Passage:
    """A passage of the library as facts are shown; of a question and its answer, both."""
    metadata = document.metadata
    asked = metadata.get("question")
    return Passage(
        source=metadata["source"],
        text=f"{asked} {document.page_content}" if asked else document.page_content,
        score=metadata["score"],
        valid_from=metadata.get("valid_from"),
        valid_until=metadata.get("valid_until"),
    )
