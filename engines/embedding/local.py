"""Embedders from a directory or a hub's name, through sentence-transformers: bge, Qwen3-Embedding, E5."""

from __future__ import annotations

import threading
from functools import cached_property
from pathlib import Path
from typing import Any

from core.errors import EngineError, MissingEngineError

_BATCH = 32


class LocalEmbedder:
    """Loads its model with the first text. Prompts for questions are those of the model's own configuration."""

    def __init__(self, model: str, device: str = "cpu") -> None:
        self._path, self._device = model, device
        self._loading = threading.Lock()

    @property
    def name(self) -> str:
        """`local:` and the directory's or the model's name."""
        folder = Path(self._path)
        return f"local:{folder.name if folder.exists() else self._path}"

    @property
    def dimensions(self) -> int:
        return int(self._model.get_sentence_embedding_dimension())

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One vector of length 1 a text."""
        return self._encode(texts, None)

    def embed_query(self, text: str) -> list[float]:
        """The vector of a question, behind the model's prompt for questions where it has one."""
        prompts = getattr(self._model, "prompts", None) or {}
        return self._encode([text], "query" if prompts.get("query") else None)[0]

    def _encode(self, texts: list[str], prompt: str | None) -> list[list[float]]:
        try:
            rows = self._model.encode(
                texts,
                batch_size=_BATCH,
                normalize_embeddings=True,
                prompt_name=prompt,
                show_progress_bar=False,
            )
        except RuntimeError as error:
            raise EngineError(f"embedding: {self.name} failed: {error}", transient=False) from error
        vectors: list[list[float]] = rows.tolist()
        return vectors

    @property
    def _model(self) -> Any:
        with self._loading:
            return self._loaded

    @cached_property
    def _loaded(self) -> Any:
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            mend = "pip install 'talktrack[embedding]'"
            raise MissingEngineError("embedding", "sentence-transformers is not installed", mend) from error
        try:
            return SentenceTransformer(self._path, device=self._device)
        except (OSError, ValueError, RuntimeError, KeyError) as error:
            reason = f"no embedding model in {self._path} ({type(error).__name__})"
            mend = "set TALKTRACK_EMBEDDING_MODEL to the directory of one"
            raise MissingEngineError("embedding", reason, mend) from error
