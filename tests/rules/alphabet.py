"""What may come in on one turn: the letters that talks are spelt with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import permutations
from typing import Any, Literal

from core.pack import Pack
from core.state import Trouble
from core.types import Barrier, HandoffStatus, IntentScore, Passage, Understanding
from domains.labels import INTENTS
from tests.fakes import book_of, heard, mention, passage

Desk = Literal["take", "return", "close", "late"]
BARRIERS: tuple[Barrier, ...] = ("do_not_call", "hours", "attempts")
TROUBLES: tuple[Trouble, ...] = ("empty", "long", "unreadable", "bad_audio", "no_recogniser", "image")
OPEN, CLOSED, DAY = "2026-11-25T10:00", "2026-11-26T23:30", "2026-11-25"
"""A demo time within the hours of both packs, one outside, and a day without an hour."""
CALL_BACK, COMPLAINT, THREAT = "给我回电话", "我要投诉", "再打电话我就投诉"
FACTUAL = ("ask_service", "ask_case", "ask_company", "compare_competitor")


@dataclass(frozen=True)
class Letter:
    """One thing that happens: what the customer says, an event, or what a colleague at the desk does."""

    name: str
    """In words, for the path that is printed."""
    understanding: Understanding = field(default_factory=Understanding)
    text: str = ""
    event: str = ""
    trouble: Trouble | None = None
    barrier: Barrier | None = None
    recalled: tuple[Passage, ...] = ()
    sensitive: tuple[str, ...] = ()
    minor: bool | None = None
    """Whether a child speaks; None leaves it as it was."""
    desk: Desk | None = None


def said(*intents: str, text: str = "", note: str = "", **slots: Any) -> Letter:
    """The customer says something; the letter is named by its intents and slots."""
    told = [f"{slot}={value}" for slot, value in slots.items()]
    name = " ".join([" + ".join(intents), *told, *([f"“{text}”"] if text else []), *([note] if note else [])])
    return Letter(name=name, understanding=heard(*intents, **slots), text=text)


def core(pack: Pack) -> tuple[Letter, ...]:
    """The letters that talks are grown by: each changes what later turns rest on."""
    product = pack.products[0].id
    return (
        Letter("the call begins", event="start"),
        Letter("silence", event="silence"),
        Letter("the customer hangs up", event="hangup"),
        said("ask_price"),
        said("ask_price", product=product, quantity=12),
        said("inform", product=product),
        said("inform", quantity=2),
        said("inform", application="焊接", location="苏州"),
        said("inform", budget={"min": 100000, "max": 100000, "currency": "CNY"}, timeline="2026-12"),
        said("inform", phone="13800001234"),
        said("inform", email="li@x.cn"),
        said("inform", demo_time=OPEN),
        said("request_demo"),
        said("request_demo", demo_time=CLOSED),
        said("request_material"),
        said("request_human"),
        said("affirm"),
        said("deny"),
        said("object_price"),
        said("object_timing"),
        said("refuse"),
        said("thanks_bye"),
        said("wrong_person"),
        said("do_not_call"),
        said("chitchat"),
        replace(said("out_of_scope", note="(a child says its age)"), minor=True),
    )


DESK = (
    Letter("a colleague takes the talk", desk="take"),
    Letter("the colleague gives the talk back", desk="return"),
    Letter("the colleague closes the talk", desk="close"),
    Letter("nobody comes in time", desk="late"),
)


def openings(pack: Pack) -> tuple[tuple[Letter, ...], ...]:
    """Ways into talks that lie deeper than the exploration from the first turn goes."""
    product = pack.products[0].id
    begin, human = Letter("the call begins", event="start"), said("request_human")
    take, back, _, late = DESK
    return (
        (
            begin,
            said("inform", product=product, quantity=2),
            said("inform", application="焊接", location="苏州"),
        ),
        (begin, said("object_price"), said("object_timing"), said("object_price")),
        (Letter("silence", event="silence"), Letter("silence", event="silence")),
        (
            begin,
            said("inform", product=product),
            said("inform", demo_time=OPEN),
            said("inform", contact_name="王"),
        ),
        (
            begin,
            said("ask_price", product=product, quantity=12),
            said("request_material"),
            said("inform", email="a@b.cn"),
        ),
        (begin, *[said("chitchat")] * 7),
        (begin, said("inform", phone="13800001234"), human, take, said("chitchat"), back),
        (begin, human, late, said("inform", phone="13800001234")),
        (begin, said("inform", product=product, quantity=2), said("refuse")),
        (begin, said("wrong_person"), said("inform", contact_name="李")),
        (begin, replace(said("inform", product=product, note="(a child says its age)"), minor=True)),
    )


def probes(pack: Pack) -> tuple[Letter, ...]:
    """The letters that are tried in every state, besides those of `core`."""
    return tuple(
        [
            *(said(intent) for intent in INTENTS),
            *_events(),
            *_with_slots(pack),
            *_pairs(pack),
            *_words(pack),
            *_facts(pack),
            *_refused(),
        ]
    )


def _events() -> Iterator[Letter]:
    for barrier in BARRIERS:
        yield Letter(f"the call begins behind the barrier {barrier}", event="start", barrier=barrier)
    for trouble in TROUBLES:
        yield Letter(f"input that is {trouble}", trouble=trouble)


def _with_slots(pack: Pack) -> Iterator[Letter]:
    products = [row.id for row in pack.products]
    yield said("greet", product=products[0])
    yield said("ask_product", product=products[1])
    yield said("ask_price", product=products[1])
    yield said("ask_price", product=products[:2])
    yield said("ask_discount", product=products[0], quantity=12)
    yield said("inform", contact_name="王", title="经理")
    yield said("inform", contact_name="王", phone="13800001234", email="li@x.cn")
    yield said("inform", decision_role="decision_maker")
    yield said("inform", quantity={"min": 20, "max": 30})
    yield said("inform", demo_time=DAY)
    yield said("inform", demo_time=CLOSED)
    yield said("request_demo", demo_time=OPEN, phone="13900005678")
    yield said("request_material", email="li@x.cn", product=products[0])
    yield said("affirm", demo_time=OPEN)
    yield said("thanks_bye", phone="13800001234")
    yield said("wrong_person", contact_name="李")
    yield said("ask_price", product=None)
    corrected = (mention("quantity", 2, negated=True), mention("quantity", 12))
    yield Letter(
        "deny quantity 2, 12 it is", understanding=heard("deny", mentions=corrected), text="不是2台,是12台"
    )
    if "payload_kg" in pack.slots:
        yield said("inform", payload_kg=10)
        yield said("ask_product", payload_kg=5000)


def _pairs(pack: Pack) -> Iterator[Letter]:
    product = pack.products[0].id
    for first, second in PAIRS:
        yield said(first, second)
    yield said("ask_price", "request_demo", product=product)
    yield said("request_demo", "request_material", email="li@x.cn")
    yield said("request_material", "thanks_bye", email="li@x.cn")
    yield said("object_price", "ask_price", product=product, quantity=12)
    yield said("object_timing", "request_material", email="li@x.cn")
    yield said("inform", "object_price", phone="13800001234")
    yield said("refuse", "inform", phone="13800001234")


PAIRS = (
    ("greet", "ask_price"),
    ("greet", "request_human"),
    ("greet", "ask_identity"),
    ("ask_identity", "ask_price"),
    ("ask_price", "ask_identity"),
    ("ask_identity", "request_human"),
    ("ask_identity", "refuse"),
    ("do_not_call", "ask_identity"),
    ("refuse", "do_not_call"),
    ("object_price", "do_not_call"),
    ("ask_price", "do_not_call"),
    ("request_human", "do_not_call"),
    ("wrong_person", "do_not_call"),
    ("refuse", "ask_price"),
    ("ask_price", "refuse"),
    ("object_price", "refuse"),
    ("request_demo", "request_material"),
    ("request_material", "request_demo"),
    ("ask_price", "request_material"),
    ("object_price", "request_demo"),
    ("object_timing", "request_material"),
    ("object_price", "ask_discount"),
    ("object_price", "object_timing"),
    ("object_need", "thanks_bye"),
    ("ask_price", "thanks_bye"),
    ("request_material", "thanks_bye"),
    ("request_demo", "thanks_bye"),
    ("affirm", "thanks_bye"),
    ("affirm", "ask_price"),
    ("affirm", "request_material"),
    ("deny", "wrong_person"),
    ("wrong_person", "inform"),
    ("chitchat", "ask_price"),
    ("repeat", "ask_price"),
    ("hold_on", "request_human"),
    ("ask_service", "object_trust"),
)
"""Pairs of intents that rules of different kinds meet on."""


def _words(pack: Pack) -> Iterator[Letter]:
    """Words that rules look for, beside the intents."""
    yield said("out_of_scope", text=COMPLAINT)
    yield said("do_not_call", text=COMPLAINT)
    yield said("do_not_call", text=THREAT)
    yield said("refuse", text=COMPLAINT)
    yield said("request_human", text=CALL_BACK)
    yield said("request_human", text=CALL_BACK, phone="13800001234")
    yield said("inform", text=CALL_BACK, phone="13800001234")
    yield said("ask_price", text="一共多少钱")
    yield said("ask_discount", text="能不能再便宜")
    yield said("ask_product", text="有哪些型号")
    doubtful = Understanding(
        intents=(IntentScore(id="object_need", confidence=0.6), IntentScore(id="do_not_call", confidence=0.4))
    )
    yield Letter("object_need, do_not_call perhaps", understanding=doubtful)


def _facts(pack: Pack) -> Iterator[Letter]:
    """Questions that recall brings a fact for; bare ones find none."""
    for intent in FACTUAL:
        fact = next((fact for fact in book_of(pack.name).facts if fact.intent == intent), None)
        if fact:
            found = (passage(pack, fact.id, 0.9),)
            yield replace(said(intent, text="?", note="(a fact is at hand)"), recalled=found)


def _refused() -> Iterator[Letter]:
    card = ("id_card",)
    yield replace(said("out_of_scope", note="(a private number)"), sensitive=card)
    yield replace(said("ask_price", note="(a private number)"), sensitive=card)
    yield replace(said("refuse", note="(a private number)"), sensitive=card)
    yield replace(said("ask_price", note="(a child says its age)"), minor=True)
    yield replace(said("ask_identity", note="(a child says its age)"), minor=True)
    yield replace(said("do_not_call", note="(a child says its age)"), minor=True)
    yield replace(said("inform", note="(a grown-up takes over)"), minor=False)


def all_pairs() -> tuple[Letter, ...]:
    """Every two intents in one utterance, in both orders."""
    return tuple(said(first, second) for first, second in permutations(INTENTS, 2))


STATUS: dict[Desk, HandoffStatus] = {
    "take": "held",
    "return": "returned",
    "close": "closed",
    "late": "missed",
}
"""What each deed at the desk makes of a handoff."""
