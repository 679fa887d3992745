"""A plan that breaks a rule, through the whole graph."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import nodes.plan
from core.types import Act, Stage
from policy.move import Move
from tests.fakes import heard

PUSHY = Move(
    reason="pushes",
    stage=Stage.PROPOSAL,
    acts=(
        Act(act="answer", script="answer.fact", values={"topic": "warranty", "text": "质保两年"}),
        Act(act="propose", script="propose.demo", values={"step": "demo"}),
    ),
)


async def test_the_verdict_shows_the_rule_and_the_audit_keeps_it(
    desk: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    here = desk({"不需要,我电话13800001234": heard("refuse")})
    monkeypatch.setattr(nodes.plan, "choose", lambda state, deal: PUSHY)
    answer = await here.say("不需要,我电话13800001234")
    assert [act["act"] for act in answer.acts] == ["greet"] and not answer.actions
    assert answer.guard.verdict == "repaired"
    assert "rule:nothing_sold_after_refusal" in {one.kind for one in answer.guard.violations}
    (row,) = here.store.audits()
    assert "rule:nothing_sold_after_refusal" in {one.kind for one in row.violations}
    assert "nothing_sold_after_refusal" in caplog.text and "13800001234" not in caplog.text


async def test_a_plan_that_keeps_the_rules_leaves_no_trace(desk: Callable[..., Any]) -> None:
    here = desk({"不需要": heard("refuse")})
    answer = await here.say("不需要")
    assert answer.guard.verdict == "pass" and here.store.audits() == ()
