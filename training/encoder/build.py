"""From plain text and packs to the encoder that ships: vocabulary, pretraining, training, export, calibration, card."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from core.errors import InputError
from core.pack import Example, Pack
from core.types import Lang
from engines.understanding.blend import FILE, Blend, ordered
from engines.understanding.classify import Classifier, Floats, softmax
from engines.understanding.decision import Decision
from engines.understanding.encoder import Encoder
from engines.understanding.fit import Eye, labelled
from engines.understanding.fit_intents import fit_classifier
from engines.understanding.pieces import Vocabulary, cut
from engines.understanding.text import language
from evaluation.rows import Utterance
from evaluation.scores import macro_f1
from training.encoder.augment import swapped_copies, value_pools
from training.encoder.card import Made, write_card
from training.encoder.examples import UNCHANGED, Changes, Taught, taught
from training.encoder.export import export_encoder
from training.encoder.fit import FITTED, Labels, Plan, fit_encoder, predict, spent
from training.encoder.network import Encoder as Network
from training.encoder.network import Shape, parameters_of
from training.encoder.pretrain import PRETRAINED, extended, learn_vocabulary, pretrain, read_lines
from training.intent.calibrate import best_temperature, calibrate
from training.intent.data import LabelledText
from training.intent.watch import Watch, silent

Progress = Callable[[str], None]
WEIGHTS = (0.0, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1.0)
"""Shares of the encoder in the blend that are tried on dev."""
LINEAR_TEMPERATURE = 0.25
"""Makes margins of the linear classifier as sure as probabilities of the encoder, about; the blend's own follows."""
MOST_REJECTED = 0.01
"""Share of dev rows with an intent that rejection may cost: out of scope is an intent of its own and mostly found so."""
CHANGES: Mapping[str, Changes] = {
    "all": Changes(),
    "values": Changes(misheard=0, unpunctuated=0, filled=0, unknown=0),
    "none": UNCHANGED,
}
"""Changes by name: noise and values, values alone (none of a recogniser's or speaker's noise), nothing."""


@dataclass(frozen=True)
class Recipe:
    """What is trained, on what, for how long."""

    plain_text: Path | None = None
    """A folder of `*.txt.gz`, one sentence a line; None: no pretraining."""
    characters: int = 9_000_000
    pretrain_seconds: float = 1500.0
    width: int = 192
    layers: int = 3
    plan: Plan = field(default_factory=Plan)


def build_encoder(
    recipe: Recipe,
    packs: Sequence[Pack],
    dev: Sequence[Utterance],
    work: Path,
    out: Path,
    tell: Progress,
    watch: Watch = silent,
) -> None:
    """Train and write into `out` what `engines.understanding.encoder` loads. A killed run goes on from `work`.

    The blend with the linear classifier is chosen on `dev`, read as customers of the first pack. InputError where
    `dev` cannot serve for that, or where the folder of plain text holds none.
    """
    torch.set_num_threads(1)  # small batches gain nothing from more
    work.mkdir(parents=True, exist_ok=True)
    lines = read_lines(recipe.plain_text, recipe.characters, recipe.plan.seed) if recipe.plain_text else []
    rows = rows_of(packs, recipe.plan.seed, copied=recipe.plan.changes != UNCHANGED)
    _check(dev, rows)
    tell(f"{len(rows)} training utterances")
    vocabulary, body, shape = _body(recipe, lines, rows, work, tell, watch)
    watched = _taught_dev(packs[0], dev)
    english = [row for row in rows if row.lang == "en"]  # a third as much as Chinese, so seen twice
    network, labels = fit_encoder(
        [*rows, *english],
        names_of(packs),
        vocabulary,
        shape,
        recipe.plan,
        work,
        body=body,
        tell=tell,
        watch=watch,
        judge=lambda network: _told(network, watched, Labels.of(rows), vocabulary),
    )
    agreement = export_encoder(network, labels, vocabulary, [row for _, row in watched], out)
    blends, figures = choose_blends(packs[0], Encoder.load(out), dev, recipe.plan.seed)
    text = json.dumps({lang: blend.as_dict() for lang, blend in blends.items()}, indent=1)
    (out / FILE).write_text(text + "\n", encoding="utf-8")
    made = Made(
        rows=len(rows),
        lines=len(lines),
        characters=sum(map(len, lines)),
        seconds=spent(work / PRETRAINED) + spent(work / FITTED),
        parameters=parameters_of(network),
        agreement=agreement,
        intents=len(labels.intents),
        figures=figures,
    )
    write_card(out, recipe, made, blends)
    (work / FITTED).unlink()


