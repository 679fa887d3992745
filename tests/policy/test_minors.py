"""Who says to be a child, who a grown-up, and what a child is answered."""

from __future__ import annotations

import pytest

from core.types import Stage
from policy.minors import minor, minor_after, speaks_as_adult, speaks_as_minor, unheard
from tests.fakes import a_deal, heard, say

CHILD = [
    "我才12岁", "我12岁", "我今年十二岁了", "我今年才十五岁呢", "我上小学", "我还在上小学", "我上小学五年级",
    "我在读初中", "我还在上初二", "我是小学生", "我是一个小学生", "我未成年", "我还没成年", "我还没满18岁",
    "我还是个孩子", "我17岁", "本人14岁", "我读高一", "我上三年级", "我只有8岁不能买吧", "你好我才12岁你们卖什么",
    "I'm 13 years old", "I am 13", "I'm only twelve", "i am thirteen years old", "I'm a 13-year-old boy",
    "I'm in primary school", "I'm in 5th grade", "I'm still in high school", "I'm a kid", "I'm under 18",
    "I go to elementary school", "I’m 12 years old", "im 11 and I want one", "I just turned 15",
]  # fmt: skip
NO_CHILD = [
    "我儿子12岁", "公司成立12年", "12岁的机器", "我妈不在家我是她儿子", "我12岁的儿子", "我女儿上小学", "我孩子今年10岁了",
    "我18岁", "我今年35岁", "我二十岁", "我十八岁", "我们公司才5岁", "我上小学的时候", "我上小学接孩子", "我在小学上班",
    "我是小学老师", "我是小学生家长", "我是孩子他爸", "我是孩子的妈妈", "我要12台", "我今年12台", "我上中学设备项目",
    "我是大学生", "我12岁那年", "我12岁就开始干活", "我是做儿童玩具的", "我是儿童医院的", "我是中学校长",
    "我要8岁儿童用的", "我上高三米的架子", "我都十分钟了", "我就一个问题", "我才三台", "我公司一岁了",
    "my son is 13 years old", "my company is 12 years old", "I'm 30 years old", "I'm 13 minutes away",
    "I'm 12 km from you", "I am a 13 year old company", "I'm in the high school business",
    "I'm a child psychologist", "I'm in high school equipment", "a 12 year old machine", "I am 7 days late",
    "I'm one of the buyers", "I'm 17 percent sure", "I am two years into this job", "I am a minor shareholder",
]  # fmt: skip
ADULT = [
    "我是他爸爸", "我是孩子妈妈", "我是她妈", "我是家长", "我是大人", "我35岁", "我今年四十岁", "我是他妈妈,多少钱",
    "我成年了", "我是孩子的家长", "I'm his father", "this is her mother", "I'm an adult", "I'm 35", "I'm the parent",
]  # fmt: skip
NO_ADULT = [
    "我是她儿子", "我妈不在家", "我才12岁", "好的", "我是他弟弟", "我十二岁", "我爸爸不在", "我爸说要买", "让我爸爸来",
    "多少钱", "I'm 13", "my father is not at home", "this is my dad's phone",
]  # fmt: skip


@pytest.mark.parametrize("text", CHILD)
def test_a_child_is_heard(text: str) -> None:
    assert speaks_as_minor(text)


@pytest.mark.parametrize("text", NO_CHILD)
def test_other_ages_and_schools_make_no_child(text: str) -> None:
    assert not speaks_as_minor(text)


@pytest.mark.parametrize("text", ADULT)
def test_a_grown_up_is_heard(text: str) -> None:
    assert speaks_as_adult(text) and not minor_after(text, before=True)


@pytest.mark.parametrize("text", NO_ADULT)
def test_a_child_stays_one_until_a_grown_up_speaks(text: str) -> None:
    assert not speaks_as_adult(text) and minor_after(text, before=True)


@pytest.mark.parametrize(
    "intent", ["ask_price", "affirm", "request_demo", "wrong_person", "object_price", "repeat"]
)
def test_a_child_is_sold_nothing(intent: str) -> None:
    move = minor(a_deal(heard(intent, product="QH-R20"), stage=Stage.PRESENTATION, focus="QH-R20"))
    assert [act.script for act in move.acts] == ["refuse.minor"]
    assert move.tools == () and not move.leads and move.stage is Stage.PRESENTATION


@pytest.mark.parametrize(
    ("intent", "script"),
    [
        ("thanks_bye", "end.bye"),
        ("refuse", "end.refuse"),
        ("do_not_call", "end.not_again"),
        ("hold_on", "hold_on"),
    ],
)
def test_a_child_may_end_the_talk_or_fetch_someone(intent: str, script: str) -> None:
    assert [act.script for act in minor(a_deal(heard(intent))).acts] == [script]


def test_a_child_is_told_that_a_robot_speaks() -> None:
    move = minor(a_deal(heard("ask_identity")))
    assert [act.script for act in move.acts] == ["disclose", "refuse.minor"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_grown_up_is_asked_for(lang: str) -> None:
    deal = a_deal(heard("ask_price"), lang=lang)
    (line,) = say(deal, minor(deal).acts)
    assert ("大人" in line or "家长" in line) if lang == "zh" else "grown-up" in line


def test_nothing_that_a_child_says_is_heard_for_the_deal() -> None:
    assert unheard(heard("inform", phone="13800001234", quantity=100)).mentions == ()
