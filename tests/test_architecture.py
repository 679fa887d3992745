"""The import direction, the package names, and the words that may not stand in code."""

from __future__ import annotations

import ast
import importlib
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LAYERS = (
    {"cli"},
    {"ui", "api"},
    {"graph"},
    {"nodes"},
    {"tools", "retrieval", "policy"},
    {"engines", "crm", "domains"},
    {"core"},
)
RANK = {package: rank for rank, layer in enumerate(LAYERS) for package in layer}
OUTSIDE = {"evaluation", "training"}
WISHED = ("graph", "nodes", "tools", "retrieval", "ui", "tests")


def modules() -> Iterator[Path]:
    for package in (*RANK, *OUTSIDE):
        yield from (ROOT / package).rglob("*.py")


def imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name.split(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def test_imports_point_one_way() -> None:
    wrong = []
    for file in modules():
        here = file.relative_to(ROOT).parts[0]
        for target in imports(file):
            if target in RANK and here in RANK and target != here and RANK[target] <= RANK[here]:
                wrong.append(f"{file.relative_to(ROOT)} imports {target}")
            if target in OUTSIDE and here not in {*OUTSIDE, "cli"}:
                wrong.append(f"{file.relative_to(ROOT)} imports {target}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", [*RANK, *OUTSIDE, "tests"])
def test_packages_resolve_inside_this_repository(name: str) -> None:
    found = importlib.import_module(name)
    assert found.__file__ is not None
    assert Path(found.__file__).parent == ROOT / name


def test_every_package_is_listed_for_the_wheel_and_no_test_is() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    listed = set(settings["tool"]["setuptools"]["packages"])
    real = {
        ".".join(file.parent.relative_to(ROOT).parts)
        for package in (*RANK, *OUTSIDE)
        for file in (ROOT / package).rglob("*.py")
    }
    assert listed == real
    assert not {name for name in listed if name.split(".")[0] in {"tests", "bench"}}


def test_the_folders_the_user_wished_for_exist() -> None:
    assert all((ROOT / name).is_dir() for name in WISHED)


def company_words() -> set[str]:
    words: set[str] = set()
    for pack in (ROOT / "domains").iterdir():
        catalogue = pack / "catalogue.csv"
        if pack.name != "skeleton" and catalogue.exists():
            rows = catalogue.read_text(encoding="utf-8-sig").splitlines()[1:]
            words |= {row.split(",")[0] for row in rows if row.strip()}
            words.add(pack.name)
    return words | {"启衡", "机器人工作站", "伺服"}


def test_no_word_of_a_company_stands_in_code() -> None:
    pattern = re.compile(
        "|".join(rf"(?<![A-Za-z]){re.escape(word)}(?![A-Za-z0-9])" for word in company_words())
    )
    allowed = {ROOT / "core" / "settings.py"}  # the default pack is a setting
    found = [
        f"{file.relative_to(ROOT)}: {match.group()}"
        for file in modules()
        if file not in allowed
        for match in pattern.finditer(file.read_text(encoding="utf-8"))
    ]
    assert not found, "\n".join(found)


def test_every_node_is_one_file_with_one_public_function() -> None:
    for file in (ROOT / "nodes").glob("*.py"):
        if file.stem == "__init__":
            continue
        tree = ast.parse(file.read_text(encoding="utf-8"))
        public = [node.name for node in tree.body if isinstance(node, ast.AsyncFunctionDef)]
        assert file.stem in public, f"{file.name} has no node named {file.stem}"
