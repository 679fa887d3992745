"""Training of the embedded understanding engine from a pack's examples. Imports scikit-learn."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from core.pack import Pack
from core.types import Lang
from engines.understanding.embedded import CARD, FORMAT, unit_words
from engines.understanding.fit_intents import Labelled, fit_classifier
from engines.understanding.lexicon import Lexicon
from engines.understanding.products import ProductLinker
from engines.understanding.sight import Sight, look

Progress = Callable[[str], None]
_ANCHOR = datetime(2026, 1, 5, 10, 0)
"""The moment at which training utterances are read; only their spans matter."""


class FitReport(NamedTuple):
    """How many examples of each language were trained on, and how long it took."""

    examples: dict[Lang, int]
    seconds: float


class Eye:
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
    eye = Eye(pack)
    langs = [lang for lang in pack.languages if any(row.lang == lang for row in pack.examples)]
    if not langs:
        raise ValueError(f"pack {pack.name} has no example utterances")
    counts: dict[Lang, int] = {}
    for lang in langs:
        tell(f"intents ({lang})")
        rows = labelled(pack, lang, eye)
        fit_classifier(rows, lang, seed).save(folder)
        counts[lang] = len(rows)
    card = {"format": FORMAT, "digest": pack.digest, "languages": langs, "seed": seed, "examples": counts}
    (folder / CARD).write_text(json.dumps(card), encoding="utf-8")
    return FitReport(counts, time.monotonic() - begun)


def labelled(pack: Pack, lang: Lang, eye: Eye) -> list[Labelled]:
    """The examples of one language, and the questions of its attributes and claims; each masked wording once."""
    texts = [(row.text, row.intents) for row in pack.examples if row.lang == lang]
    asked = [(row.asks, row.intent) for row in pack.attributes] + [
        (row.asks, row.intent) for row in pack.claims
    ]
    texts += [(text, (intent,)) for asks, intent in asked for text in asks.get(lang, ())]
    rows: dict[str, Labelled] = {}
    for text, intents in texts:
        said = eye.see(text).utterance()
        rows.setdefault(said.masked, Labelled(said, intents))
    return list(rows.values())