def _check(dev: Sequence[Utterance], rows: Sequence[Taught]) -> None:
    """InputError where the blend cannot be chosen on `dev`."""
    for lang in ("zh", "en"):
        if not any(row.lang == lang for row in dev):
            raise InputError(f"the development file has no rows in {lang}")
        if not any(row.lang == lang for row in rows):
            raise InputError(f"the packs have no examples in {lang}")
    unknown = {row.intent for row in dev} - {row.intents[0] for row in rows}
    if unknown:
        raise InputError(f"the packs have no example of {', '.join(sorted(unknown))}")


def rows_of(packs: Sequence[Pack], seed: int, *, copied: bool = True) -> list[Taught]:
    """Every example of the packs, `copied` once with other slot values too; each wording once."""
    rows: dict[tuple[str, ...], Taught] = {}
    for pack in packs:
        eye = Eye(pack)
        for lang in pack.languages:
            mine = [row for row in pack.examples if row.lang == lang]
            for row in [*mine, *(_copies(mine, pack, seed) if copied else [])]:
                made = taught(row.text, row.lang, row.intents, row.spans, eye.see(row.text).hits())
                if made.pieces:
                    rows.setdefault(tuple(piece.token for piece in made.pieces), made)
    return list(rows.values())


def _copies(rows: Sequence[Example], pack: Pack, seed: int) -> list[Example]:
    telling = [row for row in rows if any(slot != "product" for slot, _, _ in row.spans)]
    return swapped_copies(telling, value_pools(rows, pack.lexicon), seed, copies=1)


def names_of(packs: Sequence[Pack]) -> dict[Lang, list[str]]:
    """Names and aliases of every product by language: unknown words that may stand for a product."""
    names: dict[Lang, list[str]] = {"zh": [], "en": []}
    for pack in packs:
        for row in pack.products:
            for name in (*row.name.values(), *row.aliases):
                names[language(name)].append(name)
    return names


def _body(
    recipe: Recipe, lines: Sequence[str], rows: Sequence[Taught], work: Path, tell: Progress, watch: Watch
) -> tuple[Vocabulary, Mapping[str, Tensor] | None, Shape]:
    """The vocabulary, the pretrained weights if any, and the sizes.

    The pretrained body is kept in `work` and serves again when only the utterances have changed: their new words
    are added to its vocabulary.
    """
    own = [[piece.token for piece in row.pieces] for row in rows]
    if not lines:
        vocabulary = learn_vocabulary([], own)
        return vocabulary, None, _shape(recipe, vocabulary)
    file = work / "vocabulary.json"
    if not (file.exists() and (work / PRETRAINED).exists()):
        learn_vocabulary(lines, own).save(file)
    learnt = Vocabulary.load(file)
    tell(f"pretraining on {len(lines)} lines")
    trained = pretrain(
        lines,
        learnt,
        _shape(recipe, learnt),
        work,
        seconds=recipe.pretrain_seconds,
        seed=recipe.plan.seed,
        tell=tell,
        watch=watch,
    )
    body = dict(trained.state_dict())
    vocabulary = extended(learnt, own)
    body["tokens.weight"] = _grown(body["tokens.weight"], len(vocabulary.tokens), recipe.plan.seed)
    return vocabulary, body, _shape(recipe, vocabulary)


def _shape(recipe: Recipe, vocabulary: Vocabulary) -> Shape:
    return Shape(len(vocabulary.tokens), len(vocabulary.sounds), recipe.width, recipe.layers)


