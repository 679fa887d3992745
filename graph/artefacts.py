"""What is trained and indexed for a pack, built once for each version of its files and of the engines."""

from __future__ import annotations

import hashlib
import importlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

from core.pack import Fact, Pack
from engines.embedding.lsa import LsaEmbeddings
from engines.understanding.embedded import EmbeddedUnderstander
from retrieval.facts.documents import documents_of, search_texts
from retrieval.facts.index import KnowledgeIndex

Progress = Callable[[str], None]
MADE_BY = ("engines.understanding", "engines.normalise", "engines.embedding", "retrieval.facts")
"""Packages whose code decides what an artefact holds: a change of theirs builds anew."""
MANIFEST = "manifest.json"
"""Every other file of the folder, by its path in it, with its SHA-256; written last."""


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
    """Train the embedded models and build the index, unless this version has them, whole.

    All is made beside and moved into place at once: a killed build leaves nothing half done, and of two
    builds at the same time one is kept. Artefacts that are damaged are built again.
    """
    folder = built_folder(pack, built)
    if folder.exists() and not force:
        damage = damage_of(folder)
        if damage is None:
            return folder
        progress(f"building {pack.name} again: {damage}")
    built.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{pack.name}-", dir=built))
    try:
        _make(pack, facts, fresh, progress)
        _seal(fresh)
        if force or damage_of(folder) is not None:
            shutil.rmtree(folder, ignore_errors=True)
            _move(fresh, folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return folder


def damage_of(folder: Path) -> str | None:
    """What keeps the artefacts in `folder` from being loaded; None where every file is as it was written.

    The engines' own readers cannot tell: a tagger that was cut short ends the process.
    """
    try:
        wanted = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return f"{folder} was not built to its end"
    except (OSError, ValueError):
        return f"{folder / MANIFEST} cannot be read"
    if not isinstance(wanted, dict) or not wanted:
        return f"{folder / MANIFEST} lists no files"
    for name, digest in wanted.items():
        try:
            found = _digest(folder / name)
        except OSError:
            return f"{folder / name} is missing"
        if found != digest:
            return f"{folder / name} is damaged"
    return None


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _move(fresh: Path, folder: Path) -> None:
    """Put `fresh` in its place, unless another build has just done so."""
    try:
        fresh.rename(folder)
    except OSError:
        if damage_of(folder) is not None:
            raise


def _make(pack: Pack, facts: Iterable[Fact], folder: Path, progress: Progress) -> None:
    progress(f"training the understanding of {pack.name} on {len(pack.examples)} examples")
    EmbeddedUnderstander.fit(pack, folder / "understanding", progress=progress)
    documents = documents_of(pack, facts)
    progress(f"indexing {len(documents)} facts and passages")
    embedder = LsaEmbeddings.fit([text for document in documents for text in search_texts(document)])
    embedder.save(folder / "embedding")
    KnowledgeIndex.build(documents, embedder, folder / "index")


def _seal(folder: Path) -> None:
    """Write the manifest of all that is in `folder`."""
    files = (file for file in sorted(folder.rglob("*")) if file.is_file())
    manifest = {file.relative_to(folder).as_posix(): _digest(file) for file in files}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
