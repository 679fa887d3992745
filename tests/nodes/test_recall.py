"""`recall` alone: the raw text is searched, ended offers included, as of the turn's moment."""

from __future__ import annotations

from typing import Any, cast

from core.types import Passage
from nodes.recall import recall
from tests.fakes import NOW, opened


class Recording:
    """Remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def search(self, query: str, **options: Any) -> tuple[Passage, ...]:
        self.asked.append((query, options))
        return (Passage(source="policies:x", text="y", score=0.5),)


async def test_the_raw_text_is_searched() -> None:
    index = Recording()
    update = await recall(opened(text="它质保多久", focus="QH-R6"), index=cast("Any", index))
    assert [passage.source for passage in update["recalled"]] == ["policies:x"]
    ((query, options),) = index.asked
    assert query == "它质保多久"
    assert options["now"] == NOW and options["include_ended"] is True
