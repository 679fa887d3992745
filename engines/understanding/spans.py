"""Slot spans by a conditional random field (crfsuite), one model a language."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from threading import Lock
from typing import NamedTuple

import pycrfsuite

from core.types import Lang
from engines.understanding.lexicon import Hit
from engines.understanding.text import HAN, Token, sound, tokenise

EAGER = 0.7
"""A token is part of a value where the model is less sure than this that it is none."""
_NUMERALS = frozenset("零一二三四五六七八九十百千万亿两半几俩多来")
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢"
    "姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤傅章施樊兰殷"
)


READ_BY_RULE = frozenset({"product", "phone", "email", "budget", "payload_kg"})
"""Slots that are left to the rule readers: the tagger learns nothing of them, and is the quicker for it."""


class Span(NamedTuple):
    """A stretch of text tagged as a slot, with the model's confidence 0..1."""

    slot: str
    start: int
    end: int
    confidence: float


class Tagging(NamedTuple):
    """Spans found, and for every token the chance of each slot."""

    spans: tuple[Span, ...]
    tokens: tuple[tuple[Token, dict[str, float]], ...]

    def chance(self, slot: str, start: int, end: int) -> float:
        """How likely a stretch of text belongs to `slot`: the best of its tokens, 0..1."""
        inside = (chances for token, chances in self.tokens if token.start < end and start < token.end)
        return max((chances.get(slot, 0.0) for chances in inside), default=0.0)


class Annotated(NamedTuple):
    """A training utterance: text, annotated (slot, start, end), and what the rule readers see in it."""

    text: str
    spans: tuple[tuple[str, int, int], ...]
    hits: tuple[Hit, ...]


class SpanTagger:
    """A trained tagger; `tag` is pure, and one call at a time holds the model."""

    def __init__(self, model: bytes, slots: Sequence[str]) -> None:
        self._model = model
        self._tagger = pycrfsuite.Tagger()
        if slots:
            self._tagger.open_inmemory(model)
        self._slots = tuple(slots)
        self._busy = Lock()
        known = set(self._tagger.labels()) if slots else set()
        self._tags: list[str] = sorted(known - {"O"})

    def tag(self, text: str, hits: Sequence[Hit]) -> Tagging:
        """The spans of `text` from left to right, and how likely each token is to belong to each slot."""
        tokens = tokenise(text)
        if not tokens or not self._slots:
            return Tagging((), ())
        with self._busy:
            self._tagger.set(_features(tokens, hits))
            path = self._tagger.tag()
            chances = [self._chances(place) for place in range(len(tokens))]
            tags = [self._choose(tag, place) for place, tag in enumerate(path)]
            found = [
                Span(
                    slot,
                    tokens[first].start,
                    tokens[last].end,
                    min(self._tagger.marginal(tags[place], place) for place in range(first, last + 1)),
                )
                for slot, first, last in _runs(tags)
            ]
        return Tagging(tuple(found), tuple(zip(tokens, chances, strict=True)))

    def _chances(self, place: int) -> dict[str, float]:
        """The chance of each slot at a token; nothing where the token is surely outside of all."""
        if self._tagger.marginal("O", place) > 0.97:
            return {}
        chances: dict[str, float] = {}
        for tag in self._tags:
            chances[tag[2:]] = chances.get(tag[2:], 0.0) + self._tagger.marginal(tag, place)
        return chances

    def _choose(self, tag: str, place: int) -> str:
        """The tag of the best path, or a likely value where the path leaves the token out only just."""
        if tag != "O" or self._tagger.marginal("O", place) >= EAGER:
            return tag
        chances = {each: float(self._tagger.marginal(each, place)) for each in self._tags}
        return max(chances, key=lambda each: chances[each])

    def save(self, folder: Path, lang: Lang) -> None:
        """Write `spans.LANG.crf` and `spans.LANG.json` into `folder`."""
        (folder / f"spans.{lang}.crf").write_bytes(self._model)
        (folder / f"spans.{lang}.json").write_text(json.dumps(self._slots), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path, lang: Lang) -> SpanTagger:
        """Read what `save` wrote; OSError where a file is missing."""
        slots = json.loads((folder / f"spans.{lang}.json").read_text(encoding="utf-8"))
        return cls((folder / f"spans.{lang}.crf").read_bytes(), slots)


