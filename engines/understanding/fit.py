"""Training of the embedded understanding engine from a pack's examples. Imports scikit-learn."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from core.pack import Example, Pack
from core.types import Lang
from engines.understanding.augment import misheard_copies, swapped_copies, value_pools
from engines.understanding.classify import Classifier
from engines.understanding.embedded import CARD, FORMAT, unit_words
from engines.understanding.fit_intents import IntentReport, Labelled, fit_classifier
from engines.understanding.lexicon import Lexicon
from engines.understanding.products import ProductLinker
from engines.understanding.sight import Sight, look
from engines.understanding.spans import Annotated, SpanTagger, fit_tagger

Progress = Callable[[str], None]
_ANCHOR = datetime(2026, 1, 5, 10, 0)
"""The moment at which training utterances are read; only their spans matter."""


class FitReport(NamedTuple):
    """What was trained, and how well intents are told on held-out examples, by language."""

    intents: dict[Lang, IntentReport]
    seconds: float


class _Eye:
    """Reads training utterances with the rule readers of one pack."""

    def __init__(self, pack: Pack) -> None:
        self._linker = ProductLinker(pack)
        self._lexicon = Lexicon(pack.lexicon)
        self._units = unit_words(pack)
        self._seen: dict[str, Sight] = {}

    def see(self, text: str) -> Sight:
        if text not in self._seen:
            self._seen[text] = look(text, _ANCHOR, self._linker, self._lexicon, self._units)
        return self._seen[text]


def fit_understander(
    pack: Pack, folder: Path, *, seed: int = 7, progress: Progress | None = None
) -> FitReport:
    """Train on the pack's examples and questions and write the files that `EmbeddedUnderstander.load` reads.

    ValueError where the pack has no example at all.
    """
    begun = time.monotonic()
    tell = progress or (lambda step: None)
    folder.mkdir(parents=True, exist_ok=True)
    eye = _Eye(pack)
    langs = [lang for lang in pack.languages if any(row.lang == lang for row in pack.examples)]
    if not langs:
        raise ValueError(f"pack {pack.name} has no example utterances")
    reports: dict[Lang, IntentReport] = {}
    for lang in langs:
        tell(f"intents ({lang})")
        classifier, reports[lang] = fit_intents(pack, lang, eye.see, seed)
        classifier.save(folder)
        tell(f"intents ({lang}): macro-F1 {reports[lang].macro_f1:.3f} on held-out examples")
        tell(f"slots ({lang})")
        fit_spans(pack, lang, eye.see, folder, seed).save(folder, lang)
    card = {"format": FORMAT, "digest": pack.digest, "languages": langs, "seed": seed}
    (folder / CARD).write_text(json.dumps(card), encoding="utf-8")
    return FitReport(reports, time.monotonic() - begun)


def fit_intents(
    pack: Pack, lang: Lang, see: Callable[[str], Sight], seed: int
) -> tuple[Classifier, IntentReport]:
    """The classifier of one language, from examples and from the questions of attributes and claims."""
    labelled = [(row.text, row.intents) for row in pack.examples if row.lang == lang]
    asked = [(row.asks, row.intent) for row in pack.attributes] + [
        (row.asks, row.intent) for row in pack.claims
    ]
    labelled += [(text, (intent,)) for asks, intent in asked for text in asks.get(lang, ())]
    rows: dict[str, Labelled] = {}
    for text, intents in labelled:
        said = see(text).utterance()
        rows.setdefault(said.masked, Labelled(said, intents))
    return fit_classifier(list(rows.values()), lang, seed)


def fit_spans(pack: Pack, lang: Lang, see: Callable[[str], Sight], work: Path, seed: int) -> SpanTagger:
    """The tagger of one language, from examples and copies of them with other values and misheard words."""
    rows = list({see(row.text).utterance().masked: row for row in pack.examples if row.lang == lang}.values())
    return fit_tagger([_annotate(row, see) for row in enlarged(rows, pack, seed)], work)


def enlarged(rows: Sequence[Example], pack: Pack, seed: int) -> list[Example]:
    """The examples with copies of those that hold more than a product."""
    telling = [row for row in rows if any(slot != "product" for slot, _, _ in row.spans)]
    swapped = swapped_copies(telling, value_pools(rows, pack.lexicon), seed, copies=1)
    misheard = misheard_copies(telling, seed) if rows and rows[0].lang == "zh" else []
    return [*rows, *swapped, *misheard]


def _annotate(row: Example, see: Callable[[str], Sight]) -> Annotated:
    return Annotated(row.text, row.spans, tuple(see(row.text).hits()))
