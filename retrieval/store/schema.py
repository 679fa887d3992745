"""The tables of the library: files, chunks and cells, each with the generations it lives in. SQLite and PostgreSQL.

The tenant comes last in most keys: SQLite, which has one tenant and no statistics, would take an equal tenant for a find
and go through the whole table instead of the index of the file or row asked for.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, Index, Integer, LargeBinary, MetaData, Table, Text, text

TABLES = MetaData()

STATE = Table(
    "knowledge_state",
    TABLES,
    Column("tenant", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
FILES = Table(
    "knowledge_files",
    TABLES,
    Column("tenant", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("born", Integer, primary_key=True),
    Column("died", Integer),
    Column("document", Text, nullable=False),
    Column("dated", Boolean, nullable=False),
    Column("record", Text, nullable=False),
    Index("knowledge_files_document", "document", "tenant"),
)
CHUNKS = Table(
    "knowledge_chunks",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("tenant", Text, primary_key=True),
    Column("file", Text, nullable=False),
    Column("born", Integer, nullable=False),
    Column("died", Integer),
    Column("died_at", Float),
    Column("valid_from", Text),
    Column("valid_until", Text),
    Column("heading", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("metadata", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("head", Text, nullable=False),
    Column("vector", LargeBinary),
    Index("knowledge_chunks_file", "file", "tenant"),
)
DEAD = Index(
    "knowledge_chunks_dead",
    CHUNKS.c.died,
    CHUNKS.c.tenant,
    sqlite_where=text("died is not null"),
    postgresql_where=text("died is not null"),
)
DATED = Index(
    "knowledge_chunks_dated",
    CHUNKS.c.valid_until,
    CHUNKS.c.valid_from,
    CHUNKS.c.tenant,
    sqlite_where=text("valid_from is not null or valid_until is not null"),
    postgresql_where=text("valid_from is not null or valid_until is not null"),
)
NEAR = Index(
    "knowledge_chunks_near",
    CHUNKS.c.born,
    CHUNKS.c.tenant,
    sqlite_where=text("vector is not null"),
    postgresql_where=text("vector is not null"),
)
CELLS = Table(
    "knowledge_cells",
    TABLES,
    Column("chunk", Integer, primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("tenant", Text, primary_key=True),
    Column("entity", Text, nullable=False),
    Column("attribute", Text, nullable=False),
    Column("value", Text, nullable=False),
    Index("knowledge_cells_entity", "entity", "tenant", "chunk"),
)
BY_TENANT = [
    Index("knowledge_chunks_tenant", CHUNKS.c.tenant, CHUNKS.c.id).ddl_if(dialect="postgresql"),
    Index("knowledge_cells_tenant", CELLS.c.tenant, CELLS.c.chunk).ddl_if(dialect="postgresql"),
]
