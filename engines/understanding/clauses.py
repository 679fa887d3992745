"""What a clause says plainly, and the whole hides: 我姓王,…,转人工 wants a human; 你好,多少钱 asks the price."""

from __future__ import annotations

import re
from collections.abc import Callable

from core.types import IntentScore, Lang

HEEDED = frozenset({"request_human", "do_not_call"})
"""Intents whose miss costs more than a false alarm."""
ALONE = frozenset({"out_of_scope", "wrong_person"})
"""Main intents beside which nothing else is served."""
PASSING = frozenset({"inform", "affirm", "deny", "greet", "repeat", "hold_on", "chitchat", "out_of_scope"})
"""What a clause says in passing while the whole means something else: slots carry the facts of `inform`."""
BESIDE = 0.6
"""Confidence of a second intent that one clause says plainly: so many of them were labelled on development data."""
FRAMES = frozenset({"greet", "repeat", "hold_on", "chitchat", "thanks_bye"})
"""Intents that often stand before or behind a question, and take the whole for themselves."""
ASKING = ("ask_", "compare_", "request_")
SURE = 0.8
PLAIN = 0.9
"""Confidence from which a clause is taken to ask; on the training examples of FRAMES 1 in 60 is misled."""
MOST_CLAUSES = 8
_MARKS = ",，。.;；!！?？、\n"
_CLAUSE: dict[Lang, re.Pattern[str]] = {
    "zh": re.compile(rf"[^{_MARKS} ]+"),
    "en": re.compile(rf"[^{_MARKS}]+"),
}

Rank = Callable[[str], tuple[IntentScore, ...]]


def read_clauses(
    text: str, lang: Lang, whole: tuple[IntentScore, ...], rank: Rank
) -> tuple[IntentScore, ...]:
    """The intents of the whole utterance, joined by what one of its clauses says plainly; ranked."""
    if any(score.id in HEEDED for score in whole):
        return whole
    said = [rank(clause)[0] for clause in _clauses(text, lang)]
    heeded = next((score for score in said if score.id in HEEDED and score.confidence >= SURE), None)
    if heeded:
        return _ranked(whole[0], heeded)
    if whole[0].id in FRAMES and not any(score.id.startswith(ASKING) for score in whole):
        asked = next((s for s in said if s.id.startswith(ASKING) and s.confidence >= PLAIN), None)
        if asked and whole[0].id == "greet":
            return (asked, IntentScore(id="greet", confidence=min(asked.confidence, whole[0].confidence)))
        if asked:
            return _ranked(whole[0], asked)
    return whole if len(whole) > 1 else _with_second(whole[0], said)


def _with_second(main: IntentScore, said: list[IntentScore]) -> tuple[IntentScore, ...]:
    """The main intent, and what the plainest of the other clauses means."""
    others = [
        score for score in said if score.confidence >= PLAIN and score.id not in PASSING and score.id != main.id
    ]
    if main.id in ALONE or not others:
        return (main,)
    second = max(others, key=lambda score: score.confidence)
    return main, IntentScore(id=second.id, confidence=min(BESIDE, main.confidence))


def _ranked(whole: IntentScore, clause: IntentScore) -> tuple[IntentScore, IntentScore]:
    return (clause, whole) if clause.confidence > whole.confidence else (whole, clause)


def _clauses(text: str, lang: Lang) -> list[str]:
    clauses = [match.group().strip() for match in _CLAUSE[lang].finditer(text)]
    clauses = [clause for clause in clauses if any(char.isalnum() for char in clause)]
    return clauses[-MOST_CLAUSES:] if len(clauses) > 1 else []
