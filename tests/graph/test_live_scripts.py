"""Edits of the script library while talks go on: from the next turn on, but a play keeps what it began with."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver

from core.context import TalkContext
from core.pack import CRITERIA, ScriptLine
from core.types import CustomerCard, TurnAnswer, Understanding
from crm.scripts import Library, ScriptChange
from crm.store import Store
from engines.chat.base import Brief
from engines.chat.choice import best
from engines.chat.script import ScriptRealiser
from graph.serde import serializer
from graph.talk import Talk
from tests.fakes import fake_engines, heard, pack_of
from tests.graph.conftest import WHEN, Desk

Build = Callable[..., Desk]
BYE = "再见"
DEAR = "太贵了"
HEARD: dict[str, Understanding] = {
    "你好": heard("greet"),
    BYE: heard("thanks_bye"),
    DEAR: heard("object_price"),
    "还是贵": heard("object_price"),
    "我说了算": heard("inform", decision_role="decision_maker"),
}


def rewritten(situation: str, text: str, **fields: Any) -> list[ScriptChange]:
    """Every line of a situation with other words and no criteria."""
    free = dict.fromkeys(("channel", "customers")) | {
        n: () for n in CRITERIA if n not in ("channel", "customers")
    }
    return [
        ScriptChange(id=line.id, line=line.model_copy(update={**free, "text": text, **fields}))
        for line in pack_of().scripts
        if line.situation == situation
    ]


def edit(store: Store, *changes: Iterable[ScriptChange]) -> None:
    store.edit_scripts("qiheng", [one for group in changes for one in group], "li")


async def said(desk: Desk, text: str) -> str:
    answer: TurnAnswer = await desk.say(text)
    return answer.reply


async def test_an_edit_is_spoken_from_the_next_turn_on(desk: Build) -> None:
    talk = desk(HEARD)
    await talk.say("你好")
    other = Store(talk.store._database._reads.url.render_as_string())
    edit(other, rewritten("end.bye", "改过的话,再见。"))
    other.close()
    assert await said(talk, BYE) == "改过的话,再见。"


async def test_a_line_is_withdrawn_between_two_turns(desk: Build) -> None:
    talk = desk(HEARD)
    lines = [line for line in pack_of().scripts if line.situation == "end.bye" and line.lang == "zh"]
    edit(talk.store, [ScriptChange(id=line.id, line=None) for line in lines[1:]])
    assert await said(talk, BYE) == lines[0].text.replace("{company}", pack_of().short_name["zh"])


async def test_a_play_is_spoken_to_its_end_as_it_was_when_it_began(desk: Build) -> None:
    talk = desk(HEARD)
    edit(talk.store, rewritten("objection.price.1", "旧一。"), rewritten("objection.price.2", "旧二。"))
    edit(talk.store, rewritten("objection.argued", "旧论。"), rewritten("objection.respect", "旧尊重。"))
    first = await said(talk, DEAR)
    edit(talk.store, rewritten("objection.price.2", "新二。"), rewritten("objection.argued", "新论。"))
    edit(talk.store, rewritten("objection.respect", "新尊重。"), rewritten("end.bye", "新再见。"))
    second, third = await said(talk, "还是贵"), await said(talk, DEAR)
    assert "旧" in first and second.startswith("旧") and "旧尊重" in third
    assert "新再见" in await said(talk, BYE)
    fresh = talk.other()
    assert (await said(fresh, DEAR)).count("旧") == 1
    later = await said(fresh, "还是贵")
    assert "新" in later and "旧" not in later


async def test_a_play_begun_before_any_edit_keeps_the_words_of_the_files(desk: Build) -> None:
    talk = desk(HEARD)
    await talk.say(DEAR)
    edit(talk.store, rewritten("objection.price.2", "新二。"), rewritten("objection.argued", "新论。"))
    assert "新" not in await said(talk, "还是贵")
    assert (await talk.talk.state(talk.thread))["plays"] == {"object_price": 0}


async def test_an_unfinished_turn_is_finished_in_the_words_it_was_opened_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that opened before the edit resumes a turn that another one opened after it."""
    engines = fake_engines(pack_of(), tmp_path, script=HEARD)
    saver = InMemorySaver(serde=serializer())
    stale = Talk(engines, saver)
    edit(engines.store, rewritten("end.bye", "新再见。"))
    library = Library(engines.pack, engines.store)
    library.catch_up()

    class Dies(ScriptRealiser):
        async def sentences(self, brief: Any) -> Any:
            raise RuntimeError
            yield

    broken = Talk(replace(engines, realiser=Dies(engines.pack, library), library=library), saver)
    with pytest.raises(RuntimeError):
        await broken.turn({"text": BYE, "turn_id": "b"}, thread="t", context=WHEN)
    edit(engines.store, rewritten("end.bye", "更新再见。"))
    answer = await stale.turn({"text": BYE, "turn_id": "b"}, thread="t", context=WHEN)
    assert answer.reply == "新再见。"
    engines.store.close()


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        ({"roles": ("decision_maker",)}, {}),
        ({"personas": ("executive",)}, {}),
        ({"stages": ("ended",)}, {}),
        ({"channel": "text"}, {}),
        ({"industries": ("汽车",)}, {"customer": {"industry": "汽车零部件"}}),
        ({"customers": "returning"}, {"customer": {"history": ["2026-11-01 · closing"]}}),
        ({"valid_until": "2026-11-22"}, {}),
    ],
)
async def test_what_the_talk_knows_chooses_the_line(
    desk: Build, line: dict[str, Any], fields: dict[str, Any]
) -> None:
    talk = desk(HEARD)
    closer = ScriptLine(id="end.bye.zh.x", situation="end.bye", lang="zh", text="为您而说。", **line)
    plain = [
        ScriptChange(id=one.id, line=None)
        for one in pack_of().scripts
        if one.situation == "end.bye" and (one.criteria or line.get("valid_until"))
    ]
    edit(talk.store, [ScriptChange(id=closer.id, line=closer)], plain)
    await talk.say("我说了算", **fields)
    if "valid_until" in line:
        everyday = [one for one in pack_of().scripts if one.situation == "end.bye" and not one.criteria]
        edit(talk.store, [ScriptChange(id=one.id, line=None) for one in everyday])
    assert await said(talk, BYE) == "为您而说。"
    other = talk.other(context=TalkContext(now="2026-11-23T10:00", channel="voice"))
    if set(line) & {"channel", "valid_until", "industries", "customers"}:
        assert "为您而说" not in await said(other, BYE)


def test_a_customer_of_earlier_talks_is_greeted_as_one() -> None:
    lines = [line for line in pack_of().scripts if (line.situation, line.lang) == ("greet.known", "zh")]
    card = CustomerCard(contact_name="王")
    told = best(lines, Brief(acts=(), customer=card, returning=True, day=date(2026, 11, 22)))
    assert told and all(line.customers == "returning" for line in told)
    new = best(lines, Brief(acts=(), customer=card, day=date(2026, 11, 22)))
    assert new and not any(line.customers for line in new)
