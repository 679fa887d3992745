"""What a line means in the talk it stands in, where its words alone say too little or something else.

A reader of single lines takes 那R6呢 for nothing, 那就十台 for a goodbye and 打错了,是li@x.cn for a wrong number.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from core.types import IntentScore, Understanding
from engines.normalise.money import find_money
from engines.tracking.base import TrackView
from policy.cues import (
    BARGAINING,
    BEGGING,
    BYE,
    CALLS,
    CHECKING,
    LEAVING,
    LOOSE_TALK,
    MISTYPED,
    PAPERS,
    POINTING,
    QUOTE_UP,
    RECOMMEND,
    SENDING,
    SIZED,
    SUPPOSING,
    WHAT_ABOUT,
    WHAT_AMOUNT,
    WITHIN_BUDGET,
    spoken,
)
from policy.tracking.items import along, taken_out

SURELY = 0.8
"""Confidence from which what lies outside the business is left there."""
CARRIED = 0.6
"""Confidence of an intent that the talk, not the words, gives."""
SETTLING = frozenset({"product", "quantity", "budget", "timeline", "demo_time", "payload_kg"})
"""Slots whose value means business, whatever the rest of the line sounds like."""
REACHING = frozenset({"email", "phone"})
FOLLOWED = ("ask_", "compare_", "request_")
"""Intents that a short question can carry on."""
EMPTY = frozenset({"thanks_bye", "hold_on", "repeat", "chitchat", "greet", "wrong_person"})
"""Intents that a line with a value for the deal is not likely to have."""


def in_context(view: TrackView) -> tuple[Understanding, bool]:
    """The understanding in the light of the talk, and whether the line carries the last question on."""
    if carried_on(view) and not buys_along(view):
        return _meant(view, view.last_question or "ask_product"), True
    for rule in RULES:
        if intent := rule(view):
            return _meant(view, intent), False
    return view.understanding, False


def carried_on(view: TrackView) -> bool:
    """A question without content of its own: what it names or points to stands in for the last one asked of.

    那R6呢; and, right after an answer, no more than 小的 or R6.
    """
    if not bare(view) or view.understanding.has("refuse", "do_not_call", "request_human"):
        return False
    if spoken(WHAT_ABOUT, view.text):
        return True
    slots = {mention.slot for mention in view.understanding.mentions}
    goods_alone = slots <= {"product"} and (slots or spoken(SIZED, view.text))
    return bool(goods_alone) and view.just_asked and view.expecting != "product"


def bare(view: TrackView) -> bool:
    """Whether a line says nothing but values, and words that point to goods or carry no content."""
    named = [mention for mention in view.understanding.mentions if mention.value is not None]
    if not named and not spoken(POINTING, view.text):
        return False
    rest = view.text
    for mention in sorted(named, key=lambda each: -each.start):
        rest = f"{rest[: mention.start]} {rest[mention.end :]}"
    return not re.search(r"\w", LOOSE_TALK.sub(" ", POINTING.sub(" ", rest)))


def _meant(view: TrackView, intent: str) -> Understanding:
    """The understanding with `intent` in front; what else was surely heard stays behind it."""
    heard = view.understanding
    others = [score for score in heard.intents if score.id != intent and score.id not in EMPTY]
    asked = [score for score in others if score.id.startswith(FOLLOWED) and score.id != "request_human"]
    kept = [score for score in asked if score.id != heard.intent]
    main = IntentScore(
        id=intent, confidence=max(CARRIED, *(score.confidence for score in heard.intents), 0.0)
    )
    return heard.model_copy(update={"intents": (main, *kept[:1])})


def _says(view: TrackView, slots: frozenset[str]) -> bool:
    return any(
        mention.slot in slots and mention.value is not None and not mention.negated
        for mention in view.understanding.mentions
    )


def mended_address(view: TrackView) -> str | None:
    """打错了,是li@x.cn: an address or a number said again is corrected, nobody was called by mistake."""
    wrong = spoken(MISTYPED, view.text) and view.understanding.intent in {"wrong_person", "deny", "inform"}
    return "deny" if wrong and _says(view, REACHING) else None


def settles(view: TrackView) -> str | None:
    """那就十台: a value for the deal, in words that sound like an end, a pause or a doubt."""
    heard = view.understanding
    if heard.intent not in EMPTY or spoken(BYE, view.text):
        return None
    if not _says(view, SETTLING):
        return None
    if view.booked and any(mention.slot == "demo_time" for mention in heard.mentions):
        return "request_demo"
    within_talk = view.focus is not None or view.expecting in SETTLING
    return "inform" if within_talk and heard.intent != "greet" else None


def lets_go(view: TrackView) -> str | None:
    """把R20去掉, 报价删了重做: something taken out of the deal, in words that sound like the end of the talk."""
    heard = {score.id for score in view.understanding.intents}
    if spoken(PAPERS, view.text) and "do_not_call" in heard and not spoken(CALLS, view.text):
        return "deny"
    held = [item.product for item in view.line_items]
    gone = any(
        mention.value in held and (mention.negated or taken_out(mention, view.text))
        for mention in view.understanding.mentions
        if mention.slot == "product"
    )
    sounds = bool(heard & {*EMPTY, "refuse", "do_not_call", "object_need", "object_timing"})
    ends = spoken(LEAVING, view.text) or spoken(BYE, view.text)
    return "deny" if gone and sounds and not ends else None


def asks_amount(view: TrackView) -> str | None:
    """What do I pay for twelve of them: the way of paying is not asked."""
    return (
        "ask_price" if view.understanding.intent == "ask_payment" and spoken(WHAT_AMOUNT, view.text) else None
    )


def only_values(view: TrackView) -> str | None:
    """那再加两台: nothing but a value asks nothing, whatever a reader of single lines makes of it."""
    asks = view.understanding.intent.startswith(("ask_", "object_", "out_"))
    told = _says(view, SETTLING - {"product"}) and asks and not spoken(WHAT_ABOUT, view.text)
    return "inform" if told and bare(view) else None


def names_the_one(view: TrackView) -> str | None:
    """Asked which product a question was about, the customer names it: the answer is still owed."""
    named = _says(view, frozenset({"product"})) and view.understanding.intent in {"inform", "affirm", "deny"}
    robot = next((line for line in reversed(view.lines) if line.who == "robot"), None)
    owed = robot is not None and "ask_slot" in robot.tags and not {"answer", "decline"} & set(robot.tags)
    return view.last_question if named and owed and view.expecting == "product" and view.just_asked else None


def asks_sum(view: TrackView) -> str | None:
    """算个单子,R6十台,C5四台."""
    told = view.understanding.intent in {"inform", "deny", "affirm"} and (view.focus or _says(view, SETTLING))
    return "ask_price" if told and spoken(QUOTE_UP, view.text) else None


def begs(view: TrackView) -> str | None:
    """就差一台嘛,通融通融."""
    silent = view.understanding.intent in {"inform", "affirm", "deny", "chitchat", "out_of_scope", *EMPTY}
    return "ask_discount" if silent and view.focus and spoken(BEGGING, view.text) else None


def leaves(view: TrackView) -> str | None:
    """老板说今年不上了,别聊了: an objection that closes the door."""
    objects = view.understanding.intent.startswith("object_")
    return "refuse" if objects and spoken(LEAVING, view.text) else None


def documents_to(view: TrackView) -> str | None:
    """发资料到这个邮箱,我转给他: an address to send to, whoever is to read it."""
    elsewhere = (
        view.understanding.has("request_human", "wrong_person") or view.understanding.intent == "inform"
    )
    sends = _says(view, frozenset({"email"})) and spoken(SENDING, view.text)
    return "request_material" if elsewhere and sends else None


def checks_price(view: TrackView) -> str | None:
    """一个1580,对吧: a price said back to be confirmed is a question for the price."""
    stated = view.understanding.intent in {
        "inform",
        "affirm",
        "deny",
        "out_of_scope",
        "chitchat",
        "ask_product",
    }
    if not stated or not spoken(CHECKING, view.text) or _says(view, frozenset({"budget"})):
        return None
    about_goods = view.focus is not None or _says(view, frozenset({"product"}))
    return "ask_price" if about_goods and find_money(_without_products(view)) else None


def _without_products(view: TrackView) -> str:
    """The line without the names of goods: the 750 of a motor is no price."""
    text = view.text
    for mention in view.understanding.mentions:
        if mention.slot == "product":
            text = text[: mention.start] + " " * (mention.end - mention.start) + text[mention.end :]
    return text


def names_price(view: TrackView) -> str | None:
    """五万五一台能做不: a price of the customer's own is bargaining."""
    if view.focus is None or not spoken(BARGAINING, view.text):
        return None
    asks_else = view.understanding.has("ask_service", "ask_delivery", "ask_payment")
    return "ask_discount" if not asks_else and find_money(view.text) else None


