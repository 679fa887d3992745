"""`talktrack guard`: tries any line against the facts in force."""

from __future__ import annotations

import json

import typer

from cli.options import Domain, Json, Now, input_lines, settings_for
from core.clock import local_minute, parse_minute
from core.types import Situation
from domains.facts import facts_of
from domains.load import load_pack
from nodes.receive import language_of
from policy.guard.guard import Guard


def guard(as_json: Json = False, now: Now = None, domain: Domain = None) -> None:
    """Check one candidate reply a line from stdin, with no plan behind it."""
    moment = parse_minute(now) if now else local_minute()
    pack = load_pack(settings_for(domain).domain)
    checker = Guard(pack, facts_of(pack))
    for text in input_lines():
        result = checker.check_reply(text, Situation(now=moment, lang=language_of(text, None)))
        if as_json:
            record = {
                "text": text,
                "verdict": result.verdict,
                "violations": [violation.model_dump() for violation in result.violations],
                "safe_text": result.safe_text,
            }
            print(json.dumps(record, ensure_ascii=False), flush=True)
        else:
            reasons = "; ".join(violation.reason for violation in result.violations)
            typer.echo(
                f"{result.verdict}  {text}" + (f"\n  {reasons}\n  → {result.safe_text}" if reasons else "")
            )
