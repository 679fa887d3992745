"""What is trained and indexed for a pack, built once for each version of its files and of the engines."""

from __future__ import annotations

import hashlib
import importlib
import shutil
import tempfile
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

from core.pack import Fact, Pack
from engines.embedding.lsa import LsaEmbeddings
from engines.understanding.embedded import EmbeddedUnderstander
from retrieval.documents import documents_of, search_texts
from retrieval.index import KnowledgeIndex

Progress = Callable[[str], None]
MADE_BY = ("engines.understanding", "engines.normalise", "engines.embedding", "retrieval")
"""Packages whose code decides what an artefact holds: a change of theirs builds anew."""


@cache
def code_digest() -> str:
    """SHA-256 over the sources of `MADE_BY`."""
    digest = hashlib.sha256()
    for package in MADE_BY:
        folder = Path(importlib.import_module(package).__path__[0])
        for file in sorted(folder.rglob("*.py")):
            digest.update(file.read_bytes())
    return digest.hexdigest()


def built_folder(pack: Pack, built: Path) -> Path:
    """Where the artefacts of this very version live; the folder exists only when all of it is built."""
    return built / f"{pack.name}-{pack.digest[:8]}-{code_digest()[:8]}"


def build_artefacts(
    pack: Pack, facts: Iterable[Fact], built: Path, progress: Progress, *, force: bool = False
) -> Path:
    """Train the embedded models and build the index, unless this version has them.

    All is made beside and moved into place at once: a killed build leaves nothing half done, and of two
    builds at the same time one is kept.
    """
    folder = built_folder(pack, built)
    if folder.exists() and not force:
        return folder
    built.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{pack.name}-", dir=built))
    try:
        _make(pack, facts, fresh, progress)
        if force:
            shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            fresh.rename(folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return folder


def _make(pack: Pack, facts: Iterable[Fact], folder: Path, progress: Progress) -> None:
    progress(f"training the understanding of {pack.name} on {len(pack.examples)} examples")
    EmbeddedUnderstander.fit(pack, folder / "understanding", progress=progress)
    documents = documents_of(pack, facts)
    progress(f"indexing {len(documents)} facts and passages")
    embedder = LsaEmbeddings.fit([text for document in documents for text in search_texts(document)])
    embedder.save(folder / "embedding")
    KnowledgeIndex.build(documents, embedder, folder / "index")
