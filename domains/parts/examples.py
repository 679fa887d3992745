"""intents/*.yaml: training utterances with their intents and annotated words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from core.types import Lang
from domains.fields import Reader
from domains.labels import INTENTS, SLOTS
from domains.read import Place, Spot, read_yaml

_MARK = re.compile(r"\[([^\[\]]*)\]\(([^()]*)\)")


class Blank(NamedTuple):
    """A placeholder of a template: {product} at `start`, in code points of the template's text."""

    name: str
    start: int


class Template(NamedTuple):
    """An utterance as written: its text keeps the placeholders, its spans the annotated words."""

    text: str
    lang: Lang
    intents: tuple[str, ...]
    spans: tuple[tuple[str, int, int], ...]
    blanks: tuple[Blank, ...]
    at: Place


def read_templates(file: Path, blanks: frozenset[str], reader: Reader) -> tuple[Template, ...]:
    """The utterances of a file; `blanks` are the placeholders that can be filled."""
    return tuple(_templates(file, blanks, reader))


def _templates(file: Path, blanks: frozenset[str], reader: Reader) -> Iterator[Template]:
    for label, by_lang in reader.entries(read_yaml(file, reader.faults)):
        intents = _intents(label, by_lang, reader)
        if not isinstance(by_lang.value, dict):
            reader.faults.add(by_lang.at, f"{label}: expected languages (zh:, en:) with lists of utterances")
            continue
        for lang, listed in reader.by_lang(by_lang, needed=False):
            for text, at in reader.placed_words(listed):
                template = parse_utterance(text, lang, intents, at, reader)
                known = [reader.knows(blank.name, at, blanks, "placeholder") for blank in template.blanks]
                if template.text.strip() and all(known):
                    yield template


def _intents(label: str, spot: Spot, reader: Reader) -> tuple[str, ...]:
    names = tuple(name.strip() for name in label.split("+"))
    if len(names) > 2 or len(set(names)) < len(names):
        reader.faults.add(spot.key, f"{label!r}: one intent, or two different ones as main+second")
    return tuple(name for name in names if reader.knows(name, spot.key, INTENTS, "intent"))


def parse_utterance(text: str, lang: Lang, intents: tuple[str, ...], at: Place, reader: Reader) -> Template:
    """`[协作臂](product)一台多少钱` as text and spans (slot, start, end), in code points."""
    plain, spans, last = "", [], 0
    for mark in _MARK.finditer(text):
        plain += text[last : mark.start()]
        words, slot = mark[1], mark[2]
        if reader.knows(slot, at, SLOTS, "slot") and _span_stands(words, text, at, reader):
            spans.append((slot, len(plain), len(plain) + len(words)))
        plain += words
        last = mark.end()
    plain += text[last:]
    if re.search(r"[\[\]]", plain):
        reader.faults.add(at, f"a bracket that is no [words](slot) mark: {text!r}")
    blanks = tuple(Blank(match[1], match.start()) for match in re.finditer(r"\{([^{}]*)\}", plain))
    if re.search(r"[{}]", re.sub(r"\{[^{}]*\}", "", plain)):
        reader.faults.add(at, f"a brace without its partner: {text!r}")
    return Template(plain, lang, intents, tuple(spans), blanks, at)


def _span_stands(words: str, text: str, at: Place, reader: Reader) -> bool:
    stands = bool(words) and words == words.strip()
    if not stands:
        reader.faults.add(at, f"a mark must hold words without spaces at its ends: {text!r}")
    return stands