def fit_tagger(rows: Sequence[Annotated], work: Path, *, iterations: int = 60) -> SpanTagger:
    """Train on `rows`; `work` is a folder for the trainer's file. Deterministic."""
    slots = sorted({slot for row in rows for slot, _, _ in row.spans} - READ_BY_RULE)
    if not slots:
        return SpanTagger(b"", ())
    trainer = pycrfsuite.Trainer(verbose=False)
    trainer.select("lbfgs")
    trainer.set_params({"c1": 0.0, "c2": 0.1, "max_iterations": iterations, "feature.minfreq": 2})
    for row in rows:
        tokens = tokenise(row.text)
        if tokens:
            trainer.append(_features(tokens, row.hits), _tags(tokens, row.spans))
    made = work / "training.crf"
    trainer.train(str(made))
    model = made.read_bytes()
    made.unlink()
    return SpanTagger(model, slots)


def _tags(tokens: Sequence[Token], spans: Sequence[tuple[str, int, int]]) -> list[str]:
    """BIO tags of the tokens that lie in an annotated span."""
    tags = []
    for token in tokens:
        inside = next((span for span in spans if span[1] <= token.start < span[2]), None)
        if inside is None or inside[0] in READ_BY_RULE:
            tags.append("O")
        else:
            tags.append(f"{'B' if token.start == inside[1] else 'I'}-{inside[0]}")
    return tags


def _runs(tags: Sequence[str]) -> list[tuple[str, int, int]]:
    """Slot, first and last token of every tagged stretch."""
    runs: list[tuple[str, int, int]] = []
    for place, tag in enumerate(tags):
        if tag == "O":
            continue
        slot = tag[2:]
        if tag[0] == "I" and runs and runs[-1][0] == slot and runs[-1][2] == place - 1:
            runs[-1] = (slot, runs[-1][1], place)
        else:
            runs.append((slot, place, place))
    return runs


def _kind(token: str) -> str:
    if token in _NUMERALS or token[0].isdigit():
        return "number"
    if HAN.match(token):
        return "han"
    return "latin" if token[0].isalpha() else "mark"


def _hit_marks(tokens: Sequence[Token], hits: Sequence[Hit]) -> list[list[str]]:
    """For each token, the rule readers' hits it begins (`B:kind`) or lies in (`I:kind`)."""
    marks: list[list[str]] = [[] for _ in tokens]
    for hit in hits:
        for place, token in enumerate(tokens):
            if hit.start <= token.start < hit.end:
                marks[place].append(f"{'B' if token.start == hit.start else 'I'}:{hit.kind}")
    return marks


def _features(tokens: Sequence[Token], hits: Sequence[Hit]) -> list[list[str]]:
    """What the model sees of each token: words and sounds around it, its kind, hits."""
    low = ["<s>", "<s>", "<s>", *(token.text.lower() for token in tokens), "</s>", "</s>", "</s>"]
    heard = [sound(word) if len(word) == 1 else word for word in low]
    kinds = [_kind(word) for word in low]
    marks = _hit_marks(tokens, hits)
    rows = []
    for place in range(len(tokens)):
        at = place + 3
        row = ["bias", f"k={kinds[at]}", f"k-1={kinds[at - 1]}", f"k+1={kinds[at + 1]}"]
        row += [f"w{step}={low[at + step]}" for step in range(-3, 4)]
        row += [f"s{step}={heard[at + step]}" for step in (-1, 0, 1)]
        row += [
            f"p{step}={a}|{b}"
            for step, (a, b) in zip(range(-2, 2), pairwise(low[at - 2 : at + 3]), strict=True)
        ]
        row += [
            f"q{step}={a}|{b}" for step, (a, b) in zip((-1, 0), pairwise(heard[at - 1 : at + 2]), strict=True)
        ]
        row.append(f"t={'|'.join(low[at - 1 : at + 2])}")
        row.append(f"t-={'|'.join(low[at - 3 : at])}")
        row.append(f"t+={'|'.join(low[at + 1 : at + 4])}")
        row += [f"h0={mark}" for mark in marks[place]]
        row += [f"h-1={mark}" for mark in marks[place - 1]] if place else []
        row += [f"h+1={mark}" for mark in marks[place + 1]] if place + 1 < len(tokens) else []
        row += _shape(tokens[place].text)
        rows.append(row)
    return rows


def _shape(word: str) -> list[str]:
    """Surname, capital letter, beginning and end of a Latin word."""
    if len(word) == 1:
        return ["surname"] if word in _SURNAMES else []
    capital = ["capital"] if word[0].isupper() else []
    return [*capital, f"pre={word[:3].lower()}", f"suf={word[-3:].lower()}"]
