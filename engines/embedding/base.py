"""What the library needs of an embedder, whoever makes the vectors."""

from __future__ import annotations

from typing import Protocol


class LibraryEmbedder(Protocol):
    """A LangChain embedder that has a name; vectors are compared by inner product, so they come at length 1."""

    @property
    def name(self) -> str:
        """Changes with the model: vectors of two names are never compared."""
        ...

    @property
    def dimensions(self) -> int:
        """Of every vector. Raises EngineError or MissingEngineError where the model must be asked and fails."""
        ...

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One vector a text. Raises EngineError."""
        ...

    def embed_query(self, text: str) -> list[float]:
        """The vector of a question, in the way that the model wants questions."""
        ...
