"""The HTTP API: LangServe routes over the sales talk, and a health check."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import SecretStr, ValidationError

from api.bodies import body_check, turn_body
from api.contact import contact_router
from api.desk import desk_router
from api.runnable import SalesRunnable
from api.scripts import scripts_router
from core.errors import ConflictError, InputError, NotFoundError, TalktrackError
from graph.request import THREAD, in_one_line
from graph.talk import Talk

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # what LangServe's own imports say of themselves
    from langserve import add_routes

ENDPOINTS = ("invoke", "batch", "stream", "playground", "input_schema", "output_schema", "config_schema")
THREAD_HEADER = "x-thread-id"
STATUS = {InputError: 422, NotFoundError: 404, ConflictError: 409}
"""HTTP status of an error; any other of ours is a store or an engine that failed."""


def build_app(talk: Talk, *, audio_folder: Path | None = None, desk_key: SecretStr | None = None) -> FastAPI:
    """The application: /sales/invoke, /batch, /stream, /playground, the operator's desk, and /health.

    Recordings are read from `audio_folder` alone; without one they are refused. Operators send `desk_key`;
    without one only clients on this machine are operators.
    """
    app = FastAPI(title="Talktrack")
    app.state.desk_key = desk_key
    app.add_exception_handler(TalktrackError, on_error)
    app.add_exception_handler(RequestValidationError, on_bad_request)

    @app.get("/health")
    async def health() -> dict[str, str]:
        """Tell that the service is up, and which pack it serves."""
        return {"status": "ok", "domain": talk.engines.pack.name}

    app.include_router(contact_router(talk))
    app.include_router(desk_router(talk))
    app.include_router(scripts_router(talk))
    body = turn_body(audio_folder)
    add_routes(
        app,
        SalesRunnable(talk, body),
        dependencies=[Depends(body_check(body))],
        path="/sales",
        enabled_endpoints=ENDPOINTS,
        per_req_config_modifier=with_thread,
        playground_type="default",
    )
    return app


def with_thread(config: dict[str, Any], request: Request) -> dict[str, Any]:
    """The configuration with the thread that a header names, for clients that keep the body free of it."""
    configurable = config.get("configurable", {})
    thread = request.headers.get(THREAD_HEADER, configurable.get("thread_id"))
    if thread is None:
        return config
    try:
        return {**config, "configurable": {**configurable, "thread_id": THREAD.validate_python(thread)}}
    except ValidationError as error:
        raise HTTPException(422, f"thread: {error.errors()[0]['msg']}") from error


async def on_error(request: Request, error: Exception) -> JSONResponse:
    """One clear line: what was asked for is not there, cannot be done, is bad input; else something failed."""
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 503)
    return JSONResponse({"detail": str(error)}, status_code=status)


async def on_bad_request(request: Request, error: Exception) -> JSONResponse:
    """One line on what is wrong with the body, which is not sent back."""
    faults = error.errors() if isinstance(error, RequestValidationError) else []
    return JSONResponse({"detail": in_one_line(faults)}, status_code=422)
