"""Free lines without a plan: lies are stopped, true lines pass; own facts and scripts always pass."""

from __future__ import annotations

import re
import time

import pytest

from core.types import Situation
from domains.facts import facts_of
from tests.guard.conftest import NOW, lines


def rates(guard, rows) -> tuple[float, float, list[str]]:
    """Share of lies stopped, share of true lines passed, and what went wrong."""
    wrong, right = [], {True: 0, False: 0}
    for row in rows:
        stopped = guard.check_reply(row["text"], Situation(now=NOW, lang=row["lang"])).verdict != "pass"
        right[row["lie"]] += stopped == row["lie"]
        if stopped != row["lie"]:
            wrong.append(row["text"])
    lies = sum(row["lie"] for row in rows)
    return right[True] / lies, right[False] / (len(rows) - lies), wrong


@pytest.mark.parametrize(("split", "lies", "truths"), [("tune", 0.97, 0.97), ("test", 0.95, 0.92)])
def test_lines_of_the_demo_company(guard, split, lies, truths):
    rows = [row for row in lines("lines.jsonl") if row["split"] == split]
    stopped, passed, wrong = rates(guard, rows)
    assert stopped >= lies, wrong
    assert passed >= truths, wrong


def test_lines_of_another_trade(tea_guard):
    stopped, passed, wrong = rates(tea_guard, lines("tea_lines.jsonl"))
    assert stopped >= 0.95, wrong
    assert passed >= 0.95, wrong


@pytest.mark.parametrize("name", ["pack", "tea_pack"])
def test_every_fact_in_force_may_be_said(name, request):
    company = request.getfixturevalue(name)
    guard = request.getfixturevalue("guard" if name == "pack" else "tea_guard")
    for fact in facts_of(company):
        if fact.in_force(NOW.date()):
            for lang, text in fact.text.items():
                assert guard.check(text, Situation(now=NOW, lang=lang)).verdict == "pass", text


def test_every_script_line_may_be_said(pack, guard):
    for line in pack.scripts:
        text = re.sub(r"\{[a-z_]+\}", "", line.text)
        assert guard.check_reply(text, Situation(now=NOW, lang=line.lang)).verdict == "pass", line.text


def test_it_is_fast(guard):
    rows = lines("lines.jsonl")[:200]
    start = time.perf_counter()
    for row in rows:
        guard.check(row["text"], Situation(now=NOW))
    assert (time.perf_counter() - start) / len(rows) < 0.03
