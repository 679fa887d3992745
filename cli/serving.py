"""Serves an application over the talk: one event loop for HTTP, the graph and its store."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable

import typer
import uvicorn
from fastapi import FastAPI

from core.settings import Settings
from graph.engines import Engines
from graph.talk import Talk, open_talk
from graph.warm import warm


def serve_app(
    make: Callable[[Talk], FastAPI], settings: Settings, engines: Engines, *, host: str, port: int
) -> None:
    """Serve until interrupted. Raises StoreError, or OSError where the port cannot be had."""
    asyncio.run(_serve(make, settings, engines, host, port))


async def _serve(
    make: Callable[[Talk], FastAPI], settings: Settings, engines: Engines, host: str, port: int
) -> None:
    async with open_talk(settings, engines) as talk:
        with listening(host, port) as ears:
            warming = asyncio.create_task(asyncio.to_thread(warm, engines))
            server = uvicorn.Server(uvicorn.Config(make(talk), log_level="warning"))
            typer.echo(f"Talktrack is at http://{host}:{port}")
            await server.serve(sockets=[ears])
            await warming


def listening(host: str, port: int) -> socket.socket:
    """A socket bound to the address, so that a taken port is said before anything else."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=128)
    except OSError as error:
        raise OSError(f"cannot listen on {host}:{port}: {os.strerror(error.errno or 0)}") from error
