"""The served embedder: any OpenAI-compatible endpoint (vLLM, Ollama, hosted)."""

from __future__ import annotations

from langchain_core.embeddings import Embeddings
from pydantic import SecretStr


def openai_embeddings(
    model: str, base_url: str, api_key: SecretStr, *, timeout_s: float = 8.0, dimensions: int | None = None
) -> Embeddings:
    """An embedder that asks `base_url`; nothing is sent before the first text.

    Texts are sent as they are: endpoints other than OpenAI's own do not take token ids.
    """
    from langchain_openai import OpenAIEmbeddings

    return OpenAIEmbeddings(
        model=model,
        openai_api_base=base_url,
        openai_api_key=api_key,
        request_timeout=timeout_s,
        dimensions=dimensions,
        check_embedding_ctx_length=False,
    )
