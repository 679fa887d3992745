"""A text turn of the whole graph beside a bare LangGraph graph of the same shape, in one run.

`python -m bench.text_turn [--turns N] [--threads N]`. Both run over their own durable SQLite store in
the same way, turn about; the bare graph has the same nodes and edges, and its nodes do nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

os.environ.setdefault("LANGGRAPH_STRICT_MSGPACK", "true")

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import StateGraph
from typing_extensions import TypedDict

from bench.table import err, machine, markdown, quantile
from bench.workload import customer_lines
from core.context import TalkContext
from core.settings import Settings
from graph.build import SalesGraph, build_graph
from graph.engines import Engines, assemble
from graph.talk import Talk, config_of, open_saver

Turn = Callable[[str, str], Awaitable[dict[str, float]]]
"""Takes (text, thread), gives milliseconds by node."""
NOW = "2026-01-15T10:00"
WARM_UP = 10


class Little(TypedDict, total=False):
    """The state of the bare graph."""

    text: str


async def idle(state: Little) -> dict[str, Any]:
    """A node that does nothing."""
    return {}


async def main(turns: int, threads: int) -> None:
    settings = Settings()
    with TemporaryDirectory(prefix="talktrack-bench-") as folder:
        url = f"sqlite:///{Path(folder) / 'business.db'}"
        engines = assemble(settings.model_copy(update={"database_url": url}), err.print)
        lines = customer_lines(engines.pack, turns + WARM_UP)
        async with (
            open_saver(Path(folder) / "whole.db") as whole_saver,
            open_saver(Path(folder) / "bare.db") as bare_saver,
        ):
            whole, bare, nodes = await measure(
                whole_turn(engines, whole_saver), bare_turn(engines, bare_saver), lines, threads
            )
        engines.store.close()
    report(whole, bare, nodes, threads)


async def measure(
    whole: Turn, bare: Turn, lines: list[str], threads: int
) -> tuple[list[float], list[float], list[dict[str, float]]]:
    """Milliseconds of every turn of both graphs, turn about, and of the nodes of the whole one."""
    spent: tuple[list[float], list[float]] = ([], [])
    nodes: list[dict[str, float]] = []
    for number, text in enumerate(lines):
        thread = f"talk-{number % threads}"
        for times, turn in zip(spent, (whole, bare), strict=True):
            begun = time.perf_counter()
            table = await turn(text, thread)
            if number >= WARM_UP:
                times.append((time.perf_counter() - begun) * 1000)
                nodes += [table] if table else []
    return spent[0], spent[1], nodes


def whole_turn(engines: Engines, saver: BaseCheckpointSaver[str]) -> Turn:
    """A turn of the sales talk, as every front door takes it."""
    talk = Talk(engines, saver)

    async def turn(text: str, thread: str) -> dict[str, float]:
        answer = await talk.turn({"text": text}, thread=thread, context=TalkContext(now=NOW))
        return {name: ms for name, ms in answer.latency_ms.items() if name != "total"}

    return turn


def bare_turn(engines: Engines, saver: BaseCheckpointSaver[str]) -> Turn:
    """The same calls of LangGraph with nothing in the nodes."""
    graph = bare_graph(build_graph(engines)).compile(checkpointer=saver)

    async def turn(text: str, thread: str) -> dict[str, float]:
        config = config_of(thread)
        await graph.aget_state(config)
        async for _ in graph.astream(
            {"text": text}, config, durability="sync", stream_mode=["custom", "values"]
        ):
            pass
        return {}

    return turn


def bare_graph(whole: SalesGraph) -> StateGraph[Little, Any, Little, Little]:
    """A graph of the same nodes, edges and routers; its nodes do nothing."""
    bare = StateGraph(Little)
    for name in whole.nodes:
        bare.add_node(name, idle)
    for start, end in sorted(whole.edges):
        bare.add_edge(start, end)
    for starts, end in sorted(whole.waiting_edges):
        bare.add_edge(list(starts), end)
    for start, branches in whole.branches.items():
        for branch in branches.values():
            bare.add_conditional_edges(start, branch.path, branch.ends)
    return bare


def report(whole: list[float], bare: list[float], nodes: list[dict[str, float]], threads: int) -> None:
    print(f"Text turn, {len(whole)} turns over {threads} talks; {machine()}.\n")
    rows: list[list[str | float]] = [
        [name, quantile(times, 50), quantile(times, 95), max(times)]
        for name, times in (("whole graph", whole), ("bare graph of the same shape", bare))
    ]
    ratios: list[str | float] = ["ratio"]
    ratios += [float(mine) / float(theirs) for mine, theirs in zip(rows[0][1:], rows[1][1:], strict=True)]
    print(markdown(["", "p50 ms", "p95 ms", "max ms"], [*rows, ratios]))
    names = dict.fromkeys(name for table in nodes for name in table)
    by_node = [(name, [table.get(name, 0.0) for table in nodes]) for name in names]
    print()
    print(
        markdown(
            ["node", "p50 ms", "p95 ms"],
            [[name, quantile(times, 50), quantile(times, 95)] for name, times in by_node],
        )
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=300)
    parser.add_argument("--threads", type=int, default=30)
    given = parser.parse_args()
    asyncio.run(main(given.turns, given.threads))
