"""Ranks the candidates of a search: a linear model over how words, runs and subject of a question are met.

The weights in `rank.json` are made by `python -m training.rank`, which says on what.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
from langchain_core.documents import Document
from numpy.typing import NDArray

from retrieval.tokens import PAIR

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

FEATURES = (
    "bm25_share",  # first-stage score by the weight of the question
    "bm25_of_best",  # the same by that of the best candidate
    "covered",  # weight of the question's tokens that body and headings hold, 0..1
    "covered_words",  # of words and characters alone
    "covered_rare",  # of the four weightiest
    "missing",  # inverse document frequency of the rarest token missing, by the highest
    "missing_rare",  # share of the two rarest tokens that any candidate has, where they are missing
    "length",  # logarithm of the tokens
    "place",  # reciprocal rank of the first stage
    "dense",  # inner product, 0 where there is none
    "sentence",  # the same as `covered` of the best single sentence
    "sentence_of_subject",  # where headings and named subject count for every sentence
    "two_sentences_of_subject",
    "first_sentence",
    "run",  # longest stretch of the question that the passage has, by the question's length
    "named",  # 1 where the question names the passage's subject: its first words or a heading
    "begins",  # longest beginning of the question that the passage's opening has
    "answers_kind",  # the best sentence has a number, day, name, place or reason where one is asked for
    "no_kind",  # the question asks for none
)
_OPENING = 60
_OWN = 40
_LONGEST_SUBJECT = 20
_LONGEST_BEGINNING = 12
_TELLING = 0.45
"""Least weight of a token that counts as rare where its frequency says so: a word or a pair, not a part."""
_ENDS = re.compile(r"[。!?！？；;\n]+|\.\s+")
_MARKS = re.compile(r"[\W_]+")
_SUBJECT_ENDS = re.compile(r"[(（,，。:：、」》”]|是")
_FOLDS = re.compile(
    r"[^\x00-\x7e·\u2010-\u2027\u3000-\u3011\u3400-\u9fff\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65]"
)
"""A character that a compatible form may stand for; marks may stay as they are."""
_KINDS = tuple(
    (re.compile(asks), re.compile(answers))
    for asks, answers in (
        (r"为什么|为何|原因|怎么会|why\b", r"因|由于|所以|原因|导致|为了|because|since|so that"),
        (
            r"多少|几(?!乎|何)|多[大长高久重宽远]|how (?:many|much|long|far|big|often)",
            r"\d|[一二三四五六七八九十百千万两]",
        ),
        (
            r"何时|什么时候|哪一?年|哪天|几号|几点|时间|when",
            r"\d+\s*年|\d+月|\d+日|世纪|年代|小时|点|天|\d{4}|day|month|hour",
        ),
        (r"谁|哪位|何人|什么人|who\b", r"·|先生|女士|人|者|经理|[a-z]"),
        (
            r"哪里|哪儿|在哪|何[处地]|哪些地|什么地方|哪个(?:城市|国家|地|省|市)|位于|地[址点]|where",
            r"省|市|县|区|国|州|路|号|岛|山|street|road|city",
        ),
    )
)
"""How a question asks for a reason, a number, a day, a person, a place, and how an answer of that kind looks."""


class Frequencies(Protocol):
    """How often tokens occur: a snapshot of a store."""

    def __len__(self) -> int: ...

    def doc_freq(self, token: str) -> int: ...


@dataclass(frozen=True)
class Query:
    """A question and the weights of its tokens."""

    text: str
    weights: Mapping[str, float]


@dataclass(frozen=True)
class Candidate:
    """A passage of the first stage; metadata of the document holds `body` and `head` tokens."""

    document: Document
    lexical: float
    dense: float | None = None


class Ranked(NamedTuple):
    """A passage, the likelihood (0..1) that it answers, and the features that say so."""

    document: Document
    score: float
    features: Floats


def rerank(query: Query, candidates: Sequence[Candidate], frequencies: Frequencies) -> list[Ranked]:
    """The candidates, the best first.

    The likelihood of the first is that of an answer being found at all: a second passage of the very same words takes
    nothing from it. That of the others shrinks as they fall behind.
    """
    if not candidates:
        return []
    found = features(query, candidates, frequencies)
    model = _model()
    order = model.order(found)
    ranks = np.argsort(-order, kind="stable").tolist()
    share = shares(order)
    text = candidates[ranks[0]].document.page_content
    same = [candidate.document.page_content == text for candidate in candidates]
    sure = model.likelihood(found[ranks[0]], float(share[same].sum()))
    best = float(share[ranks[0]])
    return [Ranked(candidates[at].document, sure * float(share[at]) / best, found[at]) for at in ranks]


def features(query: Query, candidates: Sequence[Candidate], frequencies: Frequencies) -> Floats:
    """One row of FEATURES a candidate, in the order of the candidates, which is the first stage's."""
    asked = _Asked.of(query, frequencies)
    metadata = [candidate.document.metadata for candidate in candidates]
    body = asked.held_by([told["body"] for told in metadata])
    head = asked.held_by([told["head"] for told in metadata])
    texts = [
        [*asked.within(_Passage.of(candidate.document), in_body, in_head)]
        for candidate, in_body, in_head in zip(candidates, body, head, strict=True)
    ]
    return np.column_stack(
        [
            asked.whole(np.array([candidate.lexical for candidate in candidates]), body, head),
            np.log1p([len(told["body"]) for told in metadata]),
            1.0 / np.arange(1, len(candidates) + 1),
            [candidate.dense or 0.0 for candidate in candidates],
            np.array(texts),
        ]
    )


