"""The pack's lexicon: known values of free-text slots, the ways to say them, and their sound."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from engines.understanding.surfaces import squeeze
from engines.understanding.text import HAN, sounds
from engines.words import is_word, stands_apart

_LONGEST = 200
"""Code points up to which a text is searched for misheard values."""


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

    def misheard(self, text: str, slots: Iterable[str]) -> list[Hit]:
        """Stretches that are no words and sound like a known value of one of `slots`: 码躲 for 码垛."""
        heard = sounds(text) if len(text) <= _LONGEST and HAN.search(text) else []
        found: list[Hit] = []
        for slot in slots:
            known = self._heard.get(slot, {})
            for size in sorted({len(key) for key in known}, reverse=True):
                for start in range(len(heard) - size + 1):
                    form = known.get(tuple(heard[start : start + size]))
                    hit = Hit(slot, start, start + size, self._canonical[slot][form]) if form else None
                    if hit and form and _is_misheard(text, start, hit.end, form):
                        found.append(hit)
        return found

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


def _is_misheard(text: str, start: int, end: int, form: str) -> bool:
    """Whether a stretch of Han is no word, and a word on its own; of two characters one must be right."""
    said = text[start:end]
    if said == form or is_word(said) or not all(HAN.match(char) for char in said):
        return False
    right = sum(one == other for one, other in zip(said, form, strict=True))
    return (right > 0 or len(said) > 2) and stands_apart(text, end - 1, end)


def _whole_words(text: str, hit: Hit) -> bool:
    def joined(place: int) -> bool:
        pair = text[place - 1 : place + 1]
        return len(pair) == 2 and pair.isascii() and pair.isalnum()

    return not (hit.start and joined(hit.start)) and not joined(hit.end)
