"""The sales talk as a LangChain runnable, for LangServe."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

from langchain_core.runnables import Runnable, RunnableConfig
from langchain_core.runnables.utils import ConfigurableFieldSpec

from core.types import TurnAnswer
from graph.request import TurnRequest, read_request
from graph.talk import Talk

Body = TurnRequest | dict[str, Any]


class SalesRunnable(Runnable[Body, dict[str, Any]]):
    """Invoke gives the finished turn; stream gives `{"sentence": ...}` parts, then the finished turn."""

    OutputType = dict[str, Any]

    def __init__(self, talk: Talk, body: type[TurnRequest] = TurnRequest) -> None:
        """`body` is what an input must be; it may ask more than any turn must."""
        self._talk = talk
        self._body = body

    @property
    def InputType(self) -> type[TurnRequest]:
        """What an input must be."""
        return self._body

    @property
    def config_specs(self) -> list[ConfigurableFieldSpec]:
        """The one thing a request may configure: the thread."""
        return [ConfigurableFieldSpec(id="thread_id", annotation=str | None, name="Thread", default=None)]

    def invoke(self, input: Body, config: RunnableConfig | None = None, **kwargs: Any) -> dict[str, Any]:
        """Not for use inside a running event loop; LangServe calls `ainvoke`."""
        return asyncio.run(self.ainvoke(input, config, **kwargs))

    async def ainvoke(
        self, input: Body, config: RunnableConfig | None = None, **kwargs: Any
    ) -> dict[str, Any]:
        """The finished turn. Raises InputError or StoreError."""
        return await self._acall_with_config(self._turn, input, config)

    async def astream(
        self, input: Body, config: RunnableConfig | None = None, **kwargs: Any
    ) -> AsyncIterator[dict[str, Any]]:
        """Sentences as the guard lets them through, then the finished turn."""

        async def one() -> AsyncIterator[Body]:
            yield input

        async for part in self._atransform_stream_with_config(one(), self._parts, config):
            yield part

    async def _turn(self, input: Body, run_manager: Any, config: RunnableConfig) -> dict[str, Any]:
        request = read_request(input, self._body)
        thread = thread_of(request, config)
        answer = await self._talk.turn(request.given(), thread=thread, context=request.context())
        return answer.model_dump(mode="json")

    async def _parts(
        self, bodies: AsyncIterator[Body], run_manager: Any, config: RunnableConfig
    ) -> AsyncIterator[dict[str, Any]]:
        async for body in bodies:
            request = read_request(body, self._body)
            thread = thread_of(request, config)
            async for item in self._talk.stream(request.given(), thread=thread, context=request.context()):
                yield item.model_dump(mode="json") if isinstance(item, TurnAnswer) else {"sentence": item}


def thread_of(request: TurnRequest, config: RunnableConfig) -> str:
    """The body's thread, else the one of the request's configuration, else a new one."""
    configured = config.get("configurable", {}).get("thread_id")
    return request.thread or configured or f"api-{uuid4().hex[:12]}"
