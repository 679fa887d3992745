"""What a line points back to without naming it: 另一款, the cheaper one, 就它吧, 还是按刚才的."""

from __future__ import annotations

from collections.abc import Mapping

from core.pack import Pack
from core.types import SlotValue
from engines.tracking.base import TrackView
from policy.cues import (
    CHEAPER_ONE,
    DEARER_ONE,
    FIRST_ONE,
    GO_BACK,
    LAST_ONE,
    OTHER_ONE,
    SLOT_WORDS,
    THAT_ONE,
    spoken,
)
from policy.tracking.items import Items


def product_meant(view: TrackView, deal: Items, pack: Pack) -> str | None:
    """The product that a line without a product's name points to; None where it points to none.

    Of the products talked of: the other one, the first, the last, the cheaper, the dearer; and the one
    just recommended, where nothing else is in focus.
    """
    talked_of = [item.product for item in deal.items]
    others = [product for product in talked_of if product != deal.focus]
    if others and spoken(OTHER_ONE, view.text):
        return others[-1]
    if len(talked_of) > 1:
        if spoken(CHEAPER_ONE, view.text) or spoken(DEARER_ONE, view.text):
            rows = [row for row in map(pack.product, talked_of[-2:]) if row]
            rows.sort(key=lambda row: row.list_price)
            return rows[0 if spoken(CHEAPER_ONE, view.text) else -1].id if rows else None
        if spoken(FIRST_ONE, view.text):
            return talked_of[0]
        if spoken(LAST_ONE, view.text):
            return talked_of[-1]
    if view.recommended and view.recommended != deal.focus and _takes_recommendation(view):
        return view.recommended
    return None


def _takes_recommendation(view: TrackView) -> bool:
    """Whether the line goes on with what was recommended: 就它吧, that one; or a yes, a number of them."""
    if spoken(THAT_ONE, view.text):
        return True
    counts = any(mention.slot == "quantity" for mention in view.understanding.mentions)
    return view.focus is None and (counts or view.understanding.intent in {"affirm", "request_demo"})


def slot_gone_back_to(view: TrackView) -> str | None:
    """The slot whose earlier value is wanted again (还是按刚才的数量): the one named, else the last one changed."""
    if not spoken(GO_BACK, view.text):
        return None
    changed = {slot: held for slot, held in view.slots.items() if held.earlier}
    named = [slot for slot, words in SLOT_WORDS.items() if slot in changed and spoken(words, view.text)]
    if named:
        return named[0]
    return _last_changed(changed)


def _last_changed(changed: Mapping[str, SlotValue]) -> str | None:
    return max(changed, key=lambda slot: changed[slot].turn, default=None)
