"""Customer lines to measure with: the pack's own examples, those that end a talk left out."""

from __future__ import annotations

import random

from core.pack import Pack

ENDS = frozenset(["refuse", "do_not_call", "wrong_person", "thanks_bye", "request_human"])
"""Intents after which a talk is over or handed on, so that what follows is cheaper than a turn."""


def customer_lines(pack: Pack, count: int, seed: int = 1) -> list[str]:
    """`count` lines in the pack's main language, the same ones for the same seed."""
    lang = pack.languages[0]
    texts = [
        example.text for example in pack.examples if example.lang == lang and ENDS.isdisjoint(example.intents)
    ]
    return random.Random(seed).choices(sorted(texts), k=count)
