"""How long work tells where it stands."""

from __future__ import annotations

from typing import Protocol


class Watch(Protocol):
    """Hears of progress: what is being done, how many steps are behind, how many there are in all."""

    def __call__(self, what: str, done: int, total: int) -> None: ...


def silent(what: str, done: int, total: int) -> None:
    """A watch that tells nobody."""
