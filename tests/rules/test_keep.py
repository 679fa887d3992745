"""A plan that breaks a rule is mended before it leaves, and the guard's verdict says so."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from core.types import Act, Plan, Stage, ToolCall
from policy.deal import Deal
from policy.invariants import INVARIANTS
from policy.invariants.turn import TurnView
from policy.keep import kept, ruling
from tests.fakes import a_deal, heard, held, pack_of

SAID = {"attempts": {"greet": 1}}
"""A talk in which the robot has said who it is."""
QUESTION = Act(act="ask_slot", slot="budget", script="ask.budget")
PROPOSAL = Act(act="propose", script="propose.demo", values={"step": "demo"})
FACT = Act(act="answer", script="answer.fact", values={"topic": "warranty", "text": "质保两年"})
FAREWELL = Act(act="farewell", script="end.bye")


def a_turn(
    deal: Deal, *acts: Act, tools: tuple[ToolCall, ...] = (), stage: Stage | None = None, **more: Any
) -> TurnView:
    plan = Plan(stage=stage or deal.stage, reason="a test", acts=acts, tools=tools)
    return TurnView(deal=deal, plan=plan, **more)


def names(plan: Plan) -> list[str]:
    return [act.act for act in plan.acts]


def test_a_plan_that_keeps_the_rules_is_left_as_it_is() -> None:
    turn = a_turn(a_deal(heard("ask_service"), **SAID), FACT, QUESTION)
    assert kept(turn) is turn.plan and ruling(turn.plan, "zh").verdict == "pass"


def test_of_two_equal_questions_one_stays() -> None:
    plan = kept(a_turn(a_deal(heard("inform"), **SAID), QUESTION, QUESTION))
    assert names(plan) == ["ask_slot"] and plan.broken == ("one_question_a_turn",)


def test_an_answer_behind_a_question_comes_in_front_of_it() -> None:
    plan = kept(a_turn(a_deal(heard("ask_service"), **SAID), QUESTION, FACT))
    assert names(plan) == ["answer", "ask_slot"]


def test_who_refuses_is_let_go_however_the_plan_goes_on() -> None:
    end = ToolCall(name="end_call", args={"reason": "refuse"})
    plan = kept(
        a_turn(a_deal(heard("refuse"), **SAID), FACT, FAREWELL, PROPOSAL, tools=(end,), stage=Stage.ENDED)
    )
    assert names(plan) == ["farewell"] and plan.tools == (end,)


def test_the_ban_is_put_in_front_of_everything() -> None:
    end = ToolCall(name="end_call", args={"reason": "do_not_call"})
    deal = a_deal(heard("do_not_call"), slots=held(phone="13800001234"), **SAID)
    plan = kept(a_turn(deal, FAREWELL, tools=(end,), stage=Stage.ENDED))
    assert [call.name for call in plan.tools] == ["do_not_call", "end_call"]
    assert plan.tools[0].args["phone"] == "13800001234"


def test_a_price_that_policy_did_not_work_out_is_not_told() -> None:
    deal = a_deal(heard("ask_price"), focus=pack_of().products[0].id, quantity=1, **SAID)
    told = Act(act="answer", script="answer.price", values={"topic": "price", "price": "1元"})
    plan = kept(a_turn(deal, told))
    assert names(plan) == ["clarify"] and "prices_are_policys" in plan.broken


def test_a_rule_that_puts_something_in_does_not_break_another() -> None:
    deal = a_deal(heard("do_not_call"), slots=held(phone="13800001234"))
    plan = kept(a_turn(deal, QUESTION, PROPOSAL))
    assert names(plan) == ["farewell"] and plan.stage is Stage.ENDED
    assert [call.name for call in plan.tools] == ["do_not_call", "end_call"]


ACTS = st.sampled_from(
    [
        QUESTION,
        PROPOSAL,
        FACT,
        FAREWELL,
        Act(act="ask_slot", slot="phone", script="ask.phone"),
        Act(act="confirm_slot", slot="phone", script="confirm.phone"),
        Act(act="handle_objection", script="objection.price.1", values={"intent": "object_price"}),
        Act(act="clarify", script="clarify"),
        Act(act="disclose", script="disclose"),
        Act(act="answer", script="answer.price", values={"topic": "price", "price": "1元"}),
    ]
)
TOOLS = st.sampled_from(
    [
        ToolCall(name="end_call"),
        ToolCall(name="do_not_call"),
        ToolCall(name="book_demo", args={"time": "2026-11-26T23:30", "mode": None}),
        ToolCall(name="send_material", args={"email": "a@b.cn"}),
        ToolCall(name="save_lead", args={"customer_id": None}),
        ToolCall(name="handoff", args={"reason": "missed"}),
    ]
)
DEALS = st.builds(
    a_deal,
    st.sampled_from(
        [heard(name) for name in ("refuse", "do_not_call", "ask_price", "ask_identity", "object_price")]
    ),
    stage=st.sampled_from([Stage.OPENING, Stage.QUALIFICATION, Stage.ENDED]),
    attempts=st.sampled_from([{}, {"greet": 1, "object_price": 2}]),
    asked=st.sampled_from([{}, {"propose:demo": 1}]),
    slots=st.sampled_from([{}, held(phone="13800001234")]),
    minor=st.booleans(),
    sensitive=st.sampled_from([(), ("id_card",)]),
    handoff=st.sampled_from([None, "waiting", "returned"]),
)


@given(
    DEALS, st.lists(ACTS, max_size=4), st.lists(TOOLS, max_size=3), st.sampled_from(["", "start", "hangup"])
)
def test_whatever_the_plan_what_leaves_breaks_no_rule(
    deal: Deal, acts: list[Act], tools: list[ToolCall], event: str
) -> None:
    turn = a_turn(deal, *acts, tools=tuple(tools), event=event)
    left = turn.with_plan(kept(turn))
    assert [rule.id for rule in INVARIANTS if rule.check(left)] == []
    assert kept(left) is left.plan
