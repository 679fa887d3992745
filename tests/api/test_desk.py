"""The operator's desk over HTTP, and what the customer's front end polls."""

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
from core.access import loopback
from graph.serde import serializer
from graph.talk import Talk
from tests.fakes import fake_engines, heard, pack_of

CLOCK = "2026-11-22T10:00"
Open = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]
SCRIPT = {"转人工": heard("request_human"), "好的": heard("affirm")}


@pytest.fixture
def server(tmp_path: Path) -> Open:
    """Opens a client of a server with or without a key, from this machine or another."""
    engines = fake_engines(pack_of(), tmp_path, script=SCRIPT)
    talk = Talk(engines, InMemorySaver(serde=serializer()))

    @asynccontextmanager
    async def open_client(
        key: str | None = None, *, client: str = "127.0.0.1", base: str = "http://127.0.0.1:8100"
    ) -> AsyncIterator[httpx.AsyncClient]:
        app = build_app(talk, desk_key=SecretStr(key) if key else None)
        transport = httpx.ASGITransport(app, client=(client, 1))
        async with httpx.AsyncClient(transport=transport, base_url=base) as opened:
            yield opened

    return open_client


async def invoke(client: httpx.AsyncClient, text: str, thread: str = "t", now: str = CLOCK) -> dict[str, Any]:
    body = {"input": {"text": text, "thread": thread, "now": now}}
    found: dict[str, Any] = (await client.post("/sales/invoke", json=body)).json()["output"]
    return found


async def test_the_life_of_a_handoff(server: Open) -> None:
    async with server() as client:
        await invoke(client, "转人工")
        (waiting,) = (await client.get("/desk")).json()
        assert (waiting["thread"], waiting["status"]) == ("t", "waiting") and "转人工" in waiting["summary"]
        by = {"operator": "王芳", "now": CLOCK}
        assert (await client.post("/desk/t/take", json=by)).json()["status"] == "held"
        polled = (await client.get("/talks/t/lines")).json()
        assert polled["status"] == "held" and polled["last"] == 2
        for _ in range(2):
            said = await client.post("/desk/t/say", json={**by, "text": "您好", "line_id": "1"})
            assert said.json()["n"] == 3
        news = (await client.get("/talks/t/lines", params={"after": 2})).json()
        assert [(line["who"], line["text"]) for line in news["lines"]] == [("operator", "您好")]
        assert (await client.get("/talks/t/lines", params={"after": 3})).json() == {
            "lines": [],
            "last": 3,
            "status": "held",
        }
        assert (await invoke(client, "好的"))["stage"] == "handoff"
        back = await client.post("/desk/t/return", json={**by, "note": "谈好了"})
        assert back.json()["note"] == "谈好了"
        assert (await invoke(client, "好的"))["stage"] != "handoff"
        shown = (await client.get("/desk/t")).json()
        assert shown["handoff"]["status"] == "returned" and len(shown["lines"]) == 7
        assert (await client.get("/desk")).json() == []
        assert len((await client.get("/desk", params={"status": "returned"})).json()) == 1


async def test_sweep_and_callbacks(server: Open) -> None:
    async with server() as client:
        await invoke(client, "转人工")
        assert (await client.post("/desk/sweep", json={"now": "2026-11-22T10:09"})).json() == []
        (missed,) = (await client.post("/desk/sweep", json={"now": "2026-11-22T10:10"})).json()
        assert missed["status"] == "missed"
        (owed,) = (await client.get("/callbacks")).json()
        done = await client.post(f"/callbacks/{owed['id']}/done")
        assert done.json()["status"] == "done" and (await client.get("/callbacks")).json() == []


async def test_a_thread_with_a_slash_in_its_name(server: Open) -> None:
    async with server() as client:
        await invoke(client, "转人工", thread="shop/7")
        assert (await client.post("/desk/shop%2F7/take", json={"operator": "a"})).status_code == 200
        assert (await client.get("/talks/shop%2F7/lines")).json()["status"] == "held"


