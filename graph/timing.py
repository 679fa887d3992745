"""Measures each node where it is wired, so that no node carries a clock."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from functools import partial, wraps
from typing import Any

from graph.masking import remember

Node = Callable[..., Awaitable[dict[str, Any]]]


def timed(node: Node, **bound: Any) -> Node:
    """`node` with its process-lifetime objects bound; its update also carries its own milliseconds.

    The names it is given and finds are told to the mask of the logs.
    """
    run = partial(node, **bound)
    name = node.__name__

    @wraps(node)
    async def measured(state: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        remember(state)
        begun = time.perf_counter()
        update = await run(state, *args, **kwargs)
        remember(update)
        spent = round((time.perf_counter() - begun) * 1000, 2)
        return {**update, "latency_ms": {**update.get("latency_ms", {}), name: spent}}

    return measured
