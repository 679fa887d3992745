"""The summary that a human colleague gets with a talk: as data, and in the words of the talk's language."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from core.pack import localise
from core.types import Frozen, Lang, Line, LineItem, Quote, Stage
from policy import wording
from policy.deal import PROFILE_SLOTS, Deal

LAST_LINES = 4
NOT_NEEDS = frozenset({*PROFILE_SLOTS, "product", "quantity"})
"""Slots that say who the customer is, or that the line items hold."""


class Handover(Frozen):
    """What a colleague must know to go on with a talk. Slots are in normal form, lines oldest first."""

    reason: str
    who: dict[str, str]
    items: tuple[LineItem, ...]
    needs: dict[str, Any]
    quotes: tuple[Quote, ...]
    stage: Stage
    objections: dict[str, int]
    """Intent of each objection to how often it was raised."""
    declined: tuple[str, ...]
    """The customer's questions that the facts did not answer."""
    unanswered: tuple[str, ...]
    """Slots that were asked for and are not known."""
    last_lines: tuple[Line, ...]


def handover(deal: Deal, reason: str) -> Handover:
    """The summary of the deal, the line that asks for the human included. Personal data is not masked."""
    heard = tuple(score.id for score in deal.understanding.intents)
    said = [Line(turn=0, who="customer", text=deal.text, tags=heard)] if deal.text else []
    return Handover(
        reason=reason,
        who={slot: str(deal.value(slot)) for slot in PROFILE_SLOTS if deal.known(slot)},
        items=deal.line_items,
        needs={
            slot: held.value
            for slot, held in deal.slots.items()
            if held.value is not None and slot not in NOT_NEEDS
        },
        quotes=deal.quoted,
        stage=deal.stage,
        objections=objections(deal, heard),
        declined=tuple(declined(deal.lines)),
        unanswered=tuple(
            slot for slot in deal.asked if not slot.startswith("propose:") and not deal.known(slot)
        ),
        last_lines=(*deal.lines, *said)[-LAST_LINES:],
    )


def objections(deal: Deal, heard: Iterable[str]) -> dict[str, int]:
    """How often each objection was raised, this line included."""
    counts = {intent: count for intent, count in deal.attempts.items() if intent.startswith("object_")}
    for intent in heard:
        if intent.startswith("object_"):
            counts[intent] = counts.get(intent, 0) + 1
    return counts


def declined(lines: Iterable[Line]) -> Iterable[str]:
    """The customer's words of each turn in which the robot had to decline."""
    asked = ""
    for line in lines:
        if line.who == "customer":
            asked = line.text
        elif line.who == "robot" and "decline" in line.tags and asked:
            yield asked


def in_words(summary: Handover, deal: Deal) -> str:
    """The summary as lines of text in the language of the talk; what is empty is left out."""
    words = _words(deal.lang)
    parts = (
        ("who", _who(summary, deal) or words["unknown"]),
        ("need", _need(summary, deal)),
        ("quoted", words["part"].join(_quote(quote, deal) for quote in summary.quotes)),
        ("state", _state(summary, words)),
        ("declined", words["part"].join(summary.declined)),
        ("unanswered", words["joint"].join(_name(slot, deal) for slot in summary.unanswered)),
        ("reason", words["reasons"].get(summary.reason, summary.reason)),
    )
    told = [words[name].format(what=what) for name, what in parts if what]
    last = [f"{words['speakers'][line.who]}: {line.text}" for line in summary.last_lines]
    return "\n".join([*told, *([words["last"], *last] if last else [])])


def _who(summary: Handover, deal: Deal) -> str:
    named = [f"{_name(slot, deal)} {value}" for slot, value in summary.who.items()]
    return str(_words(deal.lang)["joint"]).join(named)


def _need(summary: Handover, deal: Deal) -> str:
    items = [_item(item, deal) for item in summary.items]
    needs = [
        f"{_name(slot, deal)} {wording.slot_value(slot, value, deal.pack, deal.lang)}"
        for slot, value in summary.needs.items()
    ]
    return str(_words(deal.lang)["part"]).join([*items, *needs])


def _item(item: LineItem, deal: Deal) -> str:
    product = deal.pack.product(item.product)
    name = localise(product.name, deal.lang) if product else item.product
    if item.quantity is None:
        return name
    count = wording.slot_value("quantity", item.quantity, deal.pack, deal.lang)
    gap = "" if deal.lang == "zh" else " "
    return f"{name} {count}{gap}{wording.unit_of(product, deal.lang)}"


def _quote(quote: Quote, deal: Deal) -> str:
    words, product = _words(deal.lang), deal.pack.product(quote.product)
    said = words["quote"].format(
        product=localise(product.name, deal.lang) if product else quote.product,
        quantity=quote.quantity,
        unit=wording.unit_of(product, deal.lang),
        unit_price=wording.money(quote.unit_price, quote.currency, deal.lang),
        total=wording.money(quote.total, quote.currency, deal.lang),
    )
    return str(said + (words["offer"].format(offer=quote.offer) if quote.offer else ""))


def _state(summary: Handover, words: dict[str, Any]) -> str:
    raised = [
        words["times"].format(what=words["objections"].get(intent, intent), count=count)
        for intent, count in summary.objections.items()
    ]
    return str(words["part"].join([words["stages"][summary.stage], *raised]))


def _name(slot: str, deal: Deal) -> str:
    """The slot's name as the pack reads it out."""
    situation = f"names.{slot}"
    named = {line.lang: line.text for line in reversed(deal.pack.scripts) if line.situation == situation}
    return localise(named, deal.lang) if named else slot


@cache
def _table() -> dict[Lang, dict[str, Any]]:
    table: dict[Lang, dict[str, Any]] = yaml.safe_load(
        files("policy").joinpath("handover.yaml").read_text("utf-8")
    )
    return table


def _words(lang: Lang) -> dict[str, Any]:
    return _table()[lang]
