"""Private numbers in the customer's words: taken out before anything is kept, refused in one sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from core.types import Act
from engines.normalise.contact import find_emails, find_phones
from engines.normalise.private import Private, find_private, with_marks
from policy.deal import Deal
from policy.move import Move

_LOST = frozenset({"clarify", "redirect"})
"""Situations of a turn that was not understood: of a bare number there is nothing to understand."""


class Kept(NamedTuple):
    """What may be kept of a customer's words: the text, and the places of the words that are in it."""

    text: str
    words: tuple[int, ...]


def fit_to_keep(text: str, words: Sequence[str] = (), *, child: bool = False) -> Kept:
    """`text` with marks in place of private numbers, and which of the recogniser's `words` stay.

    Of a child, ways to be reached go too. Words that cannot be found in a text with something private go.
    """
    found = find_private(text)
    if child:
        ways = [Private("email", *mail[2:]) for mail in find_emails(text)]
        ways += [Private("phone", *phone[2:]) for phone in find_phones(text)]
        apart = (way for way in ways if not any(_overlap(way, one.start, one.end) for one in found))
        found = sorted((*found, *apart), key=lambda one: one.start)
    if not found:
        return Kept(text, tuple(range(len(words))))
    return Kept(with_marks(text, found), tuple(_outside(text, words, found)))


def _outside(text: str, words: Sequence[str], found: Sequence[Private]) -> Iterator[int]:
    """The places of those `words` of `text` that touch nothing of `found`."""
    after = 0
    for place, word in enumerate(words):
        start = text.find(word, after)
        if start < 0:
            continue
        after = start + len(word)
        if not any(_overlap(one, start, after) for one in found):
            yield place


def _overlap(one: Private, start: int, end: int) -> bool:
    return one.start < end and start < one.end


def refused(deal: Deal, move: Move) -> Move:
    """`move` behind the word that such numbers are neither needed nor kept, where some were given."""
    if not deal.sensitive:
        return move
    refusal = Act(act="answer", script="refuse.sensitive", values={"topic": "sensitive"})
    rest = tuple(act for act in move.acts if act.script not in _LOST)
    return move.model_copy(update={"acts": (refusal, *rest)})
