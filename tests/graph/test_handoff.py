"""The whole life of a handoff through the graph: asked for, waited, held, given back, or nobody comes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from core.context import TalkContext
from core.types import Stage, TurnAnswer, Understanding
from tests.fakes import NOW, heard
from tests.graph.conftest import Desk

Build = Callable[..., Desk]
LIMIT = timedelta(minutes=10)
SCRIPT: dict[str, Understanding] = {
    "六轴机器人二十公斤的要十二台多少钱": heard("ask_price", product="QH-R20", quantity=12),
    "太贵了": heard("object_price"),
    "转人工": heard("request_human"),
    "人呢": heard("request_human"),
    "好的": heard("affirm"),
    "有多重": heard("ask_product"),
    "我在苏州": heard("inform", location="苏州"),
    "电话13800001234": heard("inform", phone="13800001234"),
    "让人给我回电话": heard("request_human"),
    "再见": heard("thanks_bye"),
    "不需要": heard("refuse"),
    "别再打了": heard("do_not_call"),
    "I want a human": heard("request_human"),
    "Still there?": heard("affirm"),
}


def at(minutes: int) -> TalkContext:
    return TalkContext(now=(NOW + timedelta(minutes=minutes)).isoformat(timespec="minutes"))


def actions(answer: TurnAnswer) -> list[str]:
    return [action.name for action in answer.actions]


def acts(answer: TurnAnswer) -> list[str]:
    return [str(act["act"]) for act in answer.acts]


async def lines(talk: Desk) -> list[tuple[str, str]]:
    return [(line.who, line.text) for line in (await talk.talk.state(talk.thread))["lines"]]


async def test_a_talk_is_handed_over_held_and_given_back(desk: Build) -> None:
    talk = desk(SCRIPT)
    await talk.say("六轴机器人二十公斤的要十二台多少钱")
    await talk.say("太贵了")
    asked = await talk.say("转人工")
    assert asked.stage is Stage.HANDOFF and actions(asked) == ["handoff"]
    assert asked.actions[0].result["status"] == "waiting"

    waits = await talk.say("好的")
    assert waits.stage is Stage.HANDOFF and acts(waits) == ["answer"] and waits.actions == ()
    talk.store.take(talk.thread, "王芳")
    first = talk.store.operator_says(talk.thread, "王芳", "您好,我是王芳,这个价我去申请。", line_id="1")
    held = await talk.say("我在苏州")
    assert held.stage is Stage.HANDOFF and held.slots["location"] == "苏州"
    assert held.reply != waits.reply
    talk.store.operator_says(talk.thread, "王芳", "苏州我们有网点。", line_id="2")
    talk.store.operator_says(talk.thread, "王芳", "苏州我们有网点。", line_id="2")
    talk.store.give_back(talk.thread, "王芳", "价格已谈")

    back = await talk.say("有多重")
    assert acts(back)[0] == "disclose" and "智能助理" in back.reply
    assert back.stage in (Stage.OBJECTION, Stage.PROPOSAL, Stage.PRESENTATION)
    told = await lines(talk)
    assert told.index(("operator", first.text)) < told.index(("customer", "我在苏州"))
    assert told[-3] == ("operator", "苏州我们有网点。") and told[-2] == ("customer", "有多重")
    assert [who for who, _ in told].count("operator") == 2
    after = await talk.say("有多重")
    assert "disclose" not in acts(after), "who speaks is said once"


async def test_the_operator_gets_a_summary_and_every_line(desk: Build) -> None:
    talk = desk(SCRIPT)
    customer = {"id": "c1", "contact_name": "王", "company": "恒达"}
    await talk.say("六轴机器人二十公斤的要十二台多少钱", customer=customer)
    await talk.say("太贵了")
    await talk.say("转人工")
    await talk.say("好的")
    shown = talk.store.on_desk(talk.thread)
    for told in ("恒达", "王", "12", "1,540,080元", "嫌贵", "客户要求人工", "客户: 转人工"):
        assert told in shown.handoff.summary
    assert shown.handoff.details is not None
    assert shown.handoff.details["items"] == [{"product": "QH-R20", "quantity": 12}]
    assert shown.handoff.details["objections"] == {"object_price": 1}
    assert [line.text for line in shown.lines if line.who == "customer"][-1] == "好的"


@pytest.mark.parametrize("taken", [False, True])
async def test_whatever_comes_while_a_human_is_waited_for_gets_a_short_word(desk: Build, taken: bool) -> None:
    talk = desk(SCRIPT)
    await talk.say("六轴机器人二十公斤的要十二台多少钱")
    await talk.say("转人工")
    if taken:
        talk.store.take(talk.thread, "a")
    events = [await talk.event("silence") for _ in range(4)] + [await talk.event("start")]
    odd: list[Any] = [await talk.say(""), await talk.say("😀"), await talk.say("", image="a.png")]
    for answer in [*events, *odd]:
        assert answer.stage is Stage.HANDOFF and acts(answer) == ["answer"] and answer.actions == ()
        assert 0 < len(answer.reply) < 40
    talk.store.take(talk.thread, "a")
    talk.store.give_back(talk.thread, "a")
    silent = await talk.event("silence")
    assert silent.stage is not Stage.ENDED, "silences while waiting are no reason to say goodbye"


@pytest.mark.parametrize(
    ("line", "status"), [("不需要", "closed"), ("别再打了", "closed"), ("再见", "missed")]
)
async def test_a_waiting_customer_may_leave(desk: Build, line: str, status: str) -> None:
    talk = desk(SCRIPT)
    await talk.say("转人工")
    gone = await talk.say(line)
    assert gone.stage is Stage.ENDED and actions(gone)[-1] == "end_call"
    assert talk.store.desk_status(talk.thread) == status
    assert len(talk.store.callbacks()) == (status == "missed")
    later = await talk.say("有多重")
    assert later.stage is not Stage.HANDOFF and "handoff" not in [act.get("topic") for act in later.acts]


async def test_contact_details_given_while_waiting_are_kept(desk: Build) -> None:
    talk = desk(SCRIPT)
    await talk.say("转人工")
    given = await talk.say("电话13800001234")
    assert actions(given) == ["save_lead"]
    shown = talk.store.on_desk(talk.thread)
    assert shown.customer is not None and shown.customer.phone == "13800001234"


async def test_nobody_comes_and_the_robot_goes_on(desk: Build) -> None:
    talk = desk(SCRIPT)
    await talk.say("六轴机器人二十公斤的要十二台多少钱", customer={"phone": "13800001234"})
    await talk.say("转人工")
    talk.context = at(9)
    assert (await talk.say("好的")).stage is Stage.HANDOFF
    talk.context = at(10)
    late = await talk.say("有多重")
    assert late.stage is not Stage.HANDOFF and "13800001234" in late.reply
    assert late.actions[0].name == "handoff" and late.actions[0].result["status"] == "missed"
    (owed,) = talk.store.callbacks()
    assert owed.phone == "13800001234" and talk.store.handoffs() == ()
    assert len(acts(late)) > 1, "what was asked is not passed over"
    again = await talk.say("有多重")
    assert "13800001234" not in again.reply and actions(again) == []


async def test_nobody_comes_and_no_number_is_known(desk: Build) -> None:
    talk = desk(SCRIPT)
    await talk.say("I want a human")
    talk.context = at(30)
    late = await talk.say("Still there?")
    assert acts(late)[-1] == "ask_slot" and late.acts[-1]["slot"] == "phone"
    assert late.reply.count("?") == 1 and late.reply.isascii()
    assert talk.store.callbacks()[0].phone is None
    await talk.say("电话13800001234")
    assert talk.store.callbacks()[0].phone == "13800001234"


async def test_who_asks_where_the_human_is_is_not_queued_again_at_once(desk: Build) -> None:
    talk = desk(SCRIPT)
    await talk.say("转人工")
    talk.context = at(15)
    late = await talk.say("人呢")
    assert [action.result["status"] for action in late.actions] == ["missed"]
    assert talk.store.handoffs() == ()
    again = await talk.say("人呢")
    assert again.stage is Stage.HANDOFF and [row.thread for row in talk.store.handoffs()] == [talk.thread]


async def test_a_talk_that_was_swept_is_told_at_its_next_line(desk: Build) -> None:
    talk = desk(SCRIPT)
    await talk.say("转人工")
    talk.store.sweep(LIMIT, now=NOW + LIMIT)
    talk.context = at(11)
    late = await talk.event("silence")
    assert late.stage is not Stage.HANDOFF and actions(late) == ["handoff"]
    assert len(talk.store.callbacks()) == 1


async def test_an_operator_who_comes_late_takes_the_talk_from_the_robot(desk: Build) -> None:
    talk = desk(SCRIPT)
    await talk.say("六轴机器人二十公斤的要十二台多少钱")
    await talk.say("转人工")
    talk.context = at(15)
    before = await talk.say("有多重")
    talk.store.take(talk.thread, "a")
    held = await talk.say("有多重")
    assert held.stage is Stage.HANDOFF and acts(held) == ["answer"]
    talk.store.give_back(talk.thread, "a")
    assert (await talk.say("有多重")).stage is before.stage


async def test_a_call_back_is_promised_to_who_asks_for_one(desk: Build) -> None:
    talk = desk(SCRIPT)
    asks = await talk.say("让人给我回电话")
    assert acts(asks)[-1] == "ask_slot" and talk.store.callbacks() == ()
    given = await talk.say("电话13800001234")
    assert actions(given) == ["save_lead", "handoff"] and "13800001234" in given.reply
    (owed,) = talk.store.callbacks()
    assert (owed.phone, owed.status) == ("13800001234", "open")
    known = talk.other()
    promised = await known.say("让人给我回电话", customer={"phone": "13900005678"})
    assert "13900005678" in promised.reply and promised.guard.verdict == "pass"
    assert [row.phone for row in talk.store.callbacks()] == ["13800001234", "13900005678"]


async def test_a_talk_that_an_operator_closed_is_over_until_the_customer_goes_on(desk: Build) -> None:
    talk = desk(SCRIPT)
    await talk.say("转人工")
    talk.store.take(talk.thread, "a")
    talk.store.close_handoff(talk.thread, "a")
    later = await talk.say("有多重")
    assert later.stage is Stage.QUALIFICATION


async def test_a_repeated_turn_while_waiting_reads_nothing_twice(desk: Build) -> None:
    talk = desk(SCRIPT)
    await talk.say("转人工")
    talk.store.take(talk.thread, "a")
    talk.store.operator_says(talk.thread, "a", "您好")
    first = await talk.say("好的", turn_id="x")
    again = await talk.say("好的", turn_id="x")
    assert again.reply == first.reply
    await talk.say("好的")
    assert (await lines(talk)).count(("operator", "您好")) == 1
