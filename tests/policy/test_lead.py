from __future__ import annotations

from typing import Any

import pytest

from core.types import Act, CustomerCard, Stage
from policy import lead as lead_module
from policy.deal import Deal
from policy.lead import ASK_AT_MOST, ask_slot, lead
from tests.fakes import a_deal, held, pack_of, say

ORDER = [ask.slot for ask in pack_of().playbook.asks if ask.stage is Stage.QUALIFICATION]
CLOSING = [ask.slot for ask in pack_of().playbook.asks if ask.stage is Stage.CLOSING]


def ask_next(deal: Deal, stage: Stage = Stage.QUALIFICATION) -> Act | None:
    return lead_module.ask_next(deal, stage)


def propose(deal: Deal) -> Act | None:
    """What is proposed once the qualification is over."""
    act = lead(deal, deal.stage)
    return act if act is not None and act.act == "propose" else None


def test_the_playbook_gives_the_order_of_questions() -> None:
    known: dict[str, Any] = {}
    asked = []
    for slot in ORDER:
        act = ask_next(a_deal(slots=held(**known)))
        assert act is not None
        asked.append(act.slot)
        known[slot] = "x"
    assert asked == ORDER
    assert ask_next(a_deal(slots=held(**known))) is None


def test_what_the_profile_knows_is_not_asked() -> None:
    slots = held(product="QH-R20", application="码垛", quantity=2)
    act = ask_next(a_deal(slots=slots, profile=CustomerCard(industry="汽配")))
    assert act is not None and act.slot == "location"


def test_a_question_is_worn_out_after_a_while() -> None:
    act = ask_next(a_deal(asked={ORDER[0]: ASK_AT_MOST}))
    assert act is not None and act.slot == ORDER[1]
    assert ask_next(a_deal(asked=dict.fromkeys(ORDER, ASK_AT_MOST))) is None


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", ["qiheng", "qingshui"])
def test_every_question_of_the_playbook_can_be_said(name: str, lang: Any) -> None:
    for ask in pack_of(name).playbook.asks:
        deal = a_deal(name=name, lang=lang)
        (line,) = say(deal, [ask_slot(deal, ask.slot)])
        assert line and line.count("?") + line.count("？") == 1


def test_a_step_is_proposed_once_enough_is_known() -> None:
    few = a_deal(focus="QH-R20", slots=held(product="QH-R20"))
    enough = a_deal(focus="QH-R20", slots=held(product="QH-R20", application="码垛"))
    assert propose(few) is None
    act = propose(enough)
    assert act is not None and act.values["step"] == "demo"


def test_a_quotation_comes_first_where_the_number_is_known() -> None:
    slots = held(product="QH-R20", quantity=12)
    act = propose(a_deal(focus="QH-R20", quantity=12, slots=slots))
    assert act is not None and act.values["step"] == "quote"


def test_a_step_is_proposed_once() -> None:
    slots = held(product="QH-R20", quantity=12)
    fields: dict[str, Any] = {"focus": "QH-R20", "quantity": 12, "slots": slots}
    second = propose(a_deal(**fields, asked={"propose:quote": 1}))
    assert second is not None and second.values["step"] == "demo"
    assert propose(a_deal(**fields, asked={"propose:quote": 1, "propose:demo": 1})) is None


def test_what_is_settled_is_not_proposed() -> None:
    slots = held(product="QH-R20", quantity=12, email="a@b.cn", demo_time="2026-11-25T10:00")
    assert propose(a_deal(focus="QH-R20", quantity=12, slots=slots)) is None


def test_without_a_product_nothing_is_proposed() -> None:
    assert propose(a_deal(slots=held(application="码垛", quantity=3, industry="汽配"))) is None


def test_once_a_step_is_settled_only_what_it_needs_is_asked() -> None:
    slots = held(product="QH-R20", demo_time="2026-11-25T10:00")
    deal = a_deal(focus="QH-R20", slots=slots, stage=Stage.CLOSING)
    act = lead(deal, Stage.CLOSING)
    assert act is not None and act.slot == CLOSING[0]


def test_the_arrangement_is_summed_up_once() -> None:
    slots = held(
        product="QH-R20", quantity=3, demo_time="2026-11-25T10:00", contact_name="王", phone="13800001234"
    )
    fields: dict[str, Any] = {"focus": "QH-R20", "quantity": 3, "slots": slots, "stage": Stage.CLOSING}
    deal = a_deal(**fields, attempts={"booked": 1})
    act = lead(deal, Stage.CLOSING)
    assert act is not None and act.script == "close.recap"
    (line,) = say(deal, [act])
    assert "3台" in line and "11月25日" in line and "13800001234" in line
    assert lead(a_deal(**fields, attempts={"booked": 1, "recapped": 1}), Stage.CLOSING) is None
