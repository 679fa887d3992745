"""Ranks the candidates of a search: a linear model over how words, runs and subject of a question are met.

The weights in `rank.json` are made by `python -m training.rank`, which says on what.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections import Counter
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

FEATURES = (
    "bm25_share",  # first-stage score by the weight of the question
    "bm25_of_best",  # the same by that of the best candidate
    "covered",  # weight of the question's tokens that body and headings hold, 0..1
    "covered_words",
    "covered_pairs",
    "covered_rare",  # of the four rarest
    "bm25_soft",  # BM25 with saturation that comes later
    "sentence",  # the same as `covered` of the best single sentence
    "two_sentences",
    "opening",  # of the first OPENING characters
    "run",  # longest stretch of the question that the passage has, by the question's length
    "runs",  # root of the squares of all such stretches
    "answers_kind",  # the best sentence has a number, day, name or place where one is asked for
    "no_kind",  # the question asks for none
    "missing",  # inverse document frequency of the rarest token missing, by the highest
    "missing_rare",  # share of the two rarest tokens any candidate has
    "repeats_rare",  # how often it says them
    "subject",  # length of the passage's subject, where the question names it
    "named",  # 1 where it does
    "named_first",  # 1 where the question begins with it
    "begins",  # longest beginning of the question that the passage's opening has
    "length",
    "place",  # reciprocal rank of the first stage
    "dense",  # inner product, 0 where there is none
)
OPENING = 60
_LONGEST_SUBJECT = 20
_OWN = 40
_SENTENCE = re.compile(r"[^。!?;\n]+")
_MARKS = re.compile(r"[\W_]+")
_SUBJECT_ENDS = re.compile(r"[(,。:、」》”]|是")
_KINDS = tuple(
    (re.compile(asks), re.compile(answers))
    for asks, answers in (
        (
            r"多少|几|多大|多长|多高|多久|多重|多宽|how (?:many|much|long|far|big)",
            r"\d|[一二三四五六七八九十百千万两]",
        ),
        (
            r"何时|什么时候|哪一?年|哪天|几号|几点|时间|when",
            r"\d+\s*年|\d+月|\d+日|世纪|年代|小时|点|天|\d{4}|day|month|hour",
        ),
        (r"谁|哪位|who\b", r"·|先生|女士|人|者|经理|[A-Z]"),
        (
            r"哪里|哪儿|在哪|何处|哪个(?:城市|国家|地)|位于|地址|where",
            r"省|市|县|区|国|州|路|号|岛|山|street|road|city",
        ),
    )
)
"""How a question asks for a number, a day, a person, a place, and how an answer of that kind looks."""


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

    The likelihood of the first is that of an answer being found at all; of the others, what is left of it.
    """
    if not candidates:
        return []
    found = features(query, candidates, frequencies)
    model = _model()
    order = model.order(found)
    ranks = np.argsort(-order, kind="stable")
    margins = _shares(order)
    sure = model.likelihood(found[ranks[0]], float(margins[ranks[0]]))
    best = float(margins[ranks[0]])
    return [
        Ranked(candidates[at].document, sure * float(margins[at]) / best, found[at]) for at in ranks.tolist()
    ]


def features(query: Query, candidates: Sequence[Candidate], frequencies: Frequencies) -> Floats:
    """One row of FEATURES a candidate."""
    asked = _Asked.of(query, candidates, frequencies)
    return np.array([asked.look_at(candidate, place) for place, candidate in enumerate(candidates, 1)])


