"""Private numbers and children through the whole graph; nothing personal in the logs of a turn."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import pytest

from core.context import TalkContext
from core.errors import EngineError
from core.state import TalkInput
from core.types import Mention, TurnAnswer, Understanding
from engines.chat.base import Brief, Sentence
from graph.masking import Discreet, install
from graph.talk import Talk, open_saver
from tests.fakes import ScriptedUnderstander, fake_engines, heard, pack_of
from tests.graph.conftest import WHEN, Desk

Build = Callable[..., Desk]
ID = "110101199003078515"
CARD = "6222021234567890128"
PHONE = "13800001234"


def acts(answer: TurnAnswer) -> list[str]:
    return [act["act"] for act in answer.acts]


def topics(answer: TurnAnswer) -> list[str]:
    return [act.get("topic", act["act"]) for act in answer.acts]


PRICE = heard("ask_price", product="QH-R20")
SCRIPT = {
    "R20多少钱": PRICE,
    "R20多少钱,我身份证[证件号]": PRICE,
    "how much is the R20, my ID is [ID number]": PRICE,
    "再见,卡号[银行卡号]": heard("thanks_bye"),
    "电话13800001234": heard("inform", phone=PHONE),
}


async def test_an_identity_number_is_refused_and_the_question_answered(desk: Build) -> None:
    talk = desk(SCRIPT)
    answer = await talk.say(f"R20多少钱,我身份证{ID}")
    assert topics(answer)[:3] == ["greet", "sensitive", "price"]
    assert "138,000" in answer.reply and "没有" in answer.reply and answer.guard.verdict == "pass"
    state = await talk.talk.state(talk.thread)
    assert list(state["sensitive"]) == ["id_card"]
    calm = await talk.say("R20多少钱")
    assert "sensitive" not in topics(calm)


async def test_the_same_in_english(desk: Build) -> None:
    answer = await desk(SCRIPT).say(f"how much is the R20, my ID is {ID}")
    assert topics(answer)[:3] == ["greet", "sensitive", "price"] and "keep" in answer.reply


async def test_a_bare_number_does_not_change_the_language(desk: Build) -> None:
    talk = desk({"how much is the R20": PRICE})
    await talk.say("how much is the R20")
    answer = await talk.say(CARD)
    assert topics(answer)[0] == "sensitive" and "keep" in answer.reply
    assert "clarify" not in acts(answer)


async def test_a_goodbye_with_a_card_number_is_still_a_goodbye(desk: Build) -> None:
    answer = await desk(SCRIPT).say(f"再见,卡号{CARD}")
    assert topics(answer)[-2:] == ["sensitive", "farewell"]


async def test_a_phone_is_business(desk: Build) -> None:
    answer = await desk(SCRIPT).say(f"电话{PHONE}")
    assert answer.slots["phone"] == PHONE and "sensitive" not in topics(answer)


@dataclass
class Reading:
    """Understands nothing, and remembers what it was given to read."""

    texts: list[str] = field(default_factory=list)
    name: str = "reading"

    def read(self, text: str, **_: Any) -> Understanding:
        self.texts.append(text)
        return Understanding()


@dataclass
class Prompted:
    """Says nothing of its own, and remembers what it was told."""

    briefs: list[Brief] = field(default_factory=list)
    name: str = "prompted"

    async def sentences(self, brief: Brief) -> AsyncIterator[Sentence]:
        self.briefs.append(brief)
        yield Sentence(text="您好,我是智能客服。", acts=tuple(range(len(brief.acts))))


def on_disk(folder: Path) -> bytes:
    """Every byte of the databases, older checkpoints included."""
    kept = b"".join(file.read_bytes() for file in folder.glob("*.db*"))
    assert kept
    return kept


SECRETS = [
    (f"我身份证是{ID}", ID),
    (f"卡号{CARD[:4]} {CARD[4:8]} {CARD[8:12]} {CARD[12:16]} {CARD[16:]}", "6222 0212"),
    ("密码是hunter2024", "hunter2024"),
    ("验证码886633", "886633"),
    ("护照号E12345678", "E12345678"),
    (f"身份证1101\x07{ID[4:]}", ID[4:]),
    ("身份证幺幺零幺零幺幺九九零零三零七八五幺五", "幺幺零幺零幺幺九"),
]


@pytest.mark.parametrize(("text", "secret"), SECRETS)
@pytest.mark.parametrize("by", ["text", "audio"])
async def test_nothing_private_reaches_disk_prompts_or_readers(
    tmp_path: Path, text: str, secret: str, by: str
) -> None:
    realiser, reader = Prompted(), Reading()
    engines = fake_engines(pack_of(), tmp_path, sounds={"a.wav": text}, realiser=realiser)
    engines = replace(engines, understander=reader)
    if by == "audio" and not text.isprintable():
        pytest.skip("no recogniser gives control characters")
    given: Any = {"text": text} if by == "text" else {"audio": {"path": "/sounds/a.wav", "sha256": "0"}}
    async with open_saver(tmp_path / "threads.db") as saver:
        talk = Talk(engines, saver)
        answer = await talk.turn(given, thread="t", context=WHEN)
        state = await talk.state("t")
        await talk.turn({"text": "喂"}, thread="t", context=WHEN)
    engines.store.close()
    assert secret not in f"{answer} {state} {reader.texts} {realiser.briefs}"
    assert secret.encode() not in on_disk(tmp_path)


async def test_words_of_a_live_call_go_with_the_number(desk: Build) -> None:
    words = [{"text": text, "start": 0, "end": 1, "confidence": 0.9} for text in ("身份证", ID, "要", "两台")]
    talk = desk({})
    await talk.say(f"身份证{ID}要两台", words=words)
    state = await talk.talk.state(talk.thread)
    assert [word["text"] for word in state["words"]] == ["身份证", "要", "两台"]


CHILD = "我才12岁,我叫小明,电话13800001234"
KID = {
    "我才12岁,我叫小明,电话[电话]": heard("inform", contact_name="小明", phone=PHONE, quantity=9),
    "R20多少钱": PRICE,
    "我电话[电话],要两台": heard("inform", phone=PHONE, quantity=2),
    "我是他爸爸,R20多少钱": PRICE,
    "好的": heard("affirm"),
    "再见": heard("thanks_bye"),
}


async def test_a_child_is_sold_nothing_until_a_grown_up_takes_over(desk: Build) -> None:
    talk = desk(KID)
    first = await talk.say(CHILD)
    assert topics(first) == ["greet", "minor"] and "大人" in first.reply
    for line in ("R20多少钱", f"我电话{PHONE},要两台", "好的"):
        answer = await talk.say(line)
        assert topics(answer) == ["minor"] and answer.actions == () and answer.slots == {}
        assert "138" not in answer.reply
    grown = await talk.say("我是他爸爸,R20多少钱")
    assert "price" in topics(grown) and "138,000" in grown.reply


async def test_nothing_that_reaches_a_child_is_kept(tmp_path: Path) -> None:
    engines = fake_engines(pack_of(), tmp_path, script=KID)
    async with open_saver(tmp_path / "threads.db") as saver:
        talk = Talk(engines, saver)
        for text in (CHILD, f"我电话{PHONE},要两台"):
            await talk.turn({"text": text}, thread="t", context=WHEN)
        state = await talk.state("t")
    assert state["minor"] and not state.get("slots") and not state.get("line_items")
    assert engines.store.leads() == ()
    engines.store.close()
    assert PHONE.encode() not in on_disk(tmp_path)


async def test_a_child_may_say_goodbye(desk: Build) -> None:
    talk = desk(KID)
    await talk.say(CHILD)
    assert topics(await talk.say("再见")) == ["farewell"]


async def test_a_child_on_the_phone(desk: Build) -> None:
    talk = desk({}, sounds={"a.wav": "我上小学"}, context=TalkContext(now=WHEN.now, channel="voice"))
    answer = await talk.say("", audio={"path": "/sounds/a.wav", "sha256": "0"})
    assert "minor" in topics(answer)


async def test_a_child_in_english(desk: Build) -> None:
    answer = await desk({}).say("I'm 13 years old")
    assert topics(answer) == ["greet", "minor"] and "grown-up" in answer.reply


# ---- logs

NAME, MAIL = "王小明", "xiaoming@corp.cn"
LINE = f"我叫{NAME},电话{PHONE},邮箱{MAIL}"


@dataclass
class Leaking:
    """A realiser that fails with the customer's words in its error, as a model's client may."""

    name: str = "leaking"

    async def sentences(self, brief: Brief) -> AsyncIterator[Sentence]:
        raise EngineError(f"bad request: {brief.customer_text} {ID}", transient=True)
        yield Sentence(text="", acts=())


@dataclass
class Broken(ScriptedUnderstander):
    """Breaks with the customer's words in its error."""

    def read(self, text: str, **_: Any) -> Understanding:
        raise RuntimeError(f"cannot read {text}")


