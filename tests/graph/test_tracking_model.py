"""The tracking model within the whole graph: what it tells reaches the state judged, and nothing else does."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from core.settings import Settings
from core.types import Understanding
from engines.tracking.fallback import FallbackTracker
from engines.tracking.llm import LlmTracker
from policy.tracking.rules import RuleTracker
from tests.fakes import heard, mention, pack_of
from tests.graph.conftest import WHEN, Desk
from tests.openai_server import OpenAIServer, Reply, serving

FIRST, SECOND = "我们在苏州,R6要二十台", "不对,是十二台"
SCRIPT: dict[str, Understanding] = {
    FIRST: heard(
        "inform",
        mentions=[
            mention("location", "苏州", 3, 5),
            mention("product", "QH-R6", 6, 8),
            mention("quantity", 20, 9, 12),
        ],
    ),
    SECOND: heard("deny", mentions=[mention("quantity", 12, 4, 7)]),
}
FAILURES = {"broken": Reply(status=500), "garbled": Reply("秘密"), "empty": Reply("")}


@pytest.fixture(scope="module")
def server() -> Iterator[OpenAIServer]:
    with serving() as running:
        yield running


@pytest.fixture
def tracked(desk: Callable[..., Desk], server: OpenAIServer) -> Desk:
    """A desk whose state the model follows."""
    pack = pack_of()
    settings = Settings(tracking="llm", tracking_base_url=server.url, tracking_model="scripted")
    return desk(SCRIPT, tracker=FallbackTracker(LlmTracker(settings, pack), RuleTracker(pack)))


def told(**diff: Any) -> Reply:
    return Reply(json.dumps({"set": [], **diff}, ensure_ascii=False))


async def test_the_state_follows_what_the_model_tells(tracked: Desk, server: OpenAIServer) -> None:
    server.script(
        told(
            set=[{"slot": "location", "value": "苏州", "words": "苏州"}],
            items=[{"product": "QH-R6", "quantity": 20, "words": "R6要二十台"}],
            focus="QH-R6",
        ),
        told(items=[{"product": "QH-R6", "quantity": 12, "words": "十二台"}]),
    )
    assert (await tracked.say(FIRST)).slots == {"location": "苏州", "product": "QH-R6", "quantity": 20}
    answer = await tracked.say(SECOND)
    assert answer.slots == {"location": "苏州", "product": "QH-R6", "quantity": 12}
    assert (answer.evidence["quantity"].turn, answer.evidence["quantity"].text) == (2, "十二台")
    shown = json.loads(server.requests[-1]["messages"][-1]["content"])
    assert shown["customer"] == SECOND and shown["state"]["items"] == [{"product": "QH-R6", "quantity": 20}]


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES.keys())
async def test_a_model_that_fails_leaves_the_talk_as_the_rules_have_it(
    tracked: Desk, desk: Callable[..., Desk], server: OpenAIServer, failure: Reply
) -> None:
    server.script(failure)
    alone = desk(SCRIPT)
    for line in (FIRST, SECOND):
        answer, expected = await tracked.say(line), await alone.say(line)
        same = ("reply", "slots", "line_items", "evidence", "stage", "acts")
        assert {name: getattr(answer, name) for name in same} == {
            name: getattr(expected, name) for name in same
        }


async def test_what_is_not_believed_is_seen_nowhere(tracked: Desk, server: OpenAIServer) -> None:
    server.script(
        told(
            set=[{"slot": "company", "value": "不可见公司", "words": "不可见"}],
            items=[{"product": "不可见产品", "quantity": 5, "words": "五台"}],
        )
    )
    config: Any = {"configurable": {"thread_id": "s"}}
    modes = ["values", "updates", "messages", "custom", "debug", "tasks", "checkpoints"]
    turn: Any = {"text": FIRST}
    seen = [
        repr(part)
        async for part in tracked.talk.graph.astream(
            turn, config, context=WHEN, stream_mode=modes, durability="sync", subgraphs=True
        )
    ]
    answer = await tracked.say(FIRST)
    assert len(seen) > 20 and answer.slots == {}
    assert not any("不可见" in part for part in (*seen, answer.model_dump_json()))
