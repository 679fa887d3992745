"""Where selling stops: refusals, bans, humans, children, private numbers."""

from __future__ import annotations

from core.types import Act, Stage, ToolCall
from policy.cues import ABOUT_CALLS, COMPLAINT, spoken
from policy.ended import SALES
from policy.invariants.turn import HEARD_SURELY, Breach, Invariant, TurnView, unwanted

WITH_HUMAN = frozenset({"handoff", "sensitive", "minor"})
"""Topics of what is said while a human is asked for or has the talk."""
HUMAN_TOOLS = frozenset({"save_lead", "handoff", "end_call", "do_not_call"})
LEAVE = Act(act="farewell", script="end.refuse")


def lets_go(turn: TurnView) -> Breach | None:
    """In the turn of the refusal, and in every later one until the customer asks about business himself."""
    if refused(turn):
        return unwanted("sells to who refuses", turn.pitches, turn.tools(*SALES))
    if turn.deal.stage is not Stage.ENDED or turn.wants_business or turn.event == "start":
        return None
    selling = [act for act in turn.pitches if act.act != "answer" or not turn.heard("ask_identity")]
    return unwanted("sells after the talk has ended", selling, turn.tools(*SALES))


def refused(turn: TurnView) -> bool:
    """Whether this turn is a refusal, the second wrong number included."""
    again = turn.mainly("wrong_person") and turn.deal.attempts.get("wrong_person", 0) > 0
    return turn.mainly("refuse") or barred_for_good(turn) or again


def barred_for_good(turn: TurnView) -> bool:
    """Whether the customer surely wants never to be called again; a complaint without a word of calls is none."""
    text = turn.deal.text
    other = spoken(COMPLAINT, text) and not spoken(ABOUT_CALLS, text)
    return turn.deal.understanding.has("do_not_call", least=HEARD_SURELY) and not other


def stays_ended(turn: TurnView) -> Breach | None:
    """Only the customer's own business, a human, or a new call opens an ended talk again."""
    open_again = turn.wants_business or turn.event == "start"
    if turn.deal.stage is not Stage.ENDED or open_again:
        return None
    if turn.plan.stage in (Stage.ENDED, Stage.HANDOFF):
        return None
    return Breach("an ended talk goes on by itself", stage=Stage.ENDED)


def bars_first(turn: TurnView) -> Breach | None:
    """The ban is written down before the farewell is spoken: tools run before words."""
    if not barred_for_good(turn):
        return None
    names = [call.name for call in turn.plan.tools]
    deal = turn.deal
    bans = turn.tools("do_not_call") or (
        ToolCall(name="do_not_call", args={"phone": deal.value("phone"), "customer_id": deal.profile.id}),
    )
    if "do_not_call" not in names:
        return Breach("the wish is not recorded", first_tools=bans)
    if names[0] != "do_not_call":
        return Breach("the ban is not the first thing done", tools=bans, first_tools=bans)
    if not turn.has("farewell"):
        leave = LEAVE.model_copy(update={"script": "end.do_not_call"})
        return Breach("the talk goes on", acts=turn.plan.acts, first=(leave,))
    return None


def leaves_alone(turn: TurnView) -> Breach | None:
    """A start behind a barrier holds a farewell and nothing else."""
    if turn.barrier is None:
        return None
    others = [act for act in turn.plan.acts if act.act != "farewell"]
    tools = [call for call in turn.plan.tools if call.name != "end_call"]
    if found := unwanted(f"goes on in spite of {turn.barrier}", others, tools):
        return found
    if turn.has("farewell"):
        return None
    script = "barred" if turn.barrier == "do_not_call" else f"barred.{turn.barrier}"
    return Breach("does not take its leave", first=(Act(act="farewell", script=script),))


def leaves_to_humans(turn: TurnView) -> Breach | None:
    """By the stage the turn begins in."""
    if turn.deal.stage is not Stage.HANDOFF:
        return None
    answers = turn.deal.handoff != "held"
    acts = [act for act in turn.plan.acts if not _with_human(act) and not (answers and _from_facts(act))]
    tools = [call for call in turn.plan.tools if call.name not in HUMAN_TOOLS]
    found = unwanted("speaks where a human has the talk", acts, tools)
    if found is None or len(acts) < len(turn.plan.acts):
        return found
    word = Act(act="answer", script="handoff.waiting", values={"topic": "handoff"})
    return Breach(found.why, found.acts, found.tools, first=(word,))


