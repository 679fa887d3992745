"""What a clause says plainly, and the whole hides: 我姓王,…,转人工 wants a human; 你好,多少钱 asks the price."""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.types import IntentScore, Lang

HEEDED = frozenset({"request_human", "do_not_call"})
"""Intents whose miss costs more than a false alarm."""
FRAMES = frozenset({"greet", "repeat", "hold_on", "chitchat", "thanks_bye"})
"""Intents that often stand before or behind a question, and take the whole for themselves."""
ALONE = frozenset({"out_of_scope", "wrong_person"})
"""Main intents beside which nothing else is served."""
PASSING = frozenset({"inform", "affirm", "deny", "greet", "repeat", "hold_on", "chitchat", "out_of_scope"})
"""What a clause says in passing while the whole means something else: slots carry the facts of `inform`."""
YIELDING = frozenset({"inform", "greet", "out_of_scope"})
"""Main intents that come second where a clause wants something."""
ASKING = ("ask_", "compare_", "request_")
SURE = 0.8
PLAIN = 0.9
"""Confidence from which a clause is taken to ask; on the training examples of FRAMES 1 in 60 is misled."""
OPENED = 0.5
"""The same behind a greeting, which is seldom all that is said."""
UNSURE = 0.6
"""Confidence below which the whole gives way to what a clause says plainly."""
BESIDE = 0.6
"""Confidence of a second intent that one clause says plainly: so many of them were labelled on development data."""
MOST_CLAUSES = 8
_MARKS = ",，。.;；!！?？、\n"
_CLAUSE: dict[Lang, re.Pattern[str]] = {
    "zh": re.compile(rf"[^{_MARKS} ]+"),
    "en": re.compile(rf"[^{_MARKS}]+"),
}


def clause_spans(text: str, lang: Lang) -> list[tuple[int, int]]:
    """Start and end of the last MOST_CLAUSES clauses; none where the whole is one."""
    spans = [
        match.span()
        for match in _CLAUSE[lang].finditer(text)
        if any(char.isalnum() for char in match.group())
    ]
    return spans[-MOST_CLAUSES:] if len(spans) > 1 else []


def join_clauses(whole: tuple[IntentScore, ...], said: Sequence[IntentScore]) -> tuple[IntentScore, ...]:
    """The intents of the whole utterance, ranked, joined by what one of its clauses says plainly.

    `said` holds the main intent of each clause.
    """
    if any(score.id in HEEDED for score in whole):
        return whole
    heeded = next((score for score in said if score.id in HEEDED and score.confidence >= SURE), None)
    if heeded:
        return _ranked(whole[0], heeded)
    if whole[0].id in FRAMES and not any(score.id.startswith(ASKING) for score in whole):
        framed = _framed(whole[0], said)
        if framed:
            return framed
    return whole if len(whole) > 1 else _with_second(whole[0], said)


def _framed(frame: IntentScore, said: Sequence[IntentScore]) -> tuple[IntentScore, ...] | None:
    """The question behind a greeting first, beside another frame second; None where nothing is asked."""
    least = OPENED if frame.id == "greet" else PLAIN
    asked = max(
        (score for score in said if score.id.startswith(ASKING) and score.confidence >= least),
        key=lambda score: score.confidence,
        default=None,
    )
    if asked is None:
        return None
    return _ranked(frame, asked)


def _with_second(main: IntentScore, said: Sequence[IntentScore]) -> tuple[IntentScore, ...]:
    """The main intent, and what the plainest of the other clauses means."""
    others = [
        score
        for score in said
        if score.confidence >= PLAIN and score.id not in PASSING and score.id != main.id
    ]
    if main.id in ALONE or not others:
        return (main,)
    second = max(others, key=lambda score: score.confidence)
    return main, IntentScore(id=second.id, confidence=min(BESIDE, main.confidence))


def _ranked(whole: IntentScore, clause: IntentScore) -> tuple[IntentScore, IntentScore]:
    """The intent of the whole first, unless it is unsure or yields; the second is never told as surer than the first."""
    if whole.confidence < UNSURE or whole.id in YIELDING:
        return clause, IntentScore(id=whole.id, confidence=min(clause.confidence, whole.confidence))
    return whole, IntentScore(id=clause.id, confidence=min(clause.confidence, whole.confidence))