async def test_errors_are_one_line(server: Open) -> None:
    async with server() as client:
        await invoke(client, "转人工")
        a, b = {"operator": "a"}, {"operator": "b"}
        wrong = [
            (404, await client.get("/desk/nobody"), "nobody"),
            (404, await client.post("/desk/nobody/take", json=a), "nobody"),
            (404, await client.get("/talks/nobody/lines"), "nobody"),
            (404, await client.post("/callbacks/9/done"), "no call back 9"),
            (409, await client.post("/desk/t/say", json={**a, "text": "x"}), "take it first"),
            (422, await client.post("/desk/t/take", json={"operator": " "}), "name"),
            (422, await client.post("/desk/t/take", json={}), "operator"),
            (422, await client.post("/desk/t/take", json={**a, "now": "soon"}), "now"),
            (422, await client.post("/desk/t/take", json={**a, "colour": "red"}), "colour"),
            (422, await client.get("/desk", params={"status": "lost"}), "status"),
            (422, await client.get("/talks/t/lines", params={"after": -1}), "after"),
        ]
        await client.post("/desk/t/take", json=a)
        wrong.append((409, await client.post("/desk/t/take", json=b), "held by a"))
        wrong.append((422, await client.post("/desk/t/say", json={**a, "text": " "}), "characters"))
    for status, answer, says in wrong:
        assert answer.status_code == status, answer.text
        assert says in answer.json()["detail"] and "\n" not in answer.json()["detail"]


ROUTES = [
    ("GET", "/desk"),
    ("GET", "/desk/t"),
    ("POST", "/desk/t/take"),
    ("POST", "/desk/t/say"),
    ("POST", "/desk/t/return"),
    ("POST", "/desk/t/close"),
    ("POST", "/desk/sweep"),
    ("GET", "/callbacks"),
    ("POST", "/callbacks/1/done"),
]


@pytest.mark.parametrize(("method", "route"), ROUTES)
async def test_the_operator_side_is_for_operators(server: Open, method: str, route: str) -> None:
    async with server("secret", client="10.0.0.9", base="https://talk.example") as client:
        for headers in ({}, {"authorization": "Bearer wrong"}, {"authorization": "Basic secret"}):
            refused = await client.request(method, route, headers=headers)
            assert refused.status_code == 401 and "TALKTRACK_DESK_KEY" in refused.json()["detail"]
        let_in = await client.request(method, route, headers={"authorization": "Bearer secret"})
        assert let_in.status_code in (200, 404, 422)
    async with server(client="10.0.0.9") as client:
        assert (await client.request(method, route)).status_code == 403


@pytest.mark.parametrize(
    ("headers", "base"),
    [
        ({"x-forwarded-for": "127.0.0.1"}, "http://localhost:8100"),
        ({"forwarded": "for=127.0.0.1"}, "http://localhost:8100"),
        ({"origin": "https://evil.example"}, "http://localhost:8100"),
        ({}, "http://rebound.example"),
    ],
)
async def test_without_a_key_what_only_looks_local_is_refused(
    server: Open, headers: dict[str, str], base: str
) -> None:
    async with server(base=base) as client:
        assert (await client.get("/desk", headers=headers)).status_code == 403
    async with server(base="http://localhost:8100") as client:
        assert (await client.get("/desk", headers={"origin": "http://localhost:8100"})).status_code == 200


async def test_customers_read_their_lines_without_a_key(server: Open) -> None:
    async with server("secret", client="10.0.0.9") as client:
        await invoke(client, "转人工")
        assert (await client.get("/talks/t/lines")).status_code == 200


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("127.0.0.1", True), ("127.8.0.1", True), ("::1", True), ("[::1]", True), ("localhost", True),
        ("", False), ("10.0.0.1", False), ("localhost.evil.example", False), ("::2", False),
    ],
)  # fmt: skip
def test_loopback(host: str, local: bool) -> None:
    assert loopback(host) is local
