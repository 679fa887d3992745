"""The whole graph with fakes and a fresh saver: talks as customers have them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from core.context import TalkContext
from core.errors import EngineError, InputError, MissingEngineError, StoreError
from core.types import Stage, TurnAnswer, Understanding
from graph.serde import serializer
from tests.fakes import ScriptedRealiser, heard, mention, ruin
from tests.graph.conftest import Desk

Build = Callable[..., Desk]

PRICE = "六轴机器人二十公斤的多少钱"
TWELVE = "要十二台,有优惠吗"
EIGHT = "不是十二台,是八台"
TRADE_IN = "以旧换新还能打88折吗"
HUMAN = "我姓王,电话幺三八零零零零一二三四,转人工"
DEMO: dict[str, Understanding] = {
    "你好": heard("greet"),
    PRICE: heard("ask_price", product="QH-R20", payload_kg=20),
    TWELVE: heard("ask_discount", "inform", quantity=12),
    EIGHT: heard("deny", mentions=[mention("quantity", 12, negated=True)], quantity=8),
    TRADE_IN: heard("ask_discount"),
    HUMAN: heard("request_human", contact_name="王", phone="13800001234"),
}
RECALL = {TRADE_IN: {"promotions:P-2026H1-TRADEIN": 0.9}}
OTHERS = {
    "稍等一下": heard("hold_on"),
    "没听清": heard("repeat"),
    "再见": heard("thanks_bye"),
    "别再打了": heard("do_not_call"),
    "太贵了": heard("object_price"),
    "我们要十台R6": heard("inform", product="QH-R6", quantity=10),
    "R6多少钱": heard("ask_price", product="QH-R6"),
    "和R20呢": heard("ask_price", product=["QH-R6", "QH-R20"]),
    "发份资料到 li@x.cn": heard("request_material", email="li@x.cn"),
    "周三上午十点来看": heard("request_demo", demo_time="2026-11-25T10:00"),
}


def actions(answer: TurnAnswer) -> list[str]:
    return [action.name for action in answer.actions]


def acts(answer: TurnAnswer) -> list[str]:
    return [str(act["act"]) for act in answer.acts]


def sources(answer: TurnAnswer) -> list[str]:
    return [citation.source for citation in answer.citations]


async def test_the_demo_talk(desk: Build) -> None:
    talk = desk(DEMO, recall=RECALL)
    hello, price, twelve, eight, trade_in, human = [await talk.say(line) for line in DEMO]

    assert acts(hello) == ["greet"] and hello.stage is Stage.OPENING

    assert "138,000" in price.reply and "catalogue:QH-R20" in sources(price)
    assert price.slots == {"product": "QH-R20", "payload_kg": 20}

    assert "93折" in twelve.reply and "1,540,080" in twelve.reply
    assert "promotions:P-STD-VOL10" in sources(twelve) and twelve.slots["quantity"] == 12
    (quote,) = [action for action in twelve.actions if action.name == "quote"]
    assert quote.result == {
        "product": "QH-R20",
        "quantity": 12,
        "unit_price": 128340.0,
        "offer": "P-STD-VOL10",
        "total": 1540080.0,
        "currency": "CNY",
    }

    assert eight.slots["quantity"] == 8 and eight.line_items[0].quantity == 8
    assert "1,104,000" in eight.reply and "1,540,080" not in eight.reply
    assert "128,340" not in eight.reply, "the offer is withdrawn with the number"

    assert "结束" in trade_in.reply and "2026年6月30日" in trade_in.reply
    assert "121,440" not in trade_in.reply, "nothing is worked out with an ended offer"

    assert human.slots["contact_name"] == "王" and human.slots["phone"] == "13800001234"
    assert human.stage is Stage.HANDOFF and actions(human) == ["save_lead", "handoff"]

    replies = (hello, price, twelve, eight, trade_in, human)
    assert {answer.guard.verdict for answer in replies} == {"pass"}
    assert [answer.turn for answer in replies] == [1, 2, 3, 4, 5, 6]
    assert all(len(answer.reply) <= 120 for answer in replies)


async def test_the_demo_talk_is_in_the_books(desk: Build) -> None:
    talk = desk(DEMO, recall=RECALL)
    for line in DEMO:
        await talk.say(line)
    view = talk.store.talk(talk.thread)
    assert view is not None and view.customer is not None
    assert [line.text for line in view.lines if line.who == "customer"] == list(DEMO)
    assert view.stage == "handoff" and view.customer.phone == "13800001234"
    assert [row.thread for row in talk.store.handoffs()] == [talk.thread]
    assert len(talk.store.leads()) == 1


async def test_another_company_with_the_same_code(desk: Build) -> None:
    script = {
        "A80什么价": heard("ask_price", product="QS-A80"),
        "我们要三台": heard("inform", "ask_discount", quantity=3),
        "五月份还有滴滤机的优惠吗": heard("ask_discount", product="QS-D30"),
        "周三下午三点来试喝": heard("request_demo", demo_time="2026-11-25T15:00"),
    }
    recall = {"五月份还有滴滤机的优惠吗": {"promotions:QS-2026-SUMMER": 0.9}}
    talk = desk(script, name="qingshui", recall=recall)
    price, three, summer, demo = [await talk.say(line) for line in script]
    assert "12,800" in price.reply and sources(price) == ["catalogue:QS-A80"]
    assert "92折" in three.reply and "35,328" in three.reply
    assert "结束" in summer.reply and "2,080" not in summer.reply
    assert actions(demo) == ["book_demo"] and "品鉴" in demo.reply
    assert {answer.guard.verdict for answer in (price, three, summer, demo)} == {"pass"}


async def test_an_english_talk(desk: Build) -> None:
    script = {
        "hello there": heard("greet"),
        "how much is the R20": heard("ask_price", product="QH-R20"),
        "we need twelve, any discount?": heard("ask_discount", "inform", quantity=12),
        "thanks, goodbye then": heard("thanks_bye"),
    }
    talk = desk(script)
    hello, price, twelve, bye = [await talk.say(line) for line in script]
    assert "assistant" in hello.reply.lower()
    assert "138,000 yuan" in price.reply and "R20 six-axis robot" in price.reply
    assert "7% off" in twelve.reply and "1,540,080 yuan" in twelve.reply
    assert actions(bye) == ["end_call"] and bye.stage is Stage.ENDED
    for answer in (hello, price, twelve, bye):
        assert not any("\u4e00" <= char <= "\u9fff" for char in answer.reply), answer.reply
        assert answer.guard.verdict == "pass"


async def test_the_language_may_change_in_the_middle(desk: Build) -> None:
    talk = desk(
        {"R20多少钱": heard("ask_price", product="QH-R20"), "and the lead time?": heard("ask_delivery")}
    )
    assert "元" in (await talk.say("R20多少钱")).reply
    assert not any("\u4e00" <= char <= "\u9fff" for char in (await talk.say("and the lead time?")).reply)


async def test_a_call_begins_falls_silent_and_ends(desk: Build) -> None:
    talk = desk(context=TalkContext(now="2026-11-22T10:00", channel="voice"))
    start = await talk.event("start", customer={"contact_name": "王", "title": "经理"})
    assert acts(start) == ["greet"] and "王经理" in start.reply and start.stage is Stage.OPENING
    silences = [await talk.event("silence") for _ in range(3)]
    assert [acts(answer) for answer in silences] == [["clarify"], ["clarify"], ["farewell"]]
    assert len({answer.reply for answer in silences}) == 3
    assert actions(silences[-1]) == ["end_call"] and silences[-1].stage is Stage.ENDED


async def test_a_word_between_begins_the_silences_anew(desk: Build) -> None:
    talk = desk(DEMO)
    await talk.event("silence")
    await talk.event("silence")
    await talk.say("你好")
    assert (await talk.event("silence")).stage is not Stage.ENDED


async def test_a_hangup_says_nothing_and_is_written_down(desk: Build) -> None:
    talk = desk(DEMO)
    await talk.say("你好")
    answer = await talk.event("hangup")
    assert (answer.reply, answer.acts, actions(answer)) == ("", (), ["end_call"])
    view = talk.store.talk(talk.thread)
    assert view is not None and view.outcome == "hangup"


async def test_waiting_keeps_the_talk_where_it_was(desk: Build) -> None:
    talk = desk({**DEMO, **OTHERS})
    before = await talk.say(PRICE)
    waited = await talk.say("稍等一下")
    assert waited.stage is before.stage and waited.slots == before.slots
    assert "?" not in waited.reply and acts(waited) == ["small_talk"]


async def test_the_last_reply_is_said_again(desk: Build) -> None:
    talk = desk({**DEMO, **OTHERS})
    first = await talk.say(PRICE)
    again = await talk.say("没听清")
    assert first.reply.rstrip("。?") in again.reply
    assert again.guard.verdict == "pass"


async def test_a_barred_customer_is_left_alone_ever_after(desk: Build) -> None:
    talk = desk({**DEMO, **OTHERS})
    given = {"customer": {"id": "c1", "phone": "13800001234"}}
    barred = await talk.say("别再打了", **given)
    assert actions(barred) == ["do_not_call", "end_call"] and barred.stage is Stage.ENDED
    later = await talk.other().event("start", **given)
    assert actions(later) == ["end_call"] and later.stage is Stage.ENDED


async def test_a_repeated_turn_id_gives_the_stored_answer(desk: Build) -> None:
    talk = desk({**DEMO, **OTHERS})
    first = await talk.say("发份资料到 li@x.cn", turn_id="a")
    again = await talk.say("发份资料到 li@x.cn", turn_id="a")
    without = {"latency_ms"}
    assert again.model_dump(exclude=without) == first.model_dump(exclude=without)
    assert len(talk.store.outbox()) == 1
    following = await talk.say("你好")
    assert following.turn == 2 and following.turn_id != "a"


async def test_a_repeat_of_an_older_turn_does_not_turn_the_talk_back(desk: Build) -> None:
    talk = desk({**DEMO, **OTHERS})
    first = await talk.say("R6多少钱", turn_id="a")
    await talk.say(PRICE, turn_id="b")
    assert (await talk.say("R6多少钱", turn_id="a")).reply == first.reply
    assert (await talk.say("稍等一下")).slots["product"] == "QH-R20"


async def test_a_thread_that_never_was_is_empty(desk: Build) -> None:
    talk = desk(DEMO)
    assert await talk.talk.state("nobody") == {}
    assert talk.store.talk("nobody") is None
    assert (await talk.other(thread="brand new").say("你好")).turn == 1


async def test_two_threads_know_nothing_of_each_other(desk: Build) -> None:
    one = desk({**DEMO, **OTHERS})
    two = one.other()
    await one.say("我们要十台R6")
    await two.say(PRICE)
    assert (await one.say("稍等一下")).slots == {"product": "QH-R6", "quantity": 10}
    assert (await two.say("稍等一下")).slots == {"product": "QH-R20", "payload_kg": 20}


async def test_turns_of_one_thread_follow_one_another(desk: Build) -> None:
    talk = desk({**DEMO, **OTHERS})
    lines = [PRICE, TWELVE, EIGHT, "R6多少钱", "稍等一下", "太贵了"]
    answers = await asyncio.gather(*(talk.say(line) for line in lines))
    assert [answer.turn for answer in answers] == [1, 2, 3, 4, 5, 6]
    view = talk.store.talk(talk.thread)
    assert view is not None
    assert [line.text for line in view.lines if line.who == "customer"] == lines
    assert answers[2].slots["quantity"] == 8


async def test_many_threads_at_once(desk: Build) -> None:
    first = desk({**DEMO, **OTHERS})
    desks = [first.other() for _ in range(8)]
    answers = await asyncio.gather(*(one.say(PRICE) for one in desks))
    assert {answer.turn for answer in answers} == {1}
    assert {answer.thread for answer in answers} == {one.thread for one in desks}


async def test_sound_is_heard_and_answered(desk: Build) -> None:
    talk = desk(DEMO, sounds={"price.wav": PRICE})
    answer = await talk.say("", audio={"path": "/sounds/price.wav", "sha256": "0"})
    assert "138,000" in answer.reply
    state = await talk.talk.state(talk.thread)
    transcript = state["transcript"]
    assert transcript is not None and transcript.engine == "scripted"


@pytest.mark.parametrize(
    "fault", [InputError("noise"), MissingEngineError("speech", "no model", "install one")]
)
async def test_sound_that_cannot_be_heard_is_said_so(desk: Build, fault: Exception) -> None:
    talk = desk(DEMO, sounds={"a.wav": fault})
    answer = await talk.say("", audio={"path": "/sounds/a.wav", "sha256": "0"})
    assert acts(answer) == ["greet", "clarify"] and answer.reply


async def test_the_next_turn_hears_no_old_sound(desk: Build) -> None:
    talk = desk(DEMO, sounds={"price.wav": PRICE})
    await talk.say("", audio={"path": "/sounds/price.wav", "sha256": "0"})
    assert acts(await talk.say("")) == ["clarify"]


async def test_several_prices_are_told_apart(desk: Build) -> None:
    answer = await desk(OTHERS).say("和R20呢")
    assert "R6 89,000元" in answer.reply and "R20 138,000元" in answer.reply
    assert answer.guard.verdict == "pass"


async def test_a_booked_demo_is_said_as_booked(desk: Build) -> None:
    answer = await desk(OTHERS).say("周三上午十点来看")
    assert actions(answer) == ["book_demo"] and answer.stage is Stage.CLOSING
    assert "11月25日" in answer.reply and answer.guard.verdict == "pass"


async def test_a_lying_model_is_stopped(desk: Build) -> None:
    lie = "R20给您打5折,只要69,000元,明天就送到。"
    talk = desk(DEMO, realiser=ScriptedRealiser((lie,)))
    sentences: list[str] = []
    async for part in talk.talk.stream({"text": PRICE}, thread=talk.thread, context=talk.context):
        sentences.append(part if isinstance(part, str) else part.model_dump_json())
    told = " ".join(sentences)
    assert "69,000" not in told and "5折" not in told
    state = await talk.talk.state(talk.thread)
    assert "69,000" not in str(state)


async def test_sentences_come_before_the_answer(desk: Build) -> None:
    talk = desk(DEMO)
    parts = [
        part async for part in talk.talk.stream({"text": PRICE}, thread=talk.thread, context=talk.context)
    ]
    *sentences, answer = parts
    assert isinstance(answer, TurnAnswer) and all(isinstance(part, str) for part in sentences)
    assert answer.reply == "".join(str(part) for part in sentences)


async def test_every_node_is_timed(desk: Build) -> None:
    latency = (await desk(DEMO).say(PRICE)).latency_ms
    nodes = {"receive", "understand", "recall", "track", "ground", "plan", "act", "respond", "record"}
    assert nodes | {"total"} == set(latency)
    assert all(spent >= 0 for spent in latency.values())


async def test_the_state_holds_only_what_the_strict_serialiser_knows(desk: Build) -> None:
    talk = desk({**DEMO, **OTHERS}, recall=RECALL)
    serde = serializer()
    for line in (*DEMO, *OTHERS):
        await talk.say(line)
        state: dict[str, Any] = dict(await talk.talk.state(talk.thread))
        assert serde.loads_typed(serde.dumps_typed(state)) == state


async def test_a_dead_business_database_is_a_store_error_and_no_end_of_the_talk(
    desk: Build, tmp_path: Any
) -> None:
    talk = desk(DEMO)
    await talk.say("你好")
    whole = {file: file.read_bytes() for file in tmp_path.glob("business.db*")}
    talk.store.close()
    ruin(tmp_path, "business.db")
    with pytest.raises(StoreError) as caught:
        await talk.say(PRICE, turn_id="a")
    assert "\n" not in str(caught.value)
    assert "Traceback" not in str(await talk.talk.state(talk.thread))
    talk.store.close()
    for file in tmp_path.glob("business.db*"):
        file.unlink()
    for file, content in whole.items():
        file.write_bytes(content)
    answer = await talk.say(PRICE, turn_id="a")
    assert answer.turn == 2 and "138,000" in answer.reply


async def test_a_turn_that_can_never_be_finished_does_not_bar_its_thread(desk: Build) -> None:
    talk = desk(DEMO, sounds={"a.wav": EngineError("broken for good", transient=False)})
    with pytest.raises(EngineError):
        await talk.say("", audio={"path": "/sounds/a.wav", "sha256": "0"}, turn_id="a")
    assert "138,000" in (await talk.say(PRICE, turn_id="b")).reply


async def test_a_caller_of_the_bare_graph_need_not_clear_the_input(desk: Build) -> None:
    talk = desk({**DEMO, **OTHERS})
    config: Any = {"configurable": {"thread_id": "bare"}}

    async def invoke(given: Any) -> TurnAnswer:
        answer: TurnAnswer = (await talk.talk.graph.ainvoke(given, config, context=talk.context))["answer"]
        return answer

    first = await invoke({"text": PRICE, "turn_id": "a"})
    assert await invoke({"text": PRICE, "turn_id": "a"}) == first
    assert acts(await invoke({"event": "silence"})) == ["clarify"]
    following = await invoke({"text": "太贵了"})
    assert (following.turn, following.intents[0].id) == (3, "object_price")
