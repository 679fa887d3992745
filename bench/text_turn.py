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
from typing import Any, NamedTuple

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


class Spent(NamedTuple):
    """Milliseconds of one turn: by the clock, and of CPU (hardly touched by what else the machine does)."""

    ms: float
    cpu_ms: float


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
) -> tuple[list[Spent], list[Spent], list[dict[str, float]]]:
    """What every turn of both graphs took, turn about, and each node of the whole one."""
    spent: tuple[list[Spent], list[Spent]] = ([], [])
    nodes: list[dict[str, float]] = []
    for number, text in enumerate(lines):
        thread = f"talk-{number % threads}"
        for times, turn in zip(spent, (whole, bare), strict=True):
            begun, cpu = time.perf_counter(), time.process_time()
            table = await turn(text, thread)
            if number >= WARM_UP:
                ms, cpu_ms = (time.perf_counter() - begun) * 1000, (time.process_time() - cpu) * 1000
                times.append(Spent(ms, cpu_ms))
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


def figures(turns: list[Spent]) -> list[float]:
    """p50 and p95 by the clock, then of CPU."""
    return [quantile(times, percent) for times in zip(*turns, strict=True) for percent in (50, 95)]


def report(whole: list[Spent], bare: list[Spent], nodes: list[dict[str, float]], threads: int) -> None:
    print(f"Text turn, {len(whole)} turns over {threads} talks; {machine()}.\n")
    mine, theirs = figures(whole), figures(bare)
    rows: list[list[str | float]] = [
        ["whole graph", *mine],
        ["bare graph of the same shape", *theirs],
        ["ratio", *(one / other for one, other in zip(mine, theirs, strict=True))],
    ]
    print(markdown(["", "p50 ms", "p95 ms", "CPU p50 ms", "CPU p95 ms"], rows))
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
