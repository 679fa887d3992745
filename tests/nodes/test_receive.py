"""`receive` alone: number, clock, language, customer, readable text, repeats."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from langgraph.runtime import Runtime

from core.context import MAX_TEXT, TalkContext
from core.errors import InputError, StoreError
from core.pack import Contact
from core.types import CustomerCard, Stage, TurnAnswer, Understanding
from crm.scripts import ScriptChange
from crm.store import Store
from nodes.receive import language_of, readable, receive
from tests.fakes import NOW, heard, ruin

CONTEXT = TalkContext(now="2026-11-22T10:00")


async def received(
    store: Store, given: dict[str, Any], context: TalkContext | None = CONTEXT
) -> dict[str, Any]:
    config: Any = {"configurable": {"thread_id": "t"}}
    state: Any = given
    runtime: Any = Runtime(context=context)
    return await receive(state, config, runtime, store=store, contact=Contact())


async def test_the_first_turn_opens_with_everything_it_needs(store: Store) -> None:
    opened = await received(store, {"text": "你好", "turn_id": "a"})
    assert opened["thread"] == "t"
    assert (opened["turn"], opened["turn_id"], opened["text"]) == (1, "a", "你好")
    assert (opened["now"], opened["channel"], opened["lang"]) == (NOW, "text", "zh")
    assert (opened["stage"], opened["trouble"], opened["barrier"]) == (Stage.OPENING, None, None)


async def test_turns_are_numbered_and_named(store: Store) -> None:
    first = await received(store, {"text": "喂"})
    second = await received(store, {"text": "喂", "turn": 1})
    assert second["turn"] == 2
    assert first["turn_id"] and first["turn_id"] != second["turn_id"]


async def test_what_the_last_turn_worked_out_is_cleared(store: Store) -> None:
    left = {"text": "喂", "understanding": heard("ask_price"), "reply": "138,000元", "actions": ("x",)}
    opened = await received(store, left)
    assert opened["understanding"] == Understanding()
    assert (opened["reply"], opened["actions"], opened["citations"], opened["recalled"]) == ("", (), (), ())


async def test_without_a_context_the_clock_on_the_wall_is_read(store: Store) -> None:
    opened = await received(store, {"text": "喂"}, None)
    assert abs((opened["now"] - datetime.now()).total_seconds()) < 120


async def test_a_time_that_is_none_is_refused(store: Store) -> None:
    with pytest.raises(InputError):
        await received(store, {"text": "喂"}, TalkContext(now="tomorrow"))


async def test_a_repeated_turn_brings_its_answer(store: Store) -> None:
    answer = TurnAnswer(thread="t", turn=1, turn_id="a", reply="您好。")
    store.record_turn("t", "a", turn=1, lines=[], stage="opening", reason="x", answer=answer)
    again = await received(store, {"text": "你好", "turn_id": "a", "turn": 1})
    assert again["repeated"] and again["answer"] == answer and again["reply"] == "您好。"
    assert "turn" not in again, "a repeat is no new turn"


async def test_a_repeated_turn_leaves_nothing_for_the_next_one(store: Store) -> None:
    answer = TurnAnswer(thread="t", turn=1, turn_id="a", reply="您好。")
    store.record_turn("t", "a", turn=1, lines=[], stage="opening", reason="x", answer=answer)
    given = {"text": "你好", "turn_id": "a", "turn": 1}
    left = {**given, **await received(store, given)}
    following = await received(store, {**left, "text": "多少钱"})
    assert not following["repeated"]
    assert following["turn"] == 2 and following["turn_id"] != "a"


async def test_another_thread_may_use_the_same_turn_id(store: Store) -> None:
    answer = TurnAnswer(thread="other", turn=1, turn_id="a", reply="您好。")
    store.record_turn("other", "a", turn=1, lines=[], stage="opening", reason="x", answer=answer)
    assert not (await received(store, {"text": "你好", "turn_id": "a"}))["repeated"]


async def test_the_profile_grows_over_the_turns_and_from_the_store(store: Store) -> None:
    store.save_profile("earlier", "c1", {"contact_name": "王", "industry": "汽配"})
    first = await received(store, {"text": "喂", "customer": {"id": "c1", "title": "经理"}})
    assert first["profile"].contact_name == "王" and first["profile"].title == "经理"
    second = await received(
        store, {"text": "喂", "profile": first["profile"], "customer": {"location": "苏州"}}
    )
    assert (second["profile"].title, second["profile"].location) == ("经理", "苏州")


async def test_earlier_talks_that_the_caller_knows_of_stay_known(store: Store) -> None:
    first = await received(store, {"text": "喂", "customer": {"history": ["2026-11-01 · closing"]}})
    second = await received(store, {"text": "喂", "profile": first["profile"]})
    assert second["profile"].history == ("2026-11-01 · closing",)


async def test_the_newest_edit_of_the_script_library_is_noted(store: Store) -> None:
    assert (await received(store, {"text": "喂"}))["scripts_revision"] == 0
    store.edit_scripts("qiheng", [ScriptChange(id="end.bye.zh.1", line=None)], "li")
    assert (await received(store, {"text": "喂"}))["scripts_revision"] == 1


async def test_fields_of_the_customer_that_nobody_knows_are_no_fault(store: Store) -> None:
    opened = await received(store, {"text": "喂", "customer": {"title": "经理", "shoe_size": 42}})
    assert opened["profile"] == CustomerCard(title="经理")


@pytest.mark.parametrize("known", [{"phone": "13800001234"}, {"id": "c1"}])
async def test_a_barred_number_or_customer_is_seen(store: Store, known: dict[str, str]) -> None:
    store.bar(phone="13800001234", customer_id="c1")
    assert (await received(store, {"event": "start", "customer": known}))["barrier"] == "do_not_call"


@pytest.mark.parametrize(
    ("given", "trouble"),
    [
        ({"text": ""}, "empty"),
        ({"text": "  \n"}, "empty"),
        ({"text": "\x00\x07"}, "unreadable"),
        ({"text": "😀😀"}, "unreadable"),
        ({"text": "?!"}, "unreadable"),
        ({"text": "长" * (MAX_TEXT + 1)}, "long"),
        ({"text": "长" * MAX_TEXT}, None),
        ({"image": "a.png"}, "image"),
        ({"image": "a.png", "text": "这是什么"}, None),
        ({"event": "silence"}, None),
        ({"audio": {"path": "a.wav", "sha256": "0"}}, None),
    ],
)
async def test_input_that_cannot_be_read_is_named(
    store: Store, given: dict[str, Any], trouble: str | None
) -> None:
    opened = await received(store, given)
    assert opened["trouble"] == trouble
    assert len(opened["text"]) <= MAX_TEXT


def test_readable_text_has_no_controls_and_single_blanks() -> None:
    assert readable("  多少\x00钱 \t\n 呢\ud800 ") == "多少钱 呢"


@pytest.mark.parametrize(
    ("text", "before", "lang"),
    [
        ("多少钱", None, "zh"),
        ("how much is it", None, "en"),
        ("how much is it", "zh", "en"),
        ("OK", "zh", "zh"),
        ("hello", None, "en"),
        ("R20多少钱", "en", "zh"),
        ("12", "en", "en"),
        ("12", None, "zh"),
    ],
)
def test_the_language_follows_the_customer(text: str, before: Any, lang: str) -> None:
    assert language_of(text, before) == lang


async def test_the_context_may_force_the_language_and_the_channel(store: Store) -> None:
    opened = await received(
        store, {"text": "多少钱"}, TalkContext(now="2026-11-22", lang="en", channel="voice")
    )
    assert (opened["lang"], opened["channel"]) == ("en", "voice")


async def test_a_dead_store_is_a_store_error(store: Store, tmp_path: Path) -> None:
    store.close()
    ruin(tmp_path, "business.db")
    with pytest.raises(StoreError):
        await received(store, {"text": "喂"})


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("zhang@a.com", "zh"),
        ("MES AGV", "zh"),
        ("ABB FANUC", "zh"),
        ("R20", "zh"),
        ("how much is it", "en"),
        ("HOW MUCH IS IT", "en"),
        ("R20多少钱 please", "zh"),
    ],
)
def test_addresses_and_names_in_capitals_do_not_change_the_language(text: str, lang: str) -> None:
    assert language_of(text, "zh") == lang
