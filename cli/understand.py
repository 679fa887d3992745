"""`talktrack understand`: intents and slots of single utterances."""

from __future__ import annotations

import json

import typer

from cli.options import Domain, Json, Now, input_lines, progress, settings_for
from core.clock import local_minute, parse_minute
from graph.engines import prepare


def understand(as_json: Json = False, now: Now = None, domain: Domain = None) -> None:
    """Read one utterance a line from stdin; print its intents and slots."""
    moment = parse_minute(now) if now else local_minute()
    engine = prepare(settings_for(domain), progress).understander()
    for text in input_lines():
        found = engine.read(text, now=moment)
        intents = [{"id": score.id, "confidence": round(score.confidence, 4)} for score in found.intents]
        if as_json:
            record = {"text": text, "intents": intents, "slots": found.values()}
            print(json.dumps(record, ensure_ascii=False), flush=True)
        else:
            named = " ".join(f"{score['id']} {score['confidence']:.2f}" for score in intents)
            typer.echo(f"{named}  {json.dumps(found.values(), ensure_ascii=False)}")
