"""What each intent and slot means, in one line a language, as a model is told."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import yaml

from core.types import Lang

Meanings = dict[str, dict[Lang, str]]


class Labels(NamedTuple):
    """The known intents and slots by name, each with its meaning."""

    intents: Meanings
    slots: Meanings


@cache
def known_labels() -> Labels:
    """Every label that there is."""
    read = prompt_file("labels")
    return Labels(read["intents"], read["slots"])


def prompt_file(name: str) -> dict[str, Any]:
    """A prompt by name."""
    text = files("engines.understanding").joinpath(f"prompts/{name}.yaml").read_text("utf-8")
    read: dict[str, Any] = yaml.safe_load(text)
    return read


def told(meanings: Meanings, names: Iterable[str], lang: Lang) -> str:
    """The labels of `names`, one a line with its meaning."""
    return "\n".join(f"- {name}: {meanings[name][lang]}" for name in names if name in meanings)
