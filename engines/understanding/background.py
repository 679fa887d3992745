"""An event loop of its own: work there is awaited, waited for, or given up, from any thread or loop."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import Future
from contextvars import Context
from threading import Thread
from typing import Any, TypeVar
from weakref import finalize

T = TypeVar("T")


class Background:
    """A loop in a daemon thread; it ends with this object."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        Thread(target=_run, args=(self._loop,), name="background-loop", daemon=True).start()
        finalize(self, self._loop.call_soon_threadsafe, self._loop.stop)

    def start(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Runs `work` in an empty context: no callback or tracer of the caller's run goes along."""
        return Context().run(asyncio.run_coroutine_threadsafe, work, self._loop)


def _run(loop: asyncio.AbstractEventLoop) -> None:
    try:
        loop.run_forever()
    finally:
        loop.close()
