"""The one place that knows which database it is: connections, locks, and errors in one line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from core.errors import MissingEngineError, SettingsError, StoreError

_WRITES = "talktrack_writes"
_EVERYONE = "talktrack"


class Database:
    """Sessions on SQLite or PostgreSQL. Safe from several threads and several processes."""

    def __init__(self, url: str, tables: MetaData, *, what: str, timeout_s: float = 5.0) -> None:
        """Connects, and makes those of `tables`, their columns and indexes, that are missing.

        `what` the database is called in errors, `timeout_s` how long to wait for another writer. Raises
        SettingsError for a URL that is none, MissingEngineError without the driver, StoreError when the
        database cannot be reached.
        """
        self._what = what
        engine = _engine(url, timeout_s, what)
        self._reads = engine.execution_options(**_snapshot(engine))
        self._writes = engine.execution_options(**{_WRITES: True})
        with self.write(_EVERYONE) as session:
            _make_tables(session.connection(), tables)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that sees the data as of its first look at it, whatever others write. Raises StoreError."""
        with _one_line(self._reads.url, self._what), Session(self._reads) as session, session.begin():
            yield session

    @contextmanager
    def write(self, key: str) -> Iterator[Session]:
        """A session in one transaction, alone among all that write under `key`. Raises StoreError.

        SQLite has one writer for everything; PostgreSQL takes a lock a key.
        """
        with _one_line(self._writes.url, self._what), Session(self._writes) as session, session.begin():
            if self._writes.dialect.name == "postgresql":
                lock = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")
                session.execute(lock, {"key": key})
            yield session

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._reads.dialect.name

    def close(self) -> None:
        self._reads.dispose()


def _make_tables(connection: Connection, tables: MetaData) -> None:
    """Tables that are missing; of older tables the columns, all of them nullable, and indexes that came since."""
    before = inspect(connection)
    there = [name for name in before.get_table_names() if name in tables.tables]
    old = {name: {column["name"] for column in before.get_columns(name)} for name in there}
    tables.create_all(connection)
    for table in tables.sorted_tables:
        added = [column for column in table.columns if column.name not in old.get(table.name, table.columns)]
        for column in added:
            kind = column.type.compile(connection.dialect)
            name = connection.dialect.identifier_preparer.quote(column.name)
            connection.exec_driver_sql(f"ALTER TABLE {table.name} ADD COLUMN {name} {kind}")
        for index in table.indexes if table.name in old else ():
            index.create(connection, checkfirst=True)


def _engine(url: str, timeout_s: float, what: str) -> Engine:
    try:
        target = make_url(url)
        if target.get_backend_name() not in ("sqlite", "postgresql"):
            raise SettingsError(f"database_url: SQLite or PostgreSQL, not {target.get_backend_name()}")
        if target.drivername == "postgresql":
            target = target.set(drivername="postgresql+psycopg")
        engine = create_engine(target, pool_pre_ping=True, **_options(target, timeout_s))
    except (ArgumentError, NoSuchModuleError, ValueError) as error:
        raise SettingsError(f"database_url is no database URL: {error}") from error
    except ModuleNotFoundError as error:
        mend = "pip install 'talktrack[postgres]'"
        raise MissingEngineError("store", f"no driver {error.name}", mend) from error
    if engine.dialect.name == "sqlite":
        _make_folder(target, what)
        event.listen(engine, "connect", partial(_prepare_sqlite, timeout_s))
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _snapshot(engine: Engine) -> dict[str, Any]:
    """What makes a transaction see one moment: SQLite's always do, PostgreSQL's statements each their own."""
    return {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}


def _options(target: URL, timeout_s: float) -> dict[str, Any]:
    if target.get_backend_name() == "postgresql":
        wait = max(1, round(timeout_s))
        return {"connect_args": {"connect_timeout": wait, "options": f"-c lock_timeout={wait * 1000}"}}
    return {}


def _make_folder(target: URL, what: str) -> None:
    if target.database and target.database != ":memory:":
        try:
            Path(target.database).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"{what} {target.database}: {error}", transient=False) from error


def _prepare_sqlite(timeout_s: float, connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver must not begin transactions on its own
    for pragma in (
        f"busy_timeout={int(timeout_s * 1000)}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    """Writers queue at once: a reader that turns writer midway would fail instead of waiting."""
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _one_line(url: URL, what: str) -> Iterator[None]:
    """Database errors as StoreError; `transient` where waiting or trying again may help."""
    name = url.database if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True)
    try:
        yield
    except DBAPIError as error:
        transient = isinstance(error, OperationalError) or error.connection_invalidated
        reason = " ".join(str(error.orig).split())
        raise StoreError(f"{what} {name}: {reason}", transient=transient) from error
    except SQLAlchemyError as error:
        raise StoreError(f"{what} {name}: {error}", transient=False) from error
