"""`langgraph dev` really serves the graph: without a .env, without allowing calls that block."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

ROOT = Path(__file__).parent.parent.parent
START_S = 90
CONTEXT = {"now": "2026-11-22T10:00"}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@pytest.fixture
def server(home: Path, tmp_path: Path) -> Iterator[str]:
    """The address of a running `langgraph dev`; its whole process group ends with the test.

    It runs in a folder that links to the repository's files: it keeps its own notes beside langgraph.json.
    """
    for name in ("langgraph.json", "graph"):
        (tmp_path / name).symlink_to(ROOT / name)
    port = free_port()
    env = {**os.environ, "TALKTRACK_HOME": str(home), "LANGSMITH_TRACING": "false", "PYTHONPATH": str(ROOT)}
    command = [str(Path(sys.executable).parent / "langgraph"), "dev", "--no-browser", "--no-reload"]
    with (tmp_path / "langgraph.log").open("wb") as log:
        running = subprocess.Popen(
            [*command, "--port", str(port)],
            cwd=tmp_path,
            env=env,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            wait_for(f"http://127.0.0.1:{port}/ok", running, tmp_path / "langgraph.log")
            yield f"http://127.0.0.1:{port}"
        finally:
            os.killpg(running.pid, signal.SIGKILL)
            running.wait(timeout=10)


def wait_for(address: str, running: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        assert running.poll() is None, log.read_text(encoding="utf-8")
        try:
            if httpx.get(address, timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.3)
    raise AssertionError(f"not up in {START_S} s: {log.read_text(encoding='utf-8')}")


@pytest.mark.timeout(180, func_only=True)
def test_a_talk_goes_on_over_the_http_api(server: str, tmp_path: Path) -> None:
    with httpx.Client(base_url=server, timeout=60) as client:
        thread = client.post("/threads", json={}).raise_for_status().json()["thread_id"]

        def turn(text: str) -> dict[str, Any]:
            body = {"assistant_id": "sales", "input": {"text": text}, "context": CONTEXT}
            answer = client.post(f"/threads/{thread}/runs/wait", json=body).raise_for_status().json()
            assert "__error__" not in answer, answer
            found: dict[str, Any] = answer
            return found

        first = turn("六轴机器人二十公斤的要十二台")
        second = turn("不是十二台,是八台")
        state = client.get(f"/threads/{thread}/state").raise_for_status().json()["values"]

    assert first["reply"] and first["answer"]["slots"]["quantity"] == 12
    assert second["answer"]["turn"] == 2 and second["answer"]["slots"]["quantity"] == 8
    assert state["turn"] == 2 and state["focus"] == first["answer"]["slots"]["product"]
    log = (tmp_path / "langgraph.log").read_text(encoding="utf-8")
    for complaint in ("Blocking call", "BlockingError", "Traceback"):
        assert complaint not in log, log
