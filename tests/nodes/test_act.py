"""`act` alone: every tool of the plan, each once a turn id."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import InputError, StoreError
from core.types import Action, Plan, Stage, ToolCall
from crm.store import Store
from nodes.act import act
from tests.fakes import NOW, opened, pack_of, ruin

LEAD = ToolCall(name="save_lead", args={"customer_id": None, "contact_name": "王", "phone": "13800001234"})
SEND = ToolCall(name="send_material", args={"email": "a@b.cn", "what": "资料", "product": "QH-R6"})
END = ToolCall(name="end_call", args={"reason": "thanks_bye"})


async def acted(store: Store, *tools: ToolCall, turn_id: str = "t-1") -> tuple[Action, ...]:
    plan = Plan(stage=Stage.CLOSING, reason="test", tools=tools)
    update = await act(opened(plan=plan, turn_id=turn_id), store=store, pack=pack_of())
    done: tuple[Action, ...] = update["actions"]
    return done


async def test_tools_run_in_their_order_with_their_results(store: Store) -> None:
    done = await acted(store, LEAD, SEND, END)
    assert [action.name for action in done] == ["save_lead", "send_material", "end_call"]
    assert done[0].args["phone"] == "13800001234" and done[0].result["customer_id"]
    assert done[1].result["status"] == "queued"
    assert done[2].result == {"ended": True, "reason": "thanks_bye"}


async def test_the_effects_carry_the_turn_s_moment(store: Store) -> None:
    await acted(store, SEND)
    assert [row.at for row in store.outbox()] == [NOW]


async def test_the_same_turn_again_gives_the_stored_results(store: Store) -> None:
    first = await acted(store, LEAD, SEND)
    assert await acted(store, LEAD, SEND) == first
    assert len(store.outbox()) == 1


async def test_another_turn_has_its_own_effect(store: Store) -> None:
    await acted(store, SEND)
    await acted(store, SEND, turn_id="t-2")
    assert len(store.outbox()) == 2


async def test_no_tools_no_actions(store: Store) -> None:
    assert await acted(store) == ()


async def test_an_unknown_tool_is_refused(store: Store) -> None:
    with pytest.raises(InputError, match="no tool"):
        await acted(store, ToolCall(name="launch"))


async def test_a_dead_database_is_a_store_error(store: Store, tmp_path: Path) -> None:
    store.close()
    ruin(tmp_path, "business.db")
    with pytest.raises(StoreError):
        await acted(store, SEND)
