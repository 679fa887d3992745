"""Embedders with weights on this machine, over a tiny random one."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from core.errors import MissingEngineError
from engines.embedding.local import LocalEmbedder
from tests.engines.embedding.tiny import SIZE, save_tiny

TEXTS = ["咖啡机多少钱一台", "水箱多大", "质保多久", "有培训吗", "how big is the tank"]


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(scope="module")
def embedder(folder: Path) -> LocalEmbedder:
    return LocalEmbedder(str(folder))


def test_one_unit_vector_a_text(embedder: LocalEmbedder) -> None:
    rows = np.array(embedder.embed_documents(TEXTS))
    assert rows.shape == (len(TEXTS), SIZE)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-5)
    assert len({tuple(row) for row in rows.round(4).tolist()}) == len(TEXTS)


def test_a_text_has_one_vector_in_whatever_company(embedder: LocalEmbedder) -> None:
    together = embedder.embed_documents(TEXTS)
    alone = [embedder.embed_documents([text])[0] for text in TEXTS]
    assert np.allclose(together, alone, atol=1e-4)


def test_no_texts_no_vectors(embedder: LocalEmbedder) -> None:
    assert embedder.embed_documents([]) == []


def test_without_a_prompt_a_question_is_a_text(embedder: LocalEmbedder) -> None:
    assert np.allclose(embedder.embed_query(TEXTS[0]), embedder.embed_documents(TEXTS[:1])[0], atol=1e-5)


def test_a_question_stands_behind_the_models_own_prompt(tmp_path: Path) -> None:
    prompted = LocalEmbedder(str(save_tiny(tmp_path / "prompted", prompts={"query": "查询:"})))
    asked = prompted.embed_query("水箱多大")
    assert np.allclose(asked, prompted.embed_documents(["查询:水箱多大"])[0], atol=1e-5)
    assert not np.allclose(asked, prompted.embed_documents(["水箱多大"])[0], atol=1e-3)


def test_a_longer_text_than_the_model_reads_is_cut(embedder: LocalEmbedder) -> None:
    assert np.isfinite(embedder.embed_query("水箱多大" * 500)).all()


def test_many_threads_get_what_one_gets(embedder: LocalEmbedder) -> None:
    questions = [text * times for text in TEXTS for times in range(1, 9)]
    alone = [embedder.embed_query(question) for question in questions]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(embedder.embed_query, questions))
    assert np.allclose(alone, together, atol=1e-5)


def test_two_directories_have_two_names(folder: Path, tmp_path: Path) -> None:
    other = save_tiny(tmp_path / "other", seed=1)
    assert LocalEmbedder(str(folder)).name != LocalEmbedder(str(other)).name
    assert LocalEmbedder(str(folder)).name == LocalEmbedder(str(folder)).name


def test_a_missing_directory_is_named_with_what_mends_it(tmp_path: Path) -> None:
    with pytest.raises(MissingEngineError, match="nowhere") as caught:
        LocalEmbedder(str(tmp_path / "nowhere")).embed_query("水箱多大")
    assert "TALKTRACK_EMBEDDING_MODEL" in caught.value.mend


def test_a_directory_of_something_else_is_no_model(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no model")
    with pytest.raises(MissingEngineError, match="no embedding model"):
        LocalEmbedder(str(tmp_path)).embed_query("水箱多大")


def test_without_the_package_the_command_that_brings_it_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(MissingEngineError) as caught:
        LocalEmbedder(str(folder)).embed_documents(["水箱多大"])
    assert caught.value.mend == "pip install 'talktrack[embedding]'"


def test_nothing_heavy_is_loaded_before_the_first_text(folder: Path) -> None:
    code = (
        "import sys; from engines.embedding.local import LocalEmbedder\n"
        f"assert LocalEmbedder({str(folder)!r}).name.startswith('local:')\n"
        "print([name for name in ('torch', 'transformers', 'sentence_transformers') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