def shares(order: Floats) -> Floats:
    """The order's values as shares of one (softmax)."""
    powers = np.exp(order - order.max())
    return np.asarray(powers / powers.sum())


@dataclass(frozen=True)
class _Model:
    mean: Floats
    scale: Floats
    weights: Floats
    likely: Floats
    bias: float

    def order(self, found: Floats) -> Floats:
        return np.asarray((found - self.mean) / self.scale @ self.weights)

    def likelihood(self, best: Floats, share: float) -> float:
        """Of the best candidate, by its features and its share of the softmax over all."""
        row = np.append((best - self.mean) / self.scale, share)
        return float(1.0 / (1.0 + math.exp(-float(row @ self.likely) - self.bias)))


@cache
def _model() -> _Model:
    told = json.loads(Path(__file__).with_name("rank.json").read_text(encoding="utf-8"))
    if tuple(told["features"]) != FEATURES:
        raise ValueError("rank.json is of other features: run `python -m training.rank`")
    mean, scale, weights, likely = (np.array(told[key]) for key in ("mean", "scale", "weights", "likely"))
    return _Model(mean, scale, weights, likely, told["bias"])


@dataclass(frozen=True)
class _Passage:
    """A passage made ready to be compared, folded."""

    text: str
    """Headings and the question it answers, a line each, then its own words."""
    sentences: list[str]
    """The headings as one, if there are any, then its own."""
    subjects: list[str]
    """What it may be about, bare of marks: its first words up to a mark, and each of its headings."""

    @classmethod
    def of(cls, document: Document) -> _Passage:
        own = _fold(document.page_content)
        metadata = document.metadata
        heading = _fold(metadata.get("heading") or "")
        above = "\n".join(part for part in (heading, _fold(metadata.get("question") or "")) if part)
        first = _SUBJECT_ENDS.split(own[:_OWN].lstrip('《「“" '), maxsplit=1)[0]
        names = (_MARKS.sub("", name) for name in (first, *heading.split(" > ")))
        return cls(
            text=f"{above}\n{own}" if above else own,
            sentences=[above, *_ENDS.split(own)] if above else _ENDS.split(own),
            subjects=[name for name in names if 1 <= len(name) <= _LONGEST_SUBJECT],
        )


