"""The linter: each kind of finding, and none on the packs that ship."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from core.pack import Pack, Persona, Play, Playbook, PlayStep, ScriptLine
from domains.facts import facts_of
from domains.load import load_pack, situations
from domains.new import create_pack
from policy.guard.guard import Guard
from policy.lint import Linter
from policy.sample import sample_for
from tests.fakes import guard_of, pack_of
from tests.retrieval.packs import PACK as PLAIN

DAY = date(2026, 4, 10)
PACK = PLAIN.model_copy(
    update={
        "playbook": Playbook(
            personas=(Persona(id="technical", signs=()),),
            plays=(Play(intent="object_price", steps=(PlayStep(say="objection.price.1"),)),),
        )
    }
)
LINTER = Linter(PACK, situations(), Guard(PACK, facts_of(PACK)))


def line(situation: str, text: str, **fields: Any) -> ScriptLine:
    lang = fields.pop("lang", "zh")
    return ScriptLine(**{"id": f"{situation}.{lang}.x", **fields}, situation=situation, lang=lang, text=text)


@pytest.mark.parametrize("name", ["qiheng", "qingshui"])
def test_nothing_is_wrong_with_a_shipped_pack(name: str) -> None:
    pack = pack_of(name)
    found = Linter(pack, situations(), guard_of(name)).lint(pack.scripts, date(2026, 11, 22))
    assert [str(finding) for finding in found] == []


def test_nothing_is_wrong_with_a_new_pack(tmp_path: Path) -> None:
    pack = load_pack(create_pack("lamps", tmp_path))
    own = [one for one in pack.scripts if one.origin == "own"]
    guard = Guard(pack, facts_of(pack))
    assert Linter(pack, situations(), guard).lint(own, date(2026, 11, 22)) == ()


@pytest.mark.parametrize(
    ("kind", "wrong", "reason"),
    [
        ("situation", line("greeet", "您好"), "did you mean greet?"),
        ("form", line("ack.deny", "  "), "empty"),
        ("form", line("ack.deny", "好\n的"), "line break"),
        ("form", line("ack.deny", "好\ud800"), "control character"),
        ("form", line("ack.deny", "好", id="vip"), "a dot between"),
        (
            "form",
            line("ack.deny", "好", valid_from=date(2026, 2, 1), valid_until=DAY.replace(month=1)),
            "after",
        ),
        ("criteria", line("ack.deny", "好", stages=("propossal",)), "did you mean proposal?"),
        ("criteria", line("ack.deny", "好", roles=("boss",)), "unknown role 'boss'"),
        ("criteria", line("ack.deny", "好", personas=("tecnical",)), "did you mean technical?"),
        ("criteria", line("ack.deny", "好", industries=("a|b",)), "one word each"),
        ("variables", line("end.bye", "{compnay}谢谢您,再见。"), "not offered here (offered: {company})"),
        ("variables", line("answer.price", "{product}不贵。"), "variable {price} is missing"),
        ("variables", line("ack.deny", "好}"), "brace"),
        ("promise", line("ack.affirm", "好的,我们24小时上门维修。"), "promises without a fact"),
        (
            "promise",
            line("ack.affirm", "Sure, we come within 4 hours.", lang="en"),
            "promises without a fact",
        ),
        ("price", line("ack.affirm", "半自动咖啡机标价6800元。"), "a price of its own"),
        ("price", line("answer.offers", "现在9折:{offers}。"), "a discount of its own"),
        ("question", line("ack.affirm", "好的,可以吗?"), "no question is planned"),
        ("question", line("objection.respect", "好的,行吗?"), "no question is planned"),
        ("question", line("objection.price.1", "贵吗?哪里贵?"), "more than one"),
        ("disclosure", line("greet", "您好,我是{company}的{robot}。"), "automatic assistant"),
        ("disclosure", line("disclose", "I am {robot} of {company}.", lang="en"), "automatic assistant"),
    ],
)
def test_what_keeps_a_line_out(kind: str, wrong: ScriptLine, reason: str) -> None:
    found = LINTER.faults(wrong, DAY)
    assert [one for one in found if one.kind == kind and reason in one.text], found
    assert not any(one.warns for one in found)


@pytest.mark.parametrize(
    "right",
    [
        line("ask.phone", "方便留个电话吗?"),
        line("answer.total_offer", "{product}{quantity}{unit}享{discount},合计{total}。"),
        line("material.sent", "资料会发到{email}。"),
        line("handoff.callback", "同事会拨打{phone}联系您。"),
        line("answer.price", "The {product} is {price}.", lang="en"),
        line("answer.compare", "{first}{name}{first_value},{second}{second_value}。"),
    ],
)
def test_a_line_as_it_should_be(right: ScriptLine) -> None:
    assert LINTER.faults(right, DAY) == ()


GOOD = line("ack.affirm", "好的。", id="ack.affirm.zh.1")


@pytest.mark.parametrize(
    ("kind", "odd", "reason"),
    [
        ("length", line("ack.affirm", "好" * 29, channel="voice"), "29 characters, at most 28"),
        ("length", line("ack.affirm", "a" * 118, lang="en"), "at most 117"),
        ("expired", line("ack.affirm", "好嘞。", valid_until=date(2026, 4, 9)), "ended on 2026-04-09"),
        ("unreachable", line("ask.budget", "预算多少?"), "no slot budget"),
        ("unreachable", line("propose.demo", "看个演示好吗?"), "no way to see"),
        ("unreachable", line("propose.quote", "出份报价好吗?"), "no step of the playbook"),
        ("unreachable", line("objection.price.2", "好吗?"), "no play"),
        ("unreachable", line("ack.affirm", "好嘞。", roles=("user",)), "no slot decision_role"),
        ("unreachable", line("end.bye", "再见。", stages=("proposal",)), "belongs to the stage ended"),
        ("twice", line("ack.affirm", "好的。"), "the same words as ack.affirm.zh.1"),
    ],
)
def test_what_is_only_told(kind: str, odd: ScriptLine, reason: str) -> None:
    (found,) = [one for one in LINTER.warnings([GOOD, odd], DAY) if one.kind == kind]
    assert reason in found.text and found.warns and found.line == odd.id


def test_a_line_that_closer_ones_hide_is_shadowed() -> None:
    by_channel = [
        line("ack.affirm", word, id=f"ack.affirm.{word}", channel=word) for word in ("voice", "text")
    ]
    (found,) = LINTER.warnings([GOOD, *by_channel], DAY)
    assert (found.line, found.kind) == (GOOD.id, "shadowed")
    assert LINTER.warnings([GOOD, by_channel[0]], DAY) == ()


def test_a_line_of_a_season_hides_nothing_for_good() -> None:
    seasonal = [
        line("ack.affirm", word, id=f"ack.affirm.{word}", channel=word, valid_until=date(2026, 5, 1))
        for word in ("voice", "text")
    ]
    assert LINTER.warnings([GOOD, *seasonal], DAY) == ()


def test_lines_of_the_shared_defaults_are_not_told_to_be_unreachable() -> None:
    assert LINTER.warnings([line("ask.budget", "预算多少?", origin="common")], DAY) == ()


def test_findings_come_in_the_order_of_the_lines() -> None:
    first, second = line("ack.affirm", "好?", id="a.b"), line("ack.deny", "好?", id="a.a")
    assert [found.line for found in LINTER.lint([first, second], DAY)] == ["a.b", "a.a"]


@pytest.mark.parametrize("name", ["qiheng", "qingshui"])
def test_a_sample_fills_every_variable_that_the_pack_can(name: str) -> None:
    pack: Pack = pack_of(name)
    for situation, told in situations().items():
        values = sample_for(pack, situation, "zh", date(2026, 11, 22)).values
        missing = {variable for variable in told.variables if not values.get(variable)}
        if not situation.startswith("answer.offer_"):
            assert missing <= {"discount", "offer"}, (situation, missing)
