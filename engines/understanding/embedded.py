"""The embedded understanding engine: the shipped encoder, the pack's linear classifier, rule readers. CPU only."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile

import numpy as np

from core.errors import MissingEngineError
from core.pack import Pack
from core.types import IntentScore, Lang, Mention, Understanding
from engines.understanding.blend import Blend, load_blends, ordered
from engines.understanding.classify import Classifier, Floats
from engines.understanding.clauses import clause_spans, join_clauses
from engines.understanding.encoder import SHIPPED, Encoder
from engines.understanding.features import Utterance
from engines.understanding.lexicon import Lexicon
from engines.understanding.pieces import Piece, cut
from engines.understanding.products import ProductLinker
from engines.understanding.sight import Sight, look
from engines.understanding.slots import read_slots
from engines.understanding.text import language

if TYPE_CHECKING:
    from engines.understanding.fit import FitReport, Progress

FORMAT = 2
"""Raised whenever features or files change, so that old files are not read with new code."""
CARD = "understanding.json"
LONGEST = 2000
"""Code points of an utterance that are read; what comes after is left aside."""
_EMPTY_TALK = frozenset({"chitchat", "out_of_scope", "greet", "repeat"})
"""Intents that an answer of half the words already outweighs."""
_NOTHING = Understanding(intents=(IntentScore(id="out_of_scope", confidence=1.0),))


class EmbeddedUnderstander:
    """Reads utterances of one pack's customers. Pure; see `fit.fit_understander` for the training."""

    name = "embedded"

    def __init__(
        self,
        pack: Pack,
        classifiers: dict[Lang, Classifier],
        encoder: Encoder,
        blends: dict[Lang, Blend],
    ) -> None:
        self._pack = pack
        self._classifiers = classifiers
        self._encoder = encoder
        self._blends = blends
        self._linker = ProductLinker(pack)
        self._lexicon = Lexicon(pack.lexicon)
        self._units = unit_words(pack)

    def read(self, text: str, *, now: datetime, expecting: str | None = None) -> Understanding:
        """At most two ranked intents and every slot mention of `text`; see the port."""
        text = text[:LONGEST]
        if not any(char.isalnum() for char in text):
            return _NOTHING
        lang = self._served(language(text))
        sight = self.see(text, now)
        pieces = cut(text, sight.hits())
        reading = self._encoder.read(text, pieces)
        whole = self._rank(lang, [sight.utterance()], reading.logits[None])[0]
        intents = join_clauses(whole, self._clauses(lang, sight, pieces))
        mentions = read_slots(
            sight,
            reading.tagging,
            [score.id for score in intents],
            now,
            expecting=expecting,
            lexicon=self._lexicon,
            confidence=intents[0].confidence,
        )
        kept = tuple(mention for mention in mentions if mention.slot in self._pack.slots)
        return Understanding(intents=_answering(text, intents, kept, expecting), mentions=kept)

    def see(self, text: str, now: datetime) -> Sight:
        """What the rule readers find in `text`."""
        return look(text, now, self._linker, self._lexicon, self._units)

    def _clauses(self, lang: Lang, sight: Sight, pieces: list[Piece]) -> list[IntentScore]:
        """The main intent of each clause, where there are several."""
        spans = clause_spans(sight.text, lang)
        if not spans:
            return []
        parts = [[piece for piece in pieces if start <= piece.start < end] for start, end in spans]
        said = [sight.utterance(start, end) for start, end in spans]
        return [ranked[0] for ranked in self._rank(lang, said, self._encoder.logits(parts))]

    def _rank(self, lang: Lang, said: Sequence[Utterance], encoded: Floats) -> list[tuple[IntentScore, ...]]:
        """The intents of each utterance by both opinions: of the pack's classifier and of the encoder."""
        classifier, blend = self._classifiers[lang], self._blends[lang]
        linear = np.stack([classifier.logits(one) for one in said])
        logits = blend.logits(ordered(linear, classifier.intents, self._encoder.intents), encoded)
        return [blend.decision.rank(row) for row in logits]

    def _served(self, lang: Lang) -> Lang:
        return lang if lang in self._classifiers else next(iter(self._classifiers))

    @staticmethod
    def fit(pack: Pack, folder: Path, *, seed: int = 7, progress: Progress | None = None) -> FitReport:
        """Train on `pack` and write into `folder` what `load` reads; see `fit.fit_understander`."""
        from engines.understanding.fit import fit_understander  # scikit-learn, which no turn needs

        return fit_understander(pack, folder, seed=seed, progress=progress)

    @classmethod
    def load(cls, pack: Pack, folder: Path) -> EmbeddedUnderstander:
        """Read what `fit` wrote into `folder`; MissingEngineError where that is missing or of another pack."""
        mend = "run `talktrack index --force`"
        try:
            card = json.loads((folder / CARD).read_text(encoding="utf-8"))
            if (card["format"], card["digest"]) != (FORMAT, pack.digest):
                raise MissingEngineError("understanding", f"{folder} was trained on another pack", mend)
            langs: list[Lang] = card["languages"]
            classifiers = {lang: Classifier.load(folder, lang) for lang in langs}
        except FileNotFoundError as error:
            raise MissingEngineError("understanding", f"not trained yet: {error.filename}", mend) from error
        except (OSError, ValueError, KeyError, TypeError, EOFError, BadZipFile) as error:
            reason = f"damaged files in {folder} ({type(error).__name__})"
            raise MissingEngineError("understanding", reason, mend) from error
        encoder = Encoder.load()
        return cls(pack, classifiers, encoder, load_blends(SHIPPED, encoder.intents))


def _answering(
    text: str, intents: tuple[IntentScore, ...], mentions: tuple[Mention, ...], expecting: str | None
) -> tuple[IntentScore, ...]:
    """A bare answer to the question just asked is `inform`, whatever its words alone look like."""
    answers = [mention for mention in mentions if mention.slot == expecting and not mention.negated]
    said = sum(char.isalnum() for char in text)
    told = sum(char.isalnum() for mention in answers for char in mention.text)
    enough = said / 2 if intents[0].id in _EMPTY_TALK else said
    if not answers or told < enough:
        return intents
    return (IntentScore(id="inform", confidence=max(intents[0].confidence, 0.6)),)


def unit_words(pack: Pack) -> tuple[str, ...]:
    """The counting words of the catalogue: 台, unit, 年."""
    return tuple(sorted({word for row in pack.products for word in row.unit.values()}))
