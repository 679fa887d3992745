"""Two companies of two trades, each with a guard over its own facts."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from core.pack import Pack
from core.types import Situation
from domains.facts import facts_of
from domains.load import load_pack
from policy.guard import Guard

HERE = Path(__file__).parent
NOW = datetime(2026, 11, 22, 10)


def lines(name: str) -> list[dict]:
    return [json.loads(line) for line in (HERE / name).read_text(encoding="utf-8").splitlines() if line]


@pytest.fixture(scope="session")
def pack() -> Pack:
    return load_pack("qiheng")


@pytest.fixture(scope="session")
def tea_pack() -> Pack:
    return load_pack(HERE / "tea")


@pytest.fixture(scope="session")
def guard(pack: Pack) -> Guard:
    return Guard(pack, facts_of(pack))


@pytest.fixture(scope="session")
def tea_guard(tea_pack: Pack) -> Guard:
    return Guard(tea_pack, facts_of(tea_pack))


@pytest.fixture
def situation() -> Situation:
    return Situation(now=NOW)
