"""Words in PostgreSQL: every chunk is weighed, of its own generation; opening waits for nobody."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.engine import make_url

from core.errors import MissingEngineError, StoreError
from retrieval.store import postgres as module
from retrieval.store.base import ChunkStore, FileChange
from retrieval.store.ledger import Words
from retrieval.store.pg_words import Posting, Totals, _packed, most, rarity, scored
from retrieval.store.postgres import PostgresStore
from retrieval.store.words import HEAD
from retrieval.tokens import query_weights
from tests.retrieval.store.making import DAY, chunk, put, record

_numbers = count()


@pytest.fixture
def tenant() -> str:
    return f"w{next(_numbers)}"


@pytest.fixture
def one(postgres: str, tenant: str) -> Iterator[PostgresStore]:
    opened = PostgresStore(postgres, tenant, 4)
    yield opened
    opened.close()


def field_score(weights: dict[str, float], said: list[list[str]], at: int) -> float:
    usual = sum(map(len, said)) / len(said) or 1.0
    score, counts = 0.0, Counter(said[at])
    for token, weight in weights.items():
        seen = sum(token in other for other in said)
        if seen:
            score += (
                weight
                * math.log(1 + (len(said) - seen + 0.5) / (seen + 0.5))
                * counts[token]
                * 2.2
                / (counts[token] + 1.2 * (0.25 + 0.75 * len(said[at]) / usual))
            )
    return score


SAID = st.lists(st.sampled_from("abcdef"), max_size=8)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(SAID, SAID), min_size=1, max_size=12), st.data())
def test_packed_postings_are_scored_as_plain_bm25_says(
    chunks: list[tuple[list[str], list[str]]], data: st.DataObject
) -> None:
    bodies, heads = [body for body, _ in chunks], [head for _, head in chunks]
    weights = data.draw(st.dictionaries(st.sampled_from("abcdefg"), st.floats(0.1, 2), min_size=1))
    cut = data.draw(st.integers(0, len(chunks)))
    seen = {
        token: (sum(token in body for body in bodies), sum(token in head for head in heads))
        for token in weights
    }
    totals = Totals(len(chunks), sum(map(len, bodies)), sum(map(len, heads)))
    postings = [
        Posting(token, first, entries)
        for first, stop in ((0, cut), (cut, len(chunks)))
        for token, (_, _, entries) in _packed(
            (at - first, bodies[at], heads[at]) for at in range(first, stop)
        ).items()
        if token in weights
    ]
    rows, scores = scored(postings, weights, seen, totals)
    expected = {
        at: field_score(weights, bodies, at) + HEAD * field_score(weights, heads, at)
        for at in range(len(chunks))
        if weights.keys() & {*bodies[at], *heads[at]}
    }
    assert dict(zip(rows.tolist(), scores.tolist(), strict=True)) == pytest.approx(expected)
    assert max(scores, default=0.0) <= most(weights, weights, seen, len(chunks)) + 1e-9


def test_a_token_that_is_nowhere_is_worth_nothing() -> None:
    assert rarity(10, 0) == 0.0
    assert rarity(10, 1) > rarity(10, 9) > 0.0


def test_rare_words_of_another_chunk_hide_nothing(store: ChunkStore) -> None:
    many = put("many.md", *(f"质保期说明书第{at}条" for at in range(2100)))
    store.apply([many, put("other.md", "王小明 李小红 张小花")])
    snapshot = store.snapshot()
    hits = snapshot.by_words(query_weights("王小明的质保期"), 24, day=DAY)
    files = [document.metadata["file"] for document in snapshot.documents([hit.row for hit in hits])]
    assert files == ["other.md", *["many.md"] * 23]


def test_rare_words_out_of_force_hide_nothing(store: ChunkStore) -> None:
    many = put("many.md", *(f"质保期说明书第{at}条" for at in range(2100)))
    store.apply([many, put("ended.md", "王小明 李小红 张小花", valid_until=date(2020, 1, 1))])
    assert len(store.snapshot().by_words(query_weights("王小明的质保期"), 24, day=DAY)) == 24


def test_a_snapshot_goes_on_finding_what_was_then(store: ChunkStore) -> None:
    store.apply([put("a.md", "旧的内容"), put("b.md", "其余")])
    before = store.snapshot()
    store.apply([put("a.md", "新的内容", "旧的不再有")])
    (hit,) = before.by_words(query_weights("旧的内容"), 5, day=DAY)
    assert [document.page_content for document in before.documents([hit.row])] == ["旧的内容"]


def test_frequencies_are_those_of_the_generation(one: PostgresStore) -> None:
    one.apply([put("a.md", "备件 安装", "备件")])
    before = one.snapshot()
    one.apply([put("a.md", "备件"), put("b.md", "安装")])
    after = one.snapshot()
    assert [(shot.doc_freq("备件"), shot.doc_freq("安装")) for shot in (before, after)] == [(2, 1), (1, 1)]


def test_a_word_as_long_as_a_page_is_taken_in(store: ChunkStore) -> None:
    rng = random.Random(1)
    word = "".join(rng.choice("abcdefghijklmnopqrstuvwxyz0123456789") for _ in range(6000))
    store.apply([put("a.md", f"备件 {word}"), put("b.md", "备件")])
    snapshot = store.snapshot()
    assert len(snapshot.by_words(query_weights(word), 5, day=DAY)) == 1
    assert len(snapshot.by_words({"备件": 1.0}, 5, day=DAY)) == 2


def spoken(seed: int, chunks: int) -> list[str]:
    """Texts of a dozen words, few of which are frequent."""
    rng = random.Random(seed)
    words = [f"w{at}" for at in range(60)]
    odds = [1 / (at + 1) for at in range(60)]
    return [" ".join(rng.choices(words, odds, k=12)) for _ in range(chunks)]


@pytest.mark.parametrize("at_once", [1, 40, 400])
def test_a_second_look_finds_what_one_look_at_everything_finds(
    one: PostgresStore, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    one.apply([put(f"f{at}.md", *spoken(at, 10)) for at in range(20)])
    one.apply([put("f0.md", *spoken(99, 5), valid_until=date(2020, 1, 1))])
    questions: Sequence[str] = spoken(1000, 30)
    whole = [one.snapshot().by_words(query_weights(said), 7, day=DAY) for said in questions]
    monkeypatch.setattr(module, "AT_ONCE", at_once)
    for said, expected in zip(questions, whole, strict=True):
        assert one.snapshot().by_words(query_weights(said), 7, day=DAY) == [
            (hit.row, pytest.approx(hit.score)) for hit in expected
        ]


def test_what_nobody_looks_back_at_leaves_no_posting(
    one: PostgresStore, tenant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("retrieval.store.ledger.KEPT_S", -1)
    for number in range(3):
        one.apply([put("a.md", f"备件 r{number}", "安装")])
    with one.ledger.database.read() as session:
        told = {"tenant": tenant}
        spans = session.scalars(text("select first from knowledge_spans where tenant = :tenant"), told).all()
        postings = text("select distinct first from knowledge_postings where tenant = :tenant")
        assert session.scalars(postings, told).all() == spans == [5]


def test_a_large_file_is_of_several_spans(one: PostgresStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_SLICE", 3)
    one.apply([put("a.md", *(f"备件 n{at}" for at in range(8))), put("b.md", "备件")])
    snapshot = one.snapshot()
    assert (len(snapshot), snapshot.doc_freq("备件")) == (9, 9)
    assert [hit.row for hit in snapshot.by_words({"n7": 1.0}, 5, day=DAY)] == [8]


def test_opening_waits_for_no_writer(postgres: str, tenant: str, one: PostgresStore) -> None:
    with one.ledger.database.write("a change that takes long") as session:
        one.words.put(session, [Words(1, "a.md", "备件", "")], 1)
        PostgresStore(postgres, f"{tenant}x", 4).close()


def test_a_change_of_the_library_holds_up_no_business(postgres: str, tenant: str, one: PostgresStore) -> None:
    from crm.store import Store

    business = Store(postgres, tenant=tenant, timeout_s=1)
    with one.ledger.database.write(one.ledger._key), business._database.write(tenant):
        pass
    business.close()


def test_reading_may_stop_midway(one: PostgresStore) -> None:
    one.apply([put("a.md", "一", "二")])
    everything = one.snapshot().all_documents(day=None)
    assert next(everything).page_content == "一"
    del everything


@pytest.fixture
def plain_user(postgres: str, tenant: str) -> Iterator[str]:
    """The URL of a database without pgvector, of which the user owns the schema and is no superuser."""
    import psycopg

    with psycopg.connect(postgres, autocommit=True) as admin:
        admin.execute(f"create role {tenant} login")
        admin.execute(f"create database {tenant} owner {tenant} template template0")
    yield make_url(postgres).set(username=tenant, database=tenant).render_as_string(hide_password=False)
    with psycopg.connect(postgres, autocommit=True) as admin:
        admin.execute(f"drop database {tenant} with (force)")
        admin.execute(f"drop role {tenant}")


def test_without_pgvector_words_are_found_and_vectors_say_what_is_missing(plain_user: str) -> None:
    store = PostgresStore(plain_user, "t")
    store.apply([put("a.md", "备件")])
    assert len(store.snapshot().by_words({"备件": 1.0}, 5, day=DAY)) == 1
    store.close()
    with pytest.raises(MissingEngineError, match="CREATE EXTENSION vector"):
        PostgresStore(plain_user, "t", 4)


def test_a_file_is_no_database_and_none_is_made(tmp_path: Path) -> None:
    file = tmp_path / "x.db"
    with pytest.raises(StoreError, match="no PostgreSQL"):
        PostgresStore(f"sqlite:///{file}", "t")
    assert not file.exists()


def test_a_graph_that_gives_up_is_not_the_last_word(
    one: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [chunk("v.md", at, "字", vector=[1, at / 100, 0, 0]) for at in range(5)]
    one.apply([FileChange("v.md", record("v.md"), rows)])
    snapshot = one.snapshot()
    nearest, asked = snapshot._nearest, []

    def gives_up(session: object, vector: str, wanted: int) -> object:
        asked.append(session.scalar(text("show enable_indexscan")))  # type: ignore[attr-defined]
        return [] if len(asked) == 1 else nearest(session, vector, wanted)  # type: ignore[arg-type]

    monkeypatch.setattr(snapshot, "_nearest", gives_up)
    assert len(snapshot.by_vector(rows[0].vector, 3, day=None)) == 3  # type: ignore[arg-type]
    assert asked == ["on", "off"]
