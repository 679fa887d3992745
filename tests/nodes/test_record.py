"""`record` alone: the answer of the contract, the books, and what the next turn starts from."""

from __future__ import annotations

from typing import Any

import pytest

from core.types import Act, Line, LineItem, Plan, Quote, SlotValue, Stage, ToolCall
from crm.store import Store
from nodes.record import record
from tests.fakes import heard, opened

ANSWER = Act(act="answer", script="answer.price", values={"topic": "price", "price": "138,000元"})
ASK = Act(act="ask_slot", slot="application", script="ask.application", values={"products": "x"})
PROPOSE = Act(act="propose", script="propose.demo", values={"step": "demo"})
CONFIRM = Act(act="confirm_slot", slot="phone", script="confirm.phone", values={"value": "138"})


def finished(*acts: Act, stage: Stage = Stage.PRESENTATION, **more: Any) -> Any:
    plan = Plan(stage=stage, reason="customer: ask_price", acts=acts)
    fields = {
        "text": "R20多少钱",
        "reply": "138,000元。",
        "understanding": heard("ask_price", product="QH-R20"),
    }
    return opened(plan=plan, **{**fields, **more})


async def test_the_answer_has_the_form_of_the_contract(store: Store) -> None:
    slots = {"product": SlotValue(value="QH-R20", turn=1, text="R20", status="confirmed")}
    state = finished(ANSWER, ASK, slots=slots, line_items=(LineItem(product="QH-R20"),))
    answer = (await record(state, store=store))["answer"]
    assert (answer.thread, answer.turn, answer.turn_id) == ("t", 1, "t-1")
    assert answer.slots == answer.mentions == {"product": "QH-R20"}
    assert answer.evidence["product"].model_dump() == {"turn": 1, "text": "R20", "status": "confirmed"}
    assert answer.acts == (
        {"act": "answer", "topic": "price"},
        {"act": "ask_slot", "slot": "application"},
    )
    assert answer.stage is Stage.PRESENTATION and answer.reply == "138,000元。"


async def test_the_turn_is_in_the_books_once_however_often_it_is_recorded(store: Store) -> None:
    state = finished(ANSWER)
    first = await record(state, store=store)
    assert await record(state, store=store) == first
    talk = store.talk("t")
    assert talk is not None
    assert [(line.who, line.text) for line in talk.lines] == [
        ("customer", "R20多少钱"),
        ("robot", "138,000元。"),
    ]
    assert [(step.stage, step.reason) for step in talk.stages] == [("presentation", "customer: ask_price")]
    assert store.answer("t", "t-1") == first["answer"]


async def test_what_was_learned_of_the_customer_is_kept(store: Store) -> None:
    slots = {
        "contact_name": SlotValue(value="王", turn=1, text="王"),
        "budget": SlotValue(value={"min": 1, "max": 2, "currency": "CNY"}, turn=1, text=""),
    }
    await record(finished(ANSWER, slots=slots), store=store)
    talk = store.talk("t")
    assert talk is not None and talk.customer is not None
    assert talk.customer.contact_name == "王"


@pytest.mark.parametrize(
    ("acts", "awaited"),
    [
        ((ANSWER,), None),
        ((ANSWER, ASK), "application"),
        ((ANSWER, PROPOSE), "propose:demo"),
        ((CONFIRM,), "confirm:phone"),
        ((), None),
    ],
)
async def test_what_the_robot_waits_for(store: Store, acts: tuple[Act, ...], awaited: str | None) -> None:
    assert (await record(finished(*acts), store=store))["expecting"] == awaited


async def test_questions_proposals_and_intents_are_counted(store: Store) -> None:
    state = finished(ANSWER, ASK, asked={"application": 1}, attempts={"ask_price": 2, "greet": 1})
    update = await record(state, store=store)
    assert update["asked"] == {"application": 2}
    assert update["attempts"] == {"ask_price": 3, "greet": 1, "priced": 1}
    assert state["asked"] == {"application": 1}, "the state that came in is left alone"
    assert (await record(finished(PROPOSE), store=store))["asked"] == {"propose:demo": 1}


async def test_a_greeting_of_ours_counts_once(store: Store) -> None:
    greet = Act(act="greet", script="greet")
    for understanding in (heard(), heard("greet")):
        update = await record(finished(greet, understanding=understanding), store=store)
        assert update["attempts"] == {"greet": 1}


