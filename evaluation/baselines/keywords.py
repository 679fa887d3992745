"""The rule-and-keyword engine that sales robots commonly use: weighted patterns by intent, written by hand.

It is the "before" of the headline figures. The rules are data (`keywords.yaml`); slots are read by the same rule
readers as in the product, without a trained tagger.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import yaml

from core.pack import Pack
from core.types import IntentScore, Lang, Mention, Understanding
from domains.fill import lexicon_words, product_words
from domains.labels import LANGS
from engines.understanding.embedded import unit_words
from engines.understanding.lexicon import Lexicon
from engines.understanding.products import ProductLinker
from engines.understanding.sight import look
from engines.understanding.slots import read_slots
from engines.understanding.spans import Tagging
from engines.understanding.text import fold, language

RULES = Path(__file__).with_name("keywords.yaml")
WEIGHTS = {"whole": 5.0, "strong": 3.0, "usual": 2.0, "weak": 1.0}
"""How much a matched pattern of each kind says; the ratio is what counts."""
FURTHER = 0.5
"""What every match beyond the heaviest of its intent counts: intents have more or fewer ways to say one thing."""
SECOND = 3.5
"""Weight from which another intent is named beside the main one."""
NEAR = 0.5
"""Share of the main intent's weight that a second one must have."""
LONGEST = 2000
"""Code points of an utterance that are read."""
_NO_TAGS = Tagging((), ())
_NAME = re.compile(r"<(\w+)>")
_EDGE = re.compile(r"^(?:(?:呃|嗯|啊|哦|那个|就是|uh|um|er)[\s,.。，、]+)+|[\s,.。!?、;~…]+$")
_NEGATION = re.compile(r"不|没|别|勿|唔|冇|莫|无|非|not?\b|never|don't|can't|won't|isn't")
NOTHING = Understanding(intents=(IntentScore(id="out_of_scope", confidence=1.0),))

Words = Mapping[str, str]
"""Synonyms by name, each a regular expression."""


@dataclass(frozen=True)
class Rule:
    """A pattern and how much its match says for its intent."""

    pattern: re.Pattern[str]
    weight: float


@dataclass(frozen=True)
class IntentRules:
    """All rules of one intent in one language."""

    intent: str
    rules: tuple[Rule, ...]
    never: tuple[re.Pattern[str], ...]

    def weigh(self, text: str, negators: re.Pattern[str]) -> float:
        """The heaviest pattern found in `text` and half of all others; 0 where one found rules it out."""
        if any(pattern.search(text) for pattern in self.never):
            return 0.0
        found = [rule.weight for rule in self.rules if _stands(rule.pattern, text, negators)]
        return max(found) + FURTHER * (sum(found) - max(found)) if found else 0.0


@dataclass(frozen=True)
class RuleBook:
    """The rules of one language, the intents in order of priority, and what negates a match."""

    intents: tuple[IntentRules, ...]
    negators: re.Pattern[str]

    def rank(self, text: str) -> list[tuple[str, float]]:
        """Intents with their weights, the heaviest first, of equals the one of higher priority."""
        weighed = [(rules.intent, rules.weigh(text, self.negators)) for rules in self.intents]
        return sorted((pair for pair in weighed if pair[1] > 0), key=lambda pair: -pair[1])


class KeywordUnderstander:
    """Reads utterances of one pack's customers by keywords. Nothing in it is trained."""

    name = "keywords"

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self._books = {lang: rule_book(lang, pack_words(pack, lang)) for lang in LANGS}
        self._linker = ProductLinker(pack)
        self._lexicon = Lexicon(pack.lexicon)
        self._units = unit_words(pack)

    def read(self, text: str, *, now: datetime, expecting: str | None = None) -> Understanding:
        """At most two intents by weight of keywords, and the mentions of the rule readers; see the port."""
        text = text[:LONGEST]
        if not any(char.isalnum() for char in text):
            return NOTHING
        ranked = self._books[language(text)].rank(clean(text))
        mentions = self._mentions(text, [name for name, _ in ranked[:1]], now, expecting)
        return Understanding(intents=decide(ranked, told=bool(mentions)), mentions=mentions)

    def _mentions(
        self, text: str, intents: list[str], now: datetime, expecting: str | None
    ) -> tuple[Mention, ...]:
        sight = look(text, now, self._linker, self._lexicon, self._units)
        found = read_slots(sight, _NO_TAGS, intents, now, expecting=expecting, lexicon=self._lexicon)
        return tuple(mention for mention in found if mention.slot in self._pack.slots)


