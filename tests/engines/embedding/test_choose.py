"""Which embedder settings name."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

from core.errors import MissingEngineError
from core.settings import Settings
from engines.embedding.choose import embedder
from engines.embedding.local import LocalEmbedder
from engines.embedding.served import ServedEmbedder
from tests.openai_server import Reply, serving


def test_words_alone_need_no_embedder() -> None:
    assert embedder(Settings(embedding="lexical")) is None


def test_a_directory_is_not_looked_at_before_it_is_needed(tmp_path: Path) -> None:
    found = embedder(Settings(embedding="local", embedding_model=str(tmp_path / "bge")))
    assert isinstance(found, LocalEmbedder)


@pytest.mark.parametrize("kind", ["local", "openai"])
def test_a_model_must_be_named(kind: str) -> None:
    with pytest.raises(MissingEngineError, match="TALKTRACK_EMBEDDING_MODEL"):
        embedder(Settings.model_validate({"embedding": kind}))


def test_an_endpoint_is_asked_for_the_model_named_there() -> None:
    with serving(Reply()) as server:
        settings = Settings(
            embedding="openai",
            embedding_model="bge",
            embedding_base_url=server.url,
            embedding_api_key=SecretStr("of-tests"),
        )
        found = embedder(settings)
        assert isinstance(found, ServedEmbedder)
        assert len(found.embed_query("水箱")) == 16
        assert [request["model"] for request in server.requests] == ["bge"]


def test_the_key_of_chat_goes_to_the_endpoint_of_chat_alone() -> None:
    own = Settings(chat_base_url="http://127.0.0.1:1/v1", chat_api_key=SecretStr("of-chat"))
    assert own.embedding_endpoint.api_key.get_secret_value() == "of-chat"
    other = own.model_copy(update={"embedding_base_url": "http://127.0.0.1:2/v1"})
    assert other.embedding_endpoint.api_key.get_secret_value() != "of-chat"


def test_choosing_words_alone_imports_no_engine() -> None:
    code = (
        "import sys; from core.settings import Settings; from engines.embedding.choose import embedder\n"
        "assert embedder(Settings(embedding='lexical')) is None\n"
        "print([name for name in ('torch', 'openai', 'langchain_openai') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
