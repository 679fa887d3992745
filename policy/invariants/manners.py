"""How the robot talks: who it says it is, what it asks, in which order, and how often."""

from __future__ import annotations

from datetime import datetime

from core.types import Act, Stage
from policy.bookings import is_open
from policy.deal import Deal
from policy.ended import RESPECT
from policy.invariants.turn import Breach, Invariant, TurnView, unwanted

DISCLOSING = frozenset({"greet", "greet.known", "greet.brief", "disclose", "handoff.returned"})
"""Situations whose lines say that an automatic assistant speaks."""
ANSWERING = ("greet", "disclose", "answer", "decline", "handle_objection", "small_talk")
LEADING = ("ask_slot", "confirm_slot", "propose")
NEEDED = frozenset({"email", "demo_time"})
"""Slots without which a document cannot be sent, or a visit not be held, that the customer has asked for."""
SOMEONE_ELSE = frozenset({"wrong_person.referral"})
"""Questions about another person than the one who speaks."""


def discloses(turn: TurnView) -> Breach | None:
    """The first words, those after a human gave the talk back, and the answer to the question."""
    if all(act.act == "farewell" for act in turn.plan.acts):
        return None
    if turn.heard("ask_identity") and not turn.has("disclose", "farewell"):
        return Breach("asked who speaks, it does not say", first=(Act(act="disclose", script="disclose"),))
    if any(act.script in DISCLOSING for act in turn.plan.acts):
        return None
    if turn.deal.handoff == "returned" and turn.plan.stage not in (Stage.HANDOFF, Stage.ENDED):
        word = Act(act="disclose", script="handoff.returned")
        return Breach("the talk came back from a human unsaid", first=(word,))
    if turn.first_words:
        return Breach("its first words do not say it", first=(Act(act="greet", script="greet.brief"),))
    return None


def asks_once(turn: TurnView) -> Breach | None:
    """The first question stays."""
    return unwanted("more than one question", turn.questions[1:])


def asks_the_unknown(turn: TurnView) -> Breach | None:
    """A demo time counts as known once it can be booked."""
    known = [
        act
        for act in turn.acts("ask_slot")
        if act.slot and act.script not in SOMEONE_ELSE and settled(turn.deal, act.slot)
    ]
    return unwanted("asks for what is known", known)


def settled(deal: Deal, slot: str) -> bool:
    """Whether nothing is left to ask about a slot."""
    value = deal.value(slot)
    if slot != "demo_time":
        return value is not None
    return any(bookable(deal, value, mode.id) for mode in deal.pack.demo_modes)


def bookable(deal: Deal, value: object, mode_id: str | None) -> bool:
    """Whether `value` is a moment to come within the hours of a way to see the goods."""
    if not isinstance(value, str) or "T" not in value:
        return False
    when = datetime.fromisoformat(value)
    mode = next((mode for mode in deal.pack.demo_modes if mode.id == mode_id), None)
    return mode is not None and when > deal.now and is_open(mode, when)


def answers_first(turn: TurnView) -> Breach | None:
    """Nothing is answered behind a question."""
    acts = turn.plan.acts
    asked = next((place for place, act in enumerate(acts) if act.act in LEADING), len(acts))
    late = tuple(act for act in acts[asked:] if act.act in ANSWERING)
    if not late:
        return None
    return Breach(
        "leads before it has answered", acts=acts, first=(*acts[:asked], *late, *_rest(acts, asked))
    )


def _rest(acts: tuple[Act, ...], asked: int) -> tuple[Act, ...]:
    return tuple(act for act in acts[asked:] if act.act not in ANSWERING)


def objects_in_bounds(turn: TurnView) -> Breach | None:
    """Beyond the steps of its play an objection is respected, and nothing is asked but what a request needs."""
    for act in turn.acts("handle_objection"):
        intent = str(act.values.get("intent"))
        play = turn.deal.pack.playbook.play_for(intent)
        if turn.deal.attempts.get(intent, 0) < (len(play.steps) if play else 0):
            continue
        if act.script != RESPECT:
            respect = act.model_copy(update={"script": RESPECT})
            return Breach(f"{intent} is argued with once more", acts=(act,), first=(respect,))
        pressed = [one for one in turn.questions if not asked_for(turn, one)]
        return unwanted(f"{intent} is respected and yet pressed", pressed)
    return None


def asked_for(turn: TurnView, act: Act) -> bool:
    """Whether the customer's own request or words make the question necessary."""
    if act.act in {"confirm_slot", "clarify"} or act.script == "handoff.phone":
        return True
    return act.slot in NEEDED or turn.deal.expecting == f"confirm:{act.slot}"


def proposes_once(turn: TurnView) -> Breach | None:
    """By the steps proposed earlier in the talk."""
    again = [act for act in turn.acts("propose") if turn.deal.asked.get(f"propose:{act.values.get('step')}")]
    return unwanted("proposes the same again", again)


def says_something(turn: TurnView) -> Breach | None:
    """A hang-up alone needs no word."""
    if turn.plan.acts or turn.event == "hangup":
        return None
    return Breach("says nothing", first=(Act(act="clarify", script="clarify"),))


MANNERS = (
    Invariant(
        "answers_before_it_leads",
        {
            "zh": "先回答客户的问题,再提问或建议下一步。",
            "en": "What the customer asked is answered before the robot asks or proposes anything.",
        },
        answers_first,
    ),
    Invariant(
        "one_question_a_turn",
        {"zh": "每轮最多问一个问题。", "en": "A turn holds one question at most."},
        asks_once,
    ),
    Invariant(
        "never_asks_what_is_known",
        {"zh": "已经知道的信息不再问。", "en": "What is known is not asked."},
        asks_the_unknown,
    ),
    Invariant(
        "objection_attempts_bounded",
        {
            "zh": "每种异议最多回应话术里写的几步,之后只表示尊重,不再追问。",
            "en": "An objection is met at most as often as its play has steps; then it is respected, without a question.",
        },
        objects_in_bounds,
    ),
    Invariant(
        "proposes_once",
        {"zh": "同一个下一步在一次谈话里只提议一次。", "en": "The same next step is proposed once a talk."},
        proposes_once,
    ),
    Invariant(
        "says_it_is_a_robot",
        {
            "zh": "开口第一句、人工交回后第一句、以及被问到时,都说明自己是智能助手。",
            "en": "The first words, the first words after a human, and the answer to the question say that a robot speaks.",
        },
        discloses,
    ),
    Invariant(
        "leaves_no_turn_unanswered",
        {"zh": "除挂断外,每轮都有回应。", "en": "Every turn but a hang-up gets a word."},
        says_something,
    ),
)
