"""The encoder's own training, in small: it learns, goes on after a kill, and is read without torch."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
import torch

from core.pack import Pack
from engines.understanding.embedded import unit_words
from engines.understanding.encoder import Encoder
from engines.understanding.lexicon import Lexicon
from engines.understanding.pieces import Vocabulary, cut, encode
from engines.understanding.products import ProductLinker
from engines.understanding.sight import Sight, look
from evaluation.rows import Utterance
from tests.understanding.shop import shop
from training.encoder.build import choose_blends, rows_of
from training.encoder.examples import UNCHANGED, Changer, Changes, Taught
from training.encoder.export import export_encoder
from training.encoder.fit import Labels, Plan, fit_encoder, groups, predict, targets
from training.encoder.network import Shape
from training.encoder.pretrain import extended, hide, learn_vocabulary, pretrain, read_lines

SMALL = Plan(epochs=14, batch=16, peak=3e-3, changes=UNCHANGED)


def quiet(step: str) -> None:
    return None


@pytest.fixture(scope="module")
def pack() -> Pack:
    return shop()


@pytest.fixture(scope="module")
def rows(pack: Pack) -> list[Taught]:
    return rows_of([pack], seed=7)


@pytest.fixture(scope="module")
def vocabulary(rows: list[Taught]) -> Vocabulary:
    return learn_vocabulary(
        ["这款灯多少钱一盏,质保多久"] * 8, [[p.token for p in row.pieces] for row in rows]
    )


def shape_of(vocabulary: Vocabulary) -> Shape:
    return Shape(len(vocabulary.tokens), len(vocabulary.sounds), width=32, layers=1, heads=2, inner=64)


@pytest.fixture(scope="module")
def trained(
    rows: list[Taught], vocabulary: Vocabulary, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, float, Labels]:
    work = tmp_path_factory.mktemp("encoder")
    network, labels = fit_encoder(rows, {}, vocabulary, shape_of(vocabulary), SMALL, work, tell=quiet)
    agreement = export_encoder(network, labels, vocabulary, rows[:40], work / "out")
    return work / "out", agreement, labels


def sight_of(pack: Pack, text: str) -> Sight:
    moment = datetime(2026, 11, 22, 10, 0)
    return look(text, moment, ProductLinker(pack), Lexicon(pack.lexicon), unit_words(pack))


def test_it_learns_intents_and_tags_and_int8_agrees(
    trained: tuple[Path, float, Labels], rows: list[Taught]
) -> None:
    folder, agreement, labels = trained
    assert agreement >= 0.95
    loaded = Encoder.load(folder)
    assert (loaded.intents, loaded.tags) == (labels.intents, labels.tags)
    best = [loaded.intents[int(loaded.logits([list(row.pieces)])[0].argmax())] for row in rows]
    right = sum(got in row.intents for got, row in zip(best, rows, strict=True))
    assert right / len(rows) > 0.8


def test_a_reading_has_a_unit_vector_and_spans_inside_the_text(
    trained: tuple[Path, float, Labels], pack: Pack
) -> None:
    loaded = Encoder.load(trained[0])
    for text in ("我们是做面馆的", "how much", "，", "多" * 3000):
        reading = loaded.read(text, cut(text, sight_of(pack, text).hits()))
        assert np.linalg.norm(reading.vector) == pytest.approx(1.0, abs=1e-3)
        assert all(0 <= span.start < span.end <= len(text) for span in reading.tagging.spans)


def test_a_killed_training_goes_on_to_the_same_network(
    rows: list[Taught], vocabulary: Vocabulary, tmp_path: Path
) -> None:
    plan = Plan(epochs=2, batch=16, changes=Changes())
    few = rows[:48]

    class Killed(Exception):
        pass

    def kill(step: str) -> None:
        if step.startswith("epoch 2"):
            raise Killed

    def run(work: Path, tell: object = quiet) -> np.ndarray:
        work.mkdir(exist_ok=True)
        made = fit_encoder(few, {}, vocabulary, shape_of(vocabulary), plan, work, tell=tell)  # type: ignore[arg-type]
        return predict(made[0], few, vocabulary)

    whole = run(tmp_path / "whole")
    with pytest.raises(Killed):
        run(tmp_path / "killed", kill)
    np.testing.assert_allclose(run(tmp_path / "killed"), whole, atol=1e-5)


def test_pretraining_lowers_the_loss_and_goes_on(vocabulary: Vocabulary, tmp_path: Path) -> None:
    told: list[str] = []
    lines = ["这款灯多少钱一盏", "质保多久", "灯坏了谁修"] * 10
    shape = shape_of(vocabulary)
    body = pretrain(lines, vocabulary, shape, tmp_path, seconds=1.0, seed=3, tell=told.append)
    again = pretrain(lines, vocabulary, shape, tmp_path, seconds=1.0, seed=3, tell=told.append)
    assert told == ["going on after 1 s"]
    for one, other in zip(body.parameters(), again.parameters(), strict=True):
        assert torch.equal(one, other)


def test_what_is_hidden_is_asked_for(vocabulary: Vocabulary, rows: list[Taught]) -> None:
    batch = encode([row.pieces for row in rows[:8]], vocabulary)
    inputs, hidden, wanted = hide(batch, len(vocabulary.tokens), np.random.default_rng(1))
    assert wanted.tolist() == batch.tokens[hidden.numpy()].tolist()
    assert not hidden[:, 0].any()
    assert (inputs[0].numpy() != batch.tokens).sum() <= hidden.sum()


def test_plain_text_is_read_from_every_file(tmp_path: Path) -> None:
    import gzip

    for name, line in (("a", "甲" * 10), ("b", "乙" * 10)):
        with gzip.open(tmp_path / f"{name}.txt.gz", "wt", encoding="utf-8") as sink:
            sink.write(f"{line}\n" * 50)
    lines = read_lines(tmp_path, 200, seed=1)
    assert {line[0] for line in lines} == {"甲", "乙"} and 200 <= sum(map(len, lines)) <= 220


def test_changes_keep_pieces_and_tags_together_and_are_seeded(rows: list[Taught]) -> None:
    often = Changes(1, 1, 1, 1, 0.2, 1)
    names = {"zh": ["月球灯"], "en": ["Moon Lamp"]}
    made = [[Changer(rows, names, seed=5).change(row, often) for row in rows[:60]] for _ in range(2)]
    assert made[0] == made[1]
    assert all(len(row.pieces) == len(row.tags) for row in made[0])
    assert [Changer(rows, {}, 5).change(row, UNCHANGED) for row in rows] == rows
    told = {tag for row in rows[:60] for tag in row.tags}
    assert told >= {tag for row in made[0] for tag in row.tags}


def test_targets_sum_to_one_and_batches_hold_every_row(rows: list[Taught]) -> None:
    import random

    labels = Labels.of(rows)
    wanted, tags = targets(rows[:9], labels, 1 + max(len(row.pieces) for row in rows[:9]))
    np.testing.assert_allclose(wanted.sum(dim=1), 1.0, rtol=1e-5)
    assert tags.max() < len(labels.tags)
    batched = [row for group in groups(rows, 16, random.Random(1)) for row in group]
    assert sorted(map(id, batched)) == sorted(map(id, rows))


def test_a_vocabulary_grows_at_its_end(vocabulary: Vocabulary) -> None:
    grown = extended(vocabulary, [["zebra", "zebra"], ["once"]])
    assert grown.tokens == (*vocabulary.tokens, "zebra")


def test_a_blend_is_chosen_for_both_languages(trained: tuple[Path, float, Labels], pack: Pack) -> None:
    dev = [
        Utterance(id=str(at), lang=row.lang, text=row.text, intent=row.intents[0])
        for at, row in enumerate(pack.examples[::5])
        if row.intents[0] in Encoder.load(trained[0]).intents
    ]
    blends, figures = choose_blends(pack, Encoder.load(trained[0]), dev, seed=7)
    assert set(blends) == {"zh", "en"} and len(figures) == 6
    assert all(0 <= blend.weight <= 1 and blend.decision.temperature > 0 for blend in blends.values())
    assert json.dumps(blends["zh"].as_dict())


def test_reading_imports_no_torch(trained: tuple[Path, float, Labels]) -> None:
    code = (
        "import sys; from pathlib import Path; from engines.understanding.encoder import Encoder;"
        f"Encoder.load(Path({str(trained[0])!r})); print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
