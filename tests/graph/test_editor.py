"""Edits of the script library: checked first, stored whole or not at all, taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from core.errors import ConflictError, InputError, NotFoundError
from core.pack import ScriptLine
from crm.scripts import ScriptChange
from crm.store import Store
from domains.facts import facts_of
from domains.script_files import Form, parsed, written
from graph.editor import Editor, Filter, line_of
from policy.guard.guard import Guard
from policy.lint import Linter
from tests.retrieval.packs import PACK as PLAIN

NOW = datetime(2026, 4, 10, 9, 30)
GREET = "您好,这里是{company},智能客服{robot}。"
PACK = PLAIN.model_copy(
    update={
        "scripts": (
            ScriptLine(id="greet.zh.1", situation="greet", lang="zh", text=GREET),
            ScriptLine(
                id="greet.zh.2", situation="greet", lang="zh", text="{company}智能客服。", channel="voice"
            ),
            ScriptLine(id="greet.en.1", situation="greet", lang="en", text="Hello, the bot of {company}."),
            ScriptLine(id="fallback.greet.zh.1", situation="greet", lang="zh", text=GREET, origin="fallback"),
            ScriptLine(
                id="ack.affirm.zh.1", situation="ack.affirm", lang="zh", text="好的。", origin="common"
            ),
        )
    }
)
GUARD = Guard(PACK, facts_of(PACK))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path / 'business.db'}", clock=lambda: NOW)
    yield opened
    opened.close()


@pytest.fixture
def editor(store: Store) -> Editor:
    return Editor(PACK, store, GUARD)


def test_a_line_is_changed_in_some_fields(editor: Editor) -> None:
    stored = editor.change("greet.zh.1", {"text": " {company}智能客服,您请讲。 ", "channel": "text"}, "li")
    (made,) = stored.edits
    assert made.line == editor.line("greet.zh.1")
    assert (made.line.text, made.line.channel, made.line.version) == ("{company}智能客服,您请讲。", "text", 2)
    assert (made.by, made.at, made.revision) == ("li", NOW, 1)
    assert editor.change("greet.zh.1", {"channel": None}, "li").edits[0].line.version == 3


def test_a_new_line_needs_its_place_and_words(editor: Editor) -> None:
    with pytest.raises(InputError, match=r"new line.*situation and lang and text"):
        editor.change("greet.zh.vip", {}, "li")
    fields = {"situation": "greet", "lang": "zh", "text": GREET, "stages": ("opening",)}
    assert editor.change("greet.zh.vip", fields, "li").edits[0].line.origin == "own"
    assert [line.id for line in editor.lines() if line.stages] == ["greet.zh.vip"]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"text": "{company}智能客服,标价6800元。"}, "a price of its own"),
        ({"text": "{company}智能客服,24小时上门。"}, "promises without a fact"),
        ({"text": "{company}智能客服{robt}。"}, "variable {robt} is not offered here"),
        ({"text": "{company}的{robot}。"}, "automatic assistant"),
        ({"text": "{company}智能客服,您好吗?"}, "no question"),
        ({"text": ""}, "name its text"),
        ({"channel": "phone"}, "channel"),
        ({"stages": ("propossal",)}, "did you mean proposal?"),
        ({"situation": "end.bye"}, "take another id"),
        ({"valid_until": "someday"}, "valid_until"),
    ],
)
def test_an_edit_that_breaks_a_rule_is_refused_with_the_reason(
    editor: Editor, fields: dict[str, Any], reason: str
) -> None:
    with pytest.raises(InputError) as caught:
        editor.change("greet.zh.1", fields, "li")
    assert reason in str(caught.value) and "\n" not in str(caught.value)
    assert editor.history() == () and editor.line("greet.zh.1") == PACK.scripts[0]


def test_who_edits_must_be_named(editor: Editor) -> None:
    with pytest.raises(InputError, match="who"):
        editor.change("greet.zh.1", {"text": "{company}智能客服"}, " ")


def test_a_new_line_of_an_unknown_situation_or_language(editor: Editor) -> None:
    with pytest.raises(InputError, match="did you mean greet"):
        editor.change("greeet.zh.9", {"situation": "greeet", "lang": "zh", "text": "a"}, "li")
    with pytest.raises(InputError, match="lang"):
        editor.change("greet.fr.9", {"situation": "greet", "lang": "fr", "text": "a"}, "li")


def test_many_faults_are_counted(editor: Editor) -> None:
    lines = [
        line_of({"id": f"greet.zh.n{n}", "situation": "greet", "lang": "zh", "text": "嗨?"}) for n in range(3)
    ]
    with pytest.raises(InputError, match=r"and 6 more\)$"):
        editor.put(lines, "li")
    assert editor.history() == ()


def test_what_is_odd_is_stored_and_told(editor: Editor) -> None:
    stored = editor.change("greet.zh.1", {"text": "{company}智能客服" + "您好" * 25}, "li")
    assert [found.kind for found in stored.warnings] == ["length"]


def test_a_withdrawn_line_is_gone_until_it_is_brought_back(editor: Editor) -> None:
    editor.withdraw("greet.zh.2", "li")
    with pytest.raises(NotFoundError, match="withdrawn"):
        editor.line("greet.zh.2")
    with pytest.raises(NotFoundError):
        editor.withdraw("greet.zh.2", "li")
    with pytest.raises(NotFoundError, match="no such line"):
        editor.withdraw("greet.zh.7", "li")
    (made,) = editor.change("greet.zh.2", {"text": "{company}智能客服。"}, "li").edits
    assert made.line is not None and made.line.channel == "voice"


@pytest.mark.parametrize("fields", [{"channel": "voice"}, {"valid_until": "2030-01-01"}, None])
def test_no_customer_is_left_without_a_word(editor: Editor, fields: dict[str, Any] | None) -> None:
    with pytest.raises(InputError, match=r"ack\.affirm in zh would be left without"):
        if fields is None:
            editor.withdraw("ack.affirm.zh.1", "li")
        else:
            editor.change("ack.affirm.zh.1", fields, "li")
    editor.withdraw("greet.zh.1", "li")  # the fallback still says it


@pytest.mark.parametrize("form", ["yaml", "csv"])
def test_an_export_taken_in_again_changes_nothing(editor: Editor, form: Form) -> None:
    editor.change("greet.zh.1", {"text": "{company}智能客服,您请讲。", "personas": ()}, "li")
    editor.change(
        "greet.zh.vip", {"situation": "greet", "lang": "zh", "text": GREET, "roles": ("user",)}, "li"
    )
    editor.withdraw("greet.zh.2", "li")
    before, text = editor.lines(), written(editor.own(), form)
    assert editor.put(parsed(text, form, PACK), "li").edits == ()
    assert editor.put(parsed(text, form, PACK), "li", replace=True).edits == ()
    assert editor.lines() == before and len(editor.history()) == 3


def test_an_export_leaves_untouched_fallbacks_out(editor: Editor) -> None:
    assert "fallback.greet.zh.1" not in [line.id for line in editor.own()]
    editor.change("fallback.greet.zh.1", {"text": "{company}智能客服。"}, "li")
    kept = {line.id: line for line in editor.own()}
    assert kept["fallback.greet.zh.1"].origin == "fallback"


def test_an_import_may_replace_what_its_situations_have(editor: Editor) -> None:
    text = 'greet:\n  zh: ["{company}智能客服,请讲。"]\n'
    stored = editor.put(parsed(text, "yaml", PACK), "li", replace=True)
    assert [(made.id, made.line is None) for made in stored.edits] == [
        ("greet.zh.1", False),
        ("greet.zh.2", True),
    ]
    assert [line.id for line in Filter(situation="greet", lang="zh").of(editor.lines())] == [
        "greet.zh.1",
        "fallback.greet.zh.1",
    ]
    assert editor.line("greet.en.1") == PACK.scripts[2]


def test_an_import_is_taken_whole_or_not_at_all(editor: Editor) -> None:
    text = 'greet:\n  zh: ["{company}智能客服,请讲。", "只要6800元"]\n'
    with pytest.raises(InputError, match=r"greet\.zh\.2"):
        editor.put(parsed(text, "yaml", PACK), "li")
    assert editor.history() == ()


def test_back_to_a_revision(editor: Editor) -> None:
    editor.change("greet.zh.1", {"text": "{company}智能客服,一。"}, "li")
    editor.change("greet.zh.1", {"text": "{company}智能客服,二。"}, "li")
    editor.change("greet.zh.vip", {"situation": "greet", "lang": "zh", "text": GREET}, "li")
    editor.withdraw("greet.zh.2", "li")
    assert len(editor.revert(1, "wang", line_id="greet.zh.1").edits) == 1
    assert editor.line("greet.zh.1").text.endswith("一。") and editor.line("greet.zh.vip")
    back = editor.revert(0, "wang")
    assert {(made.id, made.line is None) for made in back.edits} == {
        ("greet.zh.1", False),
        ("greet.zh.2", False),
        ("greet.zh.vip", True),
    }
    assert {line.id: line.text for line in editor.lines()} == {line.id: line.text for line in PACK.scripts}
    assert editor.revert(0, "wang").edits == ()
    assert [made.by for made in editor.history("greet.zh.vip")] == ["li", "wang"]


@pytest.mark.parametrize("revision", [-1, 1])
def test_a_revision_that_never_was(editor: Editor, revision: int) -> None:
    with pytest.raises(InputError, match=r"there are 0 .* to 0"):
        editor.revert(revision, "li")


def test_two_editors_see_each_others_work(editor: Editor, tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'business.db'}")
    other = Editor(PACK, store, GUARD)
    editor.change("greet.zh.1", {"text": "{company}智能客服,一。"}, "li")
    stored = other.change("greet.zh.1", {"channel": "text"}, "wang")
    store.close()
    assert stored.edits[0].line.text.endswith("一。") and stored.edits[0].revision == 2
    assert editor.line("greet.zh.1").channel == "text"


class Raced(Editor):
    """An editor before whom somebody else stores something, between the check and the writing, `times` times."""

    def __init__(self, store: Store, rival: Callable[[], object], times: int) -> None:
        super().__init__(PACK, store, GUARD)
        self.rival, self.left = rival, times

    def _uncovered(self, changes: Iterable[ScriptChange]) -> list[str]:
        found = super()._uncovered(changes)
        if self.left > 0:
            self.left -= 1
            self.rival()
        return found


def test_of_two_who_withdraw_the_last_two_lines_one_is_refused(store: Store, editor: Editor) -> None:
    editor.withdraw("greet.zh.2", "li")
    editor.put([ScriptLine(id="greet.zh.3", situation="greet", lang="zh", text=GREET)], "li")
    editor.withdraw("fallback.greet.zh.1", "li")
    raced = Raced(store, lambda: editor.withdraw("greet.zh.1", "li"), times=1)
    with pytest.raises(InputError, match="left without a line"):
        raced.withdraw("greet.zh.3", "wang")
    assert [line.id for line in editor.lines() if line.id.startswith("greet.zh")] == ["greet.zh.3"]


def test_an_edit_made_meanwhile_is_not_lost(store: Store, editor: Editor) -> None:
    raced = Raced(store, lambda: editor.change("greet.zh.1", {"channel": "text"}, "li"), times=1)
    (made,) = raced.change("greet.zh.1", {"text": "{company}智能客服,一。"}, "wang").edits
    assert made.line is not None and made.revision == 2
    assert (made.line.channel, made.line.version) == ("text", 3)


def test_who_is_overtaken_again_and_again_is_told(store: Store, editor: Editor) -> None:
    texts = iter(("{company}智能客服,一。", "{company}智能客服,二。"))
    raced = Raced(store, lambda: editor.change("greet.zh.1", {"text": next(texts)}, "li"), times=2)
    with pytest.raises(ConflictError, match="try again"):
        raced.change("greet.zh.2", {"channel": "text"}, "wang")
    assert {made.by for made in editor.history()} == {"li"}


def test_a_line_too_long_is_refused_before_the_rules_look_at_it(
    editor: Editor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Linter, "faults", lambda *_: pytest.fail("looked at"))
    with pytest.raises(InputError, match="a line has at most 2,000") as caught:
        editor.change("greet.zh.1", {"text": "好" * 2001}, "li")
    assert len(str(caught.value)) < 100


@pytest.mark.parametrize("by", ["x" * 101, "li\n", "\x07li", "a\u2028b"])
def test_a_name_fits_on_a_line(editor: Editor, by: str) -> None:
    if by.strip() == "li":
        assert editor.change("greet.zh.1", {"channel": "text"}, by).edits[0].by == "li"
        return
    with pytest.raises(InputError, match="at most 100 characters"):
        editor.change("greet.zh.1", {"channel": "text"}, by)


def test_the_check_of_many_lines_can_be_watched(editor: Editor) -> None:
    seen: list[str] = []

    def watch(lines: Sequence[ScriptLine]) -> Iterator[ScriptLine]:
        for line in lines:
            seen.append(line.id)
            yield line

    new = [ScriptLine(id=f"greet.zh.{n}", situation="greet", lang="zh", text=GREET) for n in (7, 8)]
    editor.put(new, "li", watch=watch)
    assert seen == ["greet.zh.7", "greet.zh.8"]


def test_the_newest_edits_alone(editor: Editor) -> None:
    for channel in ("text", "voice", None):
        editor.change("greet.zh.1", {"channel": channel}, "li")
    assert [made.revision for made in editor.history(newest=2)] == [2, 3]
    assert [made.revision for made in editor.history("greet.zh.1", newest=9)] == [1, 2, 3]


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        ({"situation": "gret"}, r"unknown situation 'gret' \(did you mean greet"),
        ({"stage": "propossal"}, "did you mean proposal"),
        ({"role": "boss"}, "unknown role 'boss'"),
    ],
)
def test_a_word_that_no_line_could_have(editor: Editor, wanted: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        editor.find(Filter(**wanted))
    assert len(editor.find(Filter(situation="ack"))) == 1


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        ({}, 5),
        ({"situation": "greet"}, 4),
        ({"situation": "gree"}, 0),
        ({"situation": "ack"}, 1),
        ({"lang": "en"}, 1),
        ({"channel": "voice"}, 1),
        ({"stage": "closing"}, 0),
        ({"persona": "x", "role": "user", "customers": "new"}, 0),
    ],
)
def test_lines_are_found_by_what_they_are_for(editor: Editor, wanted: dict[str, Any], count: int) -> None:
    assert len(Filter(**wanted).of(editor.lines())) == count


def test_the_library_is_linted_as_it_is_spoken(editor: Editor) -> None:
    assert editor.lint(NOW.date()) == ()
    editor.change("greet.zh.8", {"situation": "greet", "lang": "zh", "text": GREET}, "li")
    assert [(found.line, found.kind) for found in editor.lint(NOW.date())] == [("greet.zh.8", "twice")]