def supposes(view: TrackView) -> str | None:
    """要是拿六台呢: a number tried out, once a price was told, asks what it would cost."""
    tries = view.priced and view.focus is not None and _says(view, frozenset({"quantity"}))
    if not tries or not spoken(SUPPOSING, view.text) or view.understanding.intent.startswith("ask_"):
        return None
    return "ask_price"


def asks_advice(view: TrackView) -> str | None:
    """你给我推荐一个."""
    heard = view.understanding
    elsewhere = heard.intent.startswith(("ask_", "request_")) or heard.has("out_of_scope", least=SURELY)
    return "ask_product" if spoken(RECOMMEND, view.text) and not elsewhere else None


def buys_along(view: TrackView) -> str | None:
    """那跟C5一块儿买呢: goods that are only bought along are asked about for what the deal gains by them."""
    beside = [
        mention
        for mention in view.understanding.mentions
        if mention.slot == "product" and mention.value not in (None, view.focus) and along(mention, view.text)
    ]
    asks = view.understanding.intent in {"ask_price", "ask_product", "inform", "affirm"}
    return "ask_discount" if beside and view.focus and asks and spoken(WHAT_ABOUT, view.text) else None


def weighs_budget(view: TrackView) -> str | None:
    """超我预算没."""
    budget = view.slots.get("budget")
    known = (budget is not None and budget.value is not None) or _says(view, frozenset({"budget"}))
    return "ask_price" if known and spoken(WITHIN_BUDGET, view.text) else None


def names_unsold(view: TrackView) -> str | None:
    """那T9呢,听说便宜: goods that are not in the catalogue are asked about, whatever else is said."""
    unsold = [mention for mention in view.understanding.mentions if mention.slot == "product"]
    stranger = bool(unsold) and all(mention.value is None for mention in unsold)
    return "ask_product" if stranger and spoken(WHAT_ABOUT, view.text) else None


RULES: tuple[Callable[[TrackView], str | None], ...] = (
    lets_go,
    leaves,
    buys_along,
    mended_address,
    documents_to,
    weighs_budget,
    checks_price,
    names_price,
    supposes,
    names_the_one,
    asks_amount,
    asks_sum,
    begs,
    names_unsold,
    only_values,
    settles,
    asks_advice,
)
