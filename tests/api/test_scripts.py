"""The script library over HTTP: for operators alone, refused edits with the reason, live in the next turn."""

from __future__ import annotations

from collections.abc import AsyncIterator
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

BYE = "end.bye.zh.1"


@pytest.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talk]:
    engines = fake_engines(pack_of(), tmp_path, script={"再见": heard("thanks_bye")})
    yield Talk(engines, InMemorySaver(serde=serializer()))
    engines.store.close()


@pytest.fixture
async def client(talk: Talk) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(build_app(talk), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as opened:
        yield opened


async def got(client: httpx.AsyncClient, path: str, **query: str) -> Any:
    answer = await client.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_line_is_edited_and_spoken_in_the_next_turn(client: httpx.AsyncClient) -> None:
    answer = await client.put(f"/scripts/{BYE}", json={"text": "谢谢{company},再见。", "by": "li"})
    assert answer.status_code == 200 and answer.json()["edits"][0]["revision"] == 1
    line = await got(client, f"/scripts/{BYE}")
    assert (line["text"], line["version"]) == ("谢谢{company},再见。", 2)
    for other in await got(client, "/scripts", situation="end.bye", lang="zh"):
        if other["id"] != BYE:
            assert (await client.delete(f"/scripts/{other['id']}", params={"by": "li"})).status_code == 200
    turn = await client.post("/sales/invoke", json={"input": {"text": "再见"}})
    assert turn.json()["output"]["reply"].endswith(f"谢谢{pack_of().short_name['zh']},再见。")
    assert {made["by"] for made in await got(client, "/scripts/history")} == {"li"}
    assert len(await got(client, "/scripts/history", id=BYE)) == 1


async def test_lines_are_listed_by_what_they_are_for(client: httpx.AsyncClient) -> None:
    found = await got(client, "/scripts", persona="executive", lang="en")
    assert found and all("executive" in line["personas"] for line in found)
    assert (await client.get("/scripts", params={"person": "executive"})).status_code == 422


async def test_a_new_line_a_whole_file_and_back_again(client: httpx.AsyncClient) -> None:
    new = {"situation": "end.bye", "lang": "zh", "text": "再见。", "roles": ["user"]}
    assert (await client.put("/scripts/end.bye.zh.user", json=new)).status_code == 200
    csv = "situation,lang,text\nend.bye,zh,再会。\n"
    taken = await client.post("/scripts/import", json={"text": csv, "format": "csv", "by": "li"})
    assert [made["id"] for made in taken.json()["edits"]] == [BYE]
    back = await client.post("/scripts/revert", json={"revision": 0})
    assert len(back.json()["edits"]) == 2
    assert (await client.get("/scripts/end.bye.zh.user")).status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "reason"),
    [
        ("PUT", f"/scripts/{BYE}", {"text": "再见,下次打5折。"}, 422, "a discount of its own"),
        ("PUT", f"/scripts/{BYE}", {"text": "再见", "chanel": "voice"}, 422, "chanel"),
        ("PUT", "/scripts/new.one", {"text": "再见"}, 422, "situation and lang"),
        ("GET", "/scripts/new.one", None, 404, "no such line"),
        ("DELETE", "/scripts/new.one", None, 404, "no such line"),
        ("POST", "/scripts/import", {"text": "end.by: {zh: [a]}"}, 422, "did you mean end.bye?"),
        ("POST", "/scripts/import", {"text": "a", "format": "xls"}, 422, "format"),
        ("POST", "/scripts/revert", {"revision": 9}, 422, "no revision 9"),
        ("PUT", f"/scripts/{BYE}", {"text": "再" * 2001}, 422, "at most 2,000"),
        ("PUT", f"/scripts/{BYE}", {"text": "再见。", "by": "a\nb"}, 422, "at most 100 characters"),
        ("GET", "/scripts?situation=nope", None, 422, "unknown situation 'nope'"),
    ],
)
async def test_what_is_refused(
    client: httpx.AsyncClient, method: str, path: str, body: Any, status: int, reason: str
) -> None:
    answer = await client.request(method, path, json=body)
    assert answer.status_code == status and reason in answer.json()["detail"]
    assert await got(client, "/scripts/history") == []


async def test_of_many_faults_the_first_are_told_and_the_others_counted(client: httpx.AsyncClient) -> None:
    text = "".join(f"{'no' * 400}{n}: {{zh: [a]}}\n" for n in range(2000))
    answer = await client.post("/scripts/import", json={"text": text})
    detail = answer.json()["detail"]
    assert answer.status_code == 422 and "(and 1998 more)" in detail and len(detail) < 1200


async def test_the_history_shows_the_newest(client: httpx.AsyncClient) -> None:
    for n in range(201):
        text = ("再见。", "再会。")[n % 2]
        assert (await client.put(f"/scripts/{BYE}", json={"text": text})).status_code == 200
    assert [made["revision"] for made in await got(client, "/scripts/history")] == list(range(2, 202))


async def test_only_operators_may(talk: Talk) -> None:
    app = build_app(talk, desk_key=SecretStr("key"))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as client:
        for method, path in (("GET", ""), ("PUT", f"/{BYE}"), ("DELETE", f"/{BYE}"), ("POST", "/import")):
            assert (await client.request(method, f"/scripts{path}", json={})).status_code == 401
        key = {"authorization": "Bearer key"}
        assert (await client.get(f"/scripts/{BYE}", headers=key)).status_code == 200
