"""Contact rules through the whole graph: hours, attempts, bans, and a ban that is written before the farewell."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from core.context import TalkContext
from core.types import CustomerCard, Stage, TurnAnswer
from crm.store import Store
from engines.chat.base import Brief, Sentence
from tests.fakes import heard
from tests.graph.conftest import Desk
from tests.graph.nursery import NEVER
from tests.graph.test_durability import Nursery

Build = Callable[..., Desk]
WHO = {"customer": {"phone": "13800001234"}}
DAY = TalkContext(now="2026-11-23T10:00", channel="voice")
NIGHT = replace(DAY, now="2026-11-23T22:30")
SCRIPT = {"你好": heard("greet"), NEVER: heard("do_not_call")}
SOLD = {"propose", "ask_slot", "handle_objection", "greet"}


def acts(answer: TurnAnswer) -> set[str]:
    return {act["act"] for act in answer.acts}


def outcome(answer: TurnAnswer) -> list[Any]:
    return [(action.name, action.args.get("reason")) for action in answer.actions]


def assert_left_alone(answer: TurnAnswer, reason: str) -> None:
    assert answer.stage is Stage.ENDED and outcome(answer) == [("end_call", reason)]
    assert acts(answer) == {"farewell"} and answer.reply


async def test_a_call_at_night_ends_with_an_apology(desk: Build) -> None:
    assert_left_alone(await desk(SCRIPT, context=NIGHT).event("start", **WHO), "hours")


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("now", ["2026-11-23T07:59", "2026-11-23T21:00"])
async def test_the_apology_is_in_both_languages(desk: Build, lang: Any, now: str) -> None:
    answer = await desk(SCRIPT, context=TalkContext(now=now, channel="voice", lang=lang)).event("start")
    assert answer.guard.verdict == "pass" and ("再见" if lang == "zh" else "goodbye") in answer.reply


async def test_who_rings_us_at_night_is_served(desk: Build) -> None:
    talk = desk(SCRIPT, context=NIGHT)
    assert acts(await talk.event("start", direction="inbound", **WHO)) == {"greet"}
    assert acts(await talk.other(context=replace(NIGHT, channel="text")).event("start", **WHO)) == {"greet"}
    assert talk.store.standing("13800001234", None).today == 0, "none of these was our call"


async def test_after_three_unanswered_calls_a_day_we_leave_it(desk: Build) -> None:
    talk = desk(SCRIPT, context=DAY)
    for number in range(3):
        assert acts(await talk.other().event("start", **WHO, turn_id=f"s{number}")) == {"greet"}
    assert_left_alone(await talk.other().event("start", **WHO), "attempts")
    tomorrow = replace(DAY, now="2026-11-24T10:00")
    assert acts(await talk.other(context=tomorrow).event("start", **WHO)) == {"greet"}


async def test_an_answered_call_does_not_count(desk: Build) -> None:
    talk = desk(SCRIPT, context=DAY)
    for _ in range(5):
        call = talk.other()
        assert acts(await call.event("start", **WHO)) == {"greet"}
        await call.say("你好")


async def test_silence_and_hanging_up_answer_nothing(desk: Build) -> None:
    talk = desk(SCRIPT, context=DAY)
    await talk.event("start", **WHO)
    await talk.event("silence")
    await talk.event("hangup")
    assert talk.store.standing("13800001234", None, now=DAY.moment()).today == 1


async def test_a_start_sent_again_is_one_call(desk: Build) -> None:
    talk = desk(SCRIPT, context=DAY)
    first = await talk.event("start", **WHO, turn_id="once")
    again = await talk.event("start", **WHO, turn_id="once")
    assert again.reply == first.reply
    assert talk.store.standing("13800001234", None, now=DAY.moment()).today == 1


@pytest.mark.parametrize("channel", ["voice", "text"])
@pytest.mark.parametrize("known", [{"phone": "+86 138 0000 1234"}, {"id": "c1"}])
async def test_a_wish_never_to_be_called_holds_everywhere(
    desk: Build, channel: Any, known: dict[str, str]
) -> None:
    talk = desk(SCRIPT)
    await talk.say(NEVER, customer={"id": "c1", "phone": "13800001234"})
    later = talk.other(context=replace(DAY, channel=channel))
    answer = await later.event("start", customer=known)
    assert_left_alone(answer, "barred")


async def test_the_number_that_was_called_is_barred_beside_the_one_that_is_told(desk: Build) -> None:
    told = heard("do_not_call", phone="13900005678")
    talk = desk({"13900005678也别打": told})
    answer = await talk.say("13900005678也别打", **WHO)
    assert [action.name for action in answer.actions] == ["do_not_call", "do_not_call", "end_call"]
    assert talk.store.barred("13800001234", None) and talk.store.barred("13900005678", None)


async def test_a_customer_known_by_mail_alone_is_barred_too(desk: Build) -> None:
    talk = desk(SCRIPT)
    await talk.say(NEVER, customer={"email": "li@x.cn"})
    assert_left_alone(await talk.other().event("start", customer={"email": "LI@x.cn"}), "barred")
    assert talk.store.customer(CustomerCard(email="li@x.cn")).id


@dataclass
class Watching:
    """A realiser that looks into the books when it is asked to speak, then fails as a broken program does."""

    looks: Callable[[], bool]
    seen: list[bool]
    name: str = "watching"

    async def sentences(self, brief: Brief) -> AsyncIterator[Sentence]:
        self.seen.append(self.looks())
        raise RuntimeError("the model broke")
        yield Sentence(text="", acts=())


async def test_the_ban_is_written_before_the_farewell_is_spoken(desk: Build) -> None:
    stores: list[Store] = []
    realiser = Watching(lambda: stores[0].barred("13800001234", None), [])
    talk = desk(SCRIPT, realiser=realiser)
    stores.append(talk.store)
    with pytest.raises(RuntimeError):
        await talk.say(NEVER, **WHO)
    assert realiser.seen == [True]
    assert talk.store.barred("13800001234", None), "though the farewell was never said"


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    process = Nursery()
    yield process
    process.close()


def bans(home: Path) -> int:
    with closing(sqlite3.connect(home / "business.db")) as books:
        return int(books.execute("select count(*) from barred where phone = '13800001234'").fetchone()[0])


@pytest.mark.parametrize(
    ("node", "when", "written"), [("act", "before", 0), ("act", "after", 1), ("respond", "before", 1)]
)
def test_a_process_killed_before_the_farewell_has_barred_once(
    nursery: Nursery, tmp_path: Path, node: str, when: str, written: int
) -> None:
    home, turn = tmp_path / "home", {"text": NEVER, "turn_id": "never", **WHO}
    nursery.run(home, {"text": "喂", "turn_id": "first", **WHO})
    nursery.kill_in(home, node, when, turn)
    assert bans(home) == written
    result = nursery.run(home, turn)
    assert bans(home) == 1
    assert [action["name"] for action in result["answers"][-1]["actions"]] == ["do_not_call", "end_call"]
