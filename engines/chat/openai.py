"""A chat model behind any OpenAI-compatible endpoint: it words the plan, it decides nothing."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from importlib.resources import files

import openai
import yaml
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from langchain_core.runnables import RunnableConfig
from langchain_openai import ChatOpenAI

from core.errors import EngineError
from core.pack import Pack, localise
from core.settings import Settings
from engines.chat.base import Brief, Realiser, Sentence
from engines.chat.script import ENGLISH_ROOM, LIMIT

SENTENCE = re.compile(r".*?(?:[。!?!?\n]|\.(?=\s|$))+", re.S)
UNSEEN: RunnableConfig = {"callbacks": [], "tags": ["nostream"]}
"""Run configuration of the model: what it says is unguarded, so no callback or stream may see it."""


class OpenAIRealiser:
    """Streams the model's wording by sentence; acts, facts and numbers are the plan's."""

    name = "openai"

    def __init__(self, settings: Settings, pack: Pack, script: Realiser) -> None:
        self._pack = pack
        self._script = script
        self._deadline_s = settings.chat_timeout_s
        self._prompt = yaml.safe_load(files("engines.chat").joinpath("prompts/speak.yaml").read_text("utf-8"))
        self._model = ChatOpenAI(
            model=settings.chat_model or "default",
            base_url=settings.chat_base_url,
            api_key=settings.chat_api_key,
            timeout=settings.chat_timeout_s,
            max_retries=0,
            temperature=0.3,
            max_completion_tokens=300,
        )

    async def sentences(self, brief: Brief) -> AsyncIterator[Sentence]:
        """Sentences of the model as they are complete.

        Raises EngineError when the endpoint fails, says nothing, or is not done within the deadline.
        """
        draft = [sentence async for sentence in self._script.sentences(brief)]
        if not draft:
            return
        said = tuple(position for sentence in draft for position in sentence.acts)
        try:
            async with asyncio.timeout(self._deadline_s):
                text = "".join([part async for part in self._stream(self._messages(brief, draft))])
        except TimeoutError as error:
            raise EngineError(f"chat model: not done in {self._deadline_s} s", transient=True) from error
        except openai.OpenAIError as error:
            raise EngineError(f"chat model: {type(error).__name__}", transient=True) from error
        found = split_sentences(text)
        if not found:
            raise EngineError("chat model: empty answer", transient=True)
        for position, sentence in enumerate(found):
            yield Sentence(text=sentence, acts=said if position == 0 else ())

    async def _stream(self, messages: list[BaseMessage]) -> AsyncIterator[str]:
        async for chunk in self._model.astream(messages, config=UNSEEN):
            if isinstance(chunk.content, str):
                yield chunk.content

    def _messages(self, brief: Brief, draft: list[Sentence]) -> list[BaseMessage]:
        system = self._prompt["system"][brief.lang].format(
            company=localise(self._pack.short_name, brief.lang),
            robot=localise(self._pack.robot, brief.lang),
            limit=round(LIMIT[brief.channel] * (ENGLISH_ROOM if brief.lang == "en" else 1)),
            facts="\n".join(f"[{fact.id}] {localise(fact.text, brief.lang)}" for fact in brief.facts),
            draft="\n".join(sentence.text for sentence in draft),
        )
        history = [
            HumanMessage(line.text) if line.who == "customer" else AIMessage(line.text)
            for line in brief.lines
        ]
        return [SystemMessage(system), *history, HumanMessage(brief.customer_text or "…")]


def split_sentences(text: str) -> list[str]:
    """Sentences with their marks; a last one without a mark counts."""
    found = [match.group().strip() for match in SENTENCE.finditer(text)]
    rest = text[sum(len(match.group()) for match in SENTENCE.finditer(text)) :].strip()
    return [sentence for sentence in [*found, rest] if sentence]
