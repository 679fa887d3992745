"""`recall` alone: the raw text is searched in facts and library, what has ended included, as of the turn's moment."""

from __future__ import annotations

from typing import Any, cast

from core.errors import StoreError
from core.types import Excerpt, Passage
from nodes.recall import recall
from tests.fakes import NOW, opened


class Recording:
    """Remembers what it was asked, as index and as library."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def search(self, query: str, **options: Any) -> tuple[Passage, ...]:
        self.asked.append((query, options))
        return (Passage(source="policies:x", text="y", score=0.5),)

    def excerpts(self, question: str, **options: Any) -> tuple[Excerpt, ...]:
        self.asked.append((question, options))
        return (Excerpt(source="a.md#1", text="z", score=0.5),)


async def recalled(**state: Any) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """The update, and the options by the kind of search."""
    index, library = Recording(), Recording()
    update = await recall(
        opened(text="它质保多久", focus="QH-R6", **state),
        index=cast("Any", index),
        knowledge=cast("Any", library),
    )
    ((query, options),), ((question, others),) = index.asked, library.asked
    assert query == question == "它质保多久"
    return update, {"facts": options, "library": others}


async def test_the_raw_text_is_searched_in_facts_and_library() -> None:
    update, asked = await recalled()
    assert [passage.source for passage in update["recalled"]] == ["policies:x"]
    assert [excerpt.source for excerpt in update["excerpts"]] == ["a.md#1"]
    assert asked["facts"]["now"] == asked["library"]["now"] == NOW
    assert asked["facts"]["include_ended"] is True


async def test_a_dead_library_leaves_the_facts() -> None:
    class Dead(Recording):
        def excerpts(self, question: str, **options: Any) -> tuple[Excerpt, ...]:
            raise StoreError("gone", transient=True)

    update = await recall(opened(text="质保"), index=cast("Any", Recording()), knowledge=cast("Any", Dead()))
    assert (len(update["recalled"]), update["excerpts"]) == (1, ())


async def test_quotations_are_shorter_on_the_phone() -> None:
    _, text = await recalled(channel="text")
    _, voice = await recalled(channel="voice")
    assert voice["library"]["room"] < text["library"]["room"]
