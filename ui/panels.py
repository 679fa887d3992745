"""What the robot understood, looked up and decided, as HTML. Everything shown is escaped."""

from __future__ import annotations

import json
from html import escape
from typing import Any

from core.types import Lang, TurnAnswer
from ui.labels import labels

STAGES = ("opening", "qualification", "presentation", "objection", "proposal", "closing")


def panels(answer: TurnAnswer | None, lang: Lang) -> str:
    """The whole side of the page for one turn."""
    words = labels(lang)
    if answer is None:
        return f'<div class="tt-empty">{escape(words["tagline"])}</div>'
    sections = (
        ("stage", _stage(answer, words)),
        ("intents", _intents(answer, words)),
        ("slots", _slots(answer, words)),
        ("citations", _citations(answer, words)),
        ("guard", _guard(answer, words)),
        ("actions", _actions(answer, words)),
        ("times", _times(answer, words)),
    )
    return "".join(
        f'<section class="tt-panel tt-{name}"><h3>{escape(words[name])}</h3>{body}</section>'
        for name, body in sections
    )


def _none(words: dict[str, str]) -> str:
    return f'<span class="tt-none">{escape(words["none"])}</span>'


def _stage(answer: TurnAnswer, words: dict[str, str]) -> str:
    shown = STAGES if answer.stage in STAGES else (*STAGES, answer.stage.value)
    return (
        '<div class="tt-stages">'
        + "".join(
            f'<span class="{"on" if name == answer.stage else ""}">{escape(words[name])}</span>'
            for name in shown
        )
        + "</div>"
    )


def _intents(answer: TurnAnswer, words: dict[str, str]) -> str:
    if not answer.intents:
        return _none(words)
    return "".join(
        f'<div class="tt-bar"><span>{escape(score.id)}</span><i style="width:{score.confidence:.0%}"></i>'
        f"<b>{score.confidence:.2f}</b></div>"
        for score in answer.intents
    )


def _slots(answer: TurnAnswer, words: dict[str, str]) -> str:
    if not answer.slots:
        return _none(words)
    head = "".join(f"<th>{escape(words[name])}</th>" for name in ("slot", "value", "evidence"))
    rows = "".join(_slot_row(answer, slot, value, words) for slot, value in answer.slots.items())
    return f"<table><tr>{head}</tr>{rows}</table>"


def _slot_row(answer: TurnAnswer, slot: str, value: Any, words: dict[str, str]) -> str:
    evidence = answer.evidence.get(slot)
    heard = (
        f"{evidence.text} · {words['turn']} {evidence.turn} · {words[evidence.status]}" if evidence else ""
    )
    fresh = ' class="new"' if slot in answer.mentions else ""
    return f"<tr{fresh}><td>{escape(slot)}</td><td>{escape(_shown(value))}</td><td>{escape(heard)}</td></tr>"


def _citations(answer: TurnAnswer, words: dict[str, str]) -> str:
    if not answer.citations:
        return _none(words)
    rows = "".join(
        f"<li><code>{escape(citation.source)}</code> {escape(citation.text)}</li>"
        for citation in answer.citations
    )
    return f"<ul>{rows}</ul>"


def _guard(answer: TurnAnswer, words: dict[str, str]) -> str:
    kinds = ", ".join(violation.kind for violation in answer.guard.violations)
    verdict = answer.guard.verdict
    return f'<span class="tt-verdict {verdict}">{escape(words[verdict])}</span> {escape(kinds)}'


def _actions(answer: TurnAnswer, words: dict[str, str]) -> str:
    if not answer.actions:
        return _none(words)
    rows = "".join(
        f'<li><b>{escape(action.name)}</b> <span class="tt-quiet">{escape(_pairs(action.result))}</span></li>'
        for action in answer.actions
    )
    return f"<ul>{rows}</ul>"


def _pairs(result: dict[str, Any]) -> str:
    """What came of an action: `quantity 12 · total 1540080`."""
    return " · ".join(
        f"{key} {_shown(value)}" for key, value in result.items() if value not in (None, {}, "")
    )


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return json.dumps(value, ensure_ascii=False)


def _times(answer: TurnAnswer, words: dict[str, str]) -> str:
    longest = max(answer.latency_ms.values(), default=0.0) or 1.0
    return "".join(
        f'<div class="tt-bar"><span>{escape(words.get(name, name))}</span>'
        f'<i style="width:{spent / longest:.0%}"></i><b>{spent:.1f} ms</b></div>'
        for name, spent in answer.latency_ms.items()
    )
