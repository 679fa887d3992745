from __future__ import annotations

import pytest

from core.types import Stage
from policy.stages import TRANSITIONS, move


def test_every_stage_has_a_row_and_may_stay() -> None:
    assert set(TRANSITIONS) == set(Stage)
    assert all(stage in TRANSITIONS[stage] for stage in Stage)


@pytest.mark.parametrize("stage", Stage)
def test_a_human_and_the_end_can_be_reached_from_anywhere(stage: Stage) -> None:
    assert move(stage, Stage.HANDOFF) is Stage.HANDOFF
    assert move(stage, Stage.ENDED) is Stage.ENDED


@pytest.mark.parametrize("current", Stage)
@pytest.mark.parametrize("wanted", Stage)
def test_a_move_is_always_allowed_by_the_table(current: Stage, wanted: Stage) -> None:
    assert move(current, wanted) in TRANSITIONS[current]


def test_what_a_human_holds_stays_with_the_human() -> None:
    for wanted in set(Stage) - {Stage.ENDED}:
        assert move(Stage.HANDOFF, wanted) is Stage.HANDOFF


def test_an_ended_talk_that_goes_on_is_qualified_anew() -> None:
    assert move(Stage.ENDED, Stage.PROPOSAL) is Stage.QUALIFICATION
    assert move(Stage.ENDED, Stage.OPENING) is Stage.QUALIFICATION


def test_no_talk_opens_twice() -> None:
    for stage in set(Stage) - {Stage.OPENING}:
        assert move(stage, Stage.OPENING) is not Stage.OPENING
