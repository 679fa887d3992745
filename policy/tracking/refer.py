"""What a line points back to without naming it: 另一款, the bigger one, 就它吧, 同款, 还是按刚才的."""

from __future__ import annotations

import re
from collections.abc import Callable

from core.pack import Pack, Product
from core.types import Mention
from engines.tracking.base import TrackView
from policy.cues import (
    BIGGER_ONE,
    CHEAPER_ONE,
    COMPARED_WITH,
    DEARER_ONE,
    FIRST_ONE,
    GO_BACK,
    HALF_COUNT,
    LAST_ONE,
    LIKE_THAT,
    OTHER_ONE,
    SAME_AGAIN,
    SAME_COUNT,
    SLOT_WORDS,
    SMALLER_ONE,
    THAT_ONE,
    spoken,
)
from policy.fit import number_in
from policy.tracking.items import Items

Measure = Callable[[Product], float]


def product_meant(view: TrackView, deal: Items, pack: Pack) -> str | None:
    """The product that a line without a product's name points to; None where it points to none.

    Of the products talked of: the other one, the first, the last, the cheaper, the bigger; the one bought
    before; and the one just recommended, where nothing else is in focus.
    """
    if view.bought_before and spoken(SAME_AGAIN, view.text):
        return _in_catalogue(view.bought_before, pack)
    talked_of = [item.product for item in deal.items]
    others = [product for product in talked_of if product != deal.focus]
    if others and spoken(OTHER_ONE, view.text):
        return others[-1]
    if len(talked_of) > 1 and (found := _of_several(view.text, talked_of, pack)):
        return found
    if len(talked_of) == 1 and (found := _sibling(view.text, talked_of[0], pack)):
        return found
    if view.recommended and view.recommended != deal.focus and _takes_recommendation(view):
        return view.recommended
    return None


def _in_catalogue(said: str, pack: Pack) -> str | None:
    """The product of an id, a name or an alias, as a customer's record may write it."""
    for row in pack.products:
        if said in (row.id, *row.aliases, *row.name.values()):
            return row.id
    named = [
        row for row in pack.products if row.id in said or any(name in said for name in row.name.values())
    ]
    return named[0].id if named else None


def _of_several(text: str, talked_of: list[str], pack: Pack) -> str | None:
    """One of the products talked of last, by size, price or place."""
    rows = [row for row in map(pack.product, talked_of[-2:]) if row]
    size = _size(rows, pack)
    by_measure: tuple[tuple[re.Pattern[str], Measure, int], ...] = (
        (CHEAPER_ONE, _price, 0),
        (DEARER_ONE, _price, -1),
        (SMALLER_ONE, size, 0),
        (BIGGER_ONE, size, -1),
    )
    for cue, measure, place in by_measure:
        if rows and spoken(cue, text):
            return sorted(rows, key=measure)[place].id
    if spoken(FIRST_ONE, text):
        return talked_of[0]
    return talked_of[-1] if spoken(LAST_ONE, text) else None


def _sibling(text: str, product: str, pack: Pack) -> str | None:
    """The next bigger or smaller product of the same family, where only one was talked of."""
    row = pack.product(product)
    family = [other for other in pack.products if row and other.category == row.category]
    size = _size(family, pack)
    ordered = [other.id for other in sorted(family, key=size)]
    step = 1 if spoken(BIGGER_ONE, text) else -1 if spoken(SMALLER_ONE, text) else 0
    place = ordered.index(product) + step if step and product in ordered else -1
    return ordered[place] if 0 <= place < len(ordered) else None


def _price(row: Product) -> float:
    return row.list_price


def _size(rows: list[Product], pack: Pack) -> Measure:
    """What bigger means for these goods: the first attribute that a need is held against, else the price."""
    for attribute in pack.attributes:
        sized = attribute.requirement and all(number_in(row, attribute) is not None for row in rows)
        if sized and attribute.requirement:
            chosen = attribute
            return lambda row: number_in(row, chosen) or 0.0
    return _price


def _takes_recommendation(view: TrackView) -> bool:
    """Whether the line goes on with what was recommended: 就它吧, that one; or a yes, a number of them."""
    if spoken(THAT_ONE, view.text):
        return True
    counts = any(mention.slot == "quantity" for mention in view.understanding.mentions)
    return view.focus is None and (counts or view.understanding.intent in {"affirm", "request_demo"})


def compared_with(view: TrackView) -> Mention | None:
    """The product that only serves as a measure: the 电机 of 跟电机一样的数."""
    if not (spoken(SAME_COUNT, view.text) or spoken(HALF_COUNT, view.text)):
        return None
    return next(
        (
            mention
            for mention in view.understanding.mentions
            if mention.slot == "product" and spoken(COMPARED_WITH, view.text[: mention.start])
        ),
        None,
    )


def count_meant(view: TrackView, deal: Items, pack: Pack) -> int | None:
    """A count told by another one: the same number, half of it; None where none is told so.

    The other one is that of the product compared with, else of the product talked of before, else the one held.
    """
    half = spoken(HALF_COUNT, view.text)
    if not half and not spoken(SAME_COUNT, view.text):
        return None
    measure = compared_with(view)
    held = view.slots.get("quantity")
    named = measure.value if measure else _named_in_part(view.text, deal, pack)
    if named is not None:
        count = deal.quantity(named)
    else:
        count = deal.quantity(view.focus) if view.focus else held.value if held else None
    if not isinstance(count, int):
        return None
    return max(1, count // 2) if half else count


def _named_in_part(text: str, deal: Items, pack: Pack) -> str | None:
    """The product of the deal that a comparison calls by a part of its name: 跟电机一样的数."""
    found = LIKE_THAT.search(text)
    part = (found["goods"] or found["en"]) if found else ""
    if len(part) < 2:
        return None
    rows = [row for row in map(pack.product, [item.product for item in deal.items]) if row]
    named = [row.id for row in rows if any(part.lower() in name.lower() for name in row.name.values())]
    return named[0] if len(named) == 1 else None


def slot_gone_back_to(view: TrackView) -> str | None:
    """The slot whose earlier value is wanted again (还是按刚才的数量): the one named, else the last one changed."""
    if not spoken(GO_BACK, view.text):
        return None
    changed = {slot: held for slot, held in view.slots.items() if held.earlier}
    named = [slot for slot, words in SLOT_WORDS.items() if slot in changed and spoken(words, view.text)]
    if named:
        return named[0]
    return max(changed, key=lambda slot: changed[slot].turn, default=None)