def personal(logs: str) -> list[str]:
    return [secret for secret in (NAME, PHONE, MAIL, ID, CARD) if secret in logs]


async def test_a_turn_at_debug_level_logs_nothing_personal(
    desk: Build, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    spans = [
        Mention(slot=slot, value=value, text=value, start=0, end=1)
        for slot, value in (("contact_name", NAME), ("phone", PHONE), ("email", MAIL))
    ]
    talk = desk({LINE: heard("inform", mentions=spans)}, realiser=Leaking())
    answer = await talk.say(LINE, customer={"contact_name": NAME, "phone": PHONE})
    assert answer.slots["contact_name"] == NAME
    notes = [note for note in caplog.records if note.name == "nodes.respond"]
    assert notes and "bad request" in notes[0].getMessage()
    assert personal(caplog.text) == []


async def test_a_turn_that_is_given_up_logs_nothing_personal(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    engines = replace(fake_engines(pack_of(), tmp_path), understander=Broken({}))
    given = cast("TalkInput", {"text": LINE, "customer": {"contact_name": NAME}})
    async with open_saver(tmp_path / "threads.db") as saver:
        talk = Talk(engines, saver)
        for _ in range(2):
            with pytest.raises(RuntimeError):
                await talk.turn(given, thread="t", context=WHEN)
    engines.store.close()
    assert "given up" in caplog.text and personal(caplog.text) == []


def test_tracebacks_stacks_and_arguments_are_masked(caplog: pytest.LogCaptureFixture) -> None:
    install()
    install()
    log = logging.getLogger("some.library")
    caplog.set_level(logging.DEBUG)
    try:
        raise ValueError(f"no such number {PHONE}, {ID}")
    except ValueError:
        log.exception("failed for %s (%d)", MAIL, 3, stack_info=True)
    log.info("a dict: %s", {"text": LINE, "card": CARD})
    assert [secret for secret in personal(caplog.text) if secret != NAME] == []
    first = caplog.records[0]
    assert "ValueError: no such number" in (first.exc_text or "") and first.args == ("x***@corp.cn", 3)
    odd = Discreet(logging.LogRecord)("x", logging.INFO, "f", 1, "%s %s of " + PHONE, (PHONE,), None)
    assert PHONE not in f"{odd.msg} {odd.args}", "a message whose arguments do not fit"


class Mute:
    """Cannot say what it is."""

    def __str__(self) -> str:
        raise RuntimeError(f"no words for {PHONE}")

    __repr__ = __str__


def test_an_argument_that_cannot_be_written_stops_nothing(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    install()
    log = logging.getLogger("some.library")
    log.addHandler(shown := logging.StreamHandler())
    log.warning("lost %s of " + PHONE, Mute())
    log.warning(Mute())
    log.removeHandler(shown)
    written = capsys.readouterr().err + caplog.text
    assert "lost %s of 138" in written and "(arguments that cannot be written)" in written
    assert PHONE not in written and "Traceback" not in written
