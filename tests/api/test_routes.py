"""The HTTP API as a program sees it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.app import build_app
from core.errors import StoreError
from graph.engines import Engines
from graph.talk import Talk, open_saver
from tests.fakes import ScriptedRecogniser

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
    card = {"id": "c1", "contact_name": "王", "phone": "13812345678"}
    first = await invoke(client, f"{R20},多少钱", thread="a", turn_id="t1", customer=card)
    again = await invoke(client, "别的", thread="a", turn_id="t1", event=None)
    later = await invoke(client, "好的", thread="a", turn_id="t2")
    for answer in (first, again):
        assert answer.pop("latency_ms")["total"] > 0
    assert again == first and first["citations"] and first["evidence"] and first["line_items"]
    assert later["turn"] == 2


async def test_batch_answers_each_in_its_place(client: httpx.AsyncClient) -> None:
    inputs = [
        {"text": text, "thread": f"b{n}", "now": CLOCK} for n, text in enumerate(["你好", R20, "hello"])
    ]
    answer = await client.post("/sales/batch", json={"inputs": inputs})
    assert [turn["thread"] for turn in answer.json()["output"]] == ["b0", "b1", "b2"]


@pytest.mark.parametrize(
    ("inputs", "names"),
    [
        ([{"text": "你好", "thread": "ok"}, {"text": 5}], "inputs.1.text"),
        ([{"text": "你好", "thread": "ok"}, {"text": "你好", "colour": "red"}], "inputs.1.colour"),
        ([{"text": "你好", "thread": "ok"}, {}], "inputs.1: one of text, audio, event"),
        ([{"text": "你好", "thread": "ok"}, "你好"], "inputs.1: must be an object"),
        ("你好", "inputs: must be a list"),
        (None, "inputs: must be a list"),
    ],
)
async def test_a_batch_with_a_bad_body_is_refused_whole(
    client: httpx.AsyncClient, inputs: Any, names: str
) -> None:
    answer = await client.post("/sales/batch", json={"inputs": inputs})
    assert answer.status_code == 422 and names in answer.json()["detail"]
    assert (await invoke(client, "你好", thread="ok"))["turn"] == 1


@pytest.mark.parametrize("route", ["invoke", "stream", "batch"])
@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[]", b'{"inputs": ' * 50_000])
async def test_a_body_that_is_no_json_is_refused(
    client: httpx.AsyncClient, route: str, content: bytes
) -> None:
    answer = await client.post(f"/sales/{route}", content=content)
    assert answer.status_code == 422 and len(answer.json()["detail"]) < 300


@pytest.fixture
async def hearing(engines: Engines, home: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A server with a folder for recordings."""
    folder = home / "recordings"
    (folder / "deep").mkdir(parents=True)
    for file in (folder / "deep" / "a.wav", home / "secret.wav"):
        file.write_bytes(b"RIFF")
    (folder / "link.wav").symlink_to(home / "secret.wav")
    heard = ScriptedRecogniser({"a.wav": "你好"})
    async with open_saver(home / "threads.db") as saver:
        app = build_app(Talk(replace(engines, recogniser=heard), saver), audio_folder=folder)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://talk") as opened:
            yield opened


async def test_a_recording_in_the_folder_is_heard(hearing: httpx.AsyncClient, home: Path) -> None:
    whole = str(home / "recordings" / "deep" / "a.wav")
    for path in ("deep/a.wav", whole, "deep/../deep/a.wav"):
        for audio in (path, {"path": path}):
            body = {"input": {"audio": audio, "now": CLOCK}}
            turn = (await hearing.post("/sales/invoke", json=body)).json()["output"]
            assert [score["id"] for score in turn["intents"]] == ["greet"]
    batch = {"inputs": [{"audio": "deep/a.wav", "now": CLOCK}]}
    assert (await hearing.post("/sales/batch", json=batch)).status_code == 200


@pytest.mark.parametrize("route", ["invoke", "stream", "batch"])
async def test_of_a_path_outside_the_folder_nothing_is_told(
    hearing: httpx.AsyncClient, home: Path, route: str
) -> None:
    outside = ["/etc/passwd", "/nowhere.wav", "../secret.wav", "../gone.wav", "link.wav", str(home), "../"]
    details = set()
    for path in outside:
        given = {"audio": {"path": path}, "now": CLOCK}
        body = {"inputs": [given]} if route == "batch" else {"input": given}
        answer = await hearing.post(f"/sales/{route}", json=body)
        assert answer.status_code == 422
        details.add(answer.json()["detail"])
    assert len(details) == 1 and "not in the folder" in details.pop()


@pytest.mark.parametrize(
    ("audio", "names"),
    [
        ("gone.wav", "no such audio file: gone.wav"),
        ("deep", "no such audio file: deep"),
        ("长" * 5000, "no such audio file"),
        ("a\x00b", "no path of a recording"),
        ({"path": "deep/a.wav", "sha256": "0"}, "not the audio file of this sha256: deep/a.wav"),
    ],
)
@pytest.mark.parametrize("route", ["invoke", "stream"])
async def test_a_recording_that_is_none_is_422(
    hearing: httpx.AsyncClient, route: str, audio: Any, names: str
) -> None:
    answer = await hearing.post(f"/sales/{route}", json={"input": {"audio": audio}})
    assert answer.status_code == 422 and names in answer.json()["detail"]


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
        ({"input": {"audio": {"path": "/nowhere.wav", "sha256": "0"}}}, "TALKTRACK_AUDIO_FOLDER"),
        ({"input": {"text": "你好", "event": "hangup"}}, "only one of text, audio, event"),
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
