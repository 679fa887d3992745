from __future__ import annotations

import pytest

from core.types import Line
from policy.objections import ARGUED, objections
from tests.fakes import a_deal, heard, held, pack_of, say

INTENTS = [play.intent for play in pack_of().playbook.plays]


@pytest.mark.parametrize("intent", INTENTS)
def test_one_play_an_attempt_then_respect(intent: str) -> None:
    play = pack_of().playbook.play_for(intent)
    assert play is not None
    deals = [a_deal(heard(intent), attempts={intent: n}, channel="voice") for n in range(4)]
    said = [objections(deal)[0].script for deal in deals]
    assert said[: len(play.situations)] == list(play.situations)
    assert set(said[len(play.situations) :]) == {"objection.respect"}


def test_respect_asks_nothing() -> None:
    deal = a_deal(heard("object_price"), attempts={"object_price": 9})
    (line,) = say(deal, objections(deal))
    assert "?" not in line and "？" not in line


def test_the_first_objection_heard_is_met() -> None:
    acts = objections(a_deal(heard("object_trust", "object_price"), channel="voice"))
    assert [act.values["intent"] for act in acts] == ["object_trust"]
    acts = objections(a_deal(heard("ask_price", "object_price")))
    assert [act.values["intent"] for act in acts] == ["object_price"]


def test_no_objection_no_answer_to_it() -> None:
    assert objections(a_deal(heard("ask_price", "inform"))) == []


def test_a_price_objection_is_answered_with_an_offer_in_force() -> None:
    deal = a_deal(heard("object_price"), focus="QH-R20", slots=held(product="QH-R20"))
    acts = objections(deal)
    assert [act.script for act in acts] == [ARGUED, "answer.offer_needs"]
    assert acts[1].facts and "?" not in "".join(say(deal, acts)).replace("？", "?")


def test_the_reference_is_one_from_the_customers_own_trade() -> None:
    own = a_deal(heard("object_need"), attempts={"object_need": 1}, slots=held(industry="汽配"))
    other = a_deal(heard("object_need"), attempts={"object_need": 1}, slots=held(industry="园林"))
    unknown = a_deal(heard("object_need"), attempts={"object_need": 1})
    assert "汽" in "".join(say(own, objections(own)[1:]))
    assert [act.script for act in objections(other)] == ["objection.need.2"]
    assert [act.script for act in objections(unknown)] == ["objection.need.2"]


def test_an_argument_is_not_used_twice() -> None:
    deal = a_deal(heard("object_price"), focus="QH-R20", slots=held(product="QH-R20"))
    said = Line(turn=1, who="robot", text="".join(say(deal, objections(deal)[1:])))
    again = a_deal(heard("object_price"), focus="QH-R20", slots=held(product="QH-R20"), lines=[said])
    assert objections(deal)[1].facts != [act.facts for act in objections(again)[1:]]


def test_what_was_asked_beside_an_objection_is_answered_instead() -> None:
    deal = a_deal(heard("object_price", "ask_service"), focus="QH-R20", slots=held(product="QH-R20"))
    assert [act.script for act in objections(deal)] == ["objection.price.1"]


def test_a_play_is_spoken_from_the_library_it_began_with():
    new = a_deal(heard("object_price"), scripts_revision=4)
    begun = a_deal(heard("object_price"), scripts_revision=4, plays={"object_price": 2})
    assert {act.revision for act in objections(new) if act.act == "handle_objection"} == {4}
    assert {act.revision for act in objections(begun) if act.act == "handle_objection"} == {2}
