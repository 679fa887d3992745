"""Tracking by a chat model: it tells what a line changes, our own readers say what of that is believed."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from threading import Lock
from typing import Any

import yaml
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from pydantic import ValidationError

from core.diff import StateDiff
from core.errors import EngineError, MissingEngineError
from core.pack import Pack, Product, localise
from core.settings import Settings
from core.types import Changes, Frozen, Lang
from engines.failure import Failure, Trouble
from engines.json_model import JsonModel, list_schema, object_schema, one_of_schema
from engines.tracking.base import TrackView
from engines.tracking.believe import FOLLOW_FOCUS, Believed, Judge
from engines.tracking.examples import ExampleTurns, answer_shown, example_shown, state_shown, turn_shown
from engines.understanding.background import Background
from engines.understanding.labels import known_labels
from engines.understanding.text import HAN, language

log = logging.getLogger(__name__)
EXAMPLES = 6
LONGEST = 1000
"""Code points of a line that the model is shown."""
LISTED = 60
"""Products that the model is told of at most."""
NAMES = 4
"""Aliases of a product that the model is told of at most."""
ROOM = 700
"""Tokens of an answer."""


class TrackingStats(Frozen):
    """Lines asked about since the start, and what did not come of it."""

    lines: int = 0
    failures: dict[str, int] = {}
    """Answers that could not be used, by reason."""
    dropped: dict[str, int] = {}
    """Changes told and not believed, by reason."""


class LlmTracker:
    """Asks a chat model behind any OpenAI-compatible endpoint, shown the example turns nearest to the line.

    The line is data in the prompt and nothing of the answer is trusted: each change must be of its slot's
    form and rest on words of the customer or on values held before.
    """

    name = "llm"

    def __init__(self, settings: Settings, pack: Pack) -> None:
        """Raises MissingEngineError where no model is named."""
        endpoint = settings.tracking_endpoint
        if not endpoint.model:
            raise MissingEngineError("tracking", "no model is named", "set TALKTRACK_TRACKING_MODEL")
        self._deadline_s = settings.tracking_timeout_s
        self._examples, self._judge = ExampleTurns(pack.dialogues), Judge(pack)
        langs: tuple[Lang, ...] = ("zh", "en")
        self._system = {lang: system_prompt(pack, lang) for lang in langs}
        self._background = Background()
        self._model = JsonModel(
            endpoint,
            diff_schema(pack),
            method=settings.tracking_output,
            deadline_s=self._deadline_s,
            room=ROOM,
        )
        self._counting = Lock()
        self._lines = 0
        self._failures: Counter[str] = Counter()
        self._dropped: Counter[str] = Counter()

    async def changes(self, view: TrackView) -> Changes:
        """What the model tells and the line bears; nothing for a line without a letter or digit.

        Raises EngineError when the endpoint fails or is not done within the deadline, and for an answer
        without the form asked for.
        """
        if not any(char.isalnum() for char in view.text):
            return Changes()
        believed = await self._asked(view)
        self._count(believed)
        if isinstance(believed, Failure):
            raise EngineError(f"tracking model: {believed}", transient=True)
        return believed.changes

    async def _asked(self, view: TrackView) -> Believed | Failure:
        """The model's answer, judged; all of it away from the caller's loop, callbacks and traces."""
        try:
            async with asyncio.timeout(self._deadline_s):
                return await asyncio.wrap_future(self._background.start(self._told(view)))
        except TimeoutError:
            return Failure(Trouble.TIMEOUT, "no answer in time")

    async def _told(self, view: TrackView) -> Believed | Failure:
        answer = await self._model.answer(self.messages(view))
        if isinstance(answer, Failure):
            return answer
        try:
            diff = StateDiff.model_validate(answer)
        except ValidationError:
            return Failure(Trouble.MALFORMED, "the answer has not the form asked for")
        return self._judge.believed(diff, view)

    def _count(self, outcome: Believed | Failure) -> None:
        with self._counting:
            self._lines += 1
            if isinstance(outcome, Failure):
                self._failures[outcome.trouble] += 1
            else:
                self._dropped.update({str(reason): times for reason, times in outcome.dropped.items()})
        if isinstance(outcome, Believed) and outcome.dropped:
            log.info("tracking: changes dropped: %s", dict(outcome.dropped))

    @property
    def stats(self) -> TrackingStats:
        """What was counted since the start."""
        with self._counting:
            return TrackingStats(
                lines=self._lines, failures=dict(self._failures), dropped=dict(self._dropped)
            )

    def messages(self, view: TrackView) -> list[BaseMessage]:
        """The prompt: rules, the nearest turns as talk, least alike first, then this turn as JSON."""
        line = view.text[:LONGEST]
        lang = language(line)
        messages: list[BaseMessage] = [SystemMessage(self._system[lang])]
        for turn in reversed(self._examples.find(view.expecting, line, lang, EXAMPLES)):
            messages += [HumanMessage(example_shown(turn)), AIMessage(answer_shown(turn.diff))]
        return [*messages, HumanMessage(self._turn(view, line))]

    def _turn(self, view: TrackView, line: str) -> str:
        known = {
            slot: held for slot, held in view.slots.items() if slot not in FOLLOW_FOCUS or not view.focus
        }
        state = state_shown(
            {slot: held.value for slot, held in known.items() if held.value is not None},
            {slot: [old.value for old in held.earlier] for slot, held in view.slots.items() if held.earlier},
            view.line_items,
            view.focus,
        )
        return turn_shown(view.now, state, view.last_robot, view.expecting, line)


@cache
def prompt_file() -> dict[str, Any]:
    """The prompt as it is kept: name, version, texts by language."""
    text = files("engines.tracking").joinpath("prompts/track.yaml").read_text("utf-8")
    read: dict[str, Any] = yaml.safe_load(text)
    return read


def system_prompt(pack: Pack, lang: Lang) -> str:
    """The rules, with the slots and products of the pack; no word of any customer."""
    prompt = prompt_file()
    products = (f"- {row.id}: {', '.join(_names(row, lang))}" for row in pack.products[:LISTED])
    system: str = prompt["system"][lang]
    return system.format(
        slots="\n".join(_slots_told(free_slots(pack), prompt["forms"], lang)), products="\n".join(products)
    )


def _names(product: Product, lang: Lang) -> list[str]:
    """What a product is called in the language, the full name first."""
    others = [alias for alias in product.aliases if lang == "zh" or not HAN.search(alias)]
    return [localise(product.name, lang), *others[:NAMES]]


def _slots_told(slots: Iterable[str], forms: dict[str, dict[Lang, str]], lang: Lang) -> Iterable[str]:
    meanings = known_labels().slots
    for slot in slots:
        form = forms.get(slot, forms["other"])[lang]
        yield f"- {slot}: {meanings[slot][lang]}; {form}"


def free_slots(pack: Pack) -> tuple[str, ...]:
    """The slots of the pack that no line item holds."""
    return tuple(slot for slot in pack.slots if slot not in FOLLOW_FOCUS)


def diff_schema(pack: Pack) -> dict[str, Any]:
    """The JSON schema of a difference for this pack; strict, as hosted endpoints want it."""
    words, product = {"type": "string"}, {"type": ["string", "null"]}
    side = {"type": ["number", "null"]}
    limits = object_schema({"min": side, "max": side})
    value = {"anyOf": [{"type": "string"}, {"type": "number"}, limits]}
    quantity = {"anyOf": [{"type": "integer"}, limits, {"type": "null"}]}
    free = one_of_schema(free_slots(pack))
    fields = {
        "set": list_schema(object_schema({"slot": free, "value": value, "words": words})),
        "remove": list_schema(
            object_schema({"slot": one_of_schema(pack.slots), "product": product, "words": words})
        ),
        "confirm": list_schema(one_of_schema(pack.slots)),
        "items": list_schema(object_schema({"product": product, "quantity": quantity, "words": words})),
        "focus": product,
    }
    described = "What one line of the customer changes in the state of the talk."
    return {"title": "state_difference", "description": described, **object_schema(fields)}
