"""The router tables: every branch."""

from __future__ import annotations

from typing import Any, get_args, get_type_hints

import pytest
from langgraph.graph import END

from core.state import Trouble
from core.types import Event
from graph.routes import READ, after_receive, after_transcribe

AUDIO = {"path": "a.wav", "sha256": "0"}
TROUBLES = get_args(Trouble)


@pytest.mark.parametrize(
    ("state", "way"),
    [
        ({"text": "多少钱"}, READ),
        ({"text": "多少钱", "event": "", "trouble": None, "audio": {}}, READ),
        ({"audio": AUDIO}, "transcribe"),
        ({"audio": AUDIO, "text": "多少钱"}, "transcribe"),
        ({"repeated": True}, END),
        ({"repeated": True, "event": "start"}, END),
        ({"repeated": True, "audio": AUDIO}, END),
        ({"repeated": False, "event": "start", "audio": AUDIO}, "plan"),
        *[({"event": event}, "plan") for event in get_args(Event)],
        *[({"trouble": trouble}, "plan") for trouble in TROUBLES],
    ],
)
def test_after_receive(state: Any, way: Any) -> None:
    assert after_receive(state) == way


@pytest.mark.parametrize(
    ("state", "way"),
    [
        ({"text": "多少钱"}, READ),
        ({"text": "多少钱", "trouble": None}, READ),
        *[({"trouble": trouble}, "plan") for trouble in TROUBLES],
    ],
)
def test_after_transcribe(state: Any, way: Any) -> None:
    assert after_transcribe(state) == way


@pytest.mark.parametrize("router", [after_receive, after_transcribe])
def test_a_router_is_pure_and_says_where_it_may_lead(router: Any) -> None:
    state = {"text": "多少钱"}
    router(state)
    assert state == {"text": "多少钱"}
    assert get_type_hints(router)["return"] is not Any
