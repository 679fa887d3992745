"""Labelled talks of our own and the answers they got, for tests of figures and page."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from core.types import Action, IntentScore, TurnAnswer
from evaluation.rows import Dialogue
from evaluation.turns import Taken

NOW = datetime(2026, 11, 22, 10)


def answer(reply: str, *intents: str, **fields: Any) -> TurnAnswer:
    scores = tuple(IntentScore(id=name, confidence=0.9) for name in intents)
    return TurnAnswer(thread="t", turn=1, turn_id="t#1", reply=reply, intents=scores, **fields)


def expecting(user: str, intent: str, state: dict[str, Any], **expect: Any) -> dict[str, Any]:
    """A labelled turn; fields beside `expect`'s own are the turn's."""
    alternatives = {name: expect.pop(name) for name in ("state_alt", "intent_alt") if name in expect}
    return {"user": user, "intent": intent, "state": state, "expect": expect, **alternatives}


FIRST = Dialogue.model_validate(
    {
        "id": "first talk",
        "lang": "zh",
        "channel": "voice",
        "persona": "<b>急性子</b>的采购",
        "known_customer": {"id": "c7", "company": "某厂"},
        "turns": [
            expecting("要<i>三台</i>", "inform", {"quantity": 3}, stage_in=["qualification"]),
            expecting(
                "送到苏州",
                "inform",
                {"quantity": 3, "location": "苏州"},
                reply_any=["苏州"],
                reply_none=["免费"],
                action="ask_slot",
                state_alt={"industry": ["五金"]},
            ),
        ],
    }
)
SECOND = Dialogue.model_validate(
    {
        "id": "second",
        "lang": "en",
        "turns": [
            expecting("a person please", "request_human", {}, action="handoff", reply_any=["transfer"])
        ],
    }
)
TAKEN = (
    Taken(FIRST, 1, answer("好的", "inform", slots={"quantity": 3}, stage="qualification"), 10),
    Taken(
        FIRST,
        2,
        answer("运费免费", "ask_delivery", slots={"quantity": 30, "industry": "五金", "title": "经理"}),
        20,
    ),
    Taken(SECOND, 1, answer("I will transfer you", "request_human", actions=(Action(name="handoff"),)), 30),
)
