"""The port every understanding engine implements."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from core.types import Understanding


class Understander(Protocol):
    """Reads one utterance. Implementations are pure: same arguments, same answer."""

    name: str

    def read(self, text: str, *, now: datetime, expecting: str | None = None) -> Understanding:
        """At most two ranked intents and the slot mentions of `text`.

        `now` anchors relative dates. `expecting` is the slot the robot has just asked for, so that a
        bare 十二 or 苏州 is read as its value. Blank or unreadable text gives `out_of_scope` with no
        mentions; nothing is raised.
        """
        ...
