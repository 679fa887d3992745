"""Shows the customer that a fact, a correction or a yes was heard."""

from __future__ import annotations

from core.types import Act
from policy import wording
from policy.answers.offers import repriced
from policy.answers.prices import price_act, quote_for
from policy.deal import Deal
from policy.doubt import dearest_doubt
from policy.lead import ask_slot

OWN_WORDING = ("phone", "budget")
"""Slots whose reading back has a situation of its own."""
LABELLED = frozenset({"budget", "phone", "payload_kg", "timeline", "demo_time"})
"""Slots whose bare value does not say what it is."""
READ_BACK = 24
"""Characters of a value up to which it is repeated."""


def with_acknowledgements(deal: Deal, acts: list[Act]) -> list[Act]:
    """The acts of a turn behind a word that its facts were heard; what is dear is read back after them."""
    if confirm := confirmation(deal):
        return [*acts, confirm]
    return [*acknowledgements(deal, acts), *acts]


def acknowledgements(deal: Deal, acts: list[Act]) -> list[Act]:
    """Shows that a fact, a correction or a yes was heard."""
    heard = deal.understanding
    corrected = [slot for slot in deal.slots if slot in deal.told and _corrects(deal, slot)]
    if any(act.values.get("topic") == "demo" for act in acts):
        return []
    if corrected and heard.intent in {"deny", "inform", "affirm"}:
        return [_about_slot(deal, "ack.correction", corrected[0]), *_repriced(deal, corrected)]
    if any(act.act == "answer" for act in acts):
        return []
    if new_price := _priced_anew(deal):
        return new_price
    if heard.has("inform") and (said := summary(deal)):
        return [Act(act="answer", script="ack.inform", values={"topic": "noted", "summary": said})]
    rejected = (deal.expecting or "").partition("confirm:")[2]
    if heard.intent == "deny" and rejected and not deal.known(rejected):
        return [ask_slot(deal, rejected)]
    if heard.intent == "deny":
        return [Act(act="answer", script="ack.deny", values={"topic": "noted"})]
    if heard.intent in {"affirm", "inform"}:
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


def _priced_anew(deal: Deal) -> list[Act]:
    """The price of the number or the product just settled on, once prices were told in this talk."""
    settled = {"quantity", "product"} & deal.told or deal.follows
    counted = deal.quantity_of(deal.focus)
    told = deal.attempts.get("priced") and deal.understanding.intent in {"inform", "affirm", "deny"}
    if not (told and settled and counted and deal.product):
        return []
    return [price_act(deal, quote_for(deal, deal.product.id, counted))]


def confirmation(deal: Deal) -> Act | None:
    """Reads back the value that would be dear to get wrong, once."""
    slot = dearest_doubt(deal)
    if slot is None:
        return None
    script = f"confirm.{slot}" if slot in OWN_WORDING else "confirm.value"
    return _about_slot(deal, script, slot, act="confirm_slot")


def _about_slot(deal: Deal, script: str, slot: str, act: str = "answer") -> Act:
    values = {"topic": "noted", "name": f"@names.{slot}", "value": read_back(deal, slot)}
    return Act(act=act, slot=slot, script=script, values=values)


def summary(deal: Deal) -> str:
    """What was just told, in short: free words that are long are noted without being repeated."""
    told = {slot: read_back(deal, slot) for slot in deal.mentions if deal.known(slot)}
    said = [
        f"@names.{slot}{'' if deal.lang == 'zh' else ' '}{value}" if slot in LABELLED else value
        for slot, value in told.items()
        if slot != "customization" and len(value) <= READ_BACK
    ]
    return ("、" if deal.lang == "zh" else ", ").join(said[:3])


def read_back(deal: Deal, slot: str) -> str:
    """The slot's value as the customer is told it; a quantity with what it counts."""
    value = wording.slot_value(slot, deal.value(slot), deal.pack, deal.lang)
    if slot == "payload_kg":
        return f"{value}kg"
    if slot != "quantity":
        return value
    return f"{value}{' ' if deal.lang == 'en' else ''}{wording.unit_of(deal.product, deal.lang)}"
