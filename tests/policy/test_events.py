from __future__ import annotations

from typing import Any, get_args

import pytest

from core.state import Trouble
from core.types import CustomerCard, Stage
from policy.events import SILENCES, TROUBLE_SCRIPTS, on_event, on_trouble
from tests.fakes import a_deal, say


def scripts(move: Any) -> list[str | None]:
    return [act.script for act in move.acts]


def test_the_call_begins_with_who_is_speaking() -> None:
    deal = a_deal()
    move = on_event("start", deal)
    assert scripts(move) == ["greet"] and move.stage is Stage.OPENING
    assert "智能" in say(deal, move.acts)[0]


def test_a_known_customer_is_greeted_by_name() -> None:
    deal = a_deal(profile=CustomerCard(contact_name="王", title="经理"))
    move = on_event("start", deal)
    assert scripts(move) == ["greet.known"]
    assert "王经理" in say(deal, move.acts)[0]


def test_a_barred_number_is_not_talked_to() -> None:
    move = on_event("start", a_deal(), barrier="do_not_call")
    assert scripts(move) == ["barred"] and move.stage is Stage.ENDED
    assert [call.args for call in move.tools] == [{"reason": "barred"}]


def test_silences_grow_into_a_goodbye() -> None:
    moves = [
        on_event("silence", a_deal(stage=Stage.PROPOSAL, attempts={"silence": n})) for n in range(SILENCES)
    ]
    assert [scripts(move) for move in moves] == [["silence.1"], ["silence.2"], ["silence.bye"]]
    assert [move.stage for move in moves] == [Stage.PROPOSAL, Stage.PROPOSAL, Stage.ENDED]
    assert [len(move.tools) for move in moves] == [0, 0, 1]


def test_a_hangup_is_only_written_down() -> None:
    move = on_event("hangup", a_deal())
    assert move.acts == () and move.stage is Stage.ENDED
    assert [call.name for call in move.tools] == ["end_call"]


def test_every_trouble_has_its_word() -> None:
    assert set(TROUBLE_SCRIPTS) == set(get_args(Trouble))


@pytest.mark.parametrize("trouble", get_args(Trouble))
def test_trouble_leaves_the_talk_where_it_was(trouble: Trouble) -> None:
    deal = a_deal(stage=Stage.PROPOSAL)
    move = on_trouble(trouble, deal)
    assert move.stage is Stage.PROPOSAL and move.tools == () and not move.leads
    assert say(deal, move.acts)[0]
