"""What PostgreSQL alone can do wrong: tenants apart, writers at once, backends that die, URLs that are none."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from itertools import count

import pytest
from sqlalchemy import text

from core.errors import SettingsError, StoreError
from retrieval.store.base import FileChange
from retrieval.store.postgres import PostgresStore
from tests.retrieval.store.making import DAY, chunk, put, record

_numbers = count()


@pytest.fixture
def stores(postgres: str) -> Iterator[list[PostgresStore]]:
    """Two machines of one tenant and one of another, none of which keeps vectors."""
    tenant = f"p{next(_numbers)}"
    opened = [
        PostgresStore(postgres, tenant),
        PostgresStore(postgres, tenant),
        PostgresStore(postgres, f"{tenant}x"),
    ]
    yield opened
    for store in opened:
        store.close()


def found(store: PostgresStore, token: str) -> list[str]:
    snapshot = store.snapshot()
    hits = snapshot.by_words({token: 1.0}, 100, day=DAY)
    return [document.page_content for document in snapshot.documents([hit.row for hit in hits])]


def test_tenants_see_their_own(stores: list[PostgresStore]) -> None:
    stores[0].apply([put("a.md", "备件甲")])
    stores[2].apply([put("a.md", "备件乙")])
    assert [found(store, "备件") for store in stores] == [["备件甲"], ["备件甲"], ["备件乙"]]


def test_writers_on_two_machines_take_turns(stores: list[PostgresStore]) -> None:
    def write(store: PostgresStore, name: str) -> None:
        for at in range(8):
            store.apply([put(f"{name}{at}.md", f"备件 {name}{at}")])

    threads = [threading.Thread(target=write, args=(stores[at], "ab"[at])) for at in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    snapshot = stores[0].snapshot()
    assert (snapshot.generation, len(snapshot), snapshot.doc_freq("备件")) == (16, 16, 16)


def test_a_backend_that_dies_mid_change_leaves_nothing_of_it(
    stores: list[PostgresStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    store = stores[0]
    store.apply([put("a.md", "备件一")])
    index = store._index

    def dies(session: object, change: object) -> None:
        index(session, change)  # type: ignore[arg-type]
        with stores[1].ledger.database.write("other") as other:
            mine = session.execute(text("select pg_backend_pid()")).scalar()  # type: ignore[attr-defined]
            other.execute(text("select pg_terminate_backend(:pid)"), {"pid": mine})

    monkeypatch.setattr(store, "_index", dies)
    with pytest.raises(StoreError, match="library") as caught:
        store.apply([put("a.md", "备件二"), put("b.md", "备件三")])
    assert caught.value.transient
    assert found(stores[1], "备件") == found(store, "备件") == ["备件一"]
    monkeypatch.undo()
    store.apply([put("a.md", "备件二")])
    assert found(stores[1], "备件") == ["备件二"]
    assert stores[1].snapshot().doc_freq("备件") == 1


def test_counts_follow_what_goes_and_comes(stores: list[PostgresStore]) -> None:
    store = stores[0]
    store.apply([put("a.md", "备件 安装", "备件")])
    store.apply([put("a.md", "备件")])
    assert (store.snapshot().doc_freq("备件"), store.snapshot().doc_freq("安装")) == (1, 0)
    store.apply([FileChange("a.md", None)])
    assert store.snapshot().doc_freq("备件") == 0


def test_without_dimensions_no_vector_is_asked_for(stores: list[PostgresStore]) -> None:
    one = chunk("a.md", 0, "备件", vector=[1.0, 0.0])
    stores[0].apply([FileChange("a.md", record("a.md"), [one])])
    assert stores[0].snapshot().by_vector(one.vector, 3, day=DAY) == []  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("url", "error", "says"),
    [
        ("postgresql://nobody@127.0.0.1:1/none", StoreError, "library"),
        ("sqlite://", StoreError, "no PostgreSQL"),
        ("mysql://x", SettingsError, "SQLite or PostgreSQL"),
        ("nonsense", SettingsError, "no database URL"),
    ],
)
def test_a_database_that_is_none_is_told_in_one_line(url: str, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        PostgresStore(url, "t")
