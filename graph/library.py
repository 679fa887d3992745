"""Opens the library that settings name: on this machine, or in PostgreSQL for many."""

from __future__ import annotations

from core.pack import Pack
from core.settings import Settings
from engines.embedding.choose import embedder
from retrieval.knowledge import Knowledge
from retrieval.store.base import ChunkStore


def open_knowledge(settings: Settings, pack: Pack) -> Knowledge:
    """The library of the tenant. Raises MissingEngineError, or StoreError for an unreachable store."""
    found = embedder(settings)
    return Knowledge(open_store(settings, pack, found.dimensions if found else None), found)


def open_store(settings: Settings, pack: Pack, dimensions: int | None) -> ChunkStore:
    """The store that `TALKTRACK_KNOWLEDGE_URL` names, else files under the home folder."""
    tenant = settings.tenant or pack.name
    if settings.knowledge_url:
        from retrieval.store.postgres import PostgresStore  # psycopg comes with an extra

        return PostgresStore(settings.knowledge_url, tenant, dimensions)
    from retrieval.store.local import LocalStore

    return LocalStore(settings.home / "knowledge" / tenant)
