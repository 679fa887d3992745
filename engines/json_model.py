"""One JSON value from a chat model behind any OpenAI-compatible endpoint, within a deadline, or why not."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Literal

import httpx
import openai
from langchain_core.messages import BaseMessage
from langchain_openai import ChatOpenAI
from langsmith import tracing_context

from core.settings import Endpoint
from engines.chat.openai import GARBLED, UNSEEN
from engines.failure import Failure, Trouble

Method = Literal["json_schema", "function_calling", "json_mode"]
_FENCED = re.compile(r"\s*```(?:json)?\s*(?P<inside>.*?)\s*```\s*", re.DOTALL)


class JsonModel:
    """Holds the model to a schema. Its connections belong to the event loop that first asks: ask from that one alone.

    No callback, stream mode or tracing service sees what the model says.
    """

    def __init__(
        self, endpoint: Endpoint, schema: dict[str, Any], *, method: Method, deadline_s: float, room: int
    ) -> None:
        """`room`: tokens of an answer."""
        self._deadline_s = deadline_s
        model = ChatOpenAI(
            model=endpoint.model,
            base_url=endpoint.base_url,
            api_key=endpoint.api_key,
            timeout=deadline_s,
            max_retries=0,
            temperature=0.0,
            max_completion_tokens=room,
            http_async_client=httpx.AsyncClient(timeout=deadline_s),
        )
        self._model = model.with_structured_output(
            schema, method=method, strict=None if method == "json_mode" else True, include_raw=True
        )

    async def answer(self, messages: list[BaseMessage]) -> Any | Failure:
        """The model's answer as parsed JSON, of whatever form: a schema asked for is not one kept to."""
        try:
            async with asyncio.timeout(self._deadline_s):
                with tracing_context(enabled=False):
                    answer = await self._model.ainvoke(messages, config=UNSEEN)
        except (TimeoutError, openai.OpenAIError, *GARBLED) as error:
            return failure_of(error)
        raw = answer["raw"]
        if raw.response_metadata.get("finish_reason") not in ("stop", "tool_calls"):
            return Failure(Trouble.BROKEN_OFF, "the answer has no end")
        if raw.tool_calls or raw.invalid_tool_calls:
            return answer["parsed"]
        if not raw.text.strip():
            return Failure(Trouble.EMPTY, "the answer is empty")
        return whole_json(raw.text)  # LangChain's parser would mend half an object


def object_schema(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON schema of an object with just these fields, strict as hosted endpoints want it."""
    return {
        "type": "object",
        "properties": dict(fields),
        "required": list(fields),
        "additionalProperties": False,
    }


def list_schema(item: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON schema of a list."""
    return {"type": "array", "items": dict(item)}


def one_of_schema(names: Iterable[str]) -> dict[str, Any]:
    """The JSON schema of one name out of `names`."""
    return {"type": "string", "enum": list(names)}


def whole_json(text: str) -> Any:
    """The JSON value that a model wrote, in a code fence or bare; None where it is not whole: nothing is mended."""
    fenced = _FENCED.fullmatch(text)
    try:
        return json.loads(fenced["inside"] if fenced else text)
    except ValueError:
        return None


def failure_of(error: Exception) -> Failure:
    """What an error of the client means, without its words: they may be the model's."""
    match error:
        case TimeoutError() | openai.APITimeoutError():
            return Failure(Trouble.TIMEOUT, "no answer in time")
        case openai.APIConnectionError():
            return Failure(Trouble.UNREACHABLE, "nobody answers at the endpoint")
        case openai.RateLimitError():
            return Failure(Trouble.RATE_LIMITED, "the endpoint answers HTTP 429")
        case openai.InternalServerError():
            return Failure(Trouble.SERVER_ERROR, f"the endpoint answers HTTP {error.status_code}")
        case openai.APIStatusError():
            return Failure(Trouble.REJECTED, f"the endpoint answers HTTP {error.status_code}")
        case openai.LengthFinishReasonError() | openai.ContentFilterFinishReasonError():
            return Failure(Trouble.BROKEN_OFF, "the answer has no end")
        case _:
            return Failure(Trouble.MALFORMED, "the answer is not of the protocol")