@dataclass(frozen=True)
class _Asked:
    """A question made ready to be compared with passages; arrays run over its tokens."""

    tokens: tuple[str, ...]
    bare: tuple[str, ...]
    """Tokens as they stand in a text."""
    weight: Floats
    """By kind and inverse document frequency."""
    rarity: Floats
    """Inverse document frequency; 0 where the token tells little by its kind."""
    plain: str
    runs: tuple[str, ...]
    kind: re.Pattern[str] | None

    @classmethod
    def of(cls, query: Query, frequencies: Frequencies) -> _Asked:
        tokens = tuple(query.weights)
        kinds = np.array([query.weights[token] for token in tokens])
        seen = np.array([frequencies.doc_freq(token) for token in tokens], dtype=float)
        rarity = np.log1p((np.maximum(0.0, len(frequencies) - seen) + 0.5) / (seen + 0.5))
        folded = unicodedata.normalize("NFKC", query.text).lower()
        runs = tuple(_MARKS.sub(" ", folded).split())
        return cls(
            tokens=tokens,
            bare=tuple(token.removeprefix(PAIR) for token in tokens),
            weight=kinds * rarity,
            rarity=np.where(kinds >= _TELLING, rarity, 0.0),
            plain="".join(runs),
            runs=runs,
            kind=next((answer for asks, answer in _KINDS if asks.search(folded)), None),
        )

    def held_by(self, texts: Sequence[Sequence[str]]) -> Flags:
        """Which tokens (columns) each list of tokens (rows) holds."""
        known = frozenset(self.tokens)
        rows = [known.intersection(text) for text in texts]
        held = [[token in row for token in self.tokens] for row in rows]
        return np.array(held, dtype=bool).reshape(len(texts), len(self.tokens))

    @cached_property
    def total(self) -> float:
        return float(self.weight.sum()) or 1.0

    def whole(self, lexical: Floats, body: Flags, head: Flags) -> Floats:
        """The features, `bm25_share` to `missing_rare`, of all candidates by their tokens."""
        above = body | head
        words = self.weight * [not token.startswith(PAIR) for token in self.tokens]
        rarest = np.zeros_like(self.weight)
        four = np.argsort(self.weight)[-4:]
        rarest[four] = self.weight[four]
        met = np.zeros_like(self.rarity)
        two = np.argsort(np.where(body.any(axis=0), self.rarity, 0.0))[-2:]
        met[two] = self.rarity[two] * body[:, two].any(axis=0)
        lost = np.where(above, 0.0, self.rarity).max(axis=1, initial=0.0)
        return np.column_stack(
            [
                lexical / self.total,
                lexical / (lexical.max() or 1.0),
                above @ self.weight / self.total,
                above @ words / (words.sum() or 1.0),
                above @ rarest / (rarest.sum() or 1.0),
                lost / (self.rarity.max(initial=0.0) or 1.0),
                ~above @ met / (met.sum() or 1.0),
            ]
        )

    def within(self, passage: _Passage, body: Flags, head: Flags) -> tuple[float, ...]:
        """The features, `sentence` to `no_kind`, of one candidate by its text."""
        places = np.flatnonzero(body | head)
        weight = self.weight[places]
        bare = [self.bare[place] for place in places.tolist()]
        named = max((name for name in passage.subjects if name in self.plain), key=len, default="")
        of_subject = head[places] | np.array([token in named for token in bare], dtype=bool)
        said = np.array([[token in one for token in bare] for one in passage.sentences], dtype=bool)
        said = said.reshape(len(passage.sentences), len(bare))
        two = said[:-1] | said[1:] if len(said) > 1 else said
        alone, told = said @ weight, (said | of_subject) @ weight
        best = passage.sentences[int(told.argmax())]
        return (
            float(alone.max()) / self.total,
            float(told.max()) / self.total,
            float(((two | of_subject) @ weight).max()) / self.total,
            float(alone[0]) / self.total,
            self._longest_run(passage.text) / (len(self.plain) or 1),
            float(bool(named)),
            self._beginning(passage.text) / (len(self.plain) or 1),
            float(self.kind is None or bool(self.kind.search(best))),
            float(self.kind is None),
        )

    def _longest_run(self, text: str) -> int:
        """Characters of the longest stretch of the question, of two at least, that stands in the text."""
        longest = 1
        for run in self.runs:
            for start in range(len(run)):
                while run[start : start + longest + 1] in text and start + longest < len(run):
                    longest += 1
        return longest if longest > 1 else 0

    def _beginning(self, text: str) -> int:
        """Characters of the longest beginning of the question, of two at least, that the text's opening has."""
        opening = _MARKS.sub("", text[:_OPENING])
        sizes = range(min(len(self.plain), _LONGEST_BEGINNING), 1, -1)
        return next((size for size in sizes if self.plain[:size] in opening), 0)


def _fold(text: str) -> str:
    """Small letters, compatible forms as one; marks may stay as they are."""
    return (unicodedata.normalize("NFKC", text) if _FOLDS.search(text) else text).lower()
