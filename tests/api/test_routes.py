"""The HTTP API as a program sees it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.app import build_app
from core.errors import StoreError
from graph.engines import Engines
from graph.talk import Talk, open_saver

CLOCK = "2026-11-22T10:00"
R20 = "六轴机器人二十公斤的要十二台"


@pytest.fixture
async def client(engines: Engines, home: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with open_saver(home / "threads.db") as saver:
        transport = httpx.ASGITransport(build_app(Talk(engines, saver)), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://talk") as opened:
            yield opened


async def invoke(client: httpx.AsyncClient, text: str, **fields: Any) -> dict[str, Any]:
    answer = await client.post("/sales/invoke", json={"input": {"text": text, "now": CLOCK, **fields}})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["output"]
    return found


async def test_invoke_gives_the_finished_turn(client: httpx.AsyncClient) -> None:
    turn = await invoke(client, R20, thread="a")
    assert turn["thread"] == "a" and turn["turn"] == 1
    assert turn["slots"]["quantity"] == 12 and turn["reply"] and turn["guard"]["verdict"] == "pass"


async def test_two_threads_are_apart_and_each_goes_on(client: httpx.AsyncClient) -> None:
    await invoke(client, R20, thread="a")
    other = await invoke(client, "hello", thread="b")
    later = await invoke(client, "一共多少钱", thread="a")
    assert other["turn"] == 1 and other["slots"] == {}
    assert later["turn"] == 2 and later["slots"]["quantity"] == 12


async def test_a_header_or_the_configuration_names_the_thread_as_well(client: httpx.AsyncClient) -> None:
    await invoke(client, R20, thread="h")
    body = {"input": {"text": "多少钱", "now": CLOCK}}
    header = await client.post("/sales/invoke", json=body, headers={"x-thread-id": "h"})
    configured = await client.post(
        "/sales/invoke", json={**body, "config": {"configurable": {"thread_id": "h"}}}
    )
    assert header.json()["output"]["turn"] == 2
    assert configured.json()["output"]["turn"] == 3


async def test_without_a_thread_a_new_talk_begins(client: httpx.AsyncClient) -> None:
    first, second = await invoke(client, "你好"), await invoke(client, "你好")
    assert first["turn"] == second["turn"] == 1 and first["thread"] != second["thread"]


async def test_a_repeated_turn_id_gives_the_stored_answer(client: httpx.AsyncClient) -> None:
    first = await invoke(client, R20, thread="a", turn_id="t1")
    again = await invoke(client, R20, thread="a", turn_id="t1")
    later = await invoke(client, "好的", thread="a", turn_id="t2")
    for answer in (first, again):
        answer.pop("latency_ms")
    assert again == first
    assert later["turn"] == 2


async def test_batch_answers_each_in_its_place(client: httpx.AsyncClient) -> None:
    inputs = [
        {"text": text, "thread": f"b{n}", "now": CLOCK} for n, text in enumerate(["你好", R20, "hello"])
    ]
    answer = await client.post("/sales/batch", json={"inputs": inputs})
    assert [turn["thread"] for turn in answer.json()["output"]] == ["b0", "b1", "b2"]


def events(text: str) -> list[tuple[str, Any]]:
    """(event, data) of a stream of server-sent events."""
    found = []
    for block in text.replace("\r\n", "\n").strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
        if "event" in fields:
            found.append((fields["event"], json.loads(fields.get("data", "null"))))
    return found


async def test_stream_gives_the_sentences_and_then_the_turn(client: httpx.AsyncClient) -> None:
    body = {"input": {"text": R20, "thread": "s", "now": CLOCK}}
    answer = await client.post("/sales/stream", json=body)
    parts = [data for event, data in events(answer.text) if event == "data"]
    assert [event for event, _ in events(answer.text)][-1] == "end"
    assert len(parts) >= 2
    *sentences, turn = parts
    assert turn["reply"] == "".join(part["sentence"] for part in sentences)


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ({}, "input"),
        ({"input": {}}, "text, audio, event"),
        ({"input": {"text": "你好", "colour": "red"}}, "colour"),
        ({"input": {"text": 5}}, "text"),
        ({"input": {"text": "你好", "now": "soon"}}, "now"),
        ({"input": {"text": "你好", "channel": "fax"}}, "channel"),
        ({"input": {"text": "你好", "thread": "a\x00b"}}, "thread"),
        ({"input": {"text": "长" * 1_000_001}}, "text"),
        ({"input": {"audio": {"path": "/nowhere.wav", "sha256": "0"}}}, "no such audio file"),
        ({"input": "你好"}, "must be an object"),
        ([], "must be an object"),
        ({"input": {"text": "你好"}, "config": {"configurable": {"thread_id": ""}}}, "thread"),
    ],
)
@pytest.mark.parametrize("route", ["invoke", "stream"])
async def test_a_body_that_is_no_turn_is_422_and_says_why(
    client: httpx.AsyncClient, route: str, body: Any, names: str
) -> None:
    answer = await client.post(f"/sales/{route}", json=body)
    assert answer.status_code == 422
    assert names in answer.text and len(answer.text) < 3000 and "Traceback" not in answer.text


async def test_a_body_that_is_no_json_is_refused(client: httpx.AsyncClient) -> None:
    for content in (b"", b"{", b"\xff\xfe"):
        answer = await client.post("/sales/invoke", content=content)
        assert answer.status_code in (400, 422)


async def test_a_hundred_kilobytes_are_answered_politely(client: httpx.AsyncClient) -> None:
    turn = await invoke(client, "很" * 34_000, thread="long")
    assert turn["reply"] and len(turn["reply"]) < 200
    assert (await invoke(client, "你好", thread="long"))["turn"] == 2


async def test_a_store_that_fails_is_503_in_one_line(engines: Engines, home: Path) -> None:
    async with open_saver(home / "threads.db") as saver:
        talk = Talk(engines, saver)

        async def broken(*args: Any, **kwargs: Any) -> Any:
            raise StoreError("checkpoint store: the disk is full", transient=True)

        talk.turn = broken  # type: ignore[method-assign]
        transport = httpx.ASGITransport(build_app(talk))
        async with httpx.AsyncClient(transport=transport, base_url="http://talk") as client:
            answer = await client.post("/sales/invoke", json={"input": {"text": "你好"}})
    assert answer.status_code == 503
    assert answer.json() == {"detail": "checkpoint store: the disk is full"}


async def test_health_schema_and_playground(client: httpx.AsyncClient) -> None:
    assert (await client.get("/health")).json() == {"status": "ok", "domain": "qiheng"}
    schema = (await client.get("/sales/input_schema")).json()
    assert {"text", "thread", "turn_id"} <= set(schema["properties"])
    page = await client.get("/sales/playground/")
    assert page.status_code == 200 and "<html" in page.text.lower()
    for address in assets(page.text):
        assert (await client.get(address)).status_code == 200, address


def assets(html: str) -> list[str]:
    """Local addresses of scripts and style sheets."""
    parts = html.replace("'", '"').split('"')
    return [part for part in parts if part.startswith("/sales/") and part.endswith((".js", ".css"))]
