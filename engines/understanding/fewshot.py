"""Few-shot understanding: a chat model names intents and slot words, our own readers give the values."""

from __future__ import annotations

import json
from collections.abc import Container, Iterable
from concurrent.futures import Future
from datetime import datetime

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from core.errors import MissingEngineError
from core.pack import Pack
from core.settings import Settings
from core.types import IntentScore, Mention, Understanding
from engines.failure import Failure
from engines.json_model import JsonModel
from engines.normalise.money import Money
from engines.normalise.quantity import Quantity
from engines.normalise.quantity import bare as bare_quantity
from engines.understanding.background import Background
from engines.understanding.embedded import unit_words
from engines.understanding.labels import known_labels, prompt_file, told
from engines.understanding.lexicon import Lexicon
from engines.understanding.nearest import Nearest
from engines.understanding.products import ProductLinker
from engines.understanding.sight import Sight, look
from engines.understanding.slots import read_slots
from engines.understanding.spans import Span
from engines.understanding.structured import Told, believe, example_answer, schema, tagging
from engines.understanding.text import language

EXAMPLES = 8
LONGEST = 1000
"""Code points of an utterance that the model is shown."""
ROOM = 400
"""Tokens of an answer."""
CONFIDENCE = (0.75, 0.5)
"""Of the main and of the second intent. A model's own figure would not be calibrated; these are fixed."""
_NOTHING = Understanding(intents=(IntentScore(id="out_of_scope", confidence=1.0),))


class FewShotUnderstander:
    """Asks a chat model behind any OpenAI-compatible endpoint, shown the pack's examples nearest to the utterance.

    The utterance is data in the prompt, and nothing of the answer is trusted: labels must be known, words
    must stand in the utterance, and values come from the readers that the embedded engine uses.
    """

    name = "fewshot"

    def __init__(self, settings: Settings, pack: Pack) -> None:
        """Raises MissingEngineError where no model is named."""
        endpoint = settings.understanding_endpoint
        if not endpoint.model:
            raise MissingEngineError(
                "understanding", "no model is named", "set TALKTRACK_UNDERSTANDING_MODEL"
            )
        self._pack = pack
        self._linker, self._lexicon = ProductLinker(pack), Lexicon(pack.lexicon)
        self._units = unit_words(pack)
        self._nearest = Nearest(pack.examples)
        self._prompt = prompt_file("understand")
        self._intents = tuple(known_labels().intents)
        self._background = Background()
        self._model = JsonModel(
            endpoint,
            schema(self._intents, pack.slots),
            method=settings.understanding_output,
            deadline_s=settings.understanding_timeout_s,
            room=ROOM,
        )

    def read(self, text: str, *, now: datetime, expecting: str | None = None) -> Understanding:
        """As the port has it; without an answer of the model, `out_of_scope` with no confidence."""
        answer = self.ask(text, now=now, expecting=expecting).result()
        if isinstance(answer, Failure):
            return Understanding(intents=(IntentScore(id="out_of_scope", confidence=0.0),))
        return answer

    def ask(
        self, text: str, *, now: datetime, expecting: str | None = None
    ) -> Future[Understanding | Failure]:
        """The reading under way; whatever goes wrong with the model is a Failure, within the deadline."""
        return self._background.start(self._asked(text[:LONGEST], now, expecting))

    async def _asked(self, text: str, now: datetime, expecting: str | None) -> Understanding | Failure:
        if not any(char.isalnum() for char in text):
            return _NOTHING
        answer = await self._model.answer(self.messages(text, expecting))
        if isinstance(answer, Failure):
            return answer
        found = believe(answer, text, self._intents, self._pack.slots)
        return found if isinstance(found, Failure) else self._valued(found, text, now, expecting)

    def _valued(self, found: Told, text: str, now: datetime, expecting: str | None) -> Understanding:
        """The words brought to their normal forms by the readers of the embedded engine."""
        sight = look(text, now, self._linker, self._lexicon, self._units)
        mentions = read_slots(
            sight,
            tagging(text, found.spans),
            found.intents,
            now,
            expecting=expecting,
            lexicon=self._lexicon,
            confidence=CONFIDENCE[0],
        )
        if found.intents[0] != "deny":  # a bare amount may be the one that is denied
            mentions += overlooked(sight, found.spans, {mention.slot for mention in mentions})
        return Understanding(
            intents=tuple(
                IntentScore(id=name, confidence=sure)
                for name, sure in zip(found.intents, CONFIDENCE, strict=False)
            ),
            mentions=tuple(mention for mention in mentions if mention.slot in self._pack.slots),
        )

    def messages(self, text: str, expecting: str | None) -> list[BaseMessage]:
        """The prompt: rules, the nearest examples as talk, least alike first, then the utterance as JSON."""
        lang, labels = language(text), known_labels()
        system = self._prompt["system"][lang].format(
            intents=told(labels.intents, self._intents, lang),
            slots=told(labels.slots, self._pack.slots, lang),
        )
        messages: list[BaseMessage] = [SystemMessage(system)]
        for row in reversed(self._nearest.find(text, lang, EXAMPLES)):
            messages.append(HumanMessage(_data(row.text, None)))
            messages.append(AIMessage(example_answer(row, self._pack.slots)))
        return [*messages, HumanMessage(_data(text, expecting))]


def overlooked(sight: Sight, spans: Iterable[Span], slots: Container[str]) -> list[Mention]:
    """Amounts that no rule would take for a budget or a count, and the model does: 手头就二十万, 十二."""
    found: dict[str, Mention] = {}
    for span in spans:
        said = sight.text[span.start : span.end]
        amount: Money | Quantity | None = None
        if span.slot == "budget":
            inside = (money for money in sight.money if span.start <= money.start < span.end)
            amount = next(inside, None)
        elif span.slot == "quantity" and (count := bare_quantity(said)):
            amount = count._replace(start=span.start + count.start, end=span.start + count.end)
        if amount and span.slot not in slots:
            found.setdefault(
                span.slot,
                Mention(
                    slot=span.slot,
                    value=amount.value,
                    text=sight.text[amount.start : amount.end],
                    start=amount.start,
                    end=amount.end,
                    confidence=span.confidence,
                ),
            )
    return list(found.values())


def _data(text: str, expecting: str | None) -> str:
    asked = {"robot_asked_for": expecting} if expecting else {}
    return json.dumps({"utterance": text, **asked}, ensure_ascii=False)