def _shares(order: Floats) -> Floats:
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
class _Asked:
    """A question made ready to be compared with passages."""

    weight: Mapping[str, float]
    """Token to its weight by its inverse document frequency."""
    rarity: Mapping[str, float]
    """Token that says something to its inverse document frequency."""
    plain: str
    runs: tuple[str, ...]
    kind: re.Pattern[str] | None
    rarest: tuple[str, ...]
    """The four rarest tokens."""
    met: tuple[str, ...]
    """The two rarest that some candidate has."""
    best: float

    @classmethod
    def of(cls, query: Query, candidates: Sequence[Candidate], frequencies: Frequencies) -> _Asked:
        count = len(frequencies)
        idf = {
            token: math.log(1 + (max(0, count - seen) + 0.5) / (seen + 0.5))
            for token in query.weights
            for seen in (frequencies.doc_freq(token),)
        }
        rarity = {token: value for token, value in idf.items() if query.weights[token] >= 0.3}
        weight = {token: query.weights[token] * value for token, value in idf.items()}
        held = set().union(*(candidate.document.metadata["body"] for candidate in candidates))
        met = sorted((token for token in rarity if token in held), key=rarity.__getitem__)[-2:]
        folded = _fold(query.text)
        spaced = _MARKS.sub(" ", folded).split()
        return cls(
            weight=weight,
            rarity=rarity,
            plain="".join(spaced),
            runs=tuple(spaced),
            kind=next((answer for asks, answer in _KINDS if asks.search(folded)), None),
            rarest=tuple(sorted(weight, key=weight.__getitem__)[-4:]),
            met=tuple(met),
            best=max((candidate.lexical for candidate in candidates), default=0.0) or 1.0,
        )

    @cached_property
    def total(self) -> float:
        return sum(self.weight.values()) or 1.0

    def _share(self, wanted: Sequence[str], held: set[str]) -> float:
        whole = sum(self.weight[token] for token in wanted) or 1.0
        return sum(self.weight[token] for token in wanted if token in held) / whole

    @cached_property
    def _words(self) -> tuple[str, ...]:
        return tuple(token for token in self.weight if not token.startswith(PAIR))

    @cached_property
    def _pairs(self) -> tuple[str, ...]:
        return tuple(token for token in self.weight if token.startswith(PAIR))

    def look_at(self, candidate: Candidate, place: int) -> list[float]:
        """The features of one candidate, `place` in the first stage counted from 1."""
        document = candidate.document
        body: list[str] = document.metadata["body"]
        counts = Counter(body)
        held = {token for token in self.weight if token in counts}
        above = held | self.weight.keys() & set(document.metadata["head"])
        text, begins = _whole(document)
        best, two, words = self._sentences(text, held)
        rare = sum(self.rarity[token] for token in self.met) or 1.0
        longest, squares = self._runs(text)
        return [
            candidate.lexical / self.total,
            candidate.lexical / self.best,
            self._share(tuple(self.weight), above),
            self._share(self._words, above),
            self._share(self._pairs, above),
            self._share(self.rarest, above),
            self._soft(counts, held, len(body)),
            best / self.total,
            two / self.total,
            self._inside(text[:OPENING], held) / self.total,
            longest,
            squares,
            float(self.kind is None or bool(self.kind.search(words))),
            float(self.kind is None),
            self._missing(above),
            sum(self.rarity[token] for token in self.met if token not in above) / rare,
            sum(math.log1p(counts[token]) for token in self.met) / 2,
            *self._subject(document, text, text[begins:]),
            math.log1p(len(body)),
            1.0 / place,
            candidate.dense or 0.0,
        ]

    def _inside(self, text: str, held: set[str]) -> float:
        return sum(self.weight[token] for token in held if token.removeprefix(PAIR) in text)

    def _sentences(self, text: str, held: set[str]) -> tuple[float, float, str]:
        """Weight held by the best sentence, by the best two neighbours, and the best sentence."""
        bare = {token: token.removeprefix(PAIR) for token in held}
        best, two, words = 0.0, 0.0, ""
        before: set[str] = set()
        for match in _SENTENCE.finditer(text):
            sentence = match.group()
            inside = {token for token, said in bare.items() if said in sentence}
            value = sum(self.weight[token] for token in inside)
            if value > best:
                best, words = value, sentence
            if value and before:
                two = max(two, sum(self.weight[token] for token in inside | before))
            before = inside
        return best, max(best, two), words

    def _soft(self, counts: Mapping[str, int], held: set[str], length: int) -> float:
        said = sum(
            self.weight[token] * counts[token] * 1.9 / (counts[token] + 0.54 + 0.001 * length)
            for token in held
        )
        return said / self.total

    def _runs(self, text: str) -> tuple[float, float]:
        """The longest stretch of the question found in the text, and the root of the squares of all."""
        longest = squares = 0
        for run in self.runs:
            start = 0
            while start < len(run):
                end = start + 1
                while end <= len(run) and run[start:end] in text:
                    end += 1
                size = end - 1 - start
                if size >= 2:
                    squares += size * size
                    longest = max(longest, size)
                start = max(start + 1, end - 1)
        length = len(self.plain) or 1
        return longest / length, math.sqrt(squares) / length

    def _missing(self, held: set[str]) -> float:
        highest = max(self.rarity.values(), default=0.0) or 1.0
        return (
            max((value for token, value in self.rarity.items() if token not in held), default=0.0) / highest
        )

    def _subject(self, document: Document, text: str, own: str) -> tuple[float, float, float, float]:
        """How the question meets what the passage is about: its first words, its headings."""
        length = len(self.plain) or 1
        named = max((name for name in _subjects(document, own) if name in self.plain), key=len, default="")
        opening = _MARKS.sub("", text[:OPENING])
        sizes = range(min(len(self.plain), 12), 1, -1)
        begins = next((size for size in sizes if self.plain[:size] in opening), 0)
        return (
            len(named) / length,
            float(bool(named)),
            float(bool(named) and self.plain.startswith(named)),
            begins / length,
        )


def _whole(document: Document) -> tuple[str, int]:
    """The passage behind the question that it answers and its headings, folded, and where its own words begin."""
    metadata = document.metadata
    above = [part for part in (metadata.get("heading"), metadata.get("question")) if part]
    before = _fold("".join(f"{part}\n" for part in above))
    return before + _fold(document.page_content), len(before)


def _subjects(document: Document, own: str) -> list[str]:
    """What a passage may be about: its first words up to a mark, and each of its headings."""
    first = _SUBJECT_ENDS.split(own[:_OWN].lstrip('《「“" '), maxsplit=1)[0]
    headings = _fold(document.metadata.get("heading") or "").split(" > ")
    names = (_MARKS.sub("", name) for name in (first, *headings))
    return [name for name in names if 1 <= len(name) <= _LONGEST_SUBJECT]


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()
