from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import EngineError, MissingEngineError
from engines.embedding.lsa import LsaEmbeddings, ngrams

TEXTS = [
    "咖啡机多少钱",
    "一台要花多少钱",
    "水箱多大",
    "水箱能装多少水",
    "how much is it",
    "how big is the tank",
    "有培训吗",
]


@pytest.fixture(scope="module")
def model() -> LsaEmbeddings:
    return LsaEmbeddings.fit(TEXTS)


def test_same_texts_same_vectors(model: LsaEmbeddings) -> None:
    again = LsaEmbeddings.fit([*TEXTS, TEXTS[0]])
    assert np.array_equal(model.embed_documents(TEXTS), again.embed_documents(TEXTS))


def test_documents_are_unit_vectors_and_related_texts_are_nearer(model: LsaEmbeddings) -> None:
    rows = np.array(model.embed_documents(TEXTS))
    assert np.allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-5)
    query = np.array(model.embed_query("水箱有多大"))
    assert int((rows @ query).argmax()) == TEXTS.index("水箱多大")


def test_words_never_seen_shorten_a_query(model: LsaEmbeddings) -> None:
    known = np.linalg.norm(model.embed_query("水箱多大"))
    diluted = np.linalg.norm(model.embed_query("水箱多大,后天飞广州的航班"))
    foreign = np.linalg.norm(model.embed_query("后天飞广州航班"))
    assert known > 0.9 > diluted > foreign == 0.0


@given(st.text(max_size=40))
def test_any_text_gives_a_vector_no_longer_than_one(text: str) -> None:
    model = LsaEmbeddings.fit(TEXTS)
    vector = np.array(model.embed_query(text))
    assert vector.shape == (model.dimensions,)
    assert np.isfinite(vector).all()
    assert np.linalg.norm(vector) <= 1.0 + 1e-5


def test_ngrams_cover_both_scripts() -> None:
    assert {"水", "水箱", "tank", " ta", "nk "} <= set(ngrams("水箱Tank"))
    assert ngrams("!? 　") == []


def test_saved_and_loaded_is_the_same(model: LsaEmbeddings, tmp_path: Path) -> None:
    model.save(tmp_path)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["lsa.json", "lsa.npz"]
    assert LsaEmbeddings.load(tmp_path).embed_query("水箱多大") == model.embed_query("水箱多大")


def test_missing_or_broken_files_are_named(model: LsaEmbeddings, tmp_path: Path) -> None:
    with pytest.raises(MissingEngineError, match="talktrack index"):
        LsaEmbeddings.load(tmp_path)
    model.save(tmp_path)
    (tmp_path / "lsa.npz").write_bytes(b"not an archive")
    with pytest.raises(MissingEngineError, match="no usable embedder"):
        LsaEmbeddings.load(tmp_path)


def test_too_few_texts_are_refused() -> None:
    with pytest.raises(EngineError, match="at least three"):
        LsaEmbeddings.fit(["一", "一"])


def test_loading_and_asking_imports_no_heavy_package(model: LsaEmbeddings, tmp_path: Path) -> None:
    model.save(tmp_path)
    code = (
        "import sys; from pathlib import Path; from engines.embedding.lsa import LsaEmbeddings\n"
        f"LsaEmbeddings.load(Path({str(tmp_path)!r})).embed_query('水箱')\n"
        "print([name for name in ('sklearn', 'scipy', 'torch', 'gradio') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
