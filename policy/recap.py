"""Sums up what was arranged, once, when nothing is left to ask."""

from __future__ import annotations

from datetime import datetime

from core.types import Act
from policy import wording
from policy.deal import Deal


def recap(deal: Deal) -> Act | None:
    """What was agreed on: goods, demonstration, address, number; None where it was summed up or is too little."""
    said = parts(deal)
    if deal.attempts.get("recapped") or len(said) < 2:
        return None
    joined = ("、" if deal.lang == "zh" else ", ").join(said)
    return Act(act="answer", script="close.recap", values={"topic": "recap", "summary": joined})


def parts(deal: Deal) -> list[str]:
    """Each thing arranged, in the words of the language."""
    found = [_goods(deal, item.product) for item in deal.line_items if item.quantity]
    demo = deal.value("demo_time")
    if deal.attempts.get("booked") and isinstance(demo, str) and "T" in demo:
        when = wording.moment(datetime.fromisoformat(demo), deal.lang)
        found.append(f"{when}演示" if deal.lang == "zh" else f"a demonstration at {when}")
    return [*found, *(str(deal.value(slot)) for slot in ("email", "phone") if deal.known(slot))]


def _goods(deal: Deal, product_id: str) -> str:
    product, count = deal.pack.product(product_id), deal.quantity_of(product_id)
    name, unit = wording.names(deal.pack, [product_id], deal.lang), wording.unit_of(product, deal.lang)
    return f"{name} {count}{unit}" if deal.lang == "zh" else f"{count} × {name}"
