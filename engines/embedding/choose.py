"""The library's embedder that settings name."""

from __future__ import annotations

from core.errors import MissingEngineError
from core.settings import Settings
from engines.embedding.base import LibraryEmbedder


def embedder(settings: Settings) -> LibraryEmbedder | None:
    """None for `lexical`: words alone find passages. Raises MissingEngineError where no model is named."""
    if settings.embedding == "lexical":
        return None
    if not settings.embedding_model:
        mend = "set TALKTRACK_EMBEDDING_MODEL to a directory or a model's name"
        raise MissingEngineError("embedding", f"{settings.embedding} needs a model", mend)
    if settings.embedding == "local":
        from engines.embedding.local import LocalEmbedder

        return LocalEmbedder(settings.embedding_model, settings.embedding_device)
    from engines.embedding.served import ServedEmbedder

    return ServedEmbedder(settings.embedding_endpoint, timeout_s=settings.embedding_timeout_s)
