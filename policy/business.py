"""The ordinary turn: answer what was asked, note what was said, then lead on."""

from __future__ import annotations

from core.types import Act, Stage, ToolCall
from policy import wording
from policy.answers import answer, fitness, from_facts, quote_for, repriced
from policy.bookings import contact_tools, demo, material, wants_demo, wants_material
from policy.deal import Deal
from policy.lead import lead
from policy.move import Move
from policy.objections import objections

QUESTIONS = frozenset(
    [
        "ask_product",
        "ask_price",
        "ask_discount",
        "ask_customization",
        "ask_service",
        "ask_delivery",
        "ask_payment",
        "ask_case",
        "ask_company",
        "compare_competitor",
    ]
)
CONFIRMED_BY_VOICE = ("phone", "budget")
"""Slots whose mishearing is dear: read back when they came through a recogniser."""


def business(deal: Deal) -> Move:
    """Everything that neither ends the talk nor failed to be read."""
    small = small_moves(deal)
    if small:
        return small
    acts: list[Act] = []
    tools: list[ToolCall] = list(contact_tools(deal))
    for score in deal.understanding.intents:
        acts += [act for act in answer(score.id, deal) if act not in acts]
    acts = [act for act in acts if act.act != "decline"] or acts
    acts += objections(deal) or unasked(deal, acts)
    for wanted, settle in ((wants_demo, demo), (wants_material, material)):
        if wanted(deal):
            more, effects = settle(deal)
            acts, tools = [*acts, *more], [*tools, *effects]
    acts = one_question([*acknowledgements(deal, acts), *acts])
    tools += quote_tools(deal, acts)
    objected = any(act.act == "handle_objection" for act in acts)
    return Move(
        reason=f"customer: {deal.understanding.intent}",
        stage=stage_after(deal, acts),
        acts=tuple(acts),
        tools=tuple(tools),
        leads=not objected and not any(_asks(act) for act in acts),
    )


def unasked(deal: Deal, acts: list[Act]) -> list[Act]:
    """What helps though no intent asked for it: facts that the words alone found, goods that fit the need."""
    if acts:
        return []
    if deal.grounding.facts:
        return from_facts(deal)
    misfit = deal.grounding.unfit or not deal.focus
    return fitness(deal) if misfit else []


def one_question(acts: list[Act]) -> list[Act]:
    """The acts with the first question alone; an objection beside it is met without one."""
    first = next((act for act in acts if _asks(act)), None)
    if first is None:
        return acts
    kept = [act for act in acts if act is first or not _asks(act)]
    respect = {"script": "objection.respect"}
    return [act.model_copy(update=respect) if act.act == "handle_objection" else act for act in kept]


def _asks(act: Act) -> bool:
    return act.act in {"ask_slot", "confirm_slot", "propose", "clarify"}


def acknowledgements(deal: Deal, acts: list[Act]) -> list[Act]:
    """Shows that a fact, a correction or a yes was heard, and reads back what is dear."""
    if confirm := confirmation(deal):
        return [confirm]
    heard = deal.understanding
    corrected = [slot for slot in deal.mentions if _corrects(deal, slot)]
    if corrected and heard.intent in {"deny", "inform", "affirm"}:
        return [_about_slot(deal, "ack.correction", corrected[0]), *_repriced(deal, corrected)]
    if any(act.act == "answer" for act in acts):
        return []
    if heard.has("inform") and deal.mentions:
        said = [
            wording.slot_value(slot, deal.value(slot), deal.pack, deal.lang)
            for slot in deal.mentions
            if deal.known(slot)
        ]
        summary = ("、" if deal.lang == "zh" else ", ").join(said[:3])
        return (
            [Act(act="answer", script="ack.inform", values={"topic": "noted", "summary": summary})]
            if said
            else []
        )
    if heard.intent == "deny":
        return [Act(act="answer", script="ack.deny", values={"topic": "noted"})]
    if heard.intent == "affirm":
        return [Act(act="answer", script="ack.affirm", values={"topic": "noted"})]
    return []


def _corrects(deal: Deal, slot: str) -> bool:
    """Whether `slot` was given another value; another product, with its number, is talked of beside the first."""
    if slot in {"product", "quantity"} and "product" in deal.mentions and not deal.understanding.has("deny"):
        return False
    return slot in deal.slots and bool(deal.slots[slot].earlier)


def _repriced(deal: Deal, corrected: list[str]) -> list[Act]:
    """The new price of a product that was priced, so that an old offer does not linger."""
    if "quantity" not in corrected or not deal.focus or not deal.attempts.get("priced"):
        return []
    before = deal.slots["quantity"].earlier[-1].value
    return repriced(deal, before if isinstance(before, int) else 1)


