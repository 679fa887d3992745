"""Embedders behind an endpoint, over a scripted one."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from pydantic import SecretStr

from core.errors import EngineError
from core.settings import Endpoint
from engines.embedding.served import ServedEmbedder
from tests.openai_server import OpenAIServer, Reply, embedding, serving

AT_ONCE = {"retry-after-ms": "1"}
"""What lets the client try again without a wait."""
FINE = Reply()
LIMITED = Reply("slow down", status=429, headers=AT_ONCE)


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with serving(FINE) as running:
        yield running


def embedder(server: OpenAIServer, *, timeout_s: float = 5.0) -> ServedEmbedder:
    return ServedEmbedder(Endpoint(server.url, "bge", SecretStr("key-of-tests")), timeout_s=timeout_s)


def test_vectors_of_length_one_in_the_order_of_the_texts(server: OpenAIServer) -> None:
    texts = [f"第{number}台水箱" for number in range(150)]
    rows = embedder(server).embed_documents(texts)
    assert len(rows) == len(texts)
    for text, row in zip(texts, rows, strict=True):
        wanted = np.array(embedding(text, FINE.dimensions))
        assert np.allclose(row, wanted / np.linalg.norm(wanted))


def test_texts_go_as_they_are_in_batches(server: OpenAIServer) -> None:
    texts = [f"第{number}台" for number in range(150)]
    embedder(server).embed_documents(texts)
    sent = [request["input"] for request in server.requests]
    assert [len(batch) for batch in sent] == [64, 64, 22]
    assert [text for batch in sent for text in batch] == texts
    assert {request["model"] for request in server.requests} == {"bge"}


def test_a_question_has_the_dimensions_told(server: OpenAIServer) -> None:
    served = embedder(server)
    assert len(served.embed_query("水箱多大")) == served.dimensions == FINE.dimensions
    assert served.name == "served:bge"


def test_a_vector_of_zeros_stays_one(server: OpenAIServer) -> None:
    assert embedder(server).embed_query("") == [0.0] * FINE.dimensions


def test_a_limit_of_requests_is_waited_out(server: OpenAIServer) -> None:
    server.script(LIMITED, LIMITED, FINE)
    assert math.isclose(sum(value * value for value in embedder(server).embed_query("水箱")), 1.0)
    assert len(server.requests) == 3


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_goes_on_failing_is_given_up_and_may_be_tried_later(server: OpenAIServer, status: int) -> None:
    server.script(replace(LIMITED, status=status))
    with pytest.raises(EngineError, match="slow down") as caught:
        embedder(server).embed_documents(["水箱"])
    assert caught.value.transient
    assert len(server.requests) == 3


@pytest.mark.parametrize("status", [400, 401, 404])
def test_what_trying_again_cannot_mend_is_told_at_once(server: OpenAIServer, status: int) -> None:
    server.script(Reply("no such model", status=status))
    with pytest.raises(EngineError, match="no such model") as caught:
        embedder(server).embed_query("水箱")
    assert not caught.value.transient
    assert len(server.requests) == 1


def test_no_key_is_told(server: OpenAIServer) -> None:
    server.script(Reply("unauthorised", status=401))
    with pytest.raises(EngineError) as caught:
        embedder(server).embed_query("水箱")
    assert "key-of-tests" not in str(caught.value)


def test_an_endpoint_that_hangs_is_given_up(server: OpenAIServer) -> None:
    server.script(Reply(wait_s=20))
    with pytest.raises(EngineError) as caught:
        embedder(server, timeout_s=0.1).embed_query("水箱")
    assert caught.value.transient


def test_nobody_listening_may_be_tried_later() -> None:
    with serving(FINE) as server:
        gone = embedder(server)
    with pytest.raises(EngineError) as caught:
        gone.embed_query("水箱")
    assert caught.value.transient


@pytest.mark.parametrize("body", ["", "not JSON", "{}", '{"data": null}'])
def test_an_answer_of_another_protocol_is_an_error_of_the_engine(server: OpenAIServer, body: str) -> None:
    server.script(Reply(body=body))
    with pytest.raises(EngineError):
        embedder(server).embed_documents(["水箱"])
