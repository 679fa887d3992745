"""Readers of a shared library: whole states while others write, new connections after a loss, passwords."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from core.errors import StoreError
from retrieval.store.base import FileChange
from retrieval.store.postgres import PostgresStore
from tests.retrieval.store.making import DAY, put

PARTS = 6
"""Chunks of a revision: a state with another number of them is torn."""
_numbers = count()


@pytest.fixture
def tenant() -> str:
    return f"r{next(_numbers)}"


@pytest.fixture
def store(postgres: str, tenant: str) -> Iterator[PostgresStore]:
    opened = PostgresStore(postgres, tenant)
    yield opened
    opened.close()


@pytest.fixture
def other(postgres: str, tenant: str) -> Iterator[PostgresStore]:
    """The same library seen from another machine."""
    opened = PostgresStore(postgres, tenant)
    yield opened
    opened.close()


def revision(name: str, number: int) -> FileChange:
    return put(name, *(f"备件 第{at}段 r{number}" for at in range(PARTS)))


def seen(store: PostgresStore) -> tuple[int, dict[str, list[str]]]:
    """The generation, and of each file the revisions of its chunks."""
    snapshot = store.snapshot()
    hits = snapshot.by_words({"备件": 1.0}, 1000, day=DAY)
    found: dict[str, list[str]] = {}
    for document in snapshot.documents([hit.row for hit in hits]):
        found.setdefault(document.metadata["file"], []).append(document.page_content.rpartition(" ")[2])
    assert sorted(found) == [row.name for row in snapshot.files()]
    assert len(snapshot) == PARTS * len(found)
    return snapshot.generation, found


def test_a_reader_never_sees_half_a_change(store: PostgresStore, other: PostgresStore) -> None:
    store.apply([revision("a.md", 0), revision("b.md", 0)])
    failed: list[Exception] = []

    def write() -> None:
        try:
            for number in range(1, 25):
                store.apply([revision("a.md", number), revision("b.md", number)])
        except StoreError as error:
            failed.append(error)

    writer = threading.Thread(target=write)
    writer.start()
    generations = set()
    while writer.is_alive():
        generation, found = seen(other)
        assert found == {name: [f"r{generation - 1}"] * PARTS for name in ("a.md", "b.md")}
        generations.add(generation)
    writer.join()
    assert not failed
    assert len(generations) > 3
    assert seen(other)[0] == 25


def backends(session: Session, application: str) -> list[str]:
    """What the connections of an application are doing."""
    sql = "select state from pg_stat_activity where application_name = :name and pid <> pg_backend_pid()"
    return list(session.scalars(text(sql), {"name": application}))


def named(url: str, name: str) -> str:
    target = make_url(url).update_query_dict({"application_name": name})
    return target.render_as_string(hide_password=False)


def test_a_reader_whose_connections_were_cut_comes_back_by_itself(
    postgres: str, tenant: str, other: PostgresStore
) -> None:
    reader = PostgresStore(named(postgres, tenant), tenant)
    other.apply([revision("a.md", 1)])
    before = reader.snapshot()
    assert len(before) == PARTS
    with other.ledger.database.write("tests") as session:
        cut = text("select pg_terminate_backend(pid) from pg_stat_activity where application_name = :name")
        assert session.scalars(cut, {"name": tenant}).all() == [True]
    assert len(before.by_words({"备件": 1.0}, 100, day=DAY)) == PARTS
    assert seen(reader)[0] == 1
    reader.close()


def test_no_transaction_stays_open_between_two_questions(
    postgres: str, tenant: str, other: PostgresStore
) -> None:
    reader = PostgresStore(named(postgres, tenant), tenant)
    reader.apply([revision("a.md", 1)])
    snapshot = reader.snapshot()
    snapshot.by_words({"备件": 1.0}, 100, day=DAY)
    snapshot.documents([1])
    snapshot.entities()
    assert len(list(snapshot.all_documents(day=DAY))) == PARTS
    with other.ledger.database.read() as session:
        assert backends(session, tenant) == ["idle"]
    reader.close()


@pytest.fixture
def guarded(postgres: str, tenant: str, other: PostgresStore) -> Iterator[str]:
    """The URL, without a password, of a user whom the server asks for one; it is `right`."""
    with other.ledger.database.write("tests") as session:
        session.execute(text(f"create role {tenant} login superuser password 'right'"))
        rules = Path(str(session.scalar(text("show hba_file"))))
    told = rules.read_text()
    rules.write_text(f"local all {tenant} scram-sha-256\n{told}")
    with other.ledger.database.write("tests") as session:
        session.execute(text("select pg_reload_conf()"))
    yield make_url(postgres).set(username=tenant).render_as_string(hide_password=False)
    rules.write_text(told)
    with other.ledger.database.write("tests") as session:
        session.execute(text("select pg_reload_conf()"))
        session.execute(text(f"drop role {tenant}"))


def test_a_wrong_password_is_told_without_it(guarded: str, tenant: str) -> None:
    right = make_url(guarded).set(password="right").render_as_string(hide_password=False)
    wrong = make_url(guarded).set(password="guess").render_as_string(hide_password=False)
    PostgresStore(right, tenant).close()
    with pytest.raises(StoreError, match="password authentication failed") as caught:
        PostgresStore(wrong, tenant)
    assert "guess" not in str(caught.value)
