"""The sales talk as a LangChain runnable, for LangServe."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

from langchain_core.runnables import Runnable, RunnableConfig

from api.schema import TurnRequest
from core.types import TurnAnswer
from graph.talk import Talk

Body = TurnRequest | dict[str, Any]


class SalesRunnable(Runnable[Body, dict[str, Any]]):
    """Invoke gives the finished turn; stream gives `{"sentence": ...}` parts, then the finished turn."""

    InputType = TurnRequest
    OutputType = dict[str, Any]

    def __init__(self, talk: Talk) -> None:
        self._talk = talk

    def invoke(self, input: Body, config: RunnableConfig | None = None, **kwargs: Any) -> dict[str, Any]:
        """Not for use inside a running event loop; LangServe calls `ainvoke`."""
        return asyncio.run(self.ainvoke(input, config, **kwargs))

    async def ainvoke(
        self, input: Body, config: RunnableConfig | None = None, **kwargs: Any
    ) -> dict[str, Any]:
        """The finished turn. Raises InputError or StoreError."""
        request = TurnRequest.model_validate(input)
        answer = await self._talk.turn(
            request.given(), thread=thread_of(request, config), context=request.context()
        )
        return answer.model_dump(mode="json")

    async def astream(
        self, input: Body, config: RunnableConfig | None = None, **kwargs: Any
    ) -> AsyncIterator[dict[str, Any]]:
        """Sentences as the guard lets them through, then the finished turn."""
        request = TurnRequest.model_validate(input)
        thread = thread_of(request, config)
        async for item in self._talk.stream(request.given(), thread=thread, context=request.context()):
            yield item.model_dump(mode="json") if isinstance(item, TurnAnswer) else {"sentence": item}


def thread_of(request: TurnRequest, config: RunnableConfig | None) -> str:
    """The body's thread, else the one of the request's configuration, else a new one."""
    configured = (config or {}).get("configurable", {}).get("thread_id")
    return request.thread or configured or f"api-{uuid4().hex[:12]}"
