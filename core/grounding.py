"""What the facts say to this turn: the output of `ground`, the input of `plan`."""

from __future__ import annotations

from typing import Literal

from core.types import Excerpt, Frozen


class OfferView(Frozen):
    """An offer on one product, seen from this deal at this moment."""

    offer: str
    product: str
    state: Literal["applies", "needs", "ended", "upcoming"]
    """`needs`: in force, but the deal does not meet its condition (yet)."""


class Grounding(Frozen):
    """The product in focus, the facts that answer, the offers around it."""

    focus: str | None = None
    facts: tuple[str, ...] = ()
    """Ids of the facts that answer what was asked, best first; empty where they do not say."""
    offers: tuple[OfferView, ...] = ()
    excerpt: Excerpt | None = None
    """The words of the library that answer where no fact does."""
    fits: tuple[str, ...] = ()
    """Products that meet the stated need, the closest fit first."""
    unfit: tuple[str, ...] = ()
    """Products named or in focus that do not meet the stated need."""
    unsold: bool = False
    """True where the customer asked for something that the catalogue does not hold."""
    missing: str | None = None
    """The topic of the known question that was asked and has no answer."""
    unsaid: bool = False
    """True where the question is understood and neither facts nor library hold the answer."""
