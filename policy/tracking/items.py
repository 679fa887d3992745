"""The line items of a deal and the product in focus, after one utterance."""

from __future__ import annotations

import re
from typing import Any

from core.types import LineItem, Mention
from policy.cues import (
    ADDED,
    ALONG,
    BACK_TO,
    COMPANION,
    EACH,
    MORE_OF_IT,
    REPLACING,
    TAKEN_OUT,
    TOGETHER,
    spoken,
)

CLAUSE = re.compile(r"[,，;；。、]")


class Items:
    """An immutable view: every method gives a new one."""

    def __init__(self, items: tuple[LineItem, ...], focus: str | None) -> None:
        self.items = items
        self.focus = focus

    def quantity(self, product: str | None) -> Any:
        """The quantity held for `product`."""
        return next((item.quantity for item in self.items if item.product == product), None)

    def with_item(self, product: str, quantity: Any) -> Items:
        """`product` with `quantity`, in its place or at the end."""
        if any(item.product == product for item in self.items):
            items = tuple(
                LineItem(product=product, quantity=quantity) if item.product == product else item
                for item in self.items
            )
        else:
            items = (*self.items, LineItem(product=product, quantity=quantity))
        return Items(items, self.focus)

    def without(self, product: str) -> Items:
        """The deal without `product`; the last one left takes the focus."""
        items = tuple(item for item in self.items if item.product != product)
        focus = self.focus if self.focus != product else (items[-1].product if items else None)
        return Items(items, focus)

    def focused(self, product: str | None) -> Items:
        """The same items, seen from `product`, which is one of them from now on."""
        deal = self.with_item(product, self.quantity(product)) if product else self
        return Items(deal.items, product)

    def renamed(self, old: str, new: str) -> Items:
        """A corrected product: the number it was said with stays."""
        kept = tuple(item for item in self.items if item.product != new)
        items = tuple(
            LineItem(product=new, quantity=item.quantity) if item.product == old else item for item in kept
        )
        return Items(items, new)

    def given(self, loose: Any) -> Items:
        """A count said before any product was named belongs to the first one that is."""
        if loose is None or self.focus is None or self.quantity(self.focus) is not None:
            return self
        return self.with_item(self.focus, loose)

    def after(self, mentions: list[Mention], text: str, thrown: list[Mention], *, corrects: bool) -> Items:
        """The deal after one utterance: which products it names, how many of each, which it is about.

        `thrown` are the mentions that it throws out.
        """
        named = [mention for mention in mentions if mention.slot == "product"]
        counted = [mention for mention in mentions if mention.slot == "quantity"]
        dropped = [mention for mention in named if self._drops(mention, text)]
        without = [mention for mention in thrown if mention.slot == "product"]
        gone = [mention for mention in without if not named or self._drops(mention, text)]
        deal = self
        for mention in (*dropped, *gone):
            deal = deal.without(mention.value)
        named = [mention for mention in named if mention not in dropped]
        if named:
            deal = deal.turned_to(named, text, corrects=corrects and not gone)
        if len(named) > 1 and len(counted) == 1 and spoken(EACH, text):
            for product in dict.fromkeys(mention.value for mention in named):
                deal = deal.with_item(product, counted[0].value)
            return deal
        counted = [mention for mention in counted if not deal.counted_already(mention, text)]
        owned = [mention for mention in named if deal.focus == mention.value or not along(mention, text)]
        owners = _owners(counted, owned, deal.focus, text)
        for mention, owner in zip(counted, owners, strict=True):
            if owner:
                deal = deal.with_item(owner, deal.total_after(owner, mention, text))
        return deal

    def counted_already(self, mention: Mention, text: str) -> bool:
        """Whether a count only names another line item by its number: 前面那十二台, the ten carts."""
        others = [item.quantity for item in self.items if item.product != self.focus]
        return mention.value in others and spoken(BACK_TO, text[: mention.start])

    def _drops(self, mention: Mention, text: str) -> bool:
        """Whether a product of the deal is taken out of it: R20不要了, drop the R20."""
        return any(item.product == mention.value for item in self.items) and taken_out(mention, text)

    def total_after(self, product: str, mention: Mention, text: str) -> Any:
        """The count said, on top of the one held where it is said as an addition (再加两台)."""
        held = self.quantity(product)
        added = spoken(MORE_OF_IT, text[: mention.start]) and isinstance(held, int)
        return held + mention.value if added and isinstance(mention.value, int) else mention.value

    def turned_to(self, named: list[Mention], text: str, *, corrects: bool) -> Items:
        """The focus after products were named; what is only bought along does not take it."""
        products = list(dict.fromkeys(mention.value for mention in named))
        replaced = spoken(REPLACING, text[: named[0].start])
        instead = corrects and not spoken(ADDED, text)
        if instead and self.focus and len(products) == 1 and products[0] != self.focus:
            return self.renamed(self.focus, products[0])
        deal = self
        for product in products:
            as_many = self.quantity(self.focus) if replaced and len(products) == 1 else None
            deal = deal.with_item(product, deal.quantity(product) or as_many)
        if self.focus is None:
            return deal.focused(products[0])
        own = [mention.value for mention in named if not along(mention, text)]
        return deal.focused(own[0]) if own else deal


def taken_out(product: Mention, text: str) -> bool:
    """Whether a line takes a product out: R20不要了, drop the R20."""
    before, after = text[: product.start], text[product.end :]
    return spoken(TAKEN_OUT.before, before) or spoken(TAKEN_OUT.after, after)


def along(product: Mention, text: str) -> bool:
    """Whether a product is only bought along: 跟C5一块儿, 搭一台R6."""
    before = text[: product.start]
    return spoken(ALONG, before) or (spoken(COMPANION, before) and spoken(TOGETHER, text[product.end :]))


def _owners(counted: list[Mention], named: list[Mention], focus: str | None, text: str) -> list[str | None]:
    """The product that each count belongs to: the nearest one named of those still free, else the focus."""
    owners: list[str | None] = []
    free = list(named)
    for mention in counted:
        chosen = min(free, key=lambda product: _distance(mention, product, text), default=None)
        if chosen:
            free.remove(chosen)
        owners.append(chosen.value if chosen else focus)
    return owners


def _distance(count: Mention, product: Mention, text: str) -> tuple[bool, int]:
    """How far a count stands from a product, a comma between them being farther than any words.

    It stands right before its product (两台R6) or after it (R6要两台); of two as near it is the one before.
    """
    between = text[min(count.end, product.end) : max(count.start, product.start)]
    return CLAUSE.search(between) is not None, len(between)