async def test_silences_count_only_in_a_row(store: Store) -> None:
    silent = {"event": "silence", "text": "", "understanding": heard()}
    second = await record(finished(attempts={"silence": 1}, **silent), store=store)
    assert second["attempts"] == {"silence": 2}
    assert "silence" not in (await record(finished(ANSWER, attempts={"silence": 2}), store=store))["attempts"]


async def test_silences_while_a_human_is_waited_for_do_not_count(store: Store) -> None:
    silent = {"event": "silence", "text": "", "understanding": heard()}
    update = await record(finished(stage=Stage.HANDOFF, attempts={"silence": 2}, **silent), store=store)
    assert "silence" not in update["attempts"]


@pytest.mark.parametrize(
    ("begun", "planned", "kept"),
    [
        (Stage.PROPOSAL, Stage.HANDOFF, Stage.PROPOSAL),
        (Stage.HANDOFF, Stage.HANDOFF, Stage.CLOSING),
        (Stage.PROPOSAL, Stage.OBJECTION, Stage.CLOSING),
    ],
)
async def test_the_stage_that_a_human_takes_over_from_is_kept(
    store: Store, begun: Stage, planned: Stage, kept: Stage
) -> None:
    state = finished(ANSWER, stage=planned, stage_before=Stage.CLOSING)
    assert (await record({**state, "stage": begun}, store=store))["stage_before"] is kept


async def test_of_each_product_the_last_price_told_is_kept(store: Store) -> None:
    fields = {"list_price": 100, "offer": None, "currency": "CNY"}
    old = Quote(product="A", quantity=1, unit_price=100, total=100, **fields)
    other = old.model_copy(update={"product": "B"})
    new = old.model_copy(update={"quantity": 2, "total": 200})
    plan = Plan(stage=Stage.PROPOSAL, reason="x", tools=(ToolCall(name="quote", args=new.model_dump()),))
    state = {**finished(quoted=(old, other)), "plan": plan}
    assert (await record(state, store=store))["quoted"] == (new, other)


async def test_the_input_is_cleared_for_the_next_turn(store: Store) -> None:
    update = await record(finished(ANSWER), store=store)
    assert {update[name] for name in ("text", "event", "image", "turn_id")} == {""}
    assert update["audio"] == {}


async def test_a_turn_without_words_leaves_no_lines(store: Store) -> None:
    update = await record(finished(text="", reply="", understanding=heard(), event="hangup"), store=store)
    assert update["lines"] == []


async def test_lines_carry_intents_and_acts(store: Store) -> None:
    assert (await record(finished(ANSWER, ASK), store=store))["lines"] == [
        Line(turn=1, who="customer", text="R20多少钱", tags=("ask_price",)),
        Line(turn=1, who="robot", text="138,000元。", tags=("answer", "ask_slot")),
    ]


async def test_a_play_keeps_the_revision_it_began_with(store: Store) -> None:
    def attempt(revision: int) -> Act:
        return Act(act="handle_objection", script="x", values={"intent": "object_price"}, revision=revision)

    first = await record(finished(attempt(3)), store=store)
    assert first["plays"] == {"object_price": 3}
    later = await record(finished(attempt(5), turn_id="t-2", plays=first["plays"]), store=store)
    assert later["plays"] == {"object_price": 3}
    assert (await record(finished(ANSWER, turn_id="t-3"), store=store))["plays"] == {}


@pytest.mark.parametrize(
    "act",
    [
        Act(act="small_talk", script="hold_on"),
        Act(act="clarify", script="silence.1"),
        Act(act="answer", script="repeat", values={"topic": "repeat", "last": "几台?"}),
    ],
)
async def test_a_turn_that_only_holds_the_thread_still_waits_for_what_was_asked(
    store: Store, act: Act
) -> None:
    assert (await record(finished(act, expecting="quantity"), store=store))["expecting"] == "quantity"
    assert (await record(finished(act, ANSWER, expecting="quantity"), store=store))["expecting"] is None


async def test_what_the_answer_was_about_is_known_until_the_next_answer(store: Store) -> None:
    price = ANSWER.model_copy(update={"facts": ("catalogue:QH-R20#price",)})
    assert (await record(finished(price), store=store))["topics"] == ("price",)
    small = Act(act="small_talk", script="small_talk")
    assert (await record(finished(small, topics=("price",)), store=store))["topics"] == ("price",)


async def test_what_was_recommended_is_known_for_one_turn(store: Store) -> None:
    fit = Act(act="answer", script="answer.fit", values={"topic": "payload", "recommends": "QH-R6"})
    assert (await record(finished(fit), store=store))["recommended"] == "QH-R6"
    assert (await record(finished(ANSWER, recommended="QH-R6"), store=store))["recommended"] is None
