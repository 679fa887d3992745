"""`understand` alone: what the port is asked, and what comes of it."""

from __future__ import annotations

import pytest

from nodes.understand import understand
from tests.fakes import ScriptedUnderstander, heard, opened


@pytest.mark.parametrize(
    ("expecting", "told"),
    [(None, None), ("quantity", "quantity"), ("confirm:phone", "phone"), ("propose:demo", None)],
)
async def test_the_slot_asked_for_goes_along(expecting: str | None, told: str | None) -> None:
    engine = ScriptedUnderstander({"十二": heard("inform", quantity=12)})
    update = await understand(opened(text="十二", expecting=expecting), understander=engine)
    assert update == {"understanding": heard("inform", quantity=12)}
    assert engine.asked == [("十二", told)]


async def test_what_is_not_understood_is_out_of_scope() -> None:
    update = await understand(opened(text="嘟嘟"), understander=ScriptedUnderstander({}))
    assert update["understanding"].intent == "out_of_scope"