def decide(ranked: list[tuple[str, float]], *, told: bool) -> tuple[IntentScore, ...]:
    """The heaviest intent and perhaps a second one; the confidence is the share of all weight, 0..1.

    Where no rule spoke, an utterance with facts in it (`told`) is `inform`, any other `out_of_scope`.
    """
    if not ranked:
        return (IntentScore(id="inform" if told else "out_of_scope", confidence=0.3),)
    total = sum(weight for _, weight in ranked) + 1.0
    most = ranked[0][1]
    second = [pair for pair in ranked[1:2] if pair[1] >= max(SECOND, NEAR * most)]
    return tuple(IntentScore(id=name, confidence=weight / total) for name, weight in [ranked[0], *second])


def clean(text: str) -> str:
    """Folded, without the fillers before and the marks behind."""
    folded = re.sub(r"\s+", " ", fold(text)).strip().replace("’", "'")
    question = folded.endswith("?")
    bare = _EDGE.sub("", folded)
    return f"{bare}?" if question else bare


def pack_words(pack: Pack, lang: Lang) -> dict[str, str]:
    """What <product> and <competitor> stand for in this pack."""
    products = product_words(pack.products, (lang,))[lang]
    competitors = lexicon_words(pack.lexicon.get("competitor", {}), (lang,))[lang]
    return {"product": _any_of(products), "competitor": _any_of(competitors)}


def rule_book(lang: Lang, words: Words) -> RuleBook:
    """The compiled rules of one language; `words` are added to the synonyms of the file."""
    data = rules()
    synonyms = {**data["words"], **words}
    return RuleBook(
        tuple(_intent_rules(name, kinds[lang], synonyms) for name, kinds in data["intents"].items()),
        re.compile(rf"{data['negators'][lang]}$"),
    )


@lru_cache(maxsize=1)
def rules() -> dict[str, Any]:
    """The rule file as it stands: `negators`, `words`, `intents`."""
    return cast("dict[str, Any]", yaml.safe_load(RULES.read_text(encoding="utf-8")))


def _intent_rules(name: str, kinds: Mapping[str, list[str]], words: Words) -> IntentRules:
    found = []
    for kind, weight in WEIGHTS.items():
        shape = r"^(?:{})[?]?$" if kind == "whole" else "{}"
        found += [Rule(_compile(shape.format(one), words), weight) for one in kinds.get(kind, ())]
    return IntentRules(name, tuple(found), tuple(_compile(one, words) for one in kinds.get("never", ())))


def _compile(pattern: str, words: Words) -> re.Pattern[str]:
    """A pattern with its synonyms; one that begins with a Latin word matches no middle of a word."""
    return re.compile(rf"(?:(?<![a-z])|(?=[^a-z]))(?:{_NAME.sub(lambda name: words[name[1]], pattern)})")


def _any_of(words: Iterable[str]) -> str:
    longest_first = sorted({fold(word) for word in words}, key=len, reverse=True)
    return f"(?:{'|'.join(map(re.escape, longest_first))})" if longest_first else r"(?!)"


def _stands(pattern: re.Pattern[str], text: str, negators: re.Pattern[str]) -> bool:
    """Whether the pattern is found where no negation stands right before it."""
    return any(
        _NEGATION.match(found.group()) or not negators.search(text[: found.start()])
        for found in pattern.finditer(text)
    )
