"""Which product suits: by the need that was told, by what others use it for, by what it is called."""

from __future__ import annotations

from core.types import Act
from policy import wording
from policy.answers.products import introduction
from policy.deal import Deal
from policy.fit import fitting

TOLD_NEEDS = ("application", "industry")
SHORTEST = 2
"""Characters of a need from which a product's name may contain it by more than chance."""


def advice(deal: Deal) -> list[Act]:
    """The product that suits what was told, with its main parameters; none where nothing speaks for one."""
    needs, known = _needs(deal)
    fits, _ = fitting(deal, needs)
    chosen = _used_for(deal, fits, known) or (fits[0] if fits else None)
    product = deal.pack.product(chosen)
    if product is None:
        return []
    intro = introduction(deal, product)
    values = {
        **intro.values,
        "topic": "recommendation",
        "recommends": product.id,
        "need": ("、" if deal.lang == "zh" else ", ").join(known) or _weight(deal, needs),
    }
    return [intro.model_copy(update={"script": "answer.recommend", "values": values})]


def _needs(deal: Deal) -> tuple[dict[str, object], list[str]]:
    """What the talk has told of the need: values by slot, and the words for its purpose."""
    needs = {slot: held.value for slot, held in deal.slots.items() if held.value is not None}
    return needs, [str(deal.value(slot)) for slot in TOLD_NEEDS if deal.known(slot)]


def _weight(deal: Deal, needs: dict[str, object]) -> str:
    for attribute in deal.pack.attributes:
        if attribute.requirement and attribute.requirement.slot in needs:
            slot = attribute.requirement.slot
            return wording.slot_value(slot, needs[slot], deal.pack, deal.lang) + (attribute.unit or "")
    return ""


def _used_for(deal: Deal, fits: tuple[str, ...], words: list[str]) -> str | None:
    """A product that a claim or its own name ties to one of the needs; one that fits goes first."""
    claims = [fact.about for fact in deal.book.facts if fact.about.products]
    tied = [
        product
        for about in claims
        if any(
            _touch(word, subject) for word in words for subject in (*about.applications, *about.industries)
        )
        for product in about.products
    ]
    tied += [
        row.id
        for row in deal.pack.products
        if any(_touch(word, name) for word in words for name in (*row.name.values(), *row.aliases))
    ]
    return next((product for product in tied if product in fits), tied[0] if tied and not fits else None)


def _touch(word: str, subject: str) -> bool:
    return len(word) >= SHORTEST and len(subject) >= SHORTEST and (word in subject or subject in word)
