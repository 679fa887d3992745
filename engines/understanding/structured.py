"""The form in which a model tells intents and slot words, and what of its answer is believed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, ValidationError

from core.pack import Example
from engines.failure import Failure, Trouble
from engines.json_model import list_schema, object_schema, one_of_schema
from engines.understanding.spans import Span, Tagging
from engines.understanding.text import fold, tokenise

MOST_INTENTS = 2
MOST_WORDS = 24
"""Slot mentions that are read of one answer."""
BELIEVED = 0.7
"""Confidence of a span that a model tells: over what the slot readers ask of one, under what makes them guess."""


class SlotWords(BaseModel):
    """Words of the utterance, and the slot they are said to fill."""

    model_config = ConfigDict(strict=True)

    slot: str
    words: str


class Answer(BaseModel):
    """What a model tells of one utterance, as it stands: labels and words may be wrong."""

    model_config = ConfigDict(strict=True)

    intents: list[str]
    slots: list[SlotWords] = []


class Told(NamedTuple):
    """What is believed of an answer: known intents, the main one first, and spans that are in the text."""

    intents: tuple[str, ...]
    spans: tuple[Span, ...]


def schema(intents: Iterable[str], slots: Iterable[str]) -> dict[str, Any]:
    """The JSON schema of an answer with these labels; strict, as hosted endpoints want it."""
    mention = object_schema({"slot": one_of_schema(slots), "words": {"type": "string"}})
    fields = {"intents": list_schema(one_of_schema(intents)), "slots": list_schema(mention)}
    described = "Intents and slot words of one utterance."
    return {"title": "understanding", "description": described, **object_schema(fields)}


def example_answer(row: Example, slots: Collection[str]) -> str:
    """An annotated example as a model should have answered it."""
    words = [
        SlotWords(slot=slot, words=row.text[start:end]) for slot, start, end in row.spans if slot in slots
    ]
    return Answer(intents=list(row.intents), slots=words).model_dump_json()


def believe(answer: object, text: str, intents: Collection[str], slots: Collection[str]) -> Told | Failure:
    """The known part of an answer; a Failure where it has no form, no intent, or an intent that is none.

    A mention with an unknown slot, or with words that are not in `text`, is left out.
    """
    try:
        read = Answer.model_validate(answer)
    except ValidationError:
        return Failure(Trouble.MALFORMED, "the answer has not the form asked for")
    named = tuple(dict.fromkeys(read.intents))[:MOST_INTENTS]
    if not named:
        return Failure(Trouble.EMPTY, "the answer names no intent")
    if not set(named) <= set(intents):
        return Failure(Trouble.WRONG_LABEL, "the answer names an intent that does not exist")
    return Told(named, _spans(read.slots[:MOST_WORDS], text, slots))


def _spans(told: Iterable[SlotWords], text: str, slots: Collection[str]) -> tuple[Span, ...]:
    """Where the words stand; words told twice of one slot are looked for one after the other."""
    low = fold(text)
    last: dict[tuple[str, str], int] = {}
    spans = []
    for mention in told:
        words = fold(mention.words.strip())
        start = low.find(words, last.get((mention.slot, words), 0)) if words else -1
        if mention.slot in slots and start >= 0:
            last[mention.slot, words] = start + len(words)
            spans.append(Span(mention.slot, start, start + len(words), BELIEVED))
    return tuple(spans)


def tagging(text: str, spans: Sequence[Span]) -> Tagging:
    """The spans as a tagger would have found them."""
    tokens = tokenise(text)
    chances = [
        {span.slot: 1.0 for span in spans if span.start < token.end and token.start < span.end}
        for token in tokens
    ]
    return Tagging(
        tuple(sorted(spans, key=lambda span: span.start)), tuple(zip(tokens, chances, strict=True))
    )
