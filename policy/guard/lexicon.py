"""The guard's word lists, read from its YAML files once and compiled."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

Pattern = re.Pattern[str]
SIDES = frozenset({"warranty_in", "warranty_out"})
_NEVER = re.compile(r"(?!)")


def data(name: str) -> Any:
    """The content of one of the YAML files beside this module."""
    return yaml.safe_load((files("policy.guard") / name).read_text(encoding="utf-8"))


def any_of(patterns: list[str]) -> Pattern:
    """One expression that matches any of `patterns`, ignoring case; nothing for an empty list."""
    return (
        re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE) if patterns else _NEVER
    )


def at_word_start(patterns: list[str]) -> list[str]:
    """English patterns that match where a word starts only."""
    return [pattern if pattern.startswith("n't") else rf"(?<![a-z])(?:{pattern})" for pattern in patterns]


def bilingual(entry: dict[str, list[str]]) -> Pattern:
    """The Chinese and English patterns of one list as one expression."""
    return any_of([*entry.get("zh", []), *at_word_start(entry.get("en", []))])


@dataclass(frozen=True, slots=True)
class Rule:
    """A saying that breaks a rule of the house; `unless` in the same clause makes it harmless."""

    kind: str
    saying: Pattern
    unless: Pattern
    fact: bool
    """Whether a fact with the same saying excuses it."""
    ended: bool
    """Whether it is harmless where the sentence says that it has ended."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Every word list of the guard, compiled."""

    words: dict[str, Pattern]
    tags: dict[str, Pattern]
    concepts: dict[str, Pattern]
    exclusive: tuple[frozenset[str], ...]
    narrow: frozenset[str]
    rules: tuple[Rule, ...]
    rival: Pattern
    bad: Pattern
    not_bad: Pattern
    famous: Pattern

    def has(self, name: str, text: str) -> bool:
        """Whether a word of the list `name` is in `text`."""
        return self.words[name].search(text) is not None

    def concepts_of(self, text: str) -> frozenset[str]:
        """What `text` is about."""
        found = {name for name, pattern in self.concepts.items() if pattern.search(text)}
        if found & SIDES and not self.concepts["warranty"].search(self.without_sides(text)):
            found.discard("warranty")
        return frozenset(found)

    def without_sides(self, text: str) -> str:
        """The text without 质保期内 and the like, which set a condition and state no term of warranty."""
        for side in SIDES:
            text = self.concepts[side].sub(" ", text)
        return text


def _unless(entry: dict[str, Any]) -> Pattern:
    return any_of([*entry.get("unless_zh", []), *entry.get("unless_en", [])])


@cache
def lexicon() -> Lexicon:
    """The compiled lists; built on first use."""
    words, concepts, rules = data("words.yaml"), data("concepts.yaml"), data("rules.yaml")
    disparage = rules["disparage"]
    return Lexicon(
        words={name: bilingual(entry) for name, entry in words.items() if name != "tags"},
        tags={name: bilingual(entry) for name, entry in words["tags"].items()},
        concepts={name: bilingual(entry) for name, entry in concepts["concepts"].items()},
        exclusive=tuple(frozenset(group) for group in concepts["exclusive"]),
        narrow=frozenset(concepts["narrow"]),
        rules=tuple(
            Rule(
                rule["kind"],
                bilingual(rule),
                _unless(rule),
                rule.get("fact", False),
                rule.get("ended", False),
            )
            for rule in rules["rules"]
        ),
        rival=bilingual(disparage["rival"]),
        bad=bilingual(disparage["bad"]),
        not_bad=_unless(disparage),
        famous=bilingual(rules["famous"]),
    )
