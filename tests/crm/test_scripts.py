"""The script library: edits over the pack's files, seen at any revision, from any process."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from core.errors import StoreError
from core.pack import ScriptLine
from crm.schema import ScriptEditRow
from crm.scripts import Library, ScriptChange
from crm.store import Store
from tests.retrieval.packs import PACK

NOW = datetime(2026, 4, 10, 9, 30)
GREET = PACK.scripts[0]
NEW = GREET.model_copy(update={"text": "您好,{company}智能客服", "version": 2})
MORE = ScriptLine(id="greet.zh.vip", situation="greet", lang="zh", text="您好", personas=("executive",))
EDIT = """
import sys
from core.pack import ScriptLine
from crm.scripts import ScriptChange
from crm.store import Store
line = ScriptLine(id="greet.zh.1", situation="greet", lang="zh", text="another process")
Store(sys.argv[1]).edit_scripts("cafe", [ScriptChange(id=line.id, line=line)], "other")
"""


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = Store(url, clock=lambda: NOW)
    yield opened
    opened.close()


@pytest.fixture
def library(store: Store) -> Library:
    return Library(PACK, store)


def put(store: Store, *lines: ScriptLine) -> None:
    store.edit_scripts("cafe", [ScriptChange(id=line.id, line=line) for line in lines], "li")


def withdraw(store: Store, line_id: str) -> None:
    store.edit_scripts("cafe", [ScriptChange(id=line_id, line=None)], "li")


def test_without_edits_it_is_the_pack(library: Library) -> None:
    assert library.catch_up() == library.revision == 0
    assert library.all() == PACK.scripts and library.lines("greet", "zh") == (GREET,)
    assert library.lines("disclose", "zh") == ()


def test_every_revision_can_be_seen(store: Store, library: Library) -> None:
    put(store, NEW, MORE)
    withdraw(store, GREET.id)
    assert library.lines("greet", "zh") == (GREET,)
    assert library.catch_up() == 3
    assert library.lines("greet", "zh") == (MORE,)
    assert library.lines("greet", "zh", 2) == (NEW, MORE)
    assert library.lines("greet", "zh", 1) == (NEW,)
    assert library.lines("greet", "zh", 0) == (GREET,)
    assert library.line(GREET.id) is None and library.last(GREET.id) == NEW
    assert library.line(GREET.id, 0) == GREET and library.last("greet.zh.9") is None


def test_edits_are_kept_with_their_time_and_author(store: Store) -> None:
    made = store.edit_scripts("cafe", [ScriptChange(id=GREET.id, line=NEW)], "li")
    assert store.script_edits() == made
    assert [(edit.revision, edit.pack, edit.by, edit.at) for edit in made] == [(1, "cafe", "li", NOW)]
    assert store.script_edits(after=1) == ()


def test_a_withdrawn_line_comes_back_in_its_place(store: Store, library: Library) -> None:
    put(store, MORE)
    withdraw(store, GREET.id)
    put(store, GREET)
    library.catch_up()
    assert library.lines("greet", "zh") == (GREET, MORE)


def test_a_pack_update_keeps_the_edits_on_top(store: Store, library: Library) -> None:
    put(store, NEW, MORE)
    fresh = ScriptLine(id="greet.zh.2", situation="greet", lang="zh", text="新的")
    changed = GREET.model_copy(update={"text": "文件里改了"})
    later = Library(PACK.model_copy(update={"scripts": (changed, fresh)}), store)
    later.catch_up()
    assert later.lines("greet", "zh") == (NEW, fresh, MORE)
    without = Library(PACK.model_copy(update={"scripts": ()}), store)
    without.catch_up()
    assert without.lines("greet", "zh") == (NEW, MORE)
    assert without.lines("greet", "zh", 0) == ()


def test_two_stores_on_one_database_see_each_others_edits(url: str, store: Store) -> None:
    other = Store(url)
    theirs = Library(PACK, other)
    put(store, NEW)
    theirs.catch_up()
    put(other, MORE)
    mine = Library(PACK, store)
    assert mine.catch_up() == theirs.catch_up() == 2
    assert mine.all() == theirs.all()
    other.close()


def test_another_process_is_noticed(url: str, store: Store, library: Library) -> None:
    library.catch_up()
    root = Path(__file__).parents[2]
    subprocess.run([sys.executable, "-c", EDIT, url], cwd=root, check=True, timeout=60)
    assert library.catch_up() == 1
    assert [line.text for line in library.lines("greet", "zh")] == ["another process"]


def test_edits_of_another_pack_or_tenant_change_nothing(store: Store, library: Library) -> None:
    store.edit_scripts("tea", [ScriptChange(id=GREET.id, line=NEW)], "li")
    store.for_tenant("other").edit_scripts("cafe", [ScriptChange(id=GREET.id, line=NEW)], "li")
    assert library.catch_up() == 1
    assert library.all() == PACK.scripts


def test_an_edit_that_is_no_line_is_named(store: Store, library: Library) -> None:
    with store._database.write("default") as session:
        session.add(
            ScriptEditRow(
                tenant="default",
                revision=1,
                pack="cafe",
                line_id="greet.zh.1",
                data={"text": 1},
                at=NOW,
                by="",
            )
        )
    with pytest.raises(StoreError, match=r"script edit 1 of greet\.zh\.1"):
        library.catch_up()


def test_an_edit_that_fails_leaves_nothing(store: Store) -> None:
    broken = MORE.model_copy(update={"text": object()})
    with pytest.raises(Exception, match="serialize"):
        put(store, NEW, broken)
    assert store.script_edits() == ()
