"""A scripted OpenAI-compatible endpoint on loopback: says what a test tells it to, and fails as told.

It replays `Reply` values in order (the last one for ever), streams them with set delays, breaks off,
sends broken JSON, refuses, hangs, and keeps every request it got. Every wait is bounded and ends when
the server closes. Asked for embeddings it gives vectors that depend on nothing but the text.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from zlib import crc32

LONGEST_WAIT_S = 30.0


@dataclass(frozen=True)
class Reply:
    """One scripted answer."""

    text: str = ""
    status: int = 200
    wait_s: float = 0.0
    """Before the first byte."""
    gap_s: float = 0.0
    """Before every streamed piece."""
    piece: int = 4
    """Characters a streamed piece."""
    finish: str | None = "stop"
    cut: bool = False
    """The connection closes after half of the pieces."""
    body: str | None = None
    """Sent as it is, in place of a proper body or of every streamed event."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Beside those of the content."""
    dimensions: int = 16
    """Of every vector."""
    withheld: int = 0
    """Vectors that are missing at the end of the answer."""

    def pieces(self) -> list[str]:
        return [self.text[at : at + self.piece] for at in range(0, len(self.text), self.piece)]


PLAIN = Reply()


class OpenAIServer(ThreadingHTTPServer):
    """Serves `replies`; `requests` holds the JSON bodies received."""

    daemon_threads = True

    def __init__(self, replies: Sequence[Reply]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.replies = list(replies)
        self.requests: list[dict[str, Any]] = []
        self.closing = threading.Event()
        self._turn = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def script(self, *replies: Reply) -> None:
        """From now on, say these."""
        self.replies, self._turn = list(replies), 0

    def next_reply(self) -> Reply:
        reply = self.replies[min(self._turn, len(self.replies) - 1)]
        self._turn += 1
        return reply

    def pause(self, seconds: float) -> None:
        self.closing.wait(min(seconds, LONGEST_WAIT_S))

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that gave up (its deadline passed) is no news."""


class Handler(BaseHTTPRequestHandler):
    server: OpenAIServer

    def log_message(self, *args: Any) -> None:
        """Tests print nothing."""

    def do_GET(self) -> None:
        self.send_json(200, {"object": "list", "data": [{"id": "scripted", "object": "model"}]})

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append(asked)
        reply = self.server.next_reply()
        self.server.pause(reply.wait_s)
        if reply.status != 200:
            self.send_json(reply.status, {"error": {"message": reply.text, "type": "scripted"}}, reply=reply)
        elif self.path.endswith("/embeddings"):
            self.send_json(200, embeddings(asked, reply), reply=reply)
        elif asked.get("stream"):
            self.stream(reply)
        else:
            self.send_json(200, completion(reply), reply=reply)

    def send_json(self, status: int, body: dict[str, Any], *, reply: Reply = PLAIN) -> None:
        data = (json.dumps(body) if reply.body is None else reply.body).encode()
        self.send_response(status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def stream(self, reply: Reply) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        pieces = reply.pieces()
        for piece in pieces[: len(pieces) // 2] if reply.cut else pieces:
            self.server.pause(reply.gap_s)
            self.event(reply.body or json.dumps(chunk({"content": piece}, None)))
        if reply.cut:
            return
        if reply.finish:
            self.event(json.dumps(chunk({}, reply.finish)))
        self.event("[DONE]")
        self.wfile.write(b"0\r\n\r\n")

    def event(self, data: str) -> None:
        payload = f"data: {data}\n\n".encode()
        self.wfile.write(f"{len(payload):x}\r\n".encode() + payload + b"\r\n")
        self.wfile.flush()


def chunk(delta: dict[str, str], finish: str | None) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return {
        "id": "c1",
        "object": "chat.completion.chunk",
        "created": 0,
        "model": "scripted",
        "choices": [choice],
    }


def completion(reply: Reply) -> dict[str, Any]:
    message = {"role": "assistant", "content": reply.text}
    choice = {"index": 0, "message": message, "finish_reason": reply.finish}
    return {"id": "c1", "object": "chat.completion", "created": 0, "model": "scripted", "choices": [choice]}


def embeddings(asked: Mapping[str, Any], reply: Reply) -> dict[str, Any]:
    """A vector an input: how often its characters fall into each of the dimensions, at no set length."""
    given = asked["input"]
    texts = [given] if isinstance(given, str) else given
    vectors = [embedding(text, reply.dimensions) for text in texts[: len(texts) - reply.withheld]]
    rows = [{"object": "embedding", "index": at, "embedding": row} for at, row in enumerate(vectors)]
    usage = {"prompt_tokens": 1, "total_tokens": 1}
    return {"object": "list", "data": rows, "model": asked["model"], "usage": usage}


def embedding(text: str, dimensions: int) -> list[float]:
    """The same for the same text on every machine; texts that share characters are near."""
    row = [0.0] * dimensions
    for letter in text:
        row[crc32(letter.encode()) % dimensions] += 1.0
    return row


@contextmanager
def serving(*replies: Reply) -> Iterator[OpenAIServer]:
    """A running server; closed, with every wait in it, on the way out."""
    server = OpenAIServer(replies or (Reply("好的。"),))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)
