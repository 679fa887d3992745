"""The deal as policy sees it: one read-only view over state, pack and facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.grounding import Grounding
from core.pack import Pack, Product
from core.state import TalkState
from core.types import (
    Channel,
    CustomerCard,
    HandoffStatus,
    Lang,
    Line,
    LineItem,
    Quote,
    Situation,
    SlotValue,
    Stage,
    Understanding,
    Word,
)
from policy.book import FactBook
from policy.stages import standing, with_humans

PROFILE_SLOTS = ("company", "contact_name", "title", "industry", "location", "phone", "email")
"""Slots that a customer's profile can already answer."""
REACHED_BY = ("phone", "email")
"""Slots of the profile that a reply may repeat to the customer whose they are."""


@dataclass(frozen=True)
class Deal:
    """Everything a rule may look at. Rules return acts and tool calls; none of them writes."""

    pack: Pack
    book: FactBook
    now: datetime
    text: str
    lang: Lang
    channel: Channel
    stage: Stage
    understanding: Understanding
    grounding: Grounding
    profile: CustomerCard
    slots: Mapping[str, SlotValue]
    line_items: tuple[LineItem, ...]
    focus: str | None
    expecting: str | None
    asked: Mapping[str, int]
    attempts: Mapping[str, int]
    lines: tuple[Line, ...] = field(default=())
    turn: int = 0
    follows: bool = False
    """Whether the line carries the last question on, with other goods or another number."""
    topics: tuple[str, ...] = ()
    """What the last answer was about."""
    words: tuple[Word, ...] = ()
    """The words of this turn as the recogniser heard them; none where the customer typed."""
    handoff: HandoffStatus | None = None
    """How the talk stands with the human colleagues; `missed` also where they let the customer wait too long."""
    quoted: tuple[Quote, ...] = ()
    plays: Mapping[str, int] = field(default_factory=dict)
    """Intent of each play begun to the revision of the script library it was begun with."""
    scripts_revision: int = 0
    sensitive: tuple[str, ...] = ()
    """Kinds of private numbers taken out of the words of this turn."""
    minor: bool = False

    @classmethod
    def of(cls, state: TalkState, book: FactBook) -> Deal:
        """The view over `state`, defaults where a first turn has nothing yet."""
        limit = book.pack.contact.handoff_wait_minutes
        handoff = with_humans(state.get("handoff"), state.get("handoff_asked"), state["now"], limit)
        stage = standing(state.get("stage", Stage.OPENING), handoff, state.get("stage_before"))
        return cls(
            pack=book.pack,
            book=book,
            now=state["now"],
            text=state.get("text", ""),
            lang=state.get("lang", "zh"),
            channel=state.get("channel", "text"),
            stage=stage,
            understanding=state.get("understanding", Understanding()),
            grounding=state.get("grounding", Grounding()),
            profile=state.get("profile", CustomerCard()),
            slots=state.get("slots", {}),
            line_items=state.get("line_items", ()),
            focus=state.get("focus"),
            expecting=state.get("expecting"),
            asked=state.get("asked", {}),
            attempts=state.get("attempts", {}),
            lines=tuple(state.get("lines", [])),
            turn=state.get("turn", 0),
            follows=state.get("follows", False),
            topics=state.get("topics", ()),
            words=_words(state),
            handoff=handoff,
            quoted=state.get("quoted", ()),
            plays=state.get("plays", {}),
            scripts_revision=state.get("scripts_revision", 0),
            sensitive=state.get("sensitive", ()),
            minor=state.get("minor", False),
        )

    @property
    def product(self) -> Product | None:
        """The catalogue row in focus."""
        return self.pack.product(self.focus)

    @property
    def mentions(self) -> dict[str, Any]:
        """What this utterance said, slot to value."""
        return self.understanding.values()

    @property
    def told(self) -> frozenset[str]:
        """Slots that this utterance gave a value, said in full or in part, or pointed back to."""
        changed = (
            slot
            for slot, held in self.slots.items()
            if held.turn == self.turn and held.earlier and held.value is not None
        )
        return frozenset({*self.mentions, *changed})

    def value(self, slot: str) -> Any:
        """The slot's value from this talk, else from the profile; None where neither knows it."""
        if slot in self.slots:
            return self.slots[slot].value
        return getattr(self.profile, slot, None) if slot in PROFILE_SLOTS else None

    def known(self, slot: str) -> bool:
        """Whether asking for `slot` would be asking twice."""
        return self.value(slot) is not None

    def quantity_of(self, product: str | None) -> int | None:
        """Units of `product` in the deal; of a range the lower end, so that nothing is promised too early."""
        item = next((item for item in self.line_items if item.product == product), None)
        value = item.quantity if item else self.value("quantity") if product == self.focus else None
        if isinstance(value, dict):
            value = value.get("min") or value.get("max")
        return int(value) if isinstance(value, int | float) else None

    def situation(self, product: str | None = None) -> Situation:
        """The deal as facts, offers and claims weigh it, seen from `product` (default: the focus)."""
        product = product or self.focus
        return Situation(
            now=self.now,
            lang=self.lang,
            product=product,
            products=tuple(item.product for item in self.line_items),
            quantity=self.quantity_of(product),
            location=self.value("location"),
            slots={
                **{slot: self.value(slot) for slot in REACHED_BY if self.known(slot)},
                **{slot: held.value for slot, held in self.slots.items() if held.value is not None},
            },
        )


def _words(state: TalkState) -> tuple[Word, ...]:
    transcript = state.get("transcript")
    return transcript.words if transcript else tuple(map(Word.model_validate, state.get("words", [])))
