"""The pack's lexicon: known values of free-text slots, the ways to say them, and their sound."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from engines.understanding.surfaces import squeeze
from engines.understanding.text import HAN, sounds


class Hit(NamedTuple):
    """A stretch of an utterance that looks like a value of `kind` (a slot, or a rule reader's name)."""

    kind: str
    start: int
    end: int
    value: str = ""


class Lexicon:
    """Forms of known values by slot. Longest match first; Latin forms match whole words only."""

    def __init__(self, values: Mapping[str, Mapping[str, Iterable[str]]]) -> None:
        self._canonical: dict[str, dict[str, str]] = {}
        self._heard: dict[str, dict[tuple[str, ...], str]] = {}
        self._forms: dict[str, list[tuple[str, str]]] = {}
        for slot, known in values.items():
            forms = {squeeze(form)[0]: name for name, others in known.items() for form in (name, *others)}
            self._canonical[slot] = {form: name for form, name in forms.items() if form}
            for form, name in self._canonical[slot].items():
                self._forms.setdefault(form, []).append((slot, name))
            self._heard[slot] = {
                tuple(sounds(form)): form
                for form in reversed(forms)
                if len(form) >= 2 and all(HAN.match(char) for char in form)
            }

        self._longest = max(map(len, self._forms), default=0)

    def canonical(self, slot: str, said: str) -> str | None:
        """The canonical value that `said` is a way to say, None where it is none."""
        return self._canonical.get(slot, {}).get(squeeze(said)[0])

    def heard_as(self, slot: str, said: str) -> str | None:
        """The known value that `said` sounds like and is written otherwise: 汉街 for 焊接. None where there is none."""
        bare = squeeze(said)[0]
        sounding = tuple(sounds(bare))
        name = self._canonical.get(slot, {}).get(bare)
        if name is not None:
            return name if name != bare and tuple(sounds(name)) == sounding else None
        return self._heard.get(slot, {}).get(sounding)

    def hits(self, text: str) -> list[Hit]:
        """Every known value in `text`; those of one slot do not overlap."""
        squeezed, places = squeeze(text)
        found: list[Hit] = []
        taken: dict[str, int] = {}
        for start in range(len(squeezed)):
            for size in range(min(self._longest, len(squeezed) - start), 0, -1):
                for slot, name in self._forms.get(squeezed[start : start + size], ()):
                    hit = Hit(slot, places[start], places[start + size - 1] + 1, name)
                    if start >= taken.get(slot, 0) and _whole_words(text, hit):
                        taken[slot] = start + size
                        found.append(hit)
        return found


def _whole_words(text: str, hit: Hit) -> bool:
    def joined(place: int) -> bool:
        pair = text[place - 1 : place + 1]
        return len(pair) == 2 and pair.isascii() and pair.isalnum()

    return not (hit.start and joined(hit.start)) and not joined(hit.end)
