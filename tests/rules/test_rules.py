"""The rules that hold on every path: proved by exploration, and each shown to be looked at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

import nodes.plan
import policy.answers.prices
import policy.bookings
import policy.business
import policy.ending
import policy.events
import policy.lead
from core.types import Act, Quote, Stage, ToolCall
from policy.deal import Deal
from policy.invariants import INVARIANTS
from policy.move import Move
from policy.pricing import best_quote
from tests.rules.explore import RUNS, Counters, explored, explored_all

Mutate = Callable[[pytest.MonkeyPatch], None]


@pytest.mark.timeout(600)
def test_no_talk_of_the_shipped_packs_breaks_a_rule() -> None:
    runs = explored_all()
    assert [run.broken for run in runs] == [[]] * len(RUNS), "\n\n".join(
        str(found) for run in runs for found in run.broken[:3]
    )
    assert sum(run.states for run in runs) > 1_000 and sum(run.transitions for run in runs) > 200_000


def without_ban(patch: pytest.MonkeyPatch) -> None:
    end = policy.ending._end
    patch.setattr(policy.ending, "_do_not_call", lambda deal: end("do_not_call", "end.do_not_call"))


def ban_after_the_farewell(patch: pytest.MonkeyPatch) -> None:
    """The tools the other way round."""
    banned = policy.ending._do_not_call

    def turned(deal: Deal) -> Move:
        move = banned(deal)
        return move.model_copy(update={"tools": move.tools[::-1]})

    patch.setattr(policy.ending, "_do_not_call", turned)


def every_complaint_to_a_human(patch: pytest.MonkeyPatch) -> None:
    """Who threatens to complain about the calls is handed over, and called again."""
    ending = policy.ending.ending

    def handed_over(deal: Deal) -> Move | None:
        return policy.ending.hand_over(deal, "complaint") if "投诉" in deal.text else ending(deal)

    patch.setattr(nodes.plan, "ending", handed_over)


def no_way_out(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(nodes.plan, "ending", lambda deal: None)


def no_rest(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(nodes.plan, "at_rest", lambda deal, move: move)


def no_barrier(patch: pytest.MonkeyPatch) -> None:
    on_event = policy.events.on_event
    patch.setattr(nodes.plan, "on_event", lambda event, deal, *, barrier=None: on_event(event, deal))


def no_patience(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(policy.ending, "waiting", lambda deal: None)


def no_childhood(patch: pytest.MonkeyPatch) -> None:
    business = policy.business
    patch.setattr(nodes.plan, "minor", lambda deal: business.with_lead(deal, business.business(deal)))


def no_refusal_of_private_numbers(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(nodes.plan, "refused", lambda deal, move: move)


def parting_for_ever(patch: pytest.MonkeyPatch) -> None:
    parting = policy.business.parting
    patch.setattr(policy.business, "parting", lambda *args: parting(*args).model_copy(update={"tools": ()}))


def ending_unasked(patch: pytest.MonkeyPatch) -> None:
    repeat = ToolCall(name="end_call", args={"reason": "repeat"})
    silent = policy.events.on_trouble
    patch.setattr(
        nodes.plan, "on_trouble", lambda *args: silent(*args).model_copy(update={"tools": (repeat,)})
    )


def a_tenth_off(patch: pytest.MonkeyPatch) -> None:
    def cheaper(*args: Any) -> Quote:
        quote = best_quote(*args)
        return quote.model_copy(update={"unit_price": quote.unit_price * 0.9, "total": quote.total * 0.9})

    patch.setattr(policy.answers.prices, "best_quote", cheaper)


def open_all_night(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(policy.bookings, "is_open", lambda mode, when: True)


def post_to_nobody(patch: pytest.MonkeyPatch) -> None:
    sent = [Act(act="answer", script="material.sent", values={"topic": "material"})]
    call = ToolCall(name="send_material", args={"email": "", "what": "brochure"})
    patch.setattr(policy.business, "material", lambda deal: (sent, [call]))


def a_lead_a_turn(patch: pytest.MonkeyPatch) -> None:
    call = ToolCall(name="save_lead", args={"customer_id": None})
    patch.setattr(policy.business, "contact_tools", lambda deal: (call,))


def question_in_between(patch: pytest.MonkeyPatch) -> None:
    first = policy.business.one_question
    patch.setattr(
        policy.business,
        "one_question",
        lambda acts: sorted(first(acts), key=policy.business._asks, reverse=True),
    )


def every_question(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(policy.business, "one_question", lambda acts: acts)


def poor_memory(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Deal, "known", lambda deal, slot: False)


def argues_on(patch: pytest.MonkeyPatch) -> None:
    objections = policy.business.objections
    patch.setattr(policy.business, "objections", lambda deal: objections(replace(deal, attempts={})))


def presses_on(patch: pytest.MonkeyPatch) -> None:
    """A question behind the respect."""
    business = policy.business.business
    patch.setattr(nodes.plan, "business", lambda deal: business(deal).model_copy(update={"leads": True}))


def proposes_again(patch: pytest.MonkeyPatch) -> None:
    propose = policy.lead.propose
    patch.setattr(policy.lead, "propose", lambda deal: propose(replace(deal, asked={})))


def unnamed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(nodes.plan, "introduced", lambda deal, move: move)


def back_unsaid(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(nodes.plan, "resumed", lambda deal, move: move)


def speechless(patch: pytest.MonkeyPatch) -> None:
    quiet = Move(reason="input", stage=Stage.QUALIFICATION)
    patch.setattr(nodes.plan, "on_trouble", lambda trouble, deal: quiet)


MUTATIONS: tuple[tuple[str, Mutate], ...] = (
    ("do_not_call_before_farewell", without_ban),
    ("do_not_call_before_farewell", ban_after_the_farewell),
    ("do_not_call_before_farewell", every_complaint_to_a_human),
    ("nothing_sold_after_refusal", no_way_out),
    ("nothing_sold_after_refusal", no_rest),
    ("ended_talk_stays_ended", no_rest),
    ("barred_start_sells_nothing", no_barrier),
    ("human_holds_the_talk", no_patience),
    ("minors_not_sold_to", no_childhood),
    ("sensitive_refused", no_refusal_of_private_numbers),
    ("end_call_iff_farewell_or_hangup", parting_for_ever),
    ("end_call_iff_farewell_or_hangup", ending_unasked),
    ("prices_are_policys", a_tenth_off),
    ("no_effect_without_cause", open_all_night),
    ("no_effect_without_cause", post_to_nobody),
    ("no_effect_without_cause", a_lead_a_turn),
    ("answers_before_it_leads", question_in_between),
    ("one_question_a_turn", every_question),
    ("never_asks_what_is_known", poor_memory),
    ("objection_attempts_bounded", argues_on),
    ("objection_attempts_bounded", presses_on),
    ("proposes_once", proposes_again),
    ("says_it_is_a_robot", unnamed),
    ("says_it_is_a_robot", back_unsaid),
    ("leaves_no_turn_unanswered", speechless),
)


@pytest.mark.parametrize(("rule", "mutate"), MUTATIONS, ids=lambda one: getattr(one, "__name__", str(one)))
def test_a_rule_removed_on_purpose_is_found_out(
    rule: str, mutate: Mutate, monkeypatch: pytest.MonkeyPatch
) -> None:
    mutate(monkeypatch)
    (found,) = explored("qiheng", "text", depth=2, rule=rule).broken
    assert found.rule == rule and found.path and found.why in str(found)


def test_every_rule_is_removed_once() -> None:
    assert {rule for rule, _ in MUTATIONS} == {rule.id for rule in INVARIANTS}
    assert all(rule.says["zh"] and rule.says["en"] for rule in INVARIANTS)


def test_a_counter_that_is_not_kept_may_not_be_read() -> None:
    with pytest.raises(AssertionError, match="'refuse'"):
        Counters().get("refuse")
