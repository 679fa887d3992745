"""No situation rots: each one that lines are written for is spoken by the planner."""

from __future__ import annotations

import ast
from pathlib import Path

from domains.fields import Reader
from domains.labels import SLOTS
from domains.load import COMMON, load_pack
from domains.parts.playbook import STEPS
from domains.parts.scripts import read_situations
from domains.read import Faults
from policy.acknowledge import OWN_WORDING

ROOT = Path(__file__).parents[2]
BUILT = {
    "ask.": SLOTS,
    "@names.": SLOTS,
    "confirm.": OWN_WORDING,
    "propose.": STEPS,
    "silence.": ("1", "2"),
    "answer.offer_": ("ended", "upcoming"),
}
"""Situations whose name is put together in code: how it begins, and how it may end."""


def literals() -> set[str]:
    """Every text of the planner's and the engines' code; of an f-string the part before its first field."""
    trees = [ast.parse(file.read_text("utf-8")) for part in ("policy", "engines") for file in code(part)]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def code(part: str) -> list[Path]:
    return sorted((ROOT / part).rglob("*.py"))


def test_every_situation_is_spoken():
    faults = Faults()
    situations = set(read_situations(COMMON / "situations.yaml", Reader(faults)))
    assert not faults.found
    told = literals()
    plays = {name for play in load_pack("qingshui").playbook.plays for name in play.situations}
    built = {f"{stem.lstrip('@')}{end}" for stem, ends in BUILT.items() for end in ends}
    assert sorted(situations - told - plays - built) == []
    assert set(BUILT) - told == set()