def confirmation(deal: Deal) -> Act | None:
    """Reads a dear value back, once, when it came by voice."""
    if deal.channel != "voice":
        return None
    for slot in CONFIRMED_BY_VOICE:
        held = deal.slots.get(slot)
        if slot in deal.mentions and held and held.status == "heard":
            return _about_slot(deal, f"confirm.{slot}", slot, act="confirm_slot")
    return None


def _about_slot(deal: Deal, script: str, slot: str, act: str = "answer") -> Act:
    value = wording.slot_value(slot, deal.value(slot), deal.pack, deal.lang)
    return Act(
        act=act, slot=slot, script=script, values={"topic": "noted", "name": f"@names.{slot}", "value": value}
    )


def quote_tools(deal: Deal, acts: list[Act]) -> list[ToolCall]:
    """Records a quote where a price of a quantity was named."""
    named = any(act.script in {"answer.total", "answer.total_offer"} for act in acts)
    if not named or not deal.focus:
        return []
    quote = quote_for(deal, deal.focus, deal.quantity_of(deal.focus) or 1)
    return [ToolCall(name="quote", args=quote.model_dump())]


def small_moves(deal: Deal) -> Move | None:
    """Moves that hold the thread without business: greeting, waiting, repeating, small talk."""
    intent = deal.understanding.intent
    if len(deal.understanding.intents) > 1 and deal.understanding.has(*QUESTIONS):
        return None
    if intent == "greet":
        return greeting(deal)
    simple = {
        "hold_on": ("small_talk", "hold_on", False),
        "chitchat": ("small_talk", "small_talk", True),
        "out_of_scope": ("small_talk", "redirect", True),
        "ask_identity": ("disclose", "disclose", False),
    }
    if intent == "repeat":
        return Move(reason="customer: repeat", stage=deal.stage, acts=(repetition(deal),))
    if intent == "ask_identity" and deal.grounding.facts:
        facts = answer("ask_company", deal)
        return Move(reason="customer: ask_identity", stage=_begun(deal), acts=(_disclosure(), *facts[:1]))
    if intent in simple:
        act, script, leads = simple[intent]
        return Move(
            reason=f"customer: {intent}", stage=_begun(deal), acts=(Act(act=act, script=script),), leads=leads
        )
    return None


def _not_understood() -> Act:
    return Act(act="clarify", script="clarify")


def _disclosure() -> Act:
    return Act(act="disclose", script="disclose")


def _begun(deal: Deal) -> Stage:
    return Stage.QUALIFICATION if deal.stage is Stage.ENDED else deal.stage


def greeting(deal: Deal) -> Move:
    """The opening, with the disclosure that a robot speaks; later greetings are short."""
    if deal.attempts.get("greet"):
        return Move(
            reason="customer: greet",
            stage=_begun(deal),
            acts=(Act(act="greet", script="greet.again"),),
            leads=True,
        )
    known = deal.profile.contact_name
    contact = f"{known or ''}{deal.profile.title or ''}" if deal.lang == "zh" else (known or "")
    act = Act(act="greet", script="greet.known" if known else "greet", values={"contact": contact})
    return Move(reason="the talk begins", stage=Stage.OPENING, acts=(act,))


def repetition(deal: Deal) -> Act:
    """The robot's last line once more; a repetition is not repeated as such."""
    repeated = {line.turn for line in deal.lines if line.who == "customer" and "repeat" in line.tags}
    said = (line.text for line in reversed(deal.lines) if line.who == "robot" and line.turn not in repeated)
    last = next(said, "")
    if not last:
        return Act(act="greet", script="greet")
    return Act(act="answer", script="repeat", values={"topic": "repeat", "last": last})


def stage_after(deal: Deal, acts: list[Act]) -> Stage:
    """What the turn's acts mean for the talk."""
    scripts = {act.script for act in acts}
    if "demo.booked" in scripts or ("material.sent" in scripts and deal.stage is Stage.PROPOSAL):
        return Stage.CLOSING
    if any(act.act == "handle_objection" for act in acts):
        return Stage.OBJECTION
    if scripts & {"answer.total", "answer.total_offer", "answer.deal_total", "demo.closed", "material.sent"}:
        return Stage.PROPOSAL
    if deal.stage in {Stage.PROPOSAL, Stage.CLOSING}:
        return deal.stage
    if any(score.id in QUESTIONS for score in deal.understanding.intents):
        return Stage.PRESENTATION
    return Stage.QUALIFICATION if deal.stage in {Stage.OPENING, Stage.ENDED, Stage.OBJECTION} else deal.stage


def with_lead(deal: Deal, move: Move) -> Move:
    """`move` followed by the next question or proposal, where it lets one follow."""
    if not move.leads:
        return move
    following = lead(deal)
    if following is None:
        return move if move.acts else move.model_copy(update={"acts": (_not_understood(),)})
    stage = Stage.PROPOSAL if following.act == "propose" and move.stage is Stage.PRESENTATION else move.stage
    return move.model_copy(update={"acts": (*move.acts, following), "stage": stage})
