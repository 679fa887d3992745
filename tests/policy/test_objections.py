from __future__ import annotations

import pytest

from policy.objections import objections
from tests.fakes import a_deal, heard, pack_of, say

INTENTS = [play.intent for play in pack_of().playbook.plays]


@pytest.mark.parametrize("intent", INTENTS)
def test_one_play_an_attempt_then_respect(intent: str) -> None:
    play = pack_of().playbook.play_for(intent)
    assert play is not None
    said = [objections(a_deal(heard(intent), attempts={intent: n}))[0].script for n in range(4)]
    assert said[: len(play.situations)] == list(play.situations)
    assert set(said[len(play.situations) :]) == {"objection.respect"}


def test_respect_asks_nothing() -> None:
    deal = a_deal(heard("object_price"), attempts={"object_price": 9})
    (line,) = say(deal, objections(deal))
    assert "?" not in line and "？" not in line


def test_the_first_objection_heard_is_met() -> None:
    acts = objections(a_deal(heard("object_trust", "object_price")))
    assert [act.values["intent"] for act in acts] == ["object_trust"]
    acts = objections(a_deal(heard("ask_price", "object_price")))
    assert [act.values["intent"] for act in acts] == ["object_price"]


def test_no_objection_no_answer_to_it() -> None:
    assert objections(a_deal(heard("ask_price", "inform"))) == []