def _grown(table: Tensor, size: int, seed: int) -> Tensor:
    """The embeddings with rows for words that came later."""
    torch.manual_seed(seed)
    return torch.cat([table, torch.randn(size - len(table), table.shape[1]) * 0.05])


def _taught_dev(pack: Pack, dev: Sequence[Utterance]) -> list[tuple[Utterance, Taught]]:
    eye = Eye(pack)
    return [(row, taught(row.text, row.lang, (row.intent,), (), eye.see(row.text).hits())) for row in dev]


def _told(
    network: Network, dev: Sequence[tuple[Utterance, Taught]], labels: Labels, vocabulary: Vocabulary
) -> str:
    """Macro-F1 of the network alone on dev, by language."""
    told = []
    for lang in ("zh", "en"):
        mine = [(row, made) for row, made in dev if row.lang == lang]
        if mine:
            best = predict(network, [made for _, made in mine], vocabulary).argmax(axis=1)
            pairs = [(row.intent, labels.intents[at]) for (row, _), at in zip(mine, best, strict=True)]
            told.append(f"{lang} {macro_f1(pairs):.3f}")
    return " ".join(told)


def choose_blends(
    pack: Pack, encoder: Encoder, dev: Sequence[Utterance], seed: int
) -> tuple[dict[Lang, Blend], list[tuple[str, str]]]:
    """The blend of each language under which dev is likeliest, calibrated there; and the figures."""
    eye = Eye(pack)
    langs: tuple[Lang, ...] = ("zh", "en")
    blends: dict[Lang, Blend] = {}
    figures = []
    for lang in langs:
        rows = [row for row in dev if row.lang == lang]
        classifier = fit_classifier(labelled(pack, lang, eye), lang, seed)
        linear, encoded = opinions(eye, classifier, encoder, rows)
        blend = choose_blend(encoder.intents, linear, encoded, rows)
        blends[lang] = blend
        opinions_of = (
            ("linear alone", linear),
            ("encoder alone", encoded),
            ("blend", blend.logits(linear, encoded)),
        )
        for name, logits in opinions_of:
            pairs = [
                (row.intent, encoder.intents[at]) for row, at in zip(rows, logits.argmax(axis=1), strict=True)
            ]
            figures.append((f"intent macro-F1 {lang}, {name} ({len(rows)} rows)", f"{macro_f1(pairs):.3f}"))
    return blends, figures


def opinions(
    eye: Eye, classifier: Classifier, encoder: Encoder, rows: Sequence[Utterance]
) -> tuple[Floats, Floats]:
    """The logits of the classifier and of the encoder, rows x the encoder's intents."""
    sights = [eye.see(row.text) for row in rows]
    linear = np.stack([classifier.logits(sight.utterance()) for sight in sights])
    encoded = np.stack([encoder.read(sight.text, cut(sight.text, sight.hits())).logits for sight in sights])
    return ordered(linear, classifier.intents, encoder.intents), encoded


def choose_blend(
    labels: tuple[str, ...], linear: Floats, encoded: Floats, rows: Sequence[Utterance]
) -> Blend:
    """The weight of the encoder under which the dev rows are likeliest; then temperature and thresholds."""
    known = [
        LabelledText(row.text, row.intent, (row.second_intent,) if row.second_intent else ()) for row in rows
    ]
    blends = [Blend(weight, LINEAR_TEMPERATURE, Decision(labels)) for weight in WEIGHTS]
    blend = min(blends, key=lambda one: surprise(labels, one.logits(linear, encoded), known))
    decision = calibrate(labels, blend.logits(linear, encoded), known, "probability", MOST_REJECTED)
    return replace(blend, decision=decision)


def surprise(labels: tuple[str, ...], logits: Floats, rows: Sequence[LabelledText]) -> float:
    """Mean negative log-likelihood of the main intents at the best temperature, in nats."""
    heat = best_temperature(labels, logits, rows)
    chances = softmax(logits / heat)
    told = [chances[at, labels.index(row.intent)] for at, row in enumerate(rows)]
    return float(-np.log(np.maximum(told, 1e-12)).mean())