def _with_human(act: Act) -> bool:
    if act.act == "answer":
        return act.values.get("topic") in WITH_HUMAN
    return act.act in {"farewell", "disclose", "greet"} or act.script == "handoff.phone"


def _from_facts(act: Act) -> bool:
    """Whether a question is answered from facts: allowed while nobody has taken the talk."""
    return act.act == "answer" and bool(act.facts)


def spares_children(turn: TurnView) -> Breach | None:
    """Nothing is sold, and nothing is kept of a child."""
    if not turn.deal.minor:
        return None
    tools = [call for call in turn.plan.tools if call.name in SALES or call.name == "save_lead"]
    found = unwanted("sells to a child", turn.pitches, tools)
    if found is None:
        return None
    word = Act(act="answer", script="refuse.minor", values={"topic": "minor"})
    told = any(act.script == "refuse.minor" for act in turn.plan.acts) or turn.ends
    return found if told else Breach(found.why, found.acts, found.tools, first=(word,))


def refuses_private_numbers(turn: TurnView) -> Breach | None:
    """Said in the very turn in which such a number was given."""
    said = any(act.values.get("topic") == "sensitive" for act in turn.plan.acts)
    if said or not turn.deal.sensitive or turn.event:
        return None
    word = Act(act="answer", script="refuse.sensitive", values={"topic": "sensitive"})
    return Breach("a private number is passed over", first=(word,))


def ends_when_it_leaves(turn: TurnView) -> Breach | None:
    """A farewell closes the talk in the books, and nothing else but the customer's hang-up does."""
    ended = turn.tools("end_call")
    if turn.ends and not ended:
        return Breach("takes its leave and does not end", first_tools=(ToolCall(name="end_call"),))
    if ended and not turn.ends:
        return Breach("ends without a farewell", tools=ended)
    if ended and turn.plan.stage is not Stage.ENDED:
        return Breach("ends and yet goes on", stage=Stage.ENDED)
    return None


LIMITS = (
    Invariant(
        "do_not_call_before_farewell",
        {
            "zh": "客户要求不再来电时,先登记,再道别。",
            "en": "A wish never to be called again is recorded before the farewell.",
        },
        bars_first,
    ),
    Invariant(
        "nothing_sold_after_refusal",
        {
            "zh": "客户拒绝之后不再推销,直到客户自己问起业务。",
            "en": "Nothing is sold after a refusal, until the customer asks about business himself.",
        },
        lets_go,
    ),
    Invariant(
        "ended_talk_stays_ended",
        {
            "zh": "已结束的谈话只因客户问业务、要人工或新的来电而继续。",
            "en": "An ended talk goes on only by the customer's own business, a human, or a new call.",
        },
        stays_ended,
    ),
    Invariant(
        "barred_start_sells_nothing",
        {
            "zh": "禁呼、非联系时段或次数已满时开始的呼叫,只道歉告别。",
            "en": "A call begun against a ban, outside the hours, or once too often is a farewell and nothing else.",
        },
        leaves_alone,
    ),
    Invariant(
        "human_holds_the_talk",
        {
            "zh": "人工接管时机器人只作等待答复;还没人接管时只回答问题,不推销。",
            "en": "While a human has the talk the robot asks for patience and no more; until one takes it, "
            "it answers and sells nothing.",
        },
        leaves_to_humans,
    ),
    Invariant(
        "minors_not_sold_to",
        {
            "zh": "不向未成年人推销,不保存其信息。",
            "en": "Nothing is sold to a child, and nothing kept of one.",
        },
        spares_children,
    ),
    Invariant(
        "sensitive_refused",
        {
            "zh": "客户说出证件、银行卡、密码等号码时,当轮说明不需要也不保存。",
            "en": "Who gives a private number is told in the same turn that it is neither needed nor kept.",
        },
        refuses_private_numbers,
    ),
    Invariant(
        "end_call_iff_farewell_or_hangup",
        {
            "zh": "道别或客户挂断时结束谈话,其他时候不结束。",
            "en": "The talk is closed when the robot takes its leave or the customer hangs up, and never else.",
        },
        ends_when_it_leaves,
    ),
)
