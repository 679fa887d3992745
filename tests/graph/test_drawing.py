"""The diagram in the README is the graph as it is wired."""

from __future__ import annotations

from pathlib import Path

from graph.build import build_graph
from tests.fakes import fake_engines, pack_of

README = Path(__file__).parents[2] / "README.md"


def test_the_readme_shows_the_graph_as_it_is_wired(tmp_path: Path) -> None:
    diagram = build_graph(fake_engines(pack_of(), tmp_path)).compile().get_graph().draw_mermaid()
    assert f"```mermaid\n{diagram}```" in README.read_text(encoding="utf-8"), (
        "run: talktrack draw --into README.md"
    )
