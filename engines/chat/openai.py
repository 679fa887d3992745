"""A chat model behind any OpenAI-compatible endpoint: it words the plan, it decides nothing."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from importlib.resources import files

import openai
import yaml
from langchain_core.messages import AIMessage, BaseMessage, BaseMessageChunk, HumanMessage, SystemMessage
from langchain_core.runnables import RunnableConfig
from langchain_openai import ChatOpenAI
from langsmith import tracing_context

from core.errors import EngineError, MissingEngineError
from core.pack import Pack, localise
from core.settings import Settings
from engines.chat.base import Brief, Realiser, Sentence
from engines.chat.script import ENGLISH_ROOM, LIMIT

SENTENCE = re.compile(r"(?:[。!?!?\n]++|\.(?=\s))[”’」』))\"']*+\s*+(?=\S)")
"""The end of a sentence, once something follows it."""
UNSEEN: RunnableConfig = {"callbacks": [], "tags": ["nostream"]}
"""Run configuration of the model: what it says is unguarded, so no callback or stream may see it."""
GARBLED = (ValueError, TypeError, AttributeError, LookupError)
"""What the client raises over an answer that is not of the protocol."""


class OpenAIRealiser:
    """Streams the model's wording by sentence; acts, facts and numbers are the plan's."""

    name = "openai"

    def __init__(self, settings: Settings, pack: Pack, script: Realiser) -> None:
        """Raises MissingEngineError where no model is named."""
        if not settings.chat_model:
            raise MissingEngineError("chat", "no model is named", "set TALKTRACK_CHAT_MODEL")
        self._pack = pack
        self._script = script
        self._deadline_s = settings.chat_timeout_s
        self._prompt = yaml.safe_load(files("engines.chat").joinpath("prompts/speak.yaml").read_text("utf-8"))
        self._model = ChatOpenAI(
            model=settings.chat_model,
            base_url=settings.chat_base_url,
            api_key=settings.chat_api_key,
            timeout=settings.chat_timeout_s,
            max_retries=0,
            temperature=0.3,
            max_completion_tokens=300,
        )

    async def sentences(self, brief: Brief) -> AsyncIterator[Sentence]:
        """Each sentence of the model when it is whole; the first one carries the acts.

        Raises EngineError when the endpoint fails, breaks off, says nothing, or is not done within the
        deadline; sentences may have come before it.
        """
        draft = [sentence async for sentence in self._script.sentences(brief)]
        if not draft:
            return
        acts = tuple(position for sentence in draft for position in sentence.acts)
        rest, spoken = "", False
        async with aclosing(self._heard(self.messages(brief, draft))) as parts:
            async for part in parts:
                *whole, rest = split_sentences(rest + part)
                for text in whole:
                    yield Sentence(text=text, acts=() if spoken else acts)
                    spoken = True
        if rest.strip():
            yield Sentence(text=rest.strip(), acts=() if spoken else acts)
        elif not spoken:
            raise EngineError("chat model: empty answer", transient=True)

    async def _heard(self, messages: list[BaseMessage]) -> AsyncGenerator[str]:
        """The model's words in the pieces they come in, all of them before the deadline."""
        until = asyncio.get_running_loop().time() + self._deadline_s
        finish = None
        stream = self._model.astream(messages, config=UNSEEN)
        try:
            while chunk := await _next(stream, until):
                finish = chunk.response_metadata.get("finish_reason", finish)
                yield chunk.text
        except TimeoutError as error:
            raise EngineError(f"chat model: not done in {self._deadline_s} s", transient=True) from error
        except (openai.OpenAIError, *GARBLED) as error:
            raise EngineError(f"chat model: {type(error).__name__}", transient=True) from error
        if finish != "stop":
            raise EngineError(f"chat model: broke off ({finish})", transient=True)

    def messages(self, brief: Brief, draft: list[Sentence]) -> list[BaseMessage]:
        """The prompt. What the customer said, or what was drawn from it, is never in the system's part."""
        system = self._prompt["system"][brief.lang].format(
            company=localise(self._pack.short_name, brief.lang),
            robot=localise(self._pack.robot, brief.lang),
            limit=round(LIMIT[brief.channel] * (ENGLISH_ROOM if brief.lang == "en" else 1)),
            facts="\n".join(f"[{fact.id}] {localise(fact.text, brief.lang)}" for fact in brief.facts),
        )
        turn = self._prompt["turn"][brief.lang].format(
            customer=json.dumps(brief.customer_text, ensure_ascii=False),
            draft="\n".join(sentence.text for sentence in draft),
        )
        history = [
            HumanMessage(line.text) if line.who == "customer" else AIMessage(line.text)
            for line in brief.lines
        ]
        return [SystemMessage(system), *history, HumanMessage(turn)]


async def _next(stream: AsyncIterator[BaseMessageChunk], until: float) -> BaseMessageChunk | None:
    """The next piece, None at the end; unseen by a tracing service too. Raises TimeoutError."""
    async with asyncio.timeout_at(until):
        with tracing_context(enabled=False):
            return await anext(stream, None)


def split_sentences(text: str) -> list[str]:
    """Whole sentences with their marks, then what is not known to be whole, as it stands (may be empty)."""
    found, begin = [], 0
    for match in SENTENCE.finditer(text):
        if sentence := text[begin : match.end()].strip():
            found.append(sentence)
        begin = match.end()
    return [*found, text[begin:]]
