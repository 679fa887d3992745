"""`Talk`: what the answer of a resumed and of a repeated turn is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from graph.talk import NOTHING, config_of
from tests.fakes import heard

WANTS = "R20要十二台,我姓王"
SCRIPT = {WANTS: heard("ask_price", product="QH-R20", quantity=12, contact_name="王", location="苏州")}


@pytest.mark.parametrize("node", ["receive", "plan", "respond", "record"])
async def test_a_resumed_turn_and_its_repeats_have_one_answer_and_a_total(
    desk: Callable[..., Any], node: str
) -> None:
    here = desk(SCRIPT)
    given = {"text": WANTS, "turn_id": "one"}
    config = config_of(here.thread)
    stopped = here.talk.graph.astream(
        {**NOTHING, **given}, config, context=here.context, interrupt_before=[node], durability="sync"
    )
    assert [part async for part in stopped]
    resumed = await here.say(**given)
    assert resumed.turn == 1 and resumed.slots["quantity"] == 12
    again = await here.say(**given)
    for answer in (resumed, again):
        assert answer.latency_ms["total"] > 0
    assert again.model_dump_json(exclude={"latency_ms"}) == resumed.model_dump_json(exclude={"latency_ms"})
