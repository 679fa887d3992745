"""The HTTP API: LangServe routes over the sales talk, and a health check."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from langserve import add_routes

from api.runnable import SalesRunnable
from core.errors import InputError, TalktrackError
from core.settings import Settings
from graph.engines import Progress, assemble
from graph.talk import Talk, open_saver

ENDPOINTS = ("invoke", "batch", "stream", "playground", "input_schema", "output_schema", "config_schema")
THREAD_HEADER = "x-thread-id"


def build_app(settings: Settings, progress: Progress = lambda message: None) -> FastAPI:
    """The application over `settings`; engines are ready before it takes the first request."""
    engines = assemble(settings, progress)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            saver = await stack.enter_async_context(open_saver(settings.checkpoints))
            add_sales_routes(app, Talk(engines, saver))
            yield

    app = FastAPI(title="Talktrack", lifespan=lifespan)
    app.add_exception_handler(TalktrackError, on_error)

    @app.get("/health")
    async def health() -> dict[str, str]:
        """Tell that the service is up, and which pack it serves."""
        return {"status": "ok", "domain": engines.pack.name}

    return app


def add_sales_routes(app: FastAPI, talk: Talk) -> None:
    """Put /sales/invoke, /batch, /stream and /playground on `app`."""
    add_routes(
        app,
        SalesRunnable(talk),
        path="/sales",
        enabled_endpoints=ENDPOINTS,
        per_req_config_modifier=with_thread,
        playground_type="default",
    )


def with_thread(config: dict[str, Any], request: Request) -> dict[str, Any]:
    """Let a header name the thread, for clients that keep the body free of it."""
    thread = request.headers.get(THREAD_HEADER)
    if not thread:
        return config
    return {**config, "configurable": {**config.get("configurable", {}), "thread_id": thread}}


async def on_error(request: Request, error: Exception) -> JSONResponse:
    """One clear line: 422 for input that is no turn, 503 for a store or engine that failed."""
    status = 422 if isinstance(error, InputError) else 503
    return JSONResponse({"detail": str(error)}, status_code=status)
