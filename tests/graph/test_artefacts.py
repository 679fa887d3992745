"""What is built for a pack is loaded only as it was written; anything else is built again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from core.pack import Fact, Pack
from graph import artefacts
from graph.artefacts import MANIFEST, Progress, build_artefacts, damage_of
from tests.fakes import pack_of

PACK = pack_of()


@pytest.fixture
def build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[Path, list[str]]]:
    """Builds with a maker that takes no time; the folder, and what was said of the progress."""

    def make(pack: Pack, facts: Iterable[Fact], folder: Path, progress: Progress) -> None:
        progress("training")
        (folder / "understanding").mkdir()
        (folder / "understanding" / "intent.zh.npz").write_bytes(b"crf" * 9000)
        (folder / "words.npz").write_bytes(b"npz" * 9000)

    monkeypatch.setattr(artefacts, "_make", make)

    def run(**options: bool) -> tuple[Path, list[str]]:
        told: list[str] = []
        folder = build_artefacts(PACK, (), tmp_path / "built", told.append, **options)
        return folder, told

    return run


def test_what_is_whole_is_built_once(build: Callable[..., tuple[Path, list[str]]]) -> None:
    folder, told = build()
    assert told == ["training"] and damage_of(folder) is None
    assert set(json.loads((folder / MANIFEST).read_text())) == {"understanding/intent.zh.npz", "words.npz"}
    assert build() == (folder, [])
    assert build(force=True) == (folder, ["training"])
    assert [entry.name for entry in folder.parent.iterdir()] == [folder.name]


def cut_short(folder: Path) -> None:
    file = folder / "understanding" / "intent.zh.npz"
    file.write_bytes(file.read_bytes()[:1000])


def one_bit(folder: Path) -> None:
    file = folder / "words.npz"
    told = bytearray(file.read_bytes())
    told[7] ^= 1
    file.write_bytes(told)


DAMAGE: dict[str, tuple[Callable[[Path], object], str]] = {
    "a model cut short": (cut_short, "intent.zh.npz is damaged"),
    "one bit": (one_bit, "words.npz is damaged"),
    "an empty file": (lambda folder: (folder / "words.npz").write_bytes(b""), "words.npz is damaged"),
    "a file that is gone": (lambda folder: (folder / "words.npz").unlink(), "words.npz is missing"),
    "no manifest": (lambda folder: (folder / MANIFEST).unlink(), "not built to its end"),
    "half a manifest": (lambda folder: (folder / MANIFEST).write_text('{"words.'), "cannot be read"),
    "an empty manifest": (lambda folder: (folder / MANIFEST).write_text("{}"), "lists no files"),
    "a manifest of another form": (lambda folder: (folder / MANIFEST).write_text("[1]"), "lists no files"),
}


@pytest.mark.parametrize(("damage", "reason"), DAMAGE.values(), ids=DAMAGE.keys())
def test_what_is_damaged_is_built_again_and_the_reason_told(
    build: Callable[..., tuple[Path, list[str]]], damage: Callable[[Path], object], reason: str
) -> None:
    folder, _ = build()
    damage(folder)
    again, told = build()
    assert again == folder and damage_of(folder) is None
    assert reason in told[0] and told[1:] == ["training"]
    assert build() == (folder, [])


def test_a_build_that_another_one_overtook_is_dropped(
    build: Callable[..., tuple[Path, list[str]]], tmp_path: Path
) -> None:
    folder, _ = build()
    late = tmp_path / "late"
    late.mkdir()
    artefacts._move(late, folder)
    assert damage_of(folder) is None and late.exists()
    cut_short(folder)
    with pytest.raises(OSError):
        artefacts._move(late, folder)
