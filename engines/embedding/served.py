"""Embedders behind an OpenAI-compatible endpoint: vLLM, Ollama, llama.cpp, hosted."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import httpx

from core.errors import EngineError
from core.settings import Endpoint

_BATCH = 64
_RETRIES = 2


class ServedEmbedder:
    """Asks an endpoint; of its vectors only the direction counts, they are brought to length 1."""

    def __init__(self, endpoint: Endpoint, *, timeout_s: float) -> None:
        self._endpoint, self._timeout = endpoint, timeout_s

    @property
    def name(self) -> str:
        """`served:` and the model's name."""
        return f"served:{self._endpoint.model}"

    @cached_property
    def dimensions(self) -> int:
        return len(self.embed_query("talktrack"))

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One vector of length 1 a text. Raises EngineError: transient where trying again may help."""
        return [_unit(row) for row in self._asked(self._client.embed_documents, texts)]

    def embed_query(self, text: str) -> list[float]:
        """The vector of a question."""
        return _unit(self._asked(self._client.embed_query, text))

    def _asked(self, ask: Any, given: Any) -> Any:
        import openai

        try:
            return ask(given)
        except (
            openai.APIConnectionError,
            openai.RateLimitError,
            openai.InternalServerError,
            httpx.HTTPError,
        ) as error:
            raise EngineError(
                f"embedding: {self._endpoint.base_url}: {_said(error)}", transient=True
            ) from error
        except (openai.OpenAIError, ValueError, TypeError, KeyError) as error:
            raise EngineError(
                f"embedding: {self._endpoint.base_url}: {_said(error)}", transient=False
            ) from error

    @cached_property
    def _client(self) -> Any:
        from langchain_openai import OpenAIEmbeddings

        return OpenAIEmbeddings(
            model=self._endpoint.model,
            openai_api_base=self._endpoint.base_url,
            openai_api_key=self._endpoint.api_key,
            request_timeout=self._timeout,
            max_retries=_RETRIES,
            chunk_size=_BATCH,
            check_embedding_ctx_length=False,
        )


def _unit(row: list[float]) -> list[float]:
    length = sum(value * value for value in row) ** 0.5 or 1.0
    return [value / length for value in row]


def _said(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
