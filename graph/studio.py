"""Entry for `langgraph dev`: the graph without a checkpointer; the server brings its own."""

import asyncio
from functools import cache
from threading import Lock

from core.settings import Settings
from graph.build import SalesGraph, build_graph
from graph.engines import assemble
from graph.masking import install

once = Lock()


async def sales() -> SalesGraph:
    """The sales talk over the configured pack; the server asks at every request, the first one assembles."""
    return await asyncio.to_thread(_wired)


def _wired() -> SalesGraph:
    install()
    with once:
        return _assembled()


@cache
def _assembled() -> SalesGraph:
    return build_graph(assemble(Settings()))
