"""`GET /contact`: what a dialler is told before it rings."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from langgraph.checkpoint.memory import InMemorySaver
from pydantic import SecretStr

from api.app import build_app
from graph.serde import serializer
from graph.talk import Talk
from tests.fakes import fake_engines, heard, pack_of

NOON, NIGHT = "2026-11-23T12:00", "2026-11-23T23:00"
PHONE = "13800001234"
Open = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]


@pytest.fixture
def server(tmp_path: Path) -> Open:
    """Opens a client of a server with or without a key, from this machine or another."""
    engines = fake_engines(pack_of(), tmp_path, script={"别打了": heard("do_not_call")})
    talk = Talk(engines, InMemorySaver(serde=serializer()))

    @asynccontextmanager
    async def open_client(
        key: str | None = None, client: str = "127.0.0.1"
    ) -> AsyncIterator[httpx.AsyncClient]:
        app = build_app(talk, desk_key=SecretStr(key) if key else None)
        transport = httpx.ASGITransport(app, client=(client, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8100") as opened:
            yield opened

    return open_client


async def asked(client: httpx.AsyncClient, **params: str) -> dict[str, Any]:
    answer = await client.get("/contact", params=params)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def said(client: httpx.AsyncClient, **turn: Any) -> dict[str, Any]:
    body = {"input": {"now": NOON, "customer": {"phone": PHONE}, **turn}}
    answer = await client.post("/sales/invoke", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["output"]
    return found


async def test_a_dialler_learns_why_not(server: Open) -> None:
    async with server() as client:
        free = await asked(client, phone=PHONE, now=NOON)
        assert (free["allowed"], free["reason"], free["hours"]) == (True, None, "08:00-21:00")
        assert (await asked(client, phone=PHONE, now=NIGHT))["reason"] == "hours"
        for number in range(3):
            await said(client, event="start", channel="voice", thread=f"t{number}")
        assert (await asked(client, phone=f"+86{PHONE}", now=NOON))["reason"] == "attempts"
        await said(client, text="别打了", thread="t9")
        barred = await asked(client, phone=PHONE, now=NIGHT)
        assert (barred["allowed"], barred["reason"]) == (False, "do_not_call")
        answer = await said(client, event="start", channel="text", thread="t10")
        assert answer["stage"] == "ended"


async def test_who_comes_to_us_says_so(server: Open) -> None:
    async with server() as client:
        ours = {"event": "start", "channel": "voice", "now": NIGHT}
        assert (await said(client, thread="a", **ours))["stage"] == "ended"
        assert (await said(client, thread="b", direction="inbound", **ours))["stage"] == "opening"


@pytest.mark.parametrize(
    "params", [{}, {"phone": "abc"}, {"phone": PHONE, "now": "tomorrow"}, {"customer_id": ""}]
)
async def test_a_question_about_nobody_is_refused(server: Open, params: dict[str, str]) -> None:
    async with server() as client:
        answer = await client.get("/contact", params=params)
        assert answer.status_code == 422 and answer.json()["detail"]


async def test_a_direction_that_is_none_is_refused(server: Open) -> None:
    async with server() as client:
        body = {"input": {"event": "start", "direction": "sideways"}}
        assert (await client.post("/sales/invoke", json=body)).status_code == 422


async def test_who_is_barred_is_told_to_operators_alone(server: Open) -> None:
    async with server(client="192.0.2.7") as client:
        assert (await client.get("/contact", params={"phone": PHONE})).status_code == 403
    async with server("secret") as client:
        assert (await client.get("/contact", params={"phone": PHONE})).status_code == 401
        key = {"authorization": "Bearer secret"}
        assert (await client.get("/contact", params={"phone": PHONE}, headers=key)).status_code == 200
